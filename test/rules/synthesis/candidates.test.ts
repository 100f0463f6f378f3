import { describe, expect, it } from 'vitest'

import { businessHoursOf } from '#rules/governance/business-hours.ts'
import { standingOf } from '#rules/governance/campaign-standing.ts'
import { reviewPortfolio } from '#rules/portfolio/review.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import type { Fact, Finding } from '#rules/schema/review.ts'
import type { RiskItem } from '#rules/schema/synthesis.ts'
import type { CandidateContext } from '#rules/synthesis/candidate.ts'
import { actionCandidates, type CandidateSources } from '#rules/synthesis/candidates.ts'
import {
  REFERENCE_DELIVERY,
  REFERENCE_PORTFOLIO,
  REFERENCE_ROLLUPS,
  REFERENCE_SEGMENT_NAMES,
} from '#test/rules/portfolio/reference-segments.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = policyWith({
  targets: [{ id: 'roi', at_least: 0.5 }],
  portfolio: REFERENCE_PORTFOLIO,
})

const money = (id: string, minor: number): Fact => ({
  id,
  label: id,
  unit: 'money',
  status: 'known',
  value: { currency: 'USD', minor },
  source: [],
})

const FACTS = [
  money('campaign_roi.campaign.CAMP_003.cost', 131_630),
  money('campaign_roi.campaign.CAMP_003.value', 0),
  money('budget.move.MOVE::BUD_0003.amount', 100_000),
]

/** Friday 2026-04-03, working days Monday to Friday. */
const context: CandidateContext = {
  asOfOn: '2026-04-03',
  calendar: businessHoursOf(policy.calendar),
  policy,
  facts: new Map(FACTS.map((fact) => [fact.id, fact])),
  standings: new Map(),
}

const portfolio = () =>
  reviewPortfolio(
    {
      rollups: REFERENCE_ROLLUPS,
      current: REFERENCE_DELIVERY,
      previous: [],
      names: REFERENCE_SEGMENT_NAMES,
      standings: new Map(),
    },
    { month: '2026-03', asOfOn: '2026-04-03', policy, grade: 'B' },
  )

const risk = (changes: Partial<RiskItem> = {}): RiskItem => ({
  riskId: 'RSK_0002',
  decisionId: 'risk.response:RSK_0002',
  riskType: 'low_conversion',
  severity: 'critical',
  campaignId: 'CAMP_003',
  status: 'open',
  title: 'low conversion, Feature Launch Announcement',
  subject: 'Feature Launch Announcement',
  raisedOn: '2026-03-17',
  ageDays: 14,
  action: 'pause',
  whatToDo: 'Pause Feature Launch Announcement until the cause is found.',
  owner: 'ops.lead',
  ownerName: 'Operations lead',
  dueOn: '2026-04-06',
  evidence: 'differs',
  ...changes,
})

const move = (changes: Partial<BudgetMove> = {}): BudgetMove => ({
  id: 'MOVE:BUD_0003',
  origin: 'carried',
  actionId: 'BUD_0003',
  campaignId: 'CAMP_003',
  fromLine: 'CAMP_003/CH_04',
  toLine: 'CAMP_003/CH_02',
  fromName: 'Product UI',
  toName: 'Paid search',
  amount: { currency: 'USD', minor: 100_000 },
  reasonCode: 'stop_loss',
  basis: {},
  expectedImpact: null,
  impactNotMeasured: 'thin history',
  concerns: [],
  ruleId: 'budget.carried_move',
  ...changes,
})

const finding = (changes: Partial<Finding> = {}): Finding => ({
  id: 'finding.campaign_roi.spend_trace:total',
  ruleId: 'campaign_roi.spend_trace',
  severity: 'serious',
  subject: 'spend:total',
  title: 'Spend cannot be traced',
  detail: 'detail',
  ...changes,
})

const candidates = (sources: Partial<CandidateSources>, changes: Partial<CandidateContext> = {}) =>
  actionCandidates(
    {
      risks: [],
      segments: [],
      pendingMoves: [],
      serious: [],
      taken: [],
      decisionIds: new Set(['campaign_roi.spend_trace:total']),
      ...sources,
    },
    { ...context, ...changes },
  )

describe('a risk', () => {
  it('that asks for a pause saves what its campaign loses', () => {
    expect(candidates({ risks: [risk()] })).toEqual([
      {
        id: 'pause:campaign:CAMP_003',
        kind: 'pause',
        subject: 'campaign:CAMP_003',
        title: 'Pause Feature Launch Announcement until the cause is found',
        area: 'campaigns',
        dueOn: '2026-04-06',
        ruling: {
          impact: {
            low: { currency: 'USD', minor: 0 },
            mid: { currency: 'USD', minor: 131_630 },
            high: { currency: 'USD', minor: 131_630 },
          },
          notMeasured: null,
          derivation: {
            low: expect.objectContaining({ inputs: [] }),
            mid: expect.objectContaining({
              inputs: [
                'campaign_roi.campaign.CAMP_003.cost',
                'campaign_roi.campaign.CAMP_003.value',
              ],
            }),
            high: expect.objectContaining({ inputs: ['campaign_roi.campaign.CAMP_003.cost'] }),
          },
        },
        urgency: 90,
        resources: ['time of the campaign’s owner', 'no budget'],
        decisionIds: ['risk.response:RSK_0002'],
      },
    ])
  })

  it('saves nothing that is known where the cost of its campaign was not measured', () => {
    const cost = { ...money('campaign_roi.campaign.CAMP_003.cost', 1), value: null }
    const facts = new Map([
      ...context.facts,
      [cost.id, { ...cost, status: 'not_measured' as const }],
    ])
    expect(candidates({ risks: [risk()] }, { facts })[0]?.ruling).toEqual({
      impact: null,
      notMeasured: 'cost or value of the month was not measured',
    })
  })

  it('of no campaign, or of one without figures, has no measured saving', () => {
    for (const campaignId of [null, 'CAMP_009']) {
      const [pause] = candidates({ risks: [risk({ campaignId })] })
      expect(pause?.ruling).toEqual({
        impact: null,
        notMeasured: 'cost or value of the month was not measured',
      })
    }
    expect(candidates({ risks: [risk({ campaignId: null })] })[0]?.subject).toBe('risk:RSK_0002')
  })

  it.each([
    ['critical', 90],
    ['high', 70],
    ['medium', 35],
    ['low', 10],
  ] as const)(
    'of %s severity that asks for something else is urgent by %d',
    (severity, urgency) => {
      const [respond] = candidates({
        risks: [risk({ severity, action: 'review', riskType: 'other' })],
      })
      expect(respond).toMatchObject({
        id: 'respond:risk:RSK_0002',
        kind: 'respond',
        urgency,
        area: 'campaigns',
        ruling: { impact: null, notMeasured: 'what the risk would cost was not measured' },
        resources: ['time of the risk’s owner', 'no budget'],
      })
    },
  )

  it('is given to the area of its type', () => {
    expect(candidates({ risks: [risk({ riskType: 'brand_safety' })] })[0]?.area).toBe('content')
  })
})

describe('a segment', () => {
  it('is scaled, revised or stopped; one that is held asks for nothing', () => {
    expect(
      candidates({ segments: portfolio().judged }).map(({ id, title, dueOn, urgency }) => [
        id,
        title,
        dueOn,
        urgency,
      ]),
    ).toEqual([
      [
        'revise:segment:SEG_002@CAMP_002',
        'Revise what is said to Price-Sensitive SMBs in SMB Cost Savings Campaign',
        '2026-04-17',
        20,
      ],
      [
        'scale:segment:SEG_002@CAMP_001',
        'Scale Price-Sensitive SMBs in Spring Promo Awareness',
        '2026-04-10',
        30,
      ],
      [
        'stop:segment:SEG_003@CAMP_002',
        'Stop Operations-Focused Teams in SMB Cost Savings Campaign',
        '2026-04-07',
        60,
      ],
      [
        'stop:segment:SEG_005@CAMP_003',
        'Stop Existing Customers in Feature Launch Announcement',
        '2026-04-07',
        60,
      ],
    ])
  })

  it('asks for what its kind of action takes', () => {
    const resources = candidates({ segments: portfolio().judged }).map(
      ({ kind, resources: needed }) => [kind, needed],
    )
    expect(resources.slice(0, 3)).toEqual([
      ['revise', ['copy and creative work', 'no media budget']],
      ['scale', ['budget from a move that governance approves', 'time of the channel’s owner']],
      ['stop', ['an approver of the stop, asked outside this program', 'no budget']],
    ])
    const [decide, repair, finish] = candidates({
      pendingMoves: [move()],
      serious: [{ stage: 'campaign_roi', finding: finding() }],
      taken: [{ actionId: 'ACT_7', status: 'open' }],
    })
    expect(decide?.resources).toEqual([
      'approvers of the move’s tier',
      'no new money: what one line gives, another receives',
    ])
    expect(repair?.resources).toEqual(['time of whoever owns the data or the entry', 'no budget'])
    expect(finish).toMatchObject({
      resources: ['as agreed in the earlier review'],
      decisionIds: [],
    })
  })

  it('is folded into the pause of its campaign, not into a review beside it', () => {
    const [pause, second] = candidates({
      risks: [risk(), risk({ riskId: 'RSK_0009', action: 'review' })],
      segments: portfolio().judged,
    })
    expect(pause?.decisionIds).toContain('portfolio.segment_call:SEG_005@CAMP_003')
    expect(second?.decisionIds).toEqual(['risk.response:RSK_0002'])
  })

  it('that is stopped saves its spend; one without spend saves nothing', () => {
    const rulings = candidates({ segments: portfolio().judged }).map(({ ruling }) => ruling)
    expect(rulings[2]).toMatchObject({
      impact: { mid: { currency: 'USD', minor: 22_800 } },
      derivation: {
        mid: {
          formula: 'cost − value of one more period like the period measured',
          inputs: [expect.stringMatching(/\.spend$/), expect.stringMatching(/\.value$/)],
        },
      },
    })
    expect(rulings[3]?.notMeasured).toBe(
      'nothing was spent in the period measured, so nothing is saved',
    )
    expect(rulings[1]?.notMeasured).toBe(
      'what one more unit of spend returns there was not measured',
    )
  })

  it('whose campaign is paused is part of the pause', () => {
    const all = candidates({ risks: [risk()], segments: portfolio().judged })
    expect(all.map(({ id }) => id)).not.toContain('stop:segment:SEG_005@CAMP_003')
    expect(all[0]?.decisionIds).toEqual([
      'risk.response:RSK_0002',
      'portfolio.segment_call:SEG_005@CAMP_003',
    ])
  })

  it('is tied to its campaign by the id of that, whatever signs the ids hold', () => {
    const judged = portfolio().judged.map((segment) => ({
      ...segment,
      subject: { ...segment.subject, campaignId: `A@${segment.subject.campaignId}` },
    }))
    const paused = candidates({ risks: [risk({ campaignId: 'A@CAMP_003' })], segments: judged })
    expect(paused[0]?.decisionIds).toContain('portfolio.segment_call:SEG_005@CAMP_003')
    const other = candidates({ risks: [risk()], segments: judged })
    expect(other[0]?.decisionIds).toEqual(['risk.response:RSK_0002'])
  })

  it('stays by itself beside a risk that asks for no pause, or on another campaign', () => {
    const reviewed = candidates({
      risks: [risk({ action: 'review' })],
      segments: portfolio().judged,
    })
    expect(reviewed.map(({ id }) => id)).toContain('stop:segment:SEG_005@CAMP_003')
    expect(reviewed[0]?.decisionIds).toEqual(['risk.response:RSK_0002'])
    const elsewhere = candidates({
      risks: [risk({ campaignId: 'CAMP_001' })],
      segments: portfolio().judged,
    })
    expect(elsewhere[0]?.decisionIds).toEqual(['risk.response:RSK_0002'])
    expect(elsewhere.map(({ id }) => id)).toContain('scale:segment:SEG_002@CAMP_001')
  })
})

describe('a campaign that does not run on', () => {
  const over = (status: string, endOn: string, asOfOn = '2026-03-31') => ({
    standings: new Map(
      ['CAMP_001', 'CAMP_002', 'CAMP_003'].map((id) => [
        id,
        standingOf(id, { status, endOn }, { month: '2026-03', asOfOn }),
      ]),
    ),
  })
  const titles = (changes: Partial<CandidateContext>) =>
    candidates({ segments: portfolio().judged }, changes).map(({ title }) =>
      title.replaceAll(/synthesis\.campaign\.CAMP_\d+\.flight_end/g, 'E'),
    )

  it('is asked for what can still be done, when its flight has ended', () => {
    expect(titles(over('active', '2026-03-31'))).toEqual([
      'Revise what is said to Price-Sensitive SMBs in SMB Cost Savings Campaign for the next flight: the present one ended {{E}}',
      'Scale Price-Sensitive SMBs in Spring Promo Awareness in the next flight: the present one ended {{E}}',
      'Leave Operations-Focused Teams in SMB Cost Savings Campaign out of the next flight: the present one ended {{E}}',
      'Leave Existing Customers in Feature Launch Announcement out of the next flight: the present one ended {{E}}',
    ])
  })

  it('is asked for what can still be done, when it is paused', () => {
    expect(titles(over('paused', '2026-05-31'))[1]).toBe(
      'Scale Price-Sensitive SMBs in Spring Promo Awareness in its next run: the campaign is paused',
    )
  })

  it('can still be stopped while its flight is ending', () => {
    expect(titles(over('active', '2026-03-31', '2026-03-30'))[2]).toBe(
      'Stop Operations-Focused Teams in SMB Cost Savings Campaign, and leave it out of the next flight: the present one ends {{E}}',
    )
  })

  it.each([
    [
      'paused',
      '2026-03-25',
      '2026-03-31',
      'it does not run any more, so keeping it off saves nothing further',
    ],
    [
      'active',
      '2026-03-31',
      '2026-03-31',
      'it does not run any more, so keeping it off saves nothing further',
    ],
    [
      'active',
      '2026-03-31',
      '2026-03-30',
      'its flight ends with the month, so no later month of it is saved',
    ],
  ] as const)('saves nothing when %s until %s on %s', (status, endOn, asOfOn, why) => {
    const changes = over(status, endOn, asOfOn)
    const nothing = { impact: null, notMeasured: why }
    expect(candidates({ risks: [risk()] }, changes)[0]?.ruling).toEqual(nothing)
    expect(candidates({ segments: portfolio().judged }, changes)[2]?.ruling).toEqual(nothing)
  })

  it('saves as before when it runs on', () => {
    const changes = over('active', '2026-04-01')
    expect(candidates({ risks: [risk()] }, changes)[0]?.ruling.impact?.mid.minor).toBe(131_630)
    expect(titles(changes)[1]).toBe('Scale Price-Sensitive SMBs in Spring Promo Awareness')
  })

  it('is named in the decision on a move into it, and only there', () => {
    const told = (changes: Partial<CandidateContext>, to: string | null = 'CAMP_003/CH_02') =>
      candidates({ pendingMoves: [move({ toLine: to })] }, changes)[0]?.title
    expect(told(over('paused', '2026-03-25'))).toMatch(
      / to Paid search; the receiving campaign is paused and its flight ended \{\{synthesis\.campaign\.CAMP_003\.flight_end\}\}$/,
    )
    expect(told(over('active', '2026-04-01'))).toMatch(/ to Paid search$/)
    expect(told(over('paused', '2026-03-25'), null)).toMatch(/ to Paid search$/)
    expect(told(over('paused', '2026-03-25'), '~/CH_02')).toMatch(/CAMP_003\.flight_end\}\}$/)
  })
})

describe('a move that waits', () => {
  it('asks for a decision, a stop-loss sooner than others', () => {
    expect(candidates({ pendingMoves: [move()] })).toEqual([
      expect.objectContaining({
        id: 'decide_move:MOVE:BUD_0003',
        subject: 'move:MOVE:BUD_0003',
        title:
          'Decide the stop-loss: the move of {{budget.move.MOVE::BUD_0003.amount}} from Product UI to Paid search',
        area: 'budget',
        dueOn: '2026-04-07',
        urgency: 80,
        ruling: { impact: null, notMeasured: 'thin history' },
        decisionIds: ['governance.pending_moves:BUD_0003'],
      }),
    ])
    const [other] = candidates({ pendingMoves: [move({ reasonCode: 'scale_winner' })] })
    expect(other).toMatchObject({ urgency: 50 })
    expect(other?.title).toMatch(/^Decide the move of/)
  })

  it('carries its own impact, and needs no fact to be named', () => {
    const expectedImpact = {
      low: { currency: 'USD', minor: 1 },
      mid: { currency: 'USD', minor: 2 },
      high: { currency: 'USD', minor: 3 },
    }
    const [own] = candidates({
      pendingMoves: [
        move({ id: 'MOVE:x', actionId: null, expectedImpact, impactNotMeasured: null }),
      ],
    })
    expect(own).toMatchObject({
      title: 'Decide the stop-loss: the move from Product UI to Paid search',
      ruling: { impact: expectedImpact, notMeasured: null, derivation: { mid: { inputs: [] } } },
      decisionIds: [],
    })
    const impact = money('budget.move.MOVE::x.impact_mid', 2)
    const [traced] = candidates(
      { pendingMoves: [move({ id: 'MOVE:x', expectedImpact, impactNotMeasured: null })] },
      { facts: new Map([[impact.id, impact]]) },
    )
    expect(traced?.ruling).toMatchObject({
      derivation: { low: { inputs: [] }, mid: { inputs: [impact.id] }, high: { inputs: [] } },
    })
    const [silent] = candidates({ pendingMoves: [move({ impactNotMeasured: null })] })
    expect(silent?.ruling.notMeasured).toBe('the impact of the move was not measured')
  })
})

describe('a serious finding', () => {
  it.each([
    ['campaign_roi', 'campaigns'],
    ['funnel', 'funnel'],
    ['attribution', 'tracking'],
    ['content', 'content'],
    ['lead_scoring', 'leads'],
    ['budget', 'budget'],
  ] as const)('of %s is settled by %s', (stage, area) => {
    expect(candidates({ serious: [{ stage, finding: finding() }] })).toEqual([
      expect.objectContaining({
        id: 'repair:finding.campaign_roi.spend_trace:total',
        kind: 'repair',
        title: 'Bring in the platform rows that are missing: Spend cannot be traced',
        area,
        dueOn: '2026-04-10',
        urgency: 40,
        decisionIds: ['campaign_roi.spend_trace:total'],
      }),
    ])
  })

  it('names no decision that does not exist', () => {
    const odd = finding({ id: 'finding.something.else' })
    expect(candidates({ serious: [{ stage: 'funnel', finding: odd }] })[0]?.decisionIds).toEqual([])
  })

  it('is left out where the same thing is asked already', () => {
    const carried = finding({ ruleId: 'budget.carried_move' })
    expect(candidates({ serious: [{ stage: 'budget', finding: carried }] })).toEqual([])
    const loss = finding({ subject: 'campaign:CAMP_003' })
    const beside = candidates({
      risks: [risk()],
      serious: [{ stage: 'campaign_roi', finding: loss }],
    })
    expect(beside.map(({ kind }) => kind)).toEqual(['pause'])
    expect(candidates({ serious: [{ stage: 'campaign_roi', finding: loss }] })).toHaveLength(1)
  })
})

describe('an action of an earlier review', () => {
  it.each(['open', 'planned', 'not_started', 'in_progress', 'blocked', 'deferred'])(
    'that is %s is carried over',
    (status) => {
      expect(candidates({ taken: [{ actionId: 'ACT_1', status }] })[0]).toMatchObject({
        id: 'carried_over:ACT_1',
        subject: 'action:ACT_1',
        dueOn: '2026-04-08',
        urgency: 45,
      })
    },
  )

  it.each(['done', 'completed', 'dropped', 'rejected', 'cancelled'])(
    'that is %s is not',
    (status) => {
      expect(candidates({ taken: [{ actionId: 'ACT_1', status }] })).toEqual([])
    },
  )

  it('is told with its status, by id', () => {
    const taken = [
      { actionId: 'B', status: 'in_progress' },
      { actionId: 'A', status: 'open' },
    ]
    expect(candidates({ taken }).map(({ title }) => title)).toEqual([
      'Finish what an earlier review asked for: A (open)',
      'Finish what an earlier review asked for: B (in progress)',
    ])
  })
})
