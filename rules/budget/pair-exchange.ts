import { responseAt } from '../allocation/curve.ts'
import type { PlanLimits } from './plan-limits.ts'
import { keepsLimits } from './plan-limits.ts'

/** Lines beyond which pairs are too many to try. */
const LINES_MAX = 60
/** Exchanges of one amount at most. */
const PASSES_MAX = 40

/**
 * A plan bettered by exchanges between two lines, the one that gains most first, by amounts that halve down to one unit.
 *
 * For plans that were drawn back from an optimum: the way back is straight, the best plan within the limits need not lie on it. For curves with
 * falling returns what is left to gain is little; for S-curves it is a local best.
 *
 * @param plan Whole units that keep the limits.
 */
export function exchangePairs(limits: PlanLimits, plan: readonly number[]): readonly number[] {
  const { lines, budget, steps } = limits
  if (lines.length > LINES_MAX) return plan
  let best = plan
  const unit = steps?.increment ?? 1
  let amount = unit
  while (amount < budget) amount *= 2
  for (; amount >= unit; amount /= 2) {
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const next = exchangeOnce(limits, best, amount)
      if (next === null) break
      best = next
    }
  }
  return best
}

/** The exchange of an amount that gains most; null when none gains. */
function exchangeOnce(
  limits: PlanLimits,
  plan: readonly number[],
  amount: number,
): readonly number[] | null {
  const changesBy = (change: number): readonly number[] =>
    limits.lines.map(({ curve, current }, index) => {
      const from = plan[index] ?? current
      return responseAt(curve, Math.max(0, from + change)) - responseAt(curve, from)
    })
  const [gains, losses] = [changesBy(amount), changesBy(-amount)]
  const pairs = gains.flatMap((gain, to) =>
    losses.flatMap((loss, from) =>
      gain + loss > LEAST_GAIN * Math.abs(gain) ? [{ from, to, gain: gain + loss }] : [],
    ),
  )
  for (const { from, to } of pairs.toSorted((left, right) => right.gain - left.gain)) {
    const next = plan.map((held, index) => {
      if (index === from) return held - amount
      return index === to ? held + amount : held
    })
    if (keepsLimits(limits, next)) return next
  }
  return null
}

/** Share of a gain that must be left net: what rounding of the responses can feign is not a gain. */
const LEAST_GAIN = 1e-9
