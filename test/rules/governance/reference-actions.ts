import type { BudgetAction, OpenRisk, UsedLine } from '#rules/governance/past-moves.ts'

/** The six budget actions of the reference company, as its ledger states them. */
export const REFERENCE_ACTIONS: readonly BudgetAction[] = [
  executed('BUD_0001', '2026-03-16T10:30', {
    campaign: 'CAMP_002',
    from: 'CH_03',
    to: 'CH_02',
    dollars: 1500,
    reason: 'scale_winner',
    minutes: 55,
  }),
  executed('BUD_0002', '2026-03-17T09:10', {
    campaign: 'CAMP_001',
    from: 'CH_01',
    to: 'CH_01',
    dollars: 2000,
    reason: 'scale_winner',
    minutes: 40,
  }),
  {
    ...executed('BUD_0003', '2026-03-18T11:45', {
      campaign: 'CAMP_003',
      from: 'CH_04',
      to: 'CH_02',
      dollars: 1000,
      reason: 'stop_loss',
      minutes: 0,
    }),
    approver: null,
    decidedMs: null,
    status: 'proposed',
  },
  executed('BUD_0004', '2026-03-18T14:20', {
    campaign: 'CAMP_002',
    from: 'CH_02',
    to: 'CH_03',
    dollars: 500,
    reason: 'risk_mitigation',
    minutes: 75,
  }),
  executed('BUD_0005', '2026-03-19T08:50', {
    campaign: 'CAMP_001',
    from: 'CH_02',
    to: 'CH_01',
    dollars: 1200,
    reason: 'roi_optimization',
    minutes: 32,
  }),
  executed('BUD_0006', '2026-03-19T13:15', {
    campaign: 'CAMP_002',
    from: 'CH_03',
    to: 'CH_03',
    dollars: 800,
    reason: 'capacity_constraint',
    minutes: 20,
  }),
]

/** Channels that delivery and funnel show each campaign on. */
export const REFERENCE_LINES: readonly UsedLine[] = [
  { campaignId: 'CAMP_001', channelId: 'CH_01' },
  { campaignId: 'CAMP_002', channelId: 'CH_02' },
  { campaignId: 'CAMP_002', channelId: 'CH_03' },
  { campaignId: 'CAMP_003', channelId: 'CH_04' },
]

/** The three open risks with the lines they lie on. */
export const REFERENCE_OPEN_RISKS: readonly OpenRisk[] = [
  {
    riskId: 'RSK_0001',
    severity: 'high',
    raisedMs: Date.parse('2026-03-15T10:05:00Z'),
    campaignId: 'CAMP_002',
    channelId: 'CH_03',
  },
  {
    riskId: 'RSK_0002',
    severity: 'critical',
    raisedMs: Date.parse('2026-03-17T13:40:00Z'),
    campaignId: 'CAMP_003',
    channelId: null,
  },
  {
    riskId: 'RSK_0006',
    severity: 'low',
    raisedMs: Date.parse('2026-03-19T15:05:00Z'),
    campaignId: 'CAMP_002',
    channelId: null,
  },
]

interface Move {
  readonly campaign: string
  readonly from: string
  readonly to: string
  readonly dollars: number
  readonly reason: string
  readonly minutes: number
}

function executed(actionId: string, filed: string, move: Move): BudgetAction {
  const createdMs = Date.parse(`${filed}:00Z`)
  return {
    actionId,
    createdMs,
    createdOn: filed.slice(0, 10),
    campaignId: move.campaign,
    fromChannelId: move.from,
    toChannelId: move.to,
    amountMinor: move.dollars * 100,
    currency: 'USD',
    reasonCode: move.reason,
    proposedBy: actionId === 'BUD_0006' ? 'human' : 'orchestrator',
    approver: 'HUMAN_01',
    decidedMs: createdMs + move.minutes * 60_000,
    status: 'executed',
  }
}
