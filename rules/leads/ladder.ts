import { normalQuantile } from '../kernel/normal.ts'
import { squaredDeviations } from '../kernel/squared-deviations.ts'
import { lossOf } from './accuracy.ts'
import type { ClaimedOutcomes } from './claimed-probability.ts'
import { fitLadder, recalibrate, type Recalibration } from './recalibration.ts'

/** One rung of the ladder, judged on outcomes newer than those it learned from. */
interface Rung {
  readonly step: Recalibration['step']
  /** Mean log loss on the judging outcomes. */
  readonly logLoss: number
  /** z of the paired fall in log loss against the rung kept before it; null for the first rung. */
  readonly z: number | null
}

export interface Ladder {
  readonly rungs: readonly Rung[]
  /** The last rung whose gain over the one kept before is beyond chance. */
  readonly chosen: Recalibration
}

/**
 * How much correction do the claims need?
 *
 * Climbs none → intercept → Platt → isotonic and keeps a rung only when its paired fall in log loss on newer outcomes exceeds what chance
 * gives in a share α of looks (one-sided): a bendier correction has to earn its place.
 *
 * @param outcomes Both parts not empty.
 * Source: Diebold and Mariano (1995) for the paired comparison of losses.
 */
export function climbLadder({ fit, judge }: ClaimedOutcomes, alpha: number): Ladder {
  const bound = -normalQuantile(alpha)
  const rungs: Rung[] = []
  let chosen: Recalibration = { step: 'none' }
  let kept: readonly number[] | null = null
  for (const candidate of fitLadder(fit)) {
    const losses = judge.map((lead) =>
      lossOf({
        probability: recalibrate(candidate, lead.probability),
        converted: lead.converted,
      }),
    )
    const z = kept === null ? null : pairedZ(kept, losses)
    rungs.push({ step: candidate.step, logLoss: mean(losses), z })
    if (z === null || z > bound) {
      chosen = candidate
      kept = losses
    }
  }
  return { rungs, chosen }
}

/** Mean fall ÷ its standard error; 0 when the two never differ. */
function pairedZ(before: readonly number[], after: readonly number[]): number {
  const falls = before.map((loss, index) => loss - (after[index] ?? loss))
  const average = mean(falls)
  const error =
    Math.sqrt(squaredDeviations(falls, average) / falls.length) / Math.sqrt(falls.length)
  return error === 0 ? 0 : average / error
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
