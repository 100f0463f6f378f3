import { isMeasured, measured, type Quantity } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import { restsOnContradictedClaims } from './claim-finding.ts'
import { declineOf } from './decline.ts'
import type { BudgetContext } from './input.ts'
import type { LineReview } from './line-review.ts'
import { remainderOf } from './move-scope.ts'
import { isUnderRisk, type RiskScope } from './risk-lines.ts'

/** Why a line neither gives nor takes, or only gives. */
export type BlockReason =
  | 'no_budget'
  | 'thin_evidence'
  | 'learning'
  | 'stopped'
  | 'under_open_risk'
  | 'declining'
  | 'claims_above_books'
  | 'nothing_left_to_give'
  | 'below_hurdle'
  | 'no_surer_partner'
  | 'at_its_best'

/** A line as a partner in a move. `remainder` is what it may give, in minor units; `barred` says why nothing may flow into it. */
export interface Candidate extends LineReview {
  readonly remainder: Quantity
  readonly barred: BlockReason | null
}

/** What decides whether a line may take part. */
export interface CandidateBasis {
  readonly risks: readonly RiskScope[]
  /** Moves that wait; their money is spoken for. */
  readonly carried: readonly BudgetMove[]
  readonly context: BudgetContext
}

/** What may a line give, and may anything flow into it? */
export function toCandidate(review: LineReview, basis: CandidateBasis): Candidate {
  const { line } = review
  const remainder = remainderOf(line, basis.context)
  const pledged = basis.carried
    .filter((move) => move.fromLine === line.id)
    .reduce((sum, move) => sum + move.amount.minor, 0)
  return {
    ...review,
    remainder: isMeasured(remainder) ? measured(remainder.value - pledged) : remainder,
    barred: barOf(review, basis),
  }
}

/** Why a line without a move has none: first what it is to do, then the first obstacle, each of which alone would be enough. */
export function whyNot(candidate: Candidate, wasPlanned: boolean): BlockReason {
  const { line, evidence, stop, remainder, barred } = candidate
  if (stop.action === 'stop') return 'stopped'
  if (evidence.response === null) return 'thin_evidence'
  if (!isMeasured(line.planned)) return 'no_budget'
  if (stop.reason === 'learning') return 'learning'
  if (barred !== null) return barred
  if (isMeasured(remainder) && remainder.value <= 0) return 'nothing_left_to_give'
  return wasPlanned ? 'at_its_best' : 'no_surer_partner'
}

function barOf(review: LineReview, { risks, context }: CandidateBasis): BlockReason | null {
  const { line, evidence, stop } = review
  const hurdle = context.policy.budget.hurdle_marginal_roi
  const bars: readonly (readonly [boolean, BlockReason])[] = [
    [stop.action === 'stop', 'stopped'],
    [isUnderRisk(line, risks), 'under_open_risk'],
    [isDeclining(review, context), 'declining'],
    [
      restsOnContradictedClaims(review) && context.policy.budget.contradicted_claims === 'block',
      'claims_above_books',
    ],
    [evidence.response !== null && evidence.response.marginalReturn < hurdle, 'below_hurdle'],
  ]
  return bars.find(([holds]) => holds)?.[1] ?? null
}

/** Has the line's weekly return fallen long and far enough? A week's return errs by √(dispersion ÷ conversions) of itself. */
function isDeclining({ evidence, stop }: LineReview, { policy }: BudgetContext): boolean {
  const readings = evidence.weeks.flatMap(({ spend, value, conversions }) => {
    const counted = conversions ?? 0
    return value === null || counted === 0
      ? []
      : [{ value: value / spend, sd: (value / spend) * Math.sqrt(stop.dispersion.value / counted) }]
  })
  const { decline_weeks: runLength, decline_min_drop: minDrop, alpha } = policy.stop_loss
  return (
    readings.length === evidence.weeks.length &&
    declineOf(readings, { runLength, minDrop, alpha }).trigger
  )
}
