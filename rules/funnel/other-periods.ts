import type { PersonReader } from './event-fold.ts'

/** Hands every person on with other periods: those that `periodOf` reads from the time of an event. */
export function withPeriods(read: PersonReader, periodOf: (atMs: number) => number): PersonReader {
  // One column as long as the batch serves all its persons, each in the rows where it lies.
  let periods = new Int32Array(0)
  return (person) => {
    const { from, to, timesMs } = person
    if (to > periods.length) periods = new Int32Array(timesMs.length)
    for (let row = from; row < to; row++) periods[row] = periodOf(timesMs[row] ?? 0)
    read({ ...person, periods })
  }
}
