import { sortByText } from '../kernel/order.ts'
import type { JudgedSegment } from '../portfolio/judge.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { StageName } from '../schema/review.ts'
import type { RiskItem } from '../schema/synthesis.ts'
import { literal } from '../schema/template.ts'
import type { SeriousFinding } from './alike.ts'
import {
  type ActionCandidate,
  type ActionKind,
  type CandidateContext,
  dueIn,
  RESOURCES,
  URGENCY,
} from './candidate.ts'
import { unknown } from './impact.ts'
import { moveCandidate } from './move-candidate.ts'
import { repairTitle } from './repair-words.ts'
import { segmentCandidates } from './segment-candidate.ts'
import { campaignSaving } from './stop-saving.ts'

/** An action of an earlier review and what became of it. */
export interface ActionTaken {
  readonly actionId: string
  readonly status: string
}

/** Where actions come from. */
export interface CandidateSources {
  readonly risks: readonly RiskItem[]
  readonly segments: readonly JudgedSegment[]
  /** Moves that wait for a decision. */
  readonly pendingMoves: readonly BudgetMove[]
  /** Serious findings of the earlier stages, with the stage that told them. */
  readonly serious: readonly SeriousFinding[]
  readonly taken: readonly ActionTaken[]
  /** Decisions of the earlier stages. */
  readonly decisionIds: ReadonlySet<string>
}

/** Everything that could be asked of leadership, each thing once. */
export function actionCandidates(
  sources: CandidateSources,
  context: CandidateContext,
): ActionCandidate[] {
  const risks = sources.risks.map((item) => ofRisk(item, context))
  // Only a pause is about a campaign; any other risk is about itself.
  const paused = new Set(risks.map(({ subject }) => subject))
  const segments = sources.segments.flatMap((segment) =>
    segmentCandidates(segment, context).map((candidate) => {
      const campaign = `campaign:${segment.subject.campaignId}`
      const isPart = candidate.kind === 'stop' && paused.has(campaign)
      return { candidate, partOf: isPart ? campaign : null }
    }),
  )
  return [
    ...risks.map((risk) =>
      withDecisions(
        risk,
        segments.filter(({ partOf }) => partOf === risk.subject),
      ),
    ),
    ...segments.flatMap(({ candidate, partOf }) => (partOf === null ? [candidate] : [])),
    ...sources.pendingMoves.map((move) => moveCandidate(move, context)),
    ...sources.serious.flatMap((told) => ofFinding(told, { sources, context, paused })),
    ...sortByText(sources.taken, ({ actionId }) => actionId).flatMap((action) =>
      ofTaken(action, context),
    ),
  ]
}

/** A pause with the decisions of the stops that are part of it. */
function withDecisions(
  candidate: ActionCandidate,
  parts: readonly { readonly candidate: ActionCandidate }[],
): ActionCandidate {
  const decisionIds = parts.flatMap((part) => part.candidate.decisionIds)
  return { ...candidate, decisionIds: [...candidate.decisionIds, ...decisionIds] }
}

function ofRisk(item: RiskItem, context: CandidateContext): ActionCandidate {
  const kind: ActionKind = item.action === 'pause' ? 'pause' : 'respond'
  const subject =
    kind === 'pause' && item.campaignId !== null
      ? `campaign:${item.campaignId}`
      : `risk:${item.riskId}`
  const { risk } = context.policy
  return {
    id: `${kind}:${subject}`,
    kind,
    subject,
    title: item.whatToDo.replace(/\.$/, ''),
    area: risk.owner_areas[item.riskType] ?? risk.default_area,
    dueOn: item.dueOn,
    ruling:
      kind === 'pause'
        ? campaignSaving(item.campaignId, context)
        : unknown('what the risk would cost was not measured'),
    urgency: URGENCY[`${item.severity}_risk`],
    resources: RESOURCES[kind],
    decisionIds: [item.decisionId],
  }
}

/** Whose work a stage's findings are. */
const STAGE_AREAS: Readonly<Record<StageName, string>> = {
  campaign_roi: 'campaigns',
  funnel: 'funnel',
  attribution: 'tracking',
  content: 'content',
  lead_scoring: 'leads',
  budget: 'budget',
  synthesis: 'campaigns',
}

/** Findings about what has a candidate of its own: waiting moves, and campaigns that are paused anyway. */
function ofFinding(
  { stage, finding }: SeriousFinding,
  {
    sources,
    context,
    paused,
  }: { sources: CandidateSources; context: CandidateContext; paused: ReadonlySet<string> },
): ActionCandidate[] {
  if (finding.ruleId === 'budget.carried_move' || paused.has(finding.subject)) return []
  return [
    {
      id: `repair:${finding.id}`,
      kind: 'repair',
      subject: finding.subject,
      title: repairTitle(finding),
      area: STAGE_AREAS[stage],
      dueOn: dueIn('repair', context),
      ruling: unknown('what settling it brings was not measured'),
      urgency: URGENCY.repair,
      resources: RESOURCES.repair,
      // A finding is named after the decision it tells of, where there is one.
      decisionIds: [...sources.decisionIds].filter((id) => finding.id === `finding.${id}`),
    },
  ]
}

const UNFINISHED = new Set(['open', 'planned', 'not_started', 'in_progress', 'blocked', 'deferred'])

function ofTaken({ actionId, status }: ActionTaken, context: CandidateContext): ActionCandidate[] {
  if (!UNFINISHED.has(status)) return []
  return [
    {
      id: `carried_over:${actionId}`,
      kind: 'carried_over',
      subject: `action:${actionId}`,
      title: `Finish what an earlier review asked for: ${literal(actionId)} (${literal(status.replaceAll('_', ' '))})`,
      area: 'campaigns',
      dueOn: dueIn('carried_over', context),
      ruling: unknown('the earlier review’s expectation is not part of this one'),
      urgency: URGENCY.carried_over,
      resources: RESOURCES.carried_over,
      decisionIds: [],
    },
  ]
}
