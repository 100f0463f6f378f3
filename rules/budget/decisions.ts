import type { Decision, Evidence } from '../schema/review.ts'
import type { BlockReason } from './candidate.ts'
import { claimEvidence } from './claim-finding.ts'
import type { BudgetContext } from './input.ts'
import { ladderEvidence } from './ladder-evidence.ts'
import type { LinePace } from './line-pace.ts'
import type { LineReview } from './line-review.ts'
import { linePaceEvidence, paceEvidence } from './pace-evidence.ts'
import type { Reallocation } from './reallocation.ts'
import { stopEvidence } from './stop-evidence.ts'
import { type TotalReview, valueOrNull } from './total-review.ts'

/** What a line is to do: the action, with the rule and quantities that decided it. */
export function lineDecision(
  review: LineReview,
  { moves, blocked }: Reallocation,
  context: BudgetContext,
): Decision {
  const { line, stop, evidence } = review
  const out = moves.find((move) => move.fromLine === line.id)
  const into = moves.find((move) => move.toLine === line.id)
  const block = blocked.find((entry) => entry.lineId === line.id)
  const call = callOf({ out, into, block: block?.reason ?? null })
  return {
    id: `budget.line:${line.id}`,
    stage: 'budget',
    subject: `line:${line.id}`,
    subjectName: line.name,
    ...call,
    policyVersion: context.policy.version,
    evidence: {
      ...ladderEvidence(evidence, context.policy.budget.evidence),
      hurdle: context.policy.budget.hurdle_marginal_roi,
      stop_loss: stop.reason,
      pace: review.pace.status,
      ...linePaceEvidence(review.pace, context.policy.budget.pacing),
      ...roomEvidence(review),
      ...stopEvidence(review, context),
      ...claimEvidence(review, context),
    },
  }
}

function roomEvidence({ room }: LineReview): Evidence {
  return room === null
    ? {}
    : {
        platform: room.platform,
        required_day_minor: room.requiredDay,
        platform_max_day_minor: room.maxDay,
      }
}

function callOf({
  out,
  into,
  block,
}: {
  out: { readonly reasonCode: string; readonly ruleId: string } | undefined
  into: { readonly reasonCode: string; readonly ruleId: string } | undefined
  block: BlockReason | null
}): Pick<Decision, 'action' | 'reason' | 'ruleId'> {
  if (out?.reasonCode === 'stop_loss') {
    return { action: 'stop', reason: 'stop_loss', ruleId: out.ruleId }
  }
  if (into !== undefined) {
    return { action: 'increase', reason: into.reasonCode, ruleId: into.ruleId }
  }
  if (out !== undefined) return { action: 'decrease', reason: out.reasonCode, ruleId: out.ruleId }
  if (block === 'stopped') return { action: 'stop', reason: 'stopped', ruleId: 'budget.stop_loss' }
  return { action: 'hold', reason: block ?? 'no_surer_partner', ruleId: 'budget.evidence' }
}

/** How the month is pacing as a whole. */
export function paceDecision(total: TotalReview, context: BudgetContext): Decision {
  const { pace } = total
  return {
    id: 'budget.pacing:total',
    stage: 'budget',
    subject: 'budget:total',
    subjectName: 'Budget of the month',
    action: pace.status,
    reason: paceReason(pace),
    ruleId: 'budget.pacing',
    policyVersion: context.policy.version,
    evidence: {
      planned_minor: valueOrNull(total.planned),
      spend_minor: valueOrNull(total.delivery.spend),
      ...paceEvidence(pace, context.policy.budget.pacing),
    },
  }
}

function paceReason(pace: LinePace): string {
  if (pace.status === 'closed') return 'month_over'
  if (pace.status === 'unknown') return pace.budget === null ? 'not_measured' : 'no_forecast'
  return 'landing_against_plan'
}
