import type { ArmFigures, EarlierReading } from './input.ts'
import type { Trial } from './trials.ts'

/** How often a comparison has been looked at, and whether its result was made for that. */
export interface LookLedger {
  /** Looks so far, this review's included where it is known to be one; null when nothing tells of any. */
  readonly looks: number | null
  /** True when a result made for one look cannot decide: the trial runs, was stopped, or was looked at before. */
  readonly peeked: boolean
  /** Reviews that showed the trial with other figures, the first one for each set of figures, oldest first. */
  readonly earlierReviews: readonly string[]
}

/** A trial's phase, and the looks the data set states for it. */
type Stated = Pick<Trial, 'phase' | 'looks'>

/**
 * The look ledger of a trial: what the data set states, and what earlier reviews showed; whichever is more counts.
 *
 * A running trial is being looked at now, and a stopped one ended because someone looked. Where a completed one states no looks and no
 * review showed it before, nothing tells of an earlier look, and it is taken to have been read once, at its end.
 *
 * @param earlier Readings of this trial by earlier reviews (`looksBefore`), oldest first.
 */
export function looksAt(
  { phase, looks }: Stated,
  earlier: readonly Pick<EarlierReading, 'reviewId'>[],
): LookLedger {
  const stated = (looks ?? 0) + (phase === 'running' ? 1 : 0)
  const shown = earlier.length === 0 ? 0 : earlier.length + 1
  const known = Math.max(stated, shown)
  return {
    looks: known === 0 ? null : known,
    peeked: phase === 'running' || phase === 'stopped' || known > 1,
    earlierReviews: earlier.map(({ reviewId }) => reviewId),
  }
}

/**
 * Which earlier readings were looks before this one? Those of other figures than the trial has now, one for each set of figures: between two sets
 * somebody could have stopped it, waited for more, or taken users out. The same figures read again are the same look. Arms may be renamed and
 * change places; what they state says which reading it was. A reading without any user shows nothing.
 *
 * @param readings Oldest first.
 */
export function looksBefore(
  readings: readonly EarlierReading[],
  { experimentId, metric, arms }: Pick<Trial, 'experimentId' | 'metric' | 'arms'>,
): EarlierReading[] {
  const seen = new Set([figuresOf(arms)])
  return readings.filter((reading) => {
    const isOfTrial = reading.experimentId === experimentId && reading.metric === metric
    const figures = figuresOf(reading.arms)
    if (!isOfTrial || seen.has(figures) || reading.arms.every(({ users }) => users === 0)) {
      return false
    }
    seen.add(figures)
    return true
  })
}

/**
 * The readings under the names that trials have now. One whose trial is not in the data any more is also one of every trial on the same metric of the
 * same campaign that began on the same day: under another id it is the same test.
 */
export function asNamedNow(
  readings: readonly EarlierReading[],
  trials: readonly Trial[],
): EarlierReading[] {
  return readings.flatMap((reading) => {
    const alike = trials.filter(
      ({ metric, campaignId, startedOn }) =>
        metric === reading.metric &&
        campaignId === reading.campaignId &&
        startedOn === reading.startedOn,
    )
    const isListed = trials.some(
      ({ experimentId, metric }) =>
        experimentId === reading.experimentId && metric === reading.metric,
    )
    return isListed ? [reading] : alike.map(({ experimentId }) => ({ ...reading, experimentId }))
  })
}

/** What the arms state, whatever they are called and in whatever order they stand. */
function figuresOf(arms: readonly ArmFigures[]): string {
  return arms
    .map((arm) => JSON.stringify([arm.isControl, ...FIGURES.map((figure) => arm[figure])]))
    .toSorted()
    .join()
}

const FIGURES = [
  'users',
  'conversions',
  'mean',
  'variance',
  'denominatorMean',
  'denominatorVariance',
  'covariance',
] as const
