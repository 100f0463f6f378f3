/** The events of one person, oldest first; a buffer that is filled again for the next person. */
export interface PersonEvents {
  /** How many entries of the arrays count. */
  count: number
  timesMs: Float64Array
  /** Kinds of a `FunnelPlan`, `OTHER_KIND` for events it does not name. */
  kinds: Int32Array
  /** 1 where an event of the first step may open an attempt (0: it lies outside the period looked at). Unordered funnels ignore it. */
  opens: Uint8Array
  /** A number for the period (day, month) of the event. */
  periods: Int32Array
  /** A number for the breakdown value of the event, `NO_LABEL` where it has none. */
  labels: Int32Array
}

/** The label of an event, or a person, without a breakdown value. */
export const NO_LABEL = -1

/** How far a person came. */
export interface Match {
  /** Steps completed; 0 when the person never entered, −1 when an exclusion removed the person. */
  depth: number
  /** Index into the person's events of each completed step, in step order (unordered: in time order). */
  readonly events: Int32Array
}

/** Matches one person; the result is overwritten by the next call. */
export type Matcher = (person: PersonEvents) => Match

/** An empty buffer. */
export function createPersonEvents(capacity = 64): PersonEvents {
  return {
    count: 0,
    timesMs: new Float64Array(capacity),
    kinds: new Int32Array(capacity),
    opens: new Uint8Array(capacity),
    periods: new Int32Array(capacity),
    labels: new Int32Array(capacity),
  }
}

/** One event as it is added to a person. */
export interface PersonEvent {
  readonly timeMs: number
  readonly kind: number
  readonly period?: number
  readonly label?: number
}

/** Adds an event that may open an attempt; the caller gives events oldest first. */
export function pushEvent(person: PersonEvents, event: PersonEvent): void {
  ensureRoom(person)
  const index = person.count++
  person.timesMs[index] = event.timeMs
  person.kinds[index] = event.kind
  person.opens[index] = 1
  person.periods[index] = event.period ?? 0
  person.labels[index] = event.label ?? NO_LABEL
}

/** From here on only events of one period may open an attempt. */
export function openOnly(person: PersonEvents, period: number): void {
  for (let index = 0; index < person.count; index++) {
    person.opens[index] = person.periods[index] === period ? 1 : 0
  }
}

/** Makes sure that one more event fits. */
export function ensureRoom(person: PersonEvents): void {
  if (person.count === person.timesMs.length) grow(person)
}

/** The time of an event of the buffer. */
export function timeAt(person: PersonEvents, index: number): number {
  return person.timesMs[index] ?? Number.NaN
}

/** The index after the last event at the same instant as `start`. */
export function endOfInstant(person: PersonEvents, start: number): number {
  const time = person.timesMs[start]
  let end = start + 1
  while (end < person.count && person.timesMs[end] === time) end++
  return end
}

function grow(person: PersonEvents): void {
  const capacity = person.timesMs.length * 2
  const { timesMs, kinds, opens, periods, labels } = person
  person.timesMs = new Float64Array(capacity)
  person.timesMs.set(timesMs)
  person.kinds = new Int32Array(capacity)
  person.kinds.set(kinds)
  person.opens = new Uint8Array(capacity)
  person.opens.set(opens)
  person.periods = new Int32Array(capacity)
  person.periods.set(periods)
  person.labels = new Int32Array(capacity)
  person.labels.set(labels)
}
