/** The events of one person, oldest first: the rows `from` up to but not including `to` of columns that may hold other persons too. */
export interface PersonEvents {
  from: number
  to: number
  timesMs: ArrayLike<number>
  /** Kinds of a `FunnelPlan`, `OTHER_KIND` for events it does not name. */
  kinds: ArrayLike<number>
  /** A number for the period (day, month) of the event. */
  periods: ArrayLike<number>
  /** A number for the breakdown value of the event, `NO_LABEL` where it has none. */
  labels: ArrayLike<number>
  /** When set, only events of this period may open an attempt. Unordered funnels ignore it: any of their steps may come first. */
  openPeriod: number | undefined
}

/** The label of an event, or a person, without a breakdown value. */
export const NO_LABEL = -1

/** How far a person came. */
export interface Match {
  /** Steps completed; 0 when the person never entered, −1 when an exclusion removed the person. */
  depth: number
  /** Row of each completed step, in step order (unordered: in time order). */
  readonly events: Int32Array
}

/** Matches one person; the result is overwritten by the next call. */
export type Matcher = (person: PersonEvents) => Match

/** The time of a row. */
export function timeAt(person: PersonEvents, index: number): number {
  return person.timesMs[index] ?? Number.NaN
}

/** True when an event of the first step may open an attempt. */
export function canOpen(person: PersonEvents, index: number): boolean {
  return person.openPeriod === undefined || person.periods[index] === person.openPeriod
}

/** The row after the last event at the same instant as `start`. */
export function endOfInstant(person: PersonEvents, start: number): number {
  const time = person.timesMs[start]
  let end = start + 1
  while (end < person.to && person.timesMs[end] === time) end++
  return end
}
