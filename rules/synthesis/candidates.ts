import {
  nextRun,
  runsNow,
  runsOn,
  standingToTell,
  standingWords,
  type CampaignStanding,
} from '../governance/campaign-standing.ts'
import { addBusinessDays, type WorkingCalendar } from '../kernel/business-days.ts'
import { sortByText } from '../kernel/order.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Policy } from '../policy/policy.ts'
import { segmentPrefix } from '../portfolio/facts.ts'
import type { JudgedSegment } from '../portfolio/judge.ts'
import { segmentKey } from '../portfolio/rollup.ts'
import { endsOfLine, type BudgetMove } from '../schema/budget-move.ts'
import type { Fact, StageName } from '../schema/review.ts'
import type { RiskItem } from '../schema/synthesis.ts'
import { literal, token } from '../schema/template.ts'
import type { SeriousFinding } from './alike.ts'
import { RESOURCES, URGENCY, type ActionCandidate, type ActionKind } from './candidate.ts'
import { savingOf, unknown, type Derivation, type ImpactRuling } from './impact.ts'
import { amendedAmount } from './pending.ts'
import { repairTitle } from './repair-words.ts'

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

export interface CandidateContext {
  readonly asOfOn: string
  readonly calendar: WorkingCalendar
  readonly policy: Policy
  /** Facts of the earlier stages by id. */
  readonly facts: ReadonlyMap<string, Fact>
  /** How campaigns stand; one that is not named is taken to run. */
  readonly standings: ReadonlyMap<string, CampaignStanding>
}

/** Everything that could be asked of leadership, each thing once. */
export function actionCandidates(
  sources: CandidateSources,
  context: CandidateContext,
): ActionCandidate[] {
  const risks = sources.risks.map((item) => ofRisk(item, context))
  const segments = sources.segments.flatMap((segment) => ofSegment(segment, context))
  // Only a pause is about a campaign; any other risk is about itself.
  const paused = new Set(risks.map(({ subject }) => subject))
  const folds = (segment: ActionCandidate): string | undefined => {
    const campaign = `campaign:${segment.subject.split('@')[1] ?? ''}`
    return segment.kind === 'stop' && paused.has(campaign) ? campaign : undefined
  }
  return [
    ...risks.map((risk) =>
      withDecisions(
        risk,
        segments.filter((segment) => folds(segment) === risk.subject),
      ),
    ),
    ...segments.filter((segment) => folds(segment) === undefined),
    ...sources.pendingMoves.map((move) => ofMove(move, context)),
    ...sources.serious.flatMap((told) => ofFinding(told, { sources, context, paused })),
    ...sortByText(sources.taken, ({ actionId }) => actionId).flatMap((action) =>
      ofTaken(action, context),
    ),
  ]
}

function withDecisions(
  candidate: ActionCandidate,
  folded: readonly ActionCandidate[],
): ActionCandidate {
  const decisionIds = [...candidate.decisionIds, ...folded.flatMap((each) => each.decisionIds)]
  return { ...candidate, decisionIds }
}

function dueIn(
  kind: keyof Policy['synthesis']['due_business_days'],
  context: CandidateContext,
): string {
  const days = context.policy.synthesis.due_business_days[kind]
  return addBusinessDays(context.asOfOn, days, context.calendar)
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

/** What pausing a campaign saves, from its cost and value of the month. */
function campaignSaving(
  campaignId: string | null,
  { facts, policy, standings }: CandidateContext,
): ImpactRuling {
  const over = nothingToSave(standings.get(campaignId ?? ''))
  if (over !== null) return over
  const of = (metric: string): string =>
    `campaign_roi.campaign.${distinctPart(campaignId ?? '')}.${metric}`
  const minor = (metric: string): number | null => {
    const value = facts.get(of(metric))?.value
    return typeof value === 'object' && value !== null ? value.minor : null
  }
  return savingOf(
    { cost: minor('cost'), value: minor('value') },
    {
      currency: policy.company.currency,
      period: 'the month',
      inputs: { cost: of('cost'), value: of('value') },
    },
  )
}

/** Why stopping something saves no further month; null where it runs on. */
function nothingToSave(standing: CampaignStanding | undefined): ImpactRuling | null {
  if (runsOn(standing)) return null
  return unknown(
    runsNow(standing)
      ? 'its flight ends with the month, so no later month of it is saved'
      : 'it does not run any more, so keeping it off saves nothing further',
  )
}

/** What can still be done about a segment of a campaign that may be over. */
function segmentTitle(
  action: 'scale' | 'stop' | 'revise',
  name: string,
  standing: CampaignStanding | undefined,
): string {
  const told = standingToTell(standing)
  const next = told === undefined ? null : nextRun(told)
  if (action === 'scale') return `Scale ${name}${next === null ? '' : ` in ${next}`}`
  if (action === 'revise') {
    return `Revise what is said to ${name}${next === null ? '' : ` for ${next}`}`
  }
  if (next === null) return `Stop ${name}`
  return runsNow(standing)
    ? `Stop ${name}, and leave it out of ${next}`
    : `Leave ${name} out of ${next}`
}

function ofSegment(
  { key, ruling, name, facts, decision, subject }: JudgedSegment,
  context: CandidateContext,
): ActionCandidate[] {
  const { action } = ruling
  if (action === 'hold') return []
  const standing = context.standings.get(subject.campaignId)
  return [
    {
      id: `${action}:segment:${segmentKey(subject)}`,
      kind: action,
      subject: decision.subject,
      title: segmentTitle(action, name, standing),
      area: 'campaigns',
      dueOn: dueIn(action, context),
      ruling:
        action === 'stop'
          ? (nothingToSave(standing) ??
            savingOf(
              { cost: facts.costMinor, value: facts.valueMinor },
              {
                currency: context.policy.company.currency,
                period: 'the period measured',
                inputs: {
                  cost: `${segmentPrefix(key)}.spend`,
                  value: `${segmentPrefix(key)}.value`,
                },
              },
            ))
          : unknown('what one more unit of spend returns there was not measured'),
      urgency: URGENCY[action],
      resources: RESOURCES[action],
      decisionIds: [decision.id],
    },
  ]
}

function ofMove(move: BudgetMove, context: CandidateContext): ActionCandidate {
  const stopLoss = move.reasonCode === 'stop_loss'
  const amended = amendedAmount(move)
  const amount = context.facts.has(amended)
    ? amended
    : `budget.move.${distinctPart(move.id)}.amount`
  const sum = context.facts.has(amount) ? `the move of ${token(amount)}` : 'the move'
  return {
    id: `decide_move:${move.id}`,
    kind: 'decide_move',
    subject: `move:${move.id}`,
    title: `Decide ${stopLoss ? 'the stop-loss: ' : ''}${sum} from ${literal(move.fromName)} to ${literal(move.toName)}${receiverNote(move, context)}`,
    area: 'budget',
    dueOn: dueIn('decide_move', context),
    ruling:
      move.expectedImpact === null
        ? unknown(move.impactNotMeasured ?? 'the impact of the move was not measured')
        : {
            impact: move.expectedImpact,
            notMeasured: null,
            derivation: derivationOf(move, context),
          },
    urgency: stopLoss ? URGENCY.stop_loss : URGENCY.move,
    resources: RESOURCES.decide_move,
    decisionIds: move.actionId === null ? [] : [`governance.pending_moves:${move.actionId}`],
  }
}

/** The move's own impact, whose facts say how it comes about. */
function derivationOf({ id }: BudgetMove, { facts }: CandidateContext): Derivation {
  const of = (end: string) => ({
    formula: 'the expected impact of the move',
    inputs: [`budget.move.${distinctPart(id)}.impact_${end}`].filter((fact) => facts.has(fact)),
  })
  return { low: of('low'), mid: of('mid'), high: of('high') }
}

/** Money for a campaign that does not run on has nowhere to go. */
function receiverNote({ toLine, campaignId }: BudgetMove, { standings }: CandidateContext): string {
  if (toLine === null) return ''
  const receiver = standings.get(endsOfLine(toLine).campaignId ?? campaignId ?? '')
  const standing = standingToTell(receiver)
  return standing === undefined ? '' : `; the receiving campaign ${standingWords(standing)}`
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
