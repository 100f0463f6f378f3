import { describe, expect, it } from 'vitest'

import type { BudgetMove } from '#rules/schema/budget-move.ts'
import type { Fact, StageResult } from '#rules/schema/review.ts'
import { SynthesisStageResult } from '#rules/schema/synthesis.ts'
import { tokensOf } from '#rules/schema/template.ts'
import type { SynthesisContext, SynthesisInput } from '#rules/synthesis/input.ts'
import { reviewSynthesis } from '#rules/synthesis/review.ts'
import { REFERENCE_ACTIONS, REFERENCE_LINES } from '#test/rules/governance/reference-actions.ts'
import {
  REFERENCE_DELIVERY,
  REFERENCE_PORTFOLIO,
  REFERENCE_ROLLUPS,
  REFERENCE_SEGMENT_NAMES,
} from '#test/rules/portfolio/reference-segments.ts'
import {
  LAUNCH_SLICES,
  REFERENCE_SIGNALS,
  SAVINGS_SLICES,
} from '#test/rules/risk/reference-signals.ts'
import { danglingFacts } from '#test/support/dangling.ts'
import { policyWith } from '#test/support/policy.ts'

import {
  REFERENCE_CELLS,
  REFERENCE_EXPERIMENTS,
  REFERENCE_PUBLISHED,
} from './reference-published.ts'

const policy = policyWith({
  targets: [
    { id: 'roi', at_least: 0.5 },
    { id: 'approval_rate_of_decided', at_least: 0.8 },
    { id: 'segments_on_target', at_least: 0.67 },
    { id: 'open_risks', at_most: 0 },
    { id: 'pending_reallocations', at_most: 0 },
  ],
  portfolio: REFERENCE_PORTFOLIO,
})

const context: SynthesisContext = { month: '2026-03', asOfOn: '2026-04-03', policy }

const money = (id: string, minor: number): Fact => ({
  id,
  label: id,
  unit: 'money',
  status: minor === 0 ? 'zero' : 'known',
  value: { currency: 'USD', minor },
  source: [],
})

/** What campaign ROI says of the reference month, as far as the synthesis reads it. */
const ROI_FACTS: readonly Fact[] = [
  money('campaign_roi.total.cost', 1_109_755),
  money('campaign_roi.total.value', 1_915_000),
  money('campaign_roi.total.net', 805_245),
  money('campaign_roi.total.cost.media', 1_050_000),
  money('campaign_roi.campaign.CAMP_003.cost', 131_630),
  money('campaign_roi.campaign.CAMP_003.value', 0),
  {
    id: 'campaign_roi.total.roi',
    label: 'ROI',
    unit: 'change',
    status: 'known',
    value: 805_245 / 1_109_755,
    numerator: 805_245,
    denominator: 1_109_755,
    source: [],
  },
]

const stage = (name: StageResult['stage'], changes: Partial<StageResult> = {}): StageResult => ({
  stage: name,
  status: 'assessed',
  facts: [],
  decisions: [],
  findings: [],
  tables: [],
  charts: [],
  summary: [],
  ...changes,
})

const carried: BudgetMove = {
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
}

const reference = (changes: Partial<SynthesisInput> = {}): SynthesisInput => ({
  earlier: {
    stages: [
      stage('campaign_roi', { facts: [...ROI_FACTS] }),
      stage('funnel'),
      stage('attribution'),
      stage('content'),
      stage('lead_scoring'),
      stage('budget', { facts: [money('budget.move.MOVE::BUD_0003.amount', 100_000)] }),
    ],
    moves: [carried],
    approvals: [{ moveId: 'MOVE:BUD_0003', state: 'pending' }],
    grade: 'B',
  },
  risks: REFERENCE_SIGNALS,
  riskSlices: new Map([
    ['RSK_0001', SAVINGS_SLICES],
    ['RSK_0002', LAUNCH_SLICES],
  ]),
  rollups: REFERENCE_ROLLUPS,
  delivery: { current: REFERENCE_DELIVERY, previous: [] },
  budgetActions: REFERENCE_ACTIONS,
  usedLines: REFERENCE_LINES,
  funnel: REFERENCE_CELLS,
  experiments: REFERENCE_EXPERIMENTS,
  published: REFERENCE_PUBLISHED,
  taken: [],
  months: [
    { month: '2026-03', costMinor: 1_109_755, valueMinor: 1_915_000 },
    { month: '2026-02', costMinor: null, valueMinor: null },
  ],
  spend: {
    ledger: { minor: 1_050_000, rows: 3 },
    platforms: { minor: 274_400, rows: 10 },
    rollups: { minor: 222_300, rows: 6 },
  },
  dataEnds: [{ dataset: 'ad_performance', lastOn: '2026-03-19' }],
  names: {
    ...REFERENCE_SEGMENT_NAMES,
    channels: new Map([['CH_03', 'LinkedIn']]),
  },
  flights: new Map([
    ['CAMP_001', { status: 'active', endOn: '2026-03-31' }],
    ['CAMP_002', { status: 'active', endOn: '2026-04-05' }],
    ['CAMP_003', { status: 'paused', endOn: '2026-03-25' }],
  ]),
  presence: { risk_signals: 'present', budget_actions: 'present' },
  ...changes,
})

const withEarlier = (changes: Partial<SynthesisInput['earlier']>): SynthesisInput =>
  reference({ earlier: { ...reference().earlier, ...changes } })

const review = () => reviewSynthesis(reference(), context)

describe('reviewSynthesis on the reference company', () => {
  it('says ATTENTION because of 3 open risks, 2 segment stops and 1 reallocation pending', () => {
    expect(review().health.verdict).toBe('attention')
    expect(review().health.reasons.map(({ code, count }) => [code, count])).toEqual([
      ['open_risk', 3],
      ['segment_stop', 2],
      ['pending_reallocation', 1],
      ['target_missed', 3],
    ])
  })

  it('holds the targets against what was reached', () => {
    expect(review().targets.map(({ id, status }) => [id, status])).toEqual([
      ['roi', 'met'],
      ['approval_rate_of_decided', 'met'],
      ['segments_on_target', 'missed'],
      ['open_risks', 'missed'],
      ['pending_reallocations', 'missed'],
    ])
  })

  it('finds what the earlier report got wrong', () => {
    const ids = review().findings.map(({ id }) => id.replace('finding.', ''))
    expect(ids).toEqual([
      'synthesis.published_drop_off:missing',
      'synthesis.published_drop_off:unreported',
      'synthesis.published_figure:PUB_LIFT',
      'synthesis.published_figure:PUB_APPROVALS',
      'synthesis.published_figure:PUB_KPI',
      'synthesis.published_figure.date',
      'synthesis.spend_sources',
      'health.verdict:basis',
      'health.target_rounding:segments_on_target',
      'risk.response:RSK_0002',
      'risk.response:RSK_0001',
      'risk.evidence:RSK_0002',
      'governance.approvals:never_refused',
      'portfolio.segment_call:SEG_003@CAMP_002',
      'portfolio.segment_call:SEG_005@CAMP_003',
      'portfolio.kpi_claim:SEG_005@CAMP_003',
      'portfolio.stated_trends',
    ])
  })

  it('asks first for what is worth most', () => {
    expect(
      review().actions.map(({ id, due, expectedImpact }) => [
        id,
        due,
        expectedImpact?.mid.minor ?? null,
      ]),
    ).toEqual([
      ['stop:segment:SEG_003@CAMP_002', '2026-04-07', 22_800],
      ['pause:campaign:CAMP_003', '2026-04-06', null],
      ['decide_move:MOVE:BUD_0003', '2026-04-07', null],
      ['respond:risk:RSK_0001', '2026-04-07', null],
      ['scale:segment:SEG_002@CAMP_001', '2026-04-10', null],
    ])
  })

  it('tells it in a few sentences', () => {
    expect(review().executive).toEqual([
      'Marketing needs attention: {{synthesis.risks.open}} open risks, {{synthesis.segments.stop}} segments to stop, {{synthesis.pending_reallocations.count}} reallocation pending and {{synthesis.targets.missed}} targets missed.',
      'The month cost {{campaign_roi.total.cost}} in full and returned {{campaign_roi.total.value}}: a net of {{campaign_roi.total.net}} and an ROI of {{campaign_roi.total.roi}}, which meets the target of at least {{synthesis.target.roi.bound}}.',
      'Of {{synthesis.segments.total}} segments, as far as stated trends tell, {{synthesis.segments.improving}} improve, {{synthesis.segments.declining}} decline and {{synthesis.segments.stable}} are stable. Scale Price-Sensitive SMBs in Spring Promo Awareness (flight ended); revise Price-Sensitive SMBs in SMB Cost Savings Campaign; stop Operations-Focused Teams in SMB Cost Savings Campaign and Existing Customers in Feature Launch Announcement (paused).',
      '{{synthesis.targets.missed}} of {{synthesis.targets.total}} targets are missed: segments at the target ROI ({{synthesis.segments.on_target_rate}}, at least {{synthesis.target.segments_on_target.bound}} asked), open risks ({{synthesis.risks.open}}, at most {{synthesis.target.open_risks.bound}} asked) and reallocations that wait for a decision ({{synthesis.pending_reallocations.count}}, at most {{synthesis.target.pending_reallocations.bound}} asked).',
      'Figures of the report published earlier do not hold; each stands beside the right one below.',
      'First, stop Operations-Focused Teams in SMB Cost Savings Campaign, expected to be worth about {{synthesis.action.1.impact_mid}} (nobody named in the policy, by {{synthesis.action.1.due}}).',
    ])
    expect(
      review()
        .actions.map(({ title }) => title)
        .slice(1, 3),
    ).toEqual([
      'Do not run Feature Launch Announcement again until the cause is found: it is paused and its flight ended {{synthesis.campaign.CAMP_003.flight_end}}',
      'Decide the stop-loss: the move of {{budget.move.MOVE::BUD_0003.amount}} from Product UI to Paid search; the receiving campaign is paused and its flight ended {{synthesis.campaign.CAMP_003.flight_end}}',
    ])
    expect(review().summary).toEqual(review().executive)
    expect(review().focus).toHaveLength(3)
  })

  it('has the agreed shape, speaks only of facts it knows, and names every fact and decision once', () => {
    SynthesisStageResult.parse(review())
    const texts = [
      ...review().executive,
      ...review().focus,
      ...review().health.reasons.map(({ text }) => text),
      ...review().risks.map(({ whatToDo }) => whatToDo),
      ...review().actions.flatMap(({ title, resources }) => [title, ...resources]),
    ]
    const earlier = reference().earlier.stages.flatMap(({ facts }) => facts)
    expect(danglingFacts({ ...review(), facts: [...earlier, ...review().facts], texts })).toEqual(
      [],
    )
    const factIds = review().facts.map(({ id }) => id)
    expect(new Set(factIds).size).toBe(factIds.length)
    const decisionIds = review().decisions.map(({ id }) => id)
    expect(new Set(decisionIds).size).toBe(decisionIds.length)
    for (const { target, actual } of review().targets) {
      expect([...factIds, ...earlier.map(({ id }) => id)]).toEqual(
        expect.arrayContaining([target, actual]),
      )
    }
    expect(review().status).toBe('assessed')
  })

  it('lists the open risks, the gravest first', () => {
    expect(review().risks.map(({ riskId }) => riskId)).toEqual(['RSK_0002', 'RSK_0001', 'RSK_0006'])
  })

  it('survives being written and read as JSON', () => {
    expect(JSON.parse(JSON.stringify(review()))).toEqual(review())
  })

  it('says the same whatever the order of rows', () => {
    const turned = reference({
      risks: REFERENCE_SIGNALS.toReversed(),
      rollups: REFERENCE_ROLLUPS.toReversed(),
      budgetActions: REFERENCE_ACTIONS.toReversed(),
      published: REFERENCE_PUBLISHED.toReversed(),
      funnel: REFERENCE_CELLS.toReversed(),
      experiments: REFERENCE_EXPERIMENTS.toReversed(),
    })
    expect(reviewSynthesis(turned, context)).toEqual(review())
  })
})

describe('what reviewSynthesis gathers', () => {
  const ends = (changes: Partial<SynthesisInput>) =>
    reviewSynthesis(reference(changes), context)
      .facts.map(({ id }) => id)
      .filter((id) => id.endsWith('.flight_end'))
  const END = (id: string) => `synthesis.campaign.${id}.flight_end`
  const paused = new Map(
    ['CAMP_001', 'CAMP_002', 'CAMP_003', 'CAMP_009'].map((id) => [
      id,
      { status: 'paused', endOn: '2026-03-31' },
    ]),
  )
  const quiet = { risks: [], rollups: [], delivery: { current: [], previous: [] }, flights: paused }
  const unmoved = { ...reference().earlier, moves: [], approvals: [] }

  it.each([
    ['nothing that speaks of any', { ...quiet, budgetActions: [], earlier: unmoved }, []],
    [
      'an open risk',
      { ...quiet, budgetActions: [], earlier: unmoved, risks: REFERENCE_SIGNALS.slice(1, 2) },
      [END('CAMP_003')],
    ],
    [
      'segments that are not held',
      { ...quiet, budgetActions: [], earlier: unmoved, rollups: REFERENCE_ROLLUPS },
      [END('CAMP_001'), END('CAMP_002'), END('CAMP_003')],
    ],
    [
      'a segment that is held',
      { ...quiet, budgetActions: [], earlier: unmoved, rollups: REFERENCE_ROLLUPS.slice(0, 1) },
      [],
    ],
    ['a move that waits', quiet, [END('CAMP_003')]],
    [
      'a move into another campaign',
      {
        ...quiet,
        earlier: { ...reference().earlier, moves: [{ ...carried, toLine: 'CAMP_001/CH_02' }] },
      },
      [END('CAMP_001'), END('CAMP_003')],
    ],
    [
      'a move to the reserve',
      { ...quiet, earlier: { ...reference().earlier, moves: [{ ...carried, toLine: null }] } },
      [END('CAMP_003')],
    ],
  ])('tells when the flight of a campaign ends only with %s', (_what, changes, expected) => {
    expect(ends(changes)).toEqual(expected)
  })

  const stopsOf = (changes: Partial<SynthesisInput>) => {
    const { health, decisions } = reviewSynthesis(reference({ ...quiet, ...changes }), context)
    return [
      decisions.find(({ id }) => id === health.decisionId)?.evidence['segmentStops'],
      health.unmeasured.includes('the direction of segments'),
    ]
  }
  const rollup = (segmentId: string, trend: number | null) =>
    REFERENCE_ROLLUPS.slice(0, 1).map((row) => ({ ...row, segmentId, trend }))
  const [delivered] = REFERENCE_DELIVERY
  const compared = (asOf: number) =>
    delivered === undefined
      ? quiet
      : {
          delivery: {
            current: [{ ...delivered, clicks: 100, conversions: asOf }],
            previous: [{ ...delivered, clicks: 100, conversions: 2 }],
          },
        }

  it.each([
    ['no segment', {}, [null, true]],
    ['segments nobody looked at', { rollups: rollup('A', null) }, [null, true]],
    ['one that is stable', { rollups: rollup('A', 0) }, [0, false]],
    [
      'one that is stable beside one nobody looked at',
      { rollups: [...rollup('A', 0), ...rollup('B', null)] },
      [0, false],
    ],
    // Three of a hundred clicks after two: too few to tell, and looked at all the same.
    ['one that was compared and cannot be told', compared(3), [0, false]],
    ['stops', { rollups: REFERENCE_ROLLUPS }, [2, false]],
  ])('counts segments to stop of %s', (_what, changes, expected) => {
    expect(stopsOf(changes)).toEqual(expected)
  })

  const trend = (subject: string, p: number) => ({
    id: `campaign_roi.trend:${subject}`,
    stage: 'campaign_roi' as const,
    subject: `trend:${subject}`,
    subjectName: `Trend ${subject}`,
    action: 'improving',
    reason: 'significant_change',
    ruleId: 'campaign_roi.trend',
    policyVersion: 'test-1',
    evidence: { p, adjustedP: p },
  })
  it('counts a stop that no direction asked for', () => {
    const blind = policyWith({
      portfolio: [{ when: { conversions_at_most: 0 }, action: 'stop' }, { otherwise: 'hold' }],
    })
    const rollups = rollup('A', null).map((row) => ({ ...row, conversions: 0 }))
    const stopped = reviewSynthesis(reference({ ...quiet, rollups }), { ...context, policy: blind })
    expect(stopped.health.reasons).toContainEqual(
      expect.objectContaining({ code: 'segment_stop', count: 1 }),
    )
  })

  it('warns on the first page of what the stages found serious', () => {
    const serious = {
      id: 'finding.funnel.drop_off:visit',
      ruleId: 'funnel.drop_off',
      severity: 'serious' as const,
      subject: 'step:visit',
      title: 'The step loses people',
      detail: 'detail',
    }
    const stages = reference().earlier.stages.map((each) =>
      each.stage === 'funnel' ? { ...each, findings: [serious] } : each,
    )
    const warned = reviewSynthesis(withEarlier({ stages }), context)
    expect(warned.executive).toContain('Before deciding, know this: the step loses people.')
  })

  const tested = (p: number, rise: number, [clicks, before] = [2000, 100]) => {
    if (delivered === undefined) throw new TypeError('expected a delivery row')
    return reviewSynthesis(
      reference({
        ...quiet,
        delivery: {
          current: [{ ...delivered, clicks, conversions: rise }],
          previous: [{ ...delivered, clicks, conversions: before }],
        },
        earlier: {
          ...reference().earlier,
          stages: [stage('campaign_roi', { decisions: [trend('ctr', p)] })],
        },
      }),
      context,
    )
  }
  const changes = (result: ReturnType<typeof review>) =>
    result.facts.find(({ id }) => id === 'synthesis.changes.tested')?.value

  it('counts the changes of stages and of segments as one family of tests', () => {
    // Of two tests the larger p must be at most alpha, the smaller at most half of it.
    expect(changes(tested(0.04, 200))).toBe(2)
    expect(tested(0.04, 200).findings.map(({ id }) => id)).not.toContain(
      'finding.synthesis.changes_tested',
    )
    expect(tested(0.04, 101).findings.map(({ id }) => id)).toContain(
      'finding.synthesis.changes_tested',
    )
    // A comparison too thin to be tested is none of them.
    expect(changes(tested(0.04, 3, [100, 2]))).toBe(1)
  })

  it('holds a segment’s change against every test of the stages before', () => {
    // 100 to 130 of 2,000 clicks has a p near 0.04: enough alone, not beside a stage's p of 0.9.
    const call = (p: number) => tested(p, 130).segments[0]?.momentum
    expect(call(0.001)).toBe('improving')
    expect(call(0.9)).toBe('undecided')
  })
})

describe('reviewSynthesis after decisions', () => {
  it('waits no longer for a move that was decided', () => {
    const decided = reviewSynthesis(
      withEarlier({ approvals: [{ moveId: 'MOVE:BUD_0003', state: 'rejected' }] }),
      context,
    )
    expect(decided.health.reasons.map(({ code }) => code)).not.toContain('pending_reallocation')
    expect(decided.targets.find(({ id }) => id === 'pending_reallocations')?.status).toBe('met')
    expect(decided.actions.map(({ id }) => id)).not.toContain('decide_move:MOVE:BUD_0003')
    // A rejection of this review is one: the control has refused something.
    const rejected = decided.facts.find(({ id }) => id === 'synthesis.approvals.rejected')
    expect(rejected?.value).toBe(1)
    expect(decided.findings.map(({ id }) => id)).not.toContain(
      'finding.governance.approvals:never_refused',
    )
    expect(JSON.stringify(decided.tables)).toContain('{"text":"rejected"}')
  })

  it('asks for a decision on the amended amount', () => {
    const [move] = reference().earlier.moves
    if (move === undefined) throw new Error('the reference company has a move')
    const amended = {
      ...move,
      amount: { currency: 'USD', minor: 80_000 },
      basis: { ...move.basis, amended_from_minor: 100_000 },
    }
    const { actions, facts } = reviewSynthesis(withEarlier({ moves: [amended] }), context)
    const action = actions.find(({ id }) => id === 'decide_move:MOVE:BUD_0003')
    const [id = ''] = tokensOf(action?.title ?? '')
    expect(facts.find((fact) => fact.id === id)?.value).toEqual({ currency: 'USD', minor: 80_000 })
  })

  it('tells faulty and waiting moves itself where the budget stage did not run', () => {
    const alone = reviewSynthesis(
      withEarlier({
        stages: [stage('campaign_roi', { facts: [...ROI_FACTS] })],
        moves: [],
        approvals: [],
      }),
      context,
    )
    const ids = alone.findings.map(({ id }) => id)
    expect(ids).toContain('finding.governance.past_moves:same_line')
    expect(ids).toContain('finding.governance.pending_moves:stop_loss')
    expect(alone.health.reasons.map(({ code }) => code)).toContain('pending_reallocation')
  })
})

describe('reviewSynthesis beside a funnel stage that tells drop-offs', () => {
  it('does not tell them twice', () => {
    const claimed = {
      id: 'finding.funnel.claimed_drop_off:missing_not_zero',
      ruleId: 'funnel.claimed_drop_off',
      severity: 'warning' as const,
      subject: 'stage:funnel',
      title: 'told',
      detail: 'told',
    }
    const stages = reference().earlier.stages.map((each) =>
      each.stage === 'funnel' ? { ...each, findings: [claimed] } : each,
    )
    const beside = reviewSynthesis(withEarlier({ stages }), context)
    expect(beside.findings.map(({ id }) => id)).not.toContain(
      'finding.synthesis.published_drop_off:missing',
    )
  })
})

describe('reviewSynthesis with little to go by', () => {
  const empty = reference({
    earlier: {
      stages: [
        stage('campaign_roi', { status: 'not_measured' }),
        stage('content', { status: 'not_measured' }),
      ],
      moves: [],
      approvals: [],
      grade: null,
    },
    risks: [],
    riskSlices: new Map(),
    rollups: [],
    delivery: { current: [], previous: [] },
    budgetActions: [],
    usedLines: [],
    funnel: [],
    experiments: [],
    published: [],
    months: [],
    spend: {
      ledger: { minor: null, rows: 0 },
      platforms: { minor: null, rows: 0 },
      rollups: { minor: null, rows: 0 },
    },
    dataEnds: [],
    presence: { risk_signals: 'absent', budget_actions: 'absent' },
  })

  it('measures nothing and says so, never zero', () => {
    const none = reviewSynthesis(empty, context)
    SynthesisStageResult.parse(none)
    expect(none.status).toBe('not_measured')
    expect(none.targets.map(({ status }) => status)).toEqual(
      none.targets.map(() => 'not_assessable'),
    )
    const open = none.facts.find(({ id }) => id === 'synthesis.risks.open')
    expect(open).toMatchObject({ status: 'not_measured', value: null })
    expect(none.executive).toContain('Not measured this month: campaign ROI and content.')
    expect([none.findings, none.tables, none.actions, none.risks, none.segments]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ])
    expect(none.focus).toEqual(['Provide the data for campaign ROI, content'])
  })

  it('knows that nothing waits where its own requests were all decided', () => {
    const approvals = [{ moveId: 'MOVE:a>b', state: 'approved' as const }]
    const { facts, health } = reviewSynthesis(
      { ...empty, earlier: { ...empty.earlier, approvals } },
      context,
    )
    const count = facts.find(({ id }) => id === 'synthesis.pending_reallocations.count')
    expect(count?.status).toBe('zero')
    expect(health.unmeasured).not.toContain('reallocations that wait')
    expect(health.verdict).toBe('on_track')
  })

  it('tells an unreadable data set from an absent one', () => {
    const spoilt = reviewSynthesis(
      { ...empty, presence: { risk_signals: 'unreadable', budget_actions: 'empty' } },
      context,
    )
    const status = (id: string) => spoilt.facts.find((fact) => fact.id === id)?.status
    expect(status('synthesis.risks.open')).toBe('unreadable')
    expect(status('synthesis.approvals.total')).toBe('not_measured')
    expect(status('synthesis.pending_reallocations.count')).toBe('not_measured')
  })

  it('gives no verdict on data of too low a grade', () => {
    const low = reviewSynthesis(withEarlier({ grade: 'E' }), context)
    expect(low.health.verdict).toBe('not_assessable')
    expect(low.status).toBe('partial')
  })

  it('carries unfinished actions over', () => {
    const taken = [{ actionId: 'ACT_7', status: 'in_progress' }]
    const more = reviewSynthesis({ ...empty, taken }, context)
    expect(more.actions.map(({ id }) => id)).toEqual(['carried_over:ACT_7'])
  })
})
