import { InvariantError } from '../kernel/invariant.ts'
import { OTHER_KIND } from './definition.ts'
import { NO_LABEL, type PersonEvents } from './person-events.ts'

/** A stretch of an event log: one column per field, all of the same length. */
export interface EventBatch {
  /** Whose event; equal neighbours are one person, also from one batch to the next. */
  readonly person: ArrayLike<number | string | null>
  readonly timeMs: ArrayLike<number>
  /** Kinds of the plan that the readers share. */
  readonly kind: ArrayLike<number>
  /** 0 everywhere when left out. */
  readonly period?: ArrayLike<number>
  /** `NO_LABEL` everywhere when left out. */
  readonly label?: ArrayLike<number>
}

/** Looks at one person at a time; what it is given is only valid during the call. */
export type PersonReader = (person: PersonEvents) => void

/** A pass over an event log in person order. */
export interface EventFold {
  readonly add: (batch: EventBatch) => void
  /** Hands out the last person and says how much was read. */
  readonly finish: () => { readonly persons: number; readonly events: number }
}

/**
 * Walks through millions of events once and hands each person to the readers. Memory does not grow with the log: persons are read where
 * they lie in the batch, and only the last one of each batch is copied, since it may go on in the next.
 *
 * @param readers Called in the order given, once per person.
 * @throws InvariantError from `add` when an event is older than the one before of the same person. That a person does not come back later
 * in the log is promised by the query that orders it.
 */
export function createEventFold(readers: readonly PersonReader[]): EventFold {
  const held = createHeld()
  const absent = createConstants()
  let persons = 0
  let events = 0
  const read = (person: PersonEvents): void => {
    persons++
    for (const reader of readers) reader(person)
  }
  const release = (): void => {
    if (held.count > 0) read(viewOf(held))
    held.count = 0
  }
  return {
    add: (batch) => {
      const view = viewOfBatch(batch, absent)
      const rows = batch.timeMs.length
      if (rows === 0) return
      events += rows
      if (batch.person[0] === held.person) {
        view.to = endOfRun(batch, 0)
        hold(held, view)
        if (view.to === rows) return
      }
      release()
      for (;;) {
        view.from = view.to
        view.to = endOfRun(batch, view.from)
        if (view.to === rows) break
        read(view)
      }
      held.person = batch.person[view.from]
      hold(held, view)
    },
    finish: () => {
      release()
      return { persons, events }
    },
  }
}

/** The row after the last one of the person at `from`; times never fall on the way. */
function endOfRun({ person, timeMs }: EventBatch, from: number): number {
  const rows = timeMs.length
  const who = person[from]
  let latestMs = -Infinity
  let to = from
  while (to < rows && person[to] === who) {
    const atMs = timeMs[to] ?? Number.NaN
    if (!(atMs >= latestMs)) refuseOrder()
    latestMs = atMs
    to++
  }
  return to
}

function refuseOrder(): never {
  throw new InvariantError('event fold: expected the events of a person oldest first')
}

/** Stands for a column left out. */
type Constants = (value: number, rows: number) => Int32Array

/** Columns of one value, made once and again only for a longer batch. */
function createConstants(): Constants {
  const columns = new Map<number, Int32Array>()
  return (value, rows) => {
    const known = columns.get(value)
    if (known !== undefined && known.length >= rows) return known
    const column = new Int32Array(rows).fill(value)
    columns.set(value, column)
    return column
  }
}

function viewOfBatch({ timeMs, kind, period, label }: EventBatch, absent: Constants): PersonEvents {
  return {
    from: 0,
    to: 0,
    timesMs: timeMs,
    kinds: kind,
    periods: period ?? absent(0, timeMs.length),
    labels: label ?? absent(NO_LABEL, timeMs.length),
    openPeriod: undefined,
  }
}

/** The person at the end of a batch, in columns of the same kinds as those of a large log. */
interface Held {
  person: number | string | null | undefined
  count: number
  timesMs: Float64Array
  kinds: Int32Array
  periods: Int32Array
  labels: Int32Array
}

function createHeld(): Held {
  return {
    person: undefined,
    count: 0,
    timesMs: new Float64Array(0),
    kinds: new Int32Array(0),
    periods: new Int32Array(0),
    labels: new Int32Array(0),
  }
}

function hold(held: Held, view: PersonEvents): void {
  ensureRoom(held, view.to - view.from)
  for (let index = view.from; index < view.to; index++) {
    const atMs = view.timesMs[index] ?? Number.NaN
    if (!(atMs >= (held.timesMs[held.count - 1] ?? -Infinity))) refuseOrder()
    held.timesMs[held.count] = atMs
    held.kinds[held.count] = view.kinds[index] ?? OTHER_KIND
    held.periods[held.count] = view.periods[index] ?? 0
    held.labels[held.count] = view.labels[index] ?? NO_LABEL
    held.count++
  }
}

function ensureRoom(held: Held, more: number): void {
  const needed = held.count + more
  if (needed <= held.timesMs.length) return
  const { timesMs, kinds, periods, labels } = held
  held.timesMs = new Float64Array(2 * needed)
  held.timesMs.set(timesMs)
  held.kinds = new Int32Array(2 * needed)
  held.kinds.set(kinds)
  held.periods = new Int32Array(2 * needed)
  held.periods.set(periods)
  held.labels = new Int32Array(2 * needed)
  held.labels.set(labels)
}

function viewOf({ count, timesMs, kinds, periods, labels }: Held): PersonEvents {
  return { from: 0, to: count, timesMs, kinds, periods, labels, openPeriod: undefined }
}
