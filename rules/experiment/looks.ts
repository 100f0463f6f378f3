import type { EarlierReading, ExperimentArmRow } from './input.ts'
import type { Trial } from './trials.ts'

/** How often a comparison has been looked at, and whether its result was made for that. */
export interface LookLedger {
  /** Looks so far, this review's included where it is known to be one; null when nothing tells of any. */
  readonly looks: number | null
  /** True when a result made for one look cannot decide: the trial runs, was stopped, or was looked at before. */
  readonly peeked: boolean
  /** Reviews that showed the comparison before it had all of its users, one for each number of users, oldest first. */
  readonly earlierReviews: readonly string[]
}

/** A trial's phase, and the looks the data set states for it. */
type Stated = Pick<Trial, 'phase' | 'looks'>

/**
 * The look ledger of a comparison: what the data set states, and what earlier reviews showed; whichever is more counts.
 *
 * A running trial is being looked at now, and a stopped one ended because someone looked. Where a completed one states no looks and no
 * review showed it before, nothing tells of an earlier look, and it is taken to have been read once, at its end.
 *
 * @param earlier Readings of this comparison by earlier reviews (`looksBefore`), oldest first.
 */
export function looksAt({ phase, looks }: Stated, earlier: readonly EarlierReading[]): LookLedger {
  const stated = (looks ?? 0) + (phase === 'running' ? 1 : 0)
  const shown = earlier.length === 0 ? 0 : earlier.length + 1
  const known = Math.max(stated, shown)
  return {
    looks: known === 0 ? null : known,
    peeked: phase === 'running' || phase === 'stopped' || known > 1,
    earlierReviews: earlier.map(({ reviewId }) => reviewId),
  }
}

/** One treatment beside its control. */
interface Compared {
  readonly control: ExperimentArmRow
  readonly treatment: ExperimentArmRow
}

/**
 * Which earlier readings were looks before this one? Those of fewer users: the trial went on after it was read, so whoever read it could
 * have stopped it then. The same users read again are the same look, and a reading of more users was of data that were corrected since.
 */
export function looksBefore(
  readings: readonly EarlierReading[],
  { control, treatment }: Compared,
): EarlierReading[] {
  const users = control.users + treatment.users
  return readings.filter(
    (reading) =>
      reading.experimentId === treatment.experimentId &&
      reading.metric === treatment.metric &&
      reading.treatment === treatment.arm &&
      reading.users < users,
  )
}
