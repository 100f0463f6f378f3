import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import { gatedSteps, type StepLine } from './gated-step.ts'
import type { BudgetContext } from './input.ts'
import type { LineReview } from './line-review.ts'
import { remainderOf } from './move-scope.ts'
import { stepMove, stopMove } from './new-move.ts'
import { isUnderRisk, type RiskScope } from './risk-lines.ts'

/** Why a line neither gives nor takes. */
export type BlockReason =
  | 'no_budget'
  | 'thin_evidence'
  | 'learning'
  | 'stopped'
  | 'under_open_risk'
  | 'nothing_left_to_give'
  | 'below_hurdle'
  | 'no_surer_partner'

/** What new moves are made of. */
export interface ReallocationBasis {
  readonly lines: readonly LineReview[]
  readonly risks: readonly RiskScope[]
  /** Moves that wait; their money is spoken for. */
  readonly carried: readonly BudgetMove[]
  readonly context: BudgetContext
  readonly minorPerUnit: number
}

/** The new moves, and for each line without one the reason. */
export interface Reallocation {
  readonly moves: readonly BudgetMove[]
  readonly blocked: readonly { readonly lineId: string; readonly reason: BlockReason }[]
}

/** A line as a partner in a move; `remainder` is what it may give, in minor units. */
interface Candidate extends LineReview {
  readonly remainder: Quantity
  readonly underRisk: boolean
  readonly belowHurdle: boolean
}

/**
 * Which moves does this review propose?
 *
 * A stopped line gives what it has left to the reserve. Lines whose return is known trade bounded steps where the receiver returns more
 * at the margin with at least the policy's probability. Nothing flows into a line that is stopped, under an open risk, learning or below
 * the hurdle; nothing leaves a line beyond its uncommitted remainder less what waiting moves would take.
 */
export function reallocate(basis: ReallocationBasis): Reallocation {
  const { context } = basis
  const candidates = basis.lines.map((line) => toCandidate(line, basis))
  const stops = candidates.flatMap(({ stop, remainder }) => stopMove(stop, remainder, context))
  const stopped = new Set(stops.map((move) => move.fromLine))
  const partners = candidates.filter(({ line }) => !stopped.has(line.id))
  const reviews = new Map(basis.lines.map((review) => [review.line.id, review]))
  const steps = gatedSteps(partners.flatMap(stepLine), stepTerms(basis)).flatMap((step) =>
    stepMove(step, { from: reviews.get(step.from), to: reviews.get(step.to), context }),
  )
  const moves = [...stops, ...steps]
  const moved = new Set(moves.flatMap((move) => [move.fromLine, move.toLine]))
  return {
    moves,
    blocked: candidates
      .filter(({ line }) => !moved.has(line.id))
      .map((candidate) => ({ lineId: candidate.line.id, reason: whyNot(candidate) })),
  }
}

function toCandidate(review: LineReview, basis: ReallocationBasis): Candidate {
  const { line, evidence } = review
  const remainder = remainderOf(line, basis.context)
  const pledged = basis.carried
    .filter((move) => move.fromLine === line.id)
    .reduce((sum, move) => sum + move.amount.minor, 0)
  const hurdle = basis.context.policy.budget.hurdle_marginal_roi
  return {
    ...review,
    remainder: isMeasured(remainder)
      ? { status: 'known', value: remainder.value - pledged }
      : remainder,
    underRisk: isUnderRisk(line, basis.risks),
    belowHurdle: evidence.response !== null && evidence.response.marginalReturn < hurdle,
  }
}

/** Why a line has no move: the first obstacle, each of which alone would be enough. */
function whyNot(candidate: Candidate): BlockReason {
  const { line, evidence, stop, remainder } = candidate
  const obstacles: readonly (readonly [boolean, BlockReason])[] = [
    [evidence.response === null, 'thin_evidence'],
    [!isMeasured(line.planned), 'no_budget'],
    [stop.reason === 'learning', 'learning'],
    [stop.action === 'stop', 'stopped'],
    [candidate.underRisk, 'under_open_risk'],
    [isMeasured(remainder) && remainder.value <= 0, 'nothing_left_to_give'],
    [candidate.belowHurdle, 'below_hurdle'],
  ]
  return obstacles.find(([holds]) => holds)?.[1] ?? 'no_surer_partner'
}

function stepLine(candidate: Candidate): readonly StepLine[] {
  const { line, evidence, stop, remainder } = candidate
  if (evidence.response === null || !isMeasured(line.planned) || !isMeasured(remainder)) return []
  const spend = line.planned.value
  const barred = stop.action === 'stop' || candidate.underRisk || candidate.belowHurdle
  return [
    {
      id: line.id,
      spend,
      lower: Math.max(line.minMinor ?? 0, spend - Math.max(0, remainder.value)),
      upper: barred ? spend : (line.maxMinor ?? Number.MAX_SAFE_INTEGER),
      marginalReturn: evidence.response.marginalReturn,
      marginalSd: evidence.response.marginalSd,
      fixed: stop.reason === 'learning',
    },
  ]
}

function stepTerms({ lines, context, minorPerUnit }: ReallocationBasis) {
  const { bounds, gate } = context.policy.budget
  const planned = lines.reduce(
    (sum, { line }) => sum + (isMeasured(line.planned) ? line.planned.value : 0),
    0,
  )
  return {
    step: bounds.max_step_share,
    probability: gate.probability_better,
    minMove: bounds.min_move * minorPerUnit,
    maxTurnover: Math.floor(bounds.turnover_share * planned),
  }
}
