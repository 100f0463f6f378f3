import { adjustPValues } from '../kernel/multiplicity.ts'
import { sortByText } from '../kernel/order.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { LeadPolicy } from '../policy/leads.ts'
import type { Decision } from '../schema/review.ts'
import { compareFeedback, type FeedbackTable } from './feedback-table.ts'
import type { AnswerCount } from './input.ts'

const RULE_ID = 'lead_scoring.rejection_reason'

/** The answer that stands for an MQL that sales took. */
export const ACCEPTED = 'accepted'
/** Reasons too rare to be compared by themselves. */
export const OTHER_REASONS = 'other reasons'

/** An expected count below this makes the χ² of a cell unreliable (Cochran). */
const MIN_EXPECTED = 5

/** One answer in two months. */
export interface ReasonLine {
  readonly answer: string
  readonly previous: number
  readonly current: number
  /** null while the months cannot be compared. */
  readonly adjustedResidual: number | null
  readonly adjustedP: number | null
}

/** The answers of sales in the review month beside those of the month before. */
export interface ReasonReading {
  readonly previousAnswers: number
  readonly currentAnswers: number
  /** Acceptance first, then reasons by current count, the most frequent first. */
  readonly lines: readonly ReasonLine[]
  /** null when a month has fewer than min_feedback answers. */
  readonly table: FeedbackTable | null
}

/**
 * What did sales answer, and did the mix change?
 *
 * Reasons whose expected count is below five in a month are gathered, where there are two or more, so that the χ² holds.
 *
 * @param month, previousMonth `YYYY-MM`; answers of other months are ignored.
 */
export function readReasons(
  answers: readonly AnswerCount[],
  { month, previousMonth }: { readonly month: string; readonly previousMonth: string },
  { min_feedback }: Pick<LeadPolicy, 'min_feedback'>,
): ReasonReading {
  const lines = tally(answers, month, previousMonth)
  const previousAnswers = lines.reduce((sum, line) => sum + line.previous, 0)
  const currentAnswers = lines.reduce((sum, line) => sum + line.current, 0)
  const totals = { previousAnswers, currentAnswers }
  if (Math.min(previousAnswers, currentAnswers) < min_feedback) {
    return { ...totals, lines: ordered(lines.map(uncompared)), table: null }
  }
  const gathered = gatherRare(lines, totals)
  const table = compareFeedback(
    gathered.map((line) => line.previous),
    gathered.map((line) => line.current),
  )
  const adjusted = adjustPValues(
    table.shifts.map((shift) => shift.p),
    'benjamini_hochberg',
  )
  const compared = table.shifts.map((shift, rank) => ({
    ...(gathered[shift.index] ?? { answer: OTHER_REASONS, previous: 0, current: 0 }),
    adjustedResidual: shift.adjustedResidual,
    adjustedP: adjusted[rank] ?? shift.p,
  }))
  return { ...totals, lines: ordered(compared), table }
}

/** One decision for each rejection reason that grew beyond chance: the score lets more of such leads through. */
export function judgeReasons(
  { lines, currentAnswers, previousAnswers }: ReasonReading,
  policy: LeadPolicy,
  policyVersion: string,
): Decision[] {
  return lines
    .filter(
      ({ answer, adjustedResidual, adjustedP }) =>
        answer !== ACCEPTED && (adjustedResidual ?? 0) > 0 && (adjustedP ?? 1) <= policy.alpha,
    )
    .map(({ answer, previous, current, adjustedResidual, adjustedP }) => ({
      id: `${RULE_ID}:${distinctPart(answer)}`,
      stage: 'lead_scoring' as const,
      subject: `reason:${answer}`,
      subjectName: answer,
      action: 'add_exclusion_criterion',
      reason: 'rejection_reason_grew',
      ruleId: RULE_ID,
      policyVersion,
      evidence: {
        current,
        currentAnswers,
        previous,
        previousAnswers,
        adjustedResidual,
        adjustedP,
        alpha: policy.alpha,
      },
    }))
}

type Tally = Pick<ReasonLine, 'answer' | 'previous' | 'current'>

function tally(answers: readonly AnswerCount[], month: string, previousMonth: string): Tally[] {
  const byAnswer = new Map<string, { previous: number; current: number }>()
  for (const { answer, month: of, count } of answers) {
    if (of !== month && of !== previousMonth) continue
    const sums = byAnswer.get(answer) ?? { previous: 0, current: 0 }
    if (of === month) sums.current += count
    else sums.previous += count
    byAnswer.set(answer, sums)
  }
  return sortByText(
    Array.from(byAnswer, ([answer, sums]) => ({ answer, ...sums })),
    (line) => line.answer,
  )
}

function gatherRare(
  lines: readonly Tally[],
  { previousAnswers, currentAnswers }: { previousAnswers: number; currentAnswers: number },
): Tally[] {
  const share = Math.min(previousAnswers, currentAnswers) / (previousAnswers + currentAnswers)
  const isRare = (line: Tally): boolean =>
    line.answer !== ACCEPTED && (line.previous + line.current) * share < MIN_EXPECTED
  const rare = lines.filter(isRare)
  if (rare.length < 2) return [...lines]
  const sums = rare.reduce(
    (total, line) => ({
      previous: total.previous + line.previous,
      current: total.current + line.current,
    }),
    { previous: 0, current: 0 },
  )
  return [...lines.filter((line) => !isRare(line)), { answer: OTHER_REASONS, ...sums }]
}

function uncompared(line: Tally): ReasonLine {
  return { ...line, adjustedResidual: null, adjustedP: null }
}

function ordered(lines: readonly ReasonLine[]): ReasonLine[] {
  const rank = (line: ReasonLine): number => (line.answer === ACCEPTED ? Infinity : line.current)
  return lines.toSorted((left, right) => rank(right) - rank(left) || 0)
}
