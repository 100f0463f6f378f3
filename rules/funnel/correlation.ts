import { fisherExactP } from '../kernel/exact-test.ts'
import { invariant } from '../kernel/invariant.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'

/** Of those who completed and those who dropped off, how many did something else too. */
export interface Contingency {
  readonly successWith: number
  readonly failureWith: number
  readonly successTotal: number
  readonly failureTotal: number
}

/** How a habit goes with completing the funnel. It is a correlation: it says nothing about cause. */
export interface Correlation {
  /** Odds of completing with the habit ÷ without it, one added to every cell so that it is always finite. */
  readonly oddsRatio: number
  /** Without the added ones; null when it divides by zero. */
  readonly rawOddsRatio: number | null
  readonly direction: 'success' | 'failure'
  /** Seen by fewer persons than the smaller of 25 and 2 % of those who entered. */
  readonly tooFew: boolean
  /** One outcome is more than ten times as frequent as the other, or never seen. */
  readonly skewed: boolean
  /** Two-sided, Fisher's exact test; 1 where all had the same outcome. */
  readonly pValue: number
}

const SEEN_MIN = 25
const SEEN_SHARE_PERCENT = 2
const SKEW = 10

/**
 * Does a habit go with completing the funnel?
 *
 * @throws InvariantError when more persons have the habit than there are.
 * Source: PostHog, funnel_correlation (prior count 1), which has no test; Fisher's exact p is added here.
 */
export function correlate(table: Contingency): Correlation {
  const { successWith, failureWith, successTotal, failureTotal } = table
  invariant(
    successWith <= successTotal && failureWith <= failureTotal,
    'correlate: more persons have the habit than there are',
  )
  const bothSeen = successTotal > 0 && failureTotal > 0
  const successWithout = successTotal - successWith
  const failureWithout = failureTotal - failureWith
  const oddsRatio =
    ((successWith + 1) * (failureWithout + 1)) / ((successWithout + 1) * (failureWith + 1))
  const divisor = successWithout * failureWith
  const seen = successWith + failureWith
  return {
    oddsRatio,
    rawOddsRatio: divisor === 0 ? null : (successWith * failureWithout) / divisor,
    direction: oddsRatio > 1 ? 'success' : 'failure',
    tooFew: seen < SEEN_MIN && seen * 100 < SEEN_SHARE_PERCENT * (successTotal + failureTotal),
    skewed: !bothSeen || successTotal > SKEW * failureTotal || failureTotal > SKEW * successTotal,
    pValue: bothSeen
      ? fisherExactP({
          control: { successes: failureWith, trials: failureTotal },
          treatment: { successes: successWith, trials: successTotal },
        })
      : 1,
  }
}

/** Correlations of many habits with p values adjusted for how many were looked at (Benjamini–Hochberg). */
export function correlateAll(
  tables: readonly Contingency[],
): (Correlation & { readonly adjustedP: number })[] {
  const found = tables.map(correlate)
  const adjusted = adjustPValues(
    found.map((entry) => entry.pValue),
    'benjamini_hochberg',
  )
  return found.map((entry, index) => ({ ...entry, adjustedP: adjusted[index] ?? 1 }))
}
