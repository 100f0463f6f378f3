import { chiSquareSurvival } from '../kernel/chi-square.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalTwoSided } from '../kernel/normal.ts'

/** One answer of sales (accepted, or a reason for rejecting) in two periods. */
interface FeedbackShift {
  /** Its place in the lists given. */
  readonly index: number
  readonly previousShare: number
  readonly currentShare: number
  /** For the current period; above +2 this answer grew beyond chance. */
  readonly adjustedResidual: number
  readonly p: number
}

/** Whether sales answers differently than before. */
export interface FeedbackTable {
  /** Pearson χ² of the table without continuity correction; null when only one answer was given. */
  readonly statistic: number | null
  readonly degrees: number
  readonly p: number | null
  /** √(χ² ÷ total ÷ min(rows − 1, columns − 1)): 0 no association, 1 complete. */
  readonly cramersV: number | null
  /** The smallest expected count; below 5 the p value is rough and rare reasons should be merged. */
  readonly minimumExpected: number
  /** Answers given in either period, in the order given. */
  readonly shifts: readonly FeedbackShift[]
}

/**
 * Did the mix of acceptance and rejection reasons change, and which answer moved it?
 *
 * A table of answers by period. E = all of an answer · all of a period ÷ all; χ² = Σ (count − E)² ÷ E; adjusted residual =
 * (count − E) ÷ √(E · (1 − answer's share of all) · (1 − period's share of all)).
 *
 * 30 accepted and 20 rejected, then 20 and 30: every E is 25, so χ² = 4 · 25 ÷ 25 = 4 and p = 0.046; rejections: 5 ÷ √(25 · ½ · ½) = +2.
 *
 * @param previous, current Counts of the same answers; each period with at least one.
 * @throws InvariantError when the lists differ in length or a period is empty.
 * Source: Haberman (1973), Biometrics 29, adjusted residuals; Agresti (2013) §3.3.
 */
export function compareFeedback(
  previous: readonly number[],
  current: readonly number[],
): FeedbackTable {
  invariant(previous.length === current.length, 'compareFeedback: expected the same answers twice')
  const [before, now] = [total(previous), total(current)]
  invariant(before > 0 && now > 0, 'compareFeedback: expected an answer in both periods')
  const answers = previous
    .map((count, index): Answer => ({ index, previous: count, current: current[index] ?? 0 }))
    .filter((answer) => answer.previous + answer.current > 0)
  const whole = before + now
  const degrees = answers.length - 1
  const statistic = answers.reduce((sum, answer) => {
    const both = answer.previous + answer.current
    const [expectedBefore, expectedNow] = [(both * before) / whole, (both * now) / whole]
    return (
      sum +
      (answer.previous - expectedBefore) ** 2 / expectedBefore +
      (answer.current - expectedNow) ** 2 / expectedNow
    )
  }, 0)
  return {
    statistic: degrees === 0 ? null : statistic,
    degrees,
    p: degrees === 0 ? null : chiSquareSurvival(statistic, degrees),
    cramersV: degrees === 0 ? null : Math.sqrt(statistic / whole),
    minimumExpected: answers.reduce(
      (least, answer) =>
        Math.min(least, ((answer.previous + answer.current) * Math.min(before, now)) / whole),
      Infinity,
    ),
    shifts: answers.map((answer) => shiftOf(answer, before, now)),
  }
}

/** How often an answer was given in each period. */
interface Answer {
  readonly index: number
  readonly previous: number
  readonly current: number
}

function shiftOf(answer: Answer, before: number, now: number): FeedbackShift {
  const share = (answer.previous + answer.current) / (before + now)
  const expected = share * now
  const variance = expected * (1 - share) * (before / (before + now))
  // The only answer ever given cannot move.
  const adjustedResidual = variance > 0 ? (answer.current - expected) / Math.sqrt(variance) : 0
  return {
    index: answer.index,
    previousShare: answer.previous / before,
    currentShare: answer.current / now,
    adjustedResidual,
    p: normalTwoSided(adjustedResidual),
  }
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
