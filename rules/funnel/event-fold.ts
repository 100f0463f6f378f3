import { invariant } from '../kernel/invariant.ts'
import { createPersonEvents, ensureRoom, NO_LABEL, type PersonEvents } from './person-events.ts'

/** A stretch of an event log: one column per field, all of the same length. */
export interface EventBatch {
  /** Whose event; equal neighbours are one person, also from one batch to the next. */
  readonly person: ArrayLike<number | string | null>
  readonly timeMs: ArrayLike<number>
  /** Kinds of the plan that the readers share. */
  readonly kind: ArrayLike<number>
  readonly period?: ArrayLike<number>
  readonly label?: ArrayLike<number>
}

/** Looks at one person at a time; the buffer is only valid during the call. */
export type PersonReader = (person: PersonEvents) => void

/** A pass over an event log in person order. */
export interface EventFold {
  readonly add: (batch: EventBatch) => void
  /** Hands out the last person and says how much was read. */
  readonly finish: () => { readonly persons: number; readonly events: number }
}

/**
 * Walks through millions of events once and hands each person to the readers. Memory does not grow with the log: one person is held.
 *
 * @param readers Called in the order given, once per person.
 * @throws InvariantError from `add` when an event is older than the one before of the same person. That persons do not come back later
 * in the log is promised by the query that orders it.
 */
export function createEventFold(readers: readonly PersonReader[]): EventFold {
  const person = createPersonEvents()
  let current: number | string | null | undefined
  let persons = 0
  let events = 0
  const close = (): void => {
    if (person.count === 0) return
    persons++
    for (const read of readers) read(person)
    person.count = 0
  }
  return {
    add: (batch) => {
      const rows = batch.timeMs.length
      for (let row = 0; row < rows; row++) {
        const whose = batch.person[row]
        if (whose !== current) {
          close()
          current = whose
        }
        append(person, batch, row)
      }
      events += rows
    },
    finish: () => {
      close()
      return { persons, events }
    },
  }
}

function append(person: PersonEvents, batch: EventBatch, row: number): void {
  ensureRoom(person)
  const index = person.count++
  const timeMs = batch.timeMs[row] ?? Number.NaN
  invariant(
    index === 0 || timeMs >= (person.timesMs[index - 1] ?? Number.NaN),
    'event fold: expected the events of a person oldest first',
  )
  person.timesMs[index] = timeMs
  person.kinds[index] = batch.kind[row] ?? NO_LABEL
  person.opens[index] = 1
  person.periods[index] = batch.period === undefined ? 0 : (batch.period[row] ?? 0)
  person.labels[index] = batch.label === undefined ? NO_LABEL : (batch.label[row] ?? NO_LABEL)
}
