import { businessHoursOf } from '../governance/business-hours.ts'
import {
  runsNow,
  standingToTell,
  standingWords,
  type CampaignStanding,
} from '../governance/campaign-standing.ts'
import { ownerOf } from '../governance/owner.ts'
import type { OpenRisk } from '../governance/past-moves.ts'
import type { Presence } from '../kernel/presence.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision } from '../schema/review.ts'
import type { RiskItem } from '../schema/synthesis.ts'
import { literal } from '../schema/template.ts'
import { channelOf, compareEvidence, type MeasuredSlice } from './evidence.ts'
import { respondTo, type RiskAction } from './response.ts'
import { ageDays, type RiskSignal } from './signal.ts'

/** What the review of risks looks at. */
export interface RiskInput {
  readonly signals: readonly RiskSignal[]
  /** Of `risk_signals`. */
  readonly presence: Presence
  /** Per risk: what was measured of its campaign up to the day it was raised. */
  readonly slices: ReadonlyMap<string, readonly MeasuredSlice[]>
  readonly names: {
    readonly campaigns: ReadonlyMap<string, string>
    readonly channels: ReadonlyMap<string, string>
  }
  /** How campaigns stand; one that is not named is taken to run. */
  readonly standings: ReadonlyMap<string, CampaignStanding>
}

/** The month under review, its date, and the policy in force. */
export interface RiskContext {
  readonly month: string
  readonly asOfOn: string
  readonly policy: Policy
}

const RULE_ID = 'risk.response'

/** An open risk as the executive page tells it, with the decision behind it. */
export interface JudgedRisk {
  readonly item: RiskItem
  readonly decision: Decision
}

/** What is decided about an open risk: where it lies, how old it is, what to do, by whom and until when. */
export function judgeRisk(signal: RiskSignal, input: RiskInput, context: RiskContext): JudgedRisk {
  const { policy, asOfOn } = context
  const calendar = businessHoursOf(policy.calendar)
  const response = respondTo(signal, policy.risk, { asOfOn, calendar })
  const owner = ownerOf(response.area, policy)
  const subject = subjectOf(signal, input)
  const age = ageDays(signal.raisedOn, context)
  const { riskId, riskType, severity, campaignId, raisedOn } = signal
  const standing = input.standings.get(campaignId ?? '')
  const decisionId = `${RULE_ID}:${riskId}`
  return {
    item: {
      riskId,
      decisionId,
      riskType,
      severity,
      campaignId,
      status: signal.status,
      title: `${riskWords(riskType)}, ${subject}`,
      subject,
      raisedOn,
      ageDays: age,
      action: response.action,
      whatToDo: `${TO_DO[response.action](subject, standing)}.`,
      owner: owner.id,
      ownerName: owner.name,
      dueOn: response.dueOn,
      evidence: compareEvidence(signal.evidence, slicesOf(signal, input)).verdict,
    },
    decision: {
      id: decisionId,
      stage: 'synthesis',
      subject: `risk:${riskId}`,
      subjectName: `${riskWords(riskType)}, ${subject}`,
      action: response.action,
      reason: response.reason,
      ruleId: RULE_ID,
      policyVersion: policy.version,
      evidence: {
        severity,
        riskType,
        raisedOn,
        ageDays: age,
        recommendedAction: signal.recommendedAction,
        area: response.area,
        dueBusinessDays: policy.risk.due_business_days[severity],
        ...(standing === undefined
          ? {}
          : { campaignStatus: standing.status, flightEndsOn: standing.endOn }),
      },
    },
  }
}

/** What was measured of the risk's campaign up to the day it was raised. */
export function slicesOf({ riskId }: RiskSignal, { slices }: RiskInput): readonly MeasuredSlice[] {
  return slices.get(riskId) ?? []
}

/** The line an open risk lies on. */
export function locateRisk(signal: RiskSignal, input: RiskInput): OpenRisk {
  const { riskId, severity, raisedMs, campaignId } = signal
  const channelId = channelOf(signal.evidence, slicesOf(signal, input))
  return { riskId, severity, raisedMs, campaignId, channelId }
}

function subjectOf(signal: RiskSignal, input: RiskInput): string {
  const { campaignId, channelId } = locateRisk(signal, input)
  const campaign =
    campaignId === null ? 'the company' : (input.names.campaigns.get(campaignId) ?? campaignId)
  if (channelId === null) return literal(campaign)
  return `${literal(input.names.channels.get(channelId) ?? channelId)} in ${literal(campaign)}`
}

type ToDo = (subject: string, standing: CampaignStanding | undefined) => string

const TO_DO: Readonly<Record<RiskAction, ToDo>> = {
  pause: pauseWords,
  review: (subject) => `Have a person review ${subject}`,
  check_tracking: (subject) => `Check the tracking of ${subject} before its figures are used`,
  revise_copy: (subject) => `Revise the copy of ${subject}`,
}

/** What is off already cannot be paused, only kept off. */
function pauseWords(subject: string, standing: CampaignStanding | undefined): string {
  const told = standingToTell(standing)
  if (told === undefined) return `Pause ${subject} until the cause is found`
  const why = `until the cause is found: it ${standingWords(told)}`
  if (runsNow(told)) return `Pause ${subject} ${why}`
  return told.switch === 'planned'
    ? `Do not start ${subject} ${why}`
    : `Do not run ${subject} again ${why}`
}

/** A risk type as a reader says it. */
export function riskWords(riskType: string): string {
  return literal(riskType.replaceAll('_', ' '))
}
