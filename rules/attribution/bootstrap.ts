import { createRandom } from '../kernel/random.ts'
import { sampleQuantile } from '../kernel/sample-quantile.ts'

/** Where a channel's share of credit lies when chance is taken into account. */
export interface ShareInterval {
  readonly low: number
  readonly high: number
}

export interface BootstrapPlan {
  readonly seed: number
  /** Independent parts of the data, e.g. persons dealt into 100 groups. */
  readonly groups: number
  readonly resamples: number
  /** Share of the resamples inside the interval, in (0, 1). */
  readonly confidence: number
}

/**
 * How much would each channel's share move, had other people come?
 *
 * Groups of persons are drawn with replacement, as many as there are, and the shares computed anew; the interval spans the middle
 * `confidence` of the results. Whole persons are dealt into groups, so that several conversions of one person count as one piece of chance.
 *
 * @param sharesOf Shares per channel when group g counts `draws[g]` times; null when such a draw holds no conversion, which is passed over.
 * @returns One interval per channel; null when fewer than two resamples gave shares.
 * Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), percentile interval, clusters resampled.
 */
export function bootstrapShares(
  sharesOf: (draws: Uint16Array) => readonly number[] | null,
  plan: BootstrapPlan,
): ShareInterval[] | null {
  const random = createRandom(plan.seed)
  const results: (readonly number[])[] = []
  for (let resample = 0; resample < plan.resamples; resample++) {
    const draws = new Uint16Array(plan.groups)
    for (let drawn = 0; drawn < plan.groups; drawn++) {
      const group = Math.floor(random() * plan.groups)
      draws[group] = (draws[group] ?? 0) + 1
    }
    const shares = sharesOf(draws)
    if (shares !== null) results.push(shares)
  }
  const [, second] = results
  if (second === undefined) return null
  const tail = (1 - plan.confidence) / 2
  return second.map((_, channel) => {
    const sorted = results
      .map((shares) => shares[channel] ?? 0)
      .toSorted((left, right) => left - right)
    return { low: sampleQuantile(sorted, tail), high: sampleQuantile(sorted, 1 - tail) }
  })
}
