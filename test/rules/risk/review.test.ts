import { describe, expect, it } from 'vitest'

import { standingOf } from '#rules/governance/campaign-standing.ts'
import type { RiskInput } from '#rules/risk/judge.ts'
import { reviewRisks } from '#rules/risk/review.ts'
import { Decision, Fact, Finding, Table } from '#rules/schema/review.ts'
import { RiskItem } from '#rules/schema/synthesis.ts'
import { danglingFacts } from '#test/support/dangling.ts'
import { policyWith } from '#test/support/policy.ts'

import { LAUNCH_SLICES, REFERENCE_SIGNALS, SAVINGS_SLICES } from './reference-signals.ts'

const policy = policyWith({
  operating_model: { owners: { tracking: 'analytics.lead', campaigns: 'ops.lead' } },
  people: [{ id: 'ops.lead', name: 'Operations lead', roles: [] }],
})
const context = { month: '2026-03', asOfOn: '2026-03-31', policy }

const reference = (changes: Partial<RiskInput> = {}): RiskInput => ({
  signals: REFERENCE_SIGNALS,
  presence: 'present',
  slices: new Map([
    ['RSK_0001', SAVINGS_SLICES],
    ['RSK_0002', LAUNCH_SLICES],
    ['RSK_0004', SAVINGS_SLICES],
    ['RSK_0006', SAVINGS_SLICES],
  ]),
  names: {
    campaigns: new Map([
      ['CAMP_002', 'SMB Cost Savings Campaign'],
      ['CAMP_003', 'Feature Launch Announcement'],
    ]),
    channels: new Map([['CH_03', 'LinkedIn']]),
  },
  standings: new Map(),
  ...changes,
})

const reviewed = () => reviewRisks(reference(), context)
const factOf = (id: string) => reviewed().facts.find((fact) => fact.id === id)
const valueOf = (id: string) => factOf(id)?.value

describe('reviewRisks on the reference company', () => {
  it('counts six signals of which three are open, by severity', () => {
    const counts = ['total', 'open', 'low', 'medium', 'high', 'critical']
    expect(counts.map((metric) => valueOf(`synthesis.risks.${metric}`))).toEqual([6, 3, 1, 0, 1, 1])
  })

  it('tells of every open risk before any that is in hand', () => {
    const [open] = REFERENCE_SIGNALS.filter(({ riskId }) => riskId === 'RSK_0001')
    if (open === undefined) throw new Error('the reference has RSK_0001')
    const inHand = Array.from({ length: 31 }, (_, at) => ({
      ...open,
      riskId: `HAND_${at}`,
      severity: 'critical' as const,
      status: 'in_review' as const,
    }))
    const { findings, tables } = reviewRisks(reference({ signals: [...inHand, open] }), context)
    expect(findings.map(({ subject }) => subject)).toContain('risk:RSK_0001')
    expect(tables[0]?.rows).toHaveLength(30)
  })

  it('counts apart what somebody has in hand', () => {
    expect(valueOf('synthesis.risks.in_hand')).toBe(1)
    expect(factOf('synthesis.risks.in_hand')?.source).toEqual([
      { dataset: 'risk_signals', rows: 1 },
    ])
  })

  it('tells what to do about each open risk, the gravest first', () => {
    expect(reviewed().items).toEqual([
      {
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
        dueOn: '2026-04-01',
        evidence: 'differs',
      },
      expect.objectContaining({
        riskId: 'RSK_0001',
        subject: 'LinkedIn in SMB Cost Savings Campaign',
        action: 'review',
        whatToDo: 'Have a person review LinkedIn in SMB Cost Savings Campaign.',
        owner: 'analytics.lead',
        ownerName: 'analytics.lead',
        dueOn: '2026-04-02',
        ageDays: 16,
        evidence: 'agrees',
      }),
      expect.objectContaining({
        riskId: 'RSK_0006',
        action: 'check_tracking',
        whatToDo: 'Check the tracking of SMB Cost Savings Campaign before its figures are used.',
        dueOn: '2026-04-14',
        evidence: 'not_checked',
      }),
    ])
    for (const item of reviewed().items) RiskItem.parse(item)
  })

  it('decides with the quantities it compared', () => {
    expect(reviewed().decisions[0]).toEqual({
      id: 'risk.response:RSK_0002',
      stage: 'synthesis',
      subject: 'risk:RSK_0002',
      subjectName: 'low conversion, Feature Launch Announcement',
      action: 'pause',
      reason: 'recommended',
      ruleId: 'risk.response',
      policyVersion: 'test-1',
      evidence: {
        severity: 'critical',
        riskType: 'low_conversion',
        raisedOn: '2026-03-17',
        ageDays: 14,
        recommendedAction: 'pause',
        area: 'campaigns',
        dueBusinessDays: 1,
      },
    })
  })

  it('finds that a risk states 830 visits where 410 were measured', () => {
    expect(valueOf('synthesis.risk.RSK_0002.stated.visits')).toBe(830)
    expect(reviewed().facts).toContainEqual(
      expect.objectContaining({
        id: 'synthesis.risk.RSK_0002.measured.visits',
        value: 410,
        source: [
          {
            dataset: 'funnel_counts',
            rows: 2,
            where: { campaign_id: 'CAMP_003', stage: 'visit' },
          },
        ],
      }),
    )
    expect(reviewed().findings).toContainEqual(
      expect.objectContaining({
        id: 'finding.risk.evidence:RSK_0002',
        severity: 'warning',
        title:
          'Risk RSK_0002 states {{synthesis.risk.RSK_0002.stated.visits}} visits where {{synthesis.risk.RSK_0002.measured.visits}} were measured',
      }),
    )
  })

  it('tells grave open risks by themselves and leaves the others to the table', () => {
    const told = reviewed().findings.filter((finding) => finding.ruleId === 'risk.response')
    expect(told.map(({ id, title, detail }) => [id, title, detail])).toEqual([
      [
        'finding.risk.response:RSK_0002',
        'Critical risk open for {{synthesis.risk.RSK_0002.age}}: low conversion, Feature Launch Announcement',
        'Pause Feature Launch Announcement until the cause is found. Due {{synthesis.risk.RSK_0002.due_on}}.',
      ],
      [
        'finding.risk.response:RSK_0001',
        'High risk open for {{synthesis.risk.RSK_0001.age}}: high clicks zero conversions, LinkedIn in SMB Cost Savings Campaign',
        'Have a person review LinkedIn in SMB Cost Savings Campaign. Due {{synthesis.risk.RSK_0001.due_on}}.',
      ],
    ])
  })

  it('says on which line each risk lies that is open or in hand', () => {
    expect(
      reviewed().located.map((risk) => [risk.riskId, risk.campaignId, risk.channelId]),
    ).toEqual([
      ['RSK_0002', 'CAMP_003', null],
      ['RSK_0001', 'CAMP_002', 'CH_03'],
      // In hand is not gone.
      ['RSK_0004', 'CAMP_002', null],
      ['RSK_0006', 'CAMP_002', null],
    ])
  })

  it('enters when each was raised and is due, from the row that says so', () => {
    const source = [{ dataset: 'risk_signals', rows: 1, where: { risk_id: 'RSK_0002' } }]
    expect(factOf('synthesis.risk.RSK_0002.raised_on')).toMatchObject({
      label: 'RSK_0002: raised on',
      value: '2026-03-17',
      source,
    })
    expect(factOf('synthesis.risk.RSK_0002.due_on')).toMatchObject({
      label: 'RSK_0002: due on',
      value: '2026-04-01',
      source,
    })
    expect(factOf('synthesis.risk.RSK_0002.age')).toMatchObject({ value: 14, source })
    expect(factOf('synthesis.risk.RSK_0002.stated.visits')?.source).toEqual(source)
    expect(factOf('synthesis.risks.open')?.source).toEqual([{ dataset: 'risk_signals', rows: 3 }])
  })

  it('shows them in a table', () => {
    expect(reviewed().tables[0]?.columns.map(({ label, numeric }) => [label, numeric])).toEqual([
      ['Severity', false],
      ['Risk', false],
      ['Where', false],
      ['Age', true],
      ['Evidence', false],
      ['To do', false],
      ['Owner', false],
      ['Due', false],
    ])
    expect(reviewed().tables[0]?.rows[0]).toEqual([
      { chip: 'bad', text: 'critical' },
      { text: 'RSK_0002: low conversion' },
      { text: 'Feature Launch Announcement' },
      { fact: 'synthesis.risk.RSK_0002.age' },
      { chip: 'watch', text: 'differs from the data' },
      { decision: 'risk.response:RSK_0002' },
      { text: 'Operations lead' },
      { fact: 'synthesis.risk.RSK_0002.due_on' },
    ])
    expect(reviewed().tables[0]?.rows.map((row) => row[0])).toEqual([
      { chip: 'bad', text: 'critical' },
      { chip: 'bad', text: 'high' },
      { chip: 'watch', text: 'medium' },
      { chip: 'info', text: 'low' },
    ])
  })

  it('shows what is in hand with its status in place of a call', () => {
    expect(reviewed().tables[0]?.rows[2]).toEqual([
      { chip: 'watch', text: 'medium' },
      { text: 'RSK_0004: segment mismatch' },
      { text: 'SMB Cost Savings Campaign' },
      { fact: 'synthesis.risk.RSK_0004.age' },
      { text: 'cannot be checked' },
      { chip: 'info', text: 'in hand: in review' },
      { text: 'Operations lead' },
      { text: '' },
    ])
    const open = reference({ signals: REFERENCE_SIGNALS.filter(({ status }) => status === 'open') })
    expect(reviewRisks(open, context).tables[0]).not.toHaveProperty('note')
    expect(valueOf('synthesis.risk.RSK_0004.age')).toBe(13)
    expect(factOf('synthesis.risk.RSK_0004.due_on')).toBeUndefined()
    expect(reviewed().tables[0]?.note).toBe(
      'A risk in hand asks for no action here and does not count as open. Until it is closed it keeps money out as the policy says.',
    )
  })

  it('speaks only of facts it has entered, in the agreed shapes', () => {
    const review = reviewed()
    expect(danglingFacts(review)).toEqual([])
    for (const entry of review.facts) Fact.parse(entry)
    for (const entry of review.decisions) Decision.parse(entry)
    for (const entry of review.findings) Finding.parse(entry)
    for (const entry of review.tables) Table.parse(entry)
  })

  it('rules the same whatever the order of rows', () => {
    const turned = reference({ signals: REFERENCE_SIGNALS.toReversed() })
    expect(reviewRisks(turned, context)).toEqual(reviewed())
  })
})

describe('a risk in hand', () => {
  const taken = (riskId: string, status: string) =>
    reviewRisks(
      reference({
        signals: REFERENCE_SIGNALS.filter((signal) => signal.riskId === riskId).map((signal) => ({
          ...signal,
          status,
        })),
      }),
      context,
    )

  it('that is grave is told by itself, as a warning, and asks for nothing', () => {
    const { findings, items, decisions, tables } = taken('RSK_0002', 'acknowledged')
    expect(findings.filter(({ ruleId }) => ruleId === 'risk.response')).toEqual([
      {
        id: 'finding.risk.in_hand:RSK_0002',
        ruleId: 'risk.response',
        severity: 'warning',
        subject: 'risk:RSK_0002',
        title:
          'Critical risk in hand (acknowledged) for {{synthesis.risk.RSK_0002.age}}: low conversion, Feature Launch Announcement',
        detail:
          'Somebody has taken it in hand, so it does not count as open. It is still there: no money flows into what it lies on until it is closed.',
      },
    ])
    expect([items, decisions]).toEqual([[], []])
    expect(tables[0]?.rows).toHaveLength(1)
  })

  it.each([
    ['RSK_0004', 'acknowledged', 1, 0],
    ['RSK_0002', 'mitigated', 0, 0],
  ])('%s, %s: %i in the table, %i told', (riskId, status, shown, told) => {
    const { findings, tables } = taken(riskId, status)
    expect(tables[0]?.rows ?? []).toHaveLength(shown)
    expect(findings.filter(({ ruleId }) => ruleId === 'risk.response')).toHaveLength(told)
  })

  it('is said to keep no money out where the policy lets it', () => {
    const lax = policyWith({ budget: { blocking_risk: { severities: ['critical'] } } })
    const signals = REFERENCE_SIGNALS.slice(0, 1).map((signal) => ({
      ...signal,
      status: 'in_review',
    }))
    const { findings } = reviewRisks(reference({ signals }), { ...context, policy: lax })
    expect(findings.find(({ ruleId }) => ruleId === 'risk.response')).toMatchObject({
      title:
        'High risk in hand (in review) for {{synthesis.risk.RSK_0001.age}}: high clicks zero conversions, LinkedIn in SMB Cost Savings Campaign',
      detail: 'Somebody has taken it in hand, so it does not count as open. It is still there.',
    })
  })
})

describe('reviewRisks elsewhere', () => {
  it('knows no risk before it was raised', () => {
    const early = reviewRisks(reference(), { ...context, asOfOn: '2026-03-15' })
    expect(early.items.map((item) => item.riskId)).toEqual(['RSK_0001'])
    expect(early.facts.find((fact) => fact.id === 'synthesis.risks.total')?.value).toBe(2)
  })

  it('measures nothing where nothing was provided', () => {
    const none = reviewRisks(reference({ signals: [], presence: 'absent' }), context)
    expect(none.facts.map((fact) => fact.status)).toEqual(none.facts.map(() => 'not_measured'))
    expect([none.findings, none.tables, none.items]).toEqual([[], [], []])
  })

  it.each([
    [
      'active',
      '2026-04-01',
      'Pause X until the cause is found.',
      { decision: 'risk.response:RSK_0002' },
    ],
    [
      'active',
      '2026-03-30',
      'Pause X until the cause is found: it is about to end: its flight ends {{E}}.',
      { decision: 'risk.response:RSK_0002' },
    ],
    [
      'active',
      '2026-03-25',
      'Do not run X again until the cause is found: it is over: its flight ended {{E}}.',
      { chip: 'info', text: 'do not run again' },
    ],
    [
      'paused',
      '2026-03-25',
      'Do not run X again until the cause is found: it is paused and its flight ended {{E}}.',
      { chip: 'info', text: 'do not run again' },
    ],
    [
      'planned',
      '2026-04-25',
      'Do not start X until the cause is found: it is planned.',
      { chip: 'info', text: 'do not start' },
    ],
  ] as const)(
    'asks of a campaign that is %s until %s what can still be done',
    (status, endOn, todo, cell) => {
      const on = { ...context, asOfOn: '2026-03-28' }
      const standings = new Map([['CAMP_003', standingOf('CAMP_003', { status, endOn }, on)]])
      const told = reviewRisks(reference({ standings }), on)
      const spoken = (told.items[0]?.whatToDo ?? '')
        .replace('Feature Launch Announcement', 'X')
        .replace('synthesis.campaign.CAMP_003.flight_end', 'E')
      expect(spoken).toBe(todo)
      expect(told.tables[0]?.rows[0]?.[5]).toEqual(cell)
      expect(told.decisions[0]).toMatchObject({
        action: 'pause',
        evidence: { campaignStatus: status, flightEndsOn: endOn },
      })
    },
  )

  it('notes evidence that claims less than was measured', () => {
    const signals = REFERENCE_SIGNALS.slice(1, 2).map((signal) => ({
      ...signal,
      evidence: new Map([
        ['clicks', 7],
        ['visits', 9],
      ]),
    }))
    const less = reviewRisks(reference({ signals }), context)
    const finding = less.findings.find((entry) => entry.ruleId === 'risk.evidence')
    expect(finding?.severity).toBe('info')
    expect(finding?.title).toMatch(/clicks where .* were measured and .* visits where/)
    expect(
      less.facts.find((fact) => fact.id === 'synthesis.risk.RSK_0002.measured.clicks')?.source,
    ).toEqual([{ dataset: 'ad_performance', rows: 2, where: { campaign_id: 'CAMP_003' } }])
  })

  it('warns when one of several counts claims more', () => {
    const signals = REFERENCE_SIGNALS.slice(1, 2).map((signal) => ({
      ...signal,
      evidence: new Map([
        ['clicks', 7],
        ['visits', 411],
      ]),
    }))
    const mixed = reviewRisks(reference({ signals }), context)
    const finding = mixed.findings.find((entry) => entry.ruleId === 'risk.evidence')
    expect(finding).toMatchObject({
      severity: 'warning',
      detail:
        'The evidence claims more than the whole campaign had up to that day, so its size cannot be relied on. What to do about the risk does not depend on it.',
    })
  })

  it('asks to revise the copy, also of a campaign that is paused', () => {
    const signals = REFERENCE_SIGNALS.slice(1, 2).map((signal) => ({
      ...signal,
      riskType: 'segment_mismatch',
      severity: 'medium' as const,
      recommendedAction: 'revise_copy',
    }))
    const flight = { status: 'paused', endOn: '2026-03-25' }
    const standings = new Map([['CAMP_003', standingOf('CAMP_003', flight, context)]])
    const { items, tables } = reviewRisks(reference({ signals, standings }), context)
    expect(items[0]).toMatchObject({
      action: 'revise_copy',
      whatToDo: 'Revise the copy of Feature Launch Announcement.',
    })
    expect(tables[0]?.rows[0]?.[5]).toEqual({ decision: 'risk.response:RSK_0002' })
  })

  it('speaks of the company where a risk names no campaign', () => {
    const signals = REFERENCE_SIGNALS.slice(1, 2).map((signal) => ({
      ...signal,
      campaignId: null,
    }))
    const company = reviewRisks(reference({ signals }), context)
    expect(company.items[0]?.subject).toBe('the company')
    expect(
      company.facts.find((fact) => fact.id === 'synthesis.risk.RSK_0002.measured.visits')?.source,
    ).toEqual([{ dataset: 'funnel_counts', rows: 2, where: { stage: 'visit' } }])
  })

  it('tells thirty risks and counts them all', () => {
    const signals = REFERENCE_SIGNALS.slice(0, 1).flatMap((signal) =>
      Array.from({ length: 31 }, (_, index) => ({
        ...signal,
        riskId: `RSK_${String(index).padStart(4, '0')}`,
      })),
    )
    const many = reviewRisks(reference({ signals }), context)
    expect(many.tables[0]?.rows).toHaveLength(30)
    const told = many.findings.filter((finding) => finding.ruleId === 'risk.response')
    expect(told).toHaveLength(30)
    expect(many.facts.find((fact) => fact.id === 'synthesis.risks.open')?.value).toBe(31)
    expect(danglingFacts(many)).toEqual([])
  })
})
