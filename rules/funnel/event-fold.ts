import { InvariantError } from '../kernel/invariant.ts'
import { append, createList, type GrowingList, lastOf } from './growing-list.ts'
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
  let persons = 0
  let events = 0
  const read = (person: PersonEvents): void => {
    persons++
    for (const reader of readers) reader(person)
  }
  const release = (): void => {
    if (held.timesMs.count > 0) read(viewOf(held))
    clear(held)
  }
  return {
    add: (batch) => {
      const view = viewOfBatch(batch)
      const rows = batch.timeMs.length
      events += rows
      view.to = held.timesMs.count > 0 ? endOfRun(batch, 0, held.person) : 0
      hold(held, view)
      if (view.to === rows) return
      release()
      for (;;) {
        view.from = view.to
        const whose = batch.person[view.from]
        held.person = whose
        view.to = endOfRun(batch, view.from, whose)
        if (view.to === rows) break
        read(view)
      }
      hold(held, view)
    },
    finish: () => {
      release()
      return { persons, events }
    },
  }
}

type PersonId = number | string | null | undefined

/** The row after the last one of `whose` from `from` on; times never fall on the way. */
function endOfRun({ person, timeMs }: EventBatch, from: number, whose: PersonId): number {
  const rows = timeMs.length
  let to = from
  let latestMs = -Infinity
  while (to < rows && person[to] === whose) {
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

function viewOfBatch({ timeMs, kind, period, label }: EventBatch): PersonEvents {
  const rows = timeMs.length
  return {
    from: 0,
    to: 0,
    timesMs: timeMs,
    kinds: kind,
    periods: period ?? new Int32Array(rows),
    labels: label ?? new Int32Array(rows).fill(NO_LABEL),
    openPeriod: undefined,
  }
}

/** The person at the end of a batch. */
interface Held {
  person: PersonId
  readonly timesMs: GrowingList
  readonly kinds: GrowingList
  readonly periods: GrowingList
  readonly labels: GrowingList
}

function createHeld(): Held {
  return {
    person: undefined,
    timesMs: createList(),
    kinds: createList(),
    periods: createList(),
    labels: createList(),
  }
}

function clear({ timesMs, kinds, periods, labels }: Held): void {
  for (const list of [timesMs, kinds, periods, labels]) list.count = 0
}

function hold(held: Held, view: PersonEvents): void {
  const { timesMs, kinds, periods, labels } = held
  for (let index = view.from; index < view.to; index++) {
    const atMs = view.timesMs[index] ?? Number.NaN
    if (timesMs.count > 0 && !(atMs >= lastOf(timesMs))) refuseOrder()
    append(timesMs, atMs)
    append(kinds, view.kinds[index] ?? NO_LABEL)
    append(periods, view.periods[index] ?? 0)
    append(labels, view.labels[index] ?? NO_LABEL)
  }
}

function viewOf({ timesMs, kinds, periods, labels }: Held): PersonEvents {
  return {
    from: 0,
    to: timesMs.count,
    timesMs: timesMs.values,
    kinds: kinds.values,
    periods: periods.values,
    labels: labels.values,
    openPeriod: undefined,
  }
}
