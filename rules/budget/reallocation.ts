import { isMeasured } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import {
  type BlockReason,
  type Candidate,
  type CandidateBasis,
  toCandidate,
  whyNot,
} from './candidate.ts'
import { withClaims } from './claim-finding.ts'
import { gatedSteps, type StepLine } from './gated-step.ts'
import type { PlanRow } from './input.ts'
import type { LineReview } from './line-review.ts'
import { stepMove, stopMove } from './new-move.ts'
import { planLines, type PlanReview } from './plan-review.ts'

/** What new moves are made of. */
export interface ReallocationBasis extends CandidateBasis {
  readonly lines: readonly LineReview[]
  readonly plans: readonly PlanRow[]
  readonly minorPerUnit: number
}

/** The new moves, the plan behind those that come from one, and for each line without a move the reason. */
export interface Reallocation {
  readonly moves: readonly BudgetMove[]
  readonly plan: PlanReview | null
  readonly blocked: readonly { readonly lineId: string; readonly reason: BlockReason }[]
}

/**
 * Which moves does this review propose?
 *
 * A stopped line gives what it has left to the reserve. Lines with a response curve are planned together. Lines whose average return alone is known
 * trade bounded steps where the receiver returns more at the margin with at least the policy's probability. Nothing flows into a line that is
 * stopped, under an open risk, declining, learning or below the hurdle; nothing leaves a line beyond its uncommitted remainder less what
 * waiting moves would take.
 */
export function reallocate(basis: ReallocationBasis): Reallocation {
  const { context } = basis
  const candidates = basis.lines.map((line) => toCandidate(line, basis))
  const stops = candidates.flatMap(({ stop, remainder }) => stopMove(stop, remainder, context))
  const stopped = new Set(stops.map((move) => move.fromLine))
  const partners = candidates.filter(({ line }) => !stopped.has(line.id))
  const plan = planLines(partners, basis)
  const planned = new Set(plan?.lineIds ?? [])
  const others = partners.filter(({ line }) => !planned.has(line.id))
  const steps = gatedMoves(others, basis)
  const advised = withClaims([...(plan?.moves ?? []), ...steps], basis.lines, context)
  const moves = [...stops, ...advised]
  const moved = new Set(moves.flatMap((move) => [move.fromLine, move.toLine]))
  return {
    moves,
    plan,
    blocked: candidates
      .filter(({ line }) => !moved.has(line.id))
      .map((candidate) => ({
        lineId: candidate.line.id,
        reason: whyNot(candidate, planned.has(candidate.line.id)),
      })),
  }
}

function gatedMoves(
  candidates: readonly Candidate[],
  { context, minorPerUnit }: ReallocationBasis,
): readonly BudgetMove[] {
  const reviews = new Map(candidates.map((candidate) => [candidate.line.id, candidate]))
  const { bounds, gate } = context.policy.budget
  const planned = candidates.reduce(
    (sum, { line }) => sum + (isMeasured(line.planned) ? line.planned.value : 0),
    0,
  )
  const terms = {
    step: bounds.max_step_share,
    probability: gate.probability_better,
    minMove: bounds.min_move * minorPerUnit,
    maxTurnover: Math.floor(bounds.turnover_share * planned),
  }
  return gatedSteps(candidates.flatMap(stepLine), terms).flatMap((step) =>
    stepMove(step, { from: reviews.get(step.from), to: reviews.get(step.to), context }),
  )
}

function stepLine(candidate: Candidate): readonly StepLine[] {
  const { line, evidence, stop, remainder } = candidate
  if (evidence.response === null || !isMeasured(line.planned) || !isMeasured(remainder)) return []
  const spend = line.planned.value
  return [
    {
      id: line.id,
      spend,
      lower: Math.max(line.minMinor ?? 0, spend - Math.max(0, remainder.value)),
      upper: candidate.barred === null ? (line.maxMinor ?? Number.MAX_SAFE_INTEGER) : spend,
      marginalReturn: evidence.response.marginalReturn,
      marginalSd: evidence.response.marginalSd,
      fixed: stop.reason === 'learning',
    },
  ]
}
