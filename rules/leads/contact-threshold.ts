import { invariant } from '../kernel/invariant.ts'
import type { ScoreLevel } from './score-levels.ts'

/** What contacting every lead at or above a score would have returned. */
export interface ContactPlan {
  /** null: contact nobody. */
  readonly threshold: number | null
  readonly contacted: number
  readonly converted: number
  /** valueOfWin · converted − costOfContact · contacted, in the unit of the two. */
  readonly expectedValue: number
}

/** Both in the same unit of money, `valueOfWin` above 0. */
export interface ContactEconomics {
  readonly valueOfWin: number
  readonly costOfContact: number
}

/** The probability at which a contact pays for itself: cost ÷ value. @throws InvariantError when a win has no value. */
export function breakEvenProbability({ valueOfWin, costOfContact }: ContactEconomics): number {
  invariant(valueOfWin > 0, 'breakEvenProbability: a win must have a value')
  return costOfContact / valueOfWin
}

/** What contacting every lead with score ≥ `threshold` would have returned. */
export function planAt(
  levels: readonly ScoreLevel[],
  economics: ContactEconomics,
  threshold: number,
): ContactPlan {
  const plan = { contacted: 0, converted: 0 }
  for (const level of levels) {
    if (level.score < threshold) break
    plan.contacted += level.total
    plan.converted += level.converted
  }
  return { threshold, ...plan, expectedValue: valueOf(plan, economics) }
}

/**
 * The threshold that would have returned most; of equal ones the highest, and nobody rather than a loss.
 *
 * A win is worth 100 and a contact costs 30. Leads at 90: 1 of 1 won, at 70: 1 of 2, at 50: 0 of 2. From 90 up 1 · 100 − 1 · 30 = 70, from 70
 * up 2 · 100 − 3 · 30 = 110, from 50 up 2 · 100 − 5 · 30 = 50: contact from 70 up.
 *
 * @param levels Distinct scores, highest first (scoreLevels).
 */
export function bestPlan(levels: readonly ScoreLevel[], economics: ContactEconomics): ContactPlan {
  let best: ContactPlan = { threshold: null, contacted: 0, converted: 0, expectedValue: 0 }
  let [contacted, converted] = [0, 0]
  for (const level of levels) {
    contacted += level.total
    converted += level.converted
    const expectedValue = valueOf({ contacted, converted }, economics)
    if (expectedValue > best.expectedValue) {
      best = { threshold: level.score, contacted, converted, expectedValue }
    }
  }
  return best
}

function valueOf(
  { contacted, converted }: { contacted: number; converted: number },
  { valueOfWin, costOfContact }: ContactEconomics,
): number {
  return valueOfWin * converted - costOfContact * contacted
}
