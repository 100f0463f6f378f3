import { describe, expect, it } from 'vitest'

import { standingOf } from '#rules/governance/campaign-standing.ts'
import { reviewPortfolio, type PortfolioInput } from '#rules/portfolio/review.ts'
import { Decision, Fact, Finding, Table } from '#rules/schema/review.ts'
import { SegmentCall } from '#rules/schema/synthesis.ts'
import { misalignedColumns } from '#test/support/columns.ts'
import { danglingFacts } from '#test/support/dangling.ts'
import { policyWith } from '#test/support/policy.ts'

import {
  REFERENCE_DELIVERY,
  REFERENCE_PORTFOLIO,
  REFERENCE_ROLLUPS,
  REFERENCE_SEGMENT_NAMES,
} from './reference-segments.ts'

const policy = policyWith({
  targets: [{ id: 'roi', at_least: 0.5 }],
  portfolio: REFERENCE_PORTFOLIO,
})
const context = { month: '2026-03', asOfOn: '2026-03-31', policy, grade: 'B' } as const

const reference = (changes: Partial<PortfolioInput> = {}): PortfolioInput => ({
  rollups: REFERENCE_ROLLUPS,
  current: REFERENCE_DELIVERY,
  previous: [],
  names: REFERENCE_SEGMENT_NAMES,
  standings: new Map(),
  ...changes,
})

const review = () => reviewPortfolio(reference(), context)
const fact = (id: string) => review().facts.find((entry) => entry.id === id)

describe('reviewPortfolio on the reference company', () => {
  it('comes to the published calls', () => {
    const calls = Object.fromEntries(
      review().segments.map(({ name, momentum, action }) => [name, [momentum, action]]),
    )
    expect(calls).toEqual({
      'Price-Sensitive SMBs in Spring Promo Awareness': ['improving', 'scale'],
      'Early-Stage Startups in Spring Promo Awareness': ['improving', 'hold'],
      'Early-Stage Startups in SMB Cost Savings Campaign': ['improving', 'hold'],
      'Price-Sensitive SMBs in SMB Cost Savings Campaign': ['declining', 'revise'],
      'Operations-Focused Teams in SMB Cost Savings Campaign': ['declining', 'stop'],
      'Existing Customers in Feature Launch Announcement': ['declining', 'stop'],
    })
    expect(review().segments.every(({ action, published }) => action === published)).toBe(true)
    for (const segment of review().segments) SegmentCall.parse(segment)
  })

  it('counts three improving, three declining, none stable; two stops; four of six on target', () => {
    const counts = [
      'total',
      'improving',
      'declining',
      'stable',
      'not_assessable',
      'stated',
      'scale',
      'hold',
      'revise',
      'stop',
      'on_target',
    ]
    expect(counts.map((metric) => fact(`synthesis.segments.${metric}`)?.value)).toEqual([
      6, 3, 3, 0, 0, 6, 1, 2, 1, 2, 4,
    ])
    expect(fact('synthesis.segments.stable')?.status).toBe('zero')
    expect(fact('synthesis.segments.on_target_rate')).toMatchObject({
      numerator: 4,
      denominator: 6,
    })
  })

  it('puts the segment with the largest spend first, and asks for approval of stops', () => {
    expect(
      review().segments.map(({ segmentId, campaignId, needsApproval }) => [
        `${segmentId}@${campaignId}`,
        needsApproval,
      ]),
    ).toEqual([
      ['SEG_002@CAMP_002', false],
      ['SEG_001@CAMP_002', false],
      ['SEG_002@CAMP_001', false],
      ['SEG_001@CAMP_001', false],
      ['SEG_003@CAMP_002', true],
      ['SEG_005@CAMP_003', true],
    ])
  })

  it('decides on the very quantities compared', () => {
    const decision = review().decisions.find((entry) => entry.id.endsWith(':SEG_002@CAMP_001'))
    expect(decision).toMatchObject({
      id: 'portfolio.segment_call:SEG_002@CAMP_001',
      subject: 'segment:SEG_002@CAMP_001',
      action: 'scale',
      reason: 'improving_and_roi_at_target_and_priority_segment',
      policyVersion: 'test-1',
      evidence: {
        momentum: 'improving',
        basis: 'stated',
        relativeChange: 0.12,
        costMinor: 34_600,
        valueMinor: 785_000,
        conversions: 156,
        priority: 'high',
        targetRoi: 0.5,
        tableRow: 1,
        grade: 'B',
      },
    })
  })

  it('finds the KPI that was printed as zero', () => {
    const finding = review().findings.find((entry) => entry.ruleId === 'portfolio.kpi_claim')
    expect(finding).toMatchObject({
      id: 'finding.portfolio.kpi_claim:SEG_005@CAMP_003',
      severity: 'warning',
      title:
        'Feature click through rate of Existing Customers in Feature Launch Announcement is stated as {{synthesis.segment.SEG_005:CAMP_003.kpi.stated}} and is {{synthesis.segment.SEG_005:CAMP_003.kpi.delivered}}',
    })
    expect(finding?.detail).toContain('{{synthesis.segment.SEG_005:CAMP_003.kpi.own}}')
    expect(fact('synthesis.segment.SEG_005:CAMP_003.kpi.delivered')).toMatchObject({
      numerator: 880,
      denominator: 8200,
      source: [{ dataset: 'ad_performance', rows: 2 }],
    })
    expect(fact('synthesis.segment.SEG_005:CAMP_003.kpi.stated')?.status).toBe('zero')
    expect(
      review().findings.filter((entry) => entry.ruleId === 'portfolio.kpi_claim'),
    ).toHaveLength(1)
  })

  it('says of a stop in a campaign that is over that it holds for the next run', () => {
    const detailOf = (status: string, endOn: string) =>
      reviewPortfolio(
        reference({
          standings: new Map([['CAMP_003', standingOf('CAMP_003', { status, endOn }, context)]]),
        }),
        context,
      ).findings.find(({ id }) => id.endsWith('SEG_005@CAMP_003'))?.detail
    expect(detailOf('paused', '2026-03-25')).toMatch(
      / an approver confirms it outside this program, which does not track it\. The campaign is paused and its flight ended \{\{synthesis\.campaign\.CAMP_003\.flight_end\}\}; the call holds for its next run\.$/,
    )
    expect(detailOf('active', '2026-04-01')).toMatch(
      / an approver confirms it outside this program, which does not track it\.$/,
    )
  })

  it('tells stops, and that every direction is only stated', () => {
    expect(review().findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['finding.portfolio.segment_call:SEG_003@CAMP_002', 'serious'],
      ['finding.portfolio.segment_call:SEG_005@CAMP_003', 'serious'],
      ['finding.portfolio.kpi_claim:SEG_005@CAMP_003', 'warning'],
      ['finding.portfolio.stated_trends', 'info'],
    ])
  })

  it('leaves the ROI of a segment without spend not measured', () => {
    expect(fact('synthesis.segment.SEG_005:CAMP_003.roi')).toMatchObject({
      status: 'not_measured',
      reason: 'spend is zero, so there is nothing to divide by',
    })
    expect(fact('synthesis.segment.SEG_005:CAMP_003.roi')).not.toHaveProperty('numerator')
    expect(fact('synthesis.segment.SEG_003:CAMP_002.roi')).toMatchObject({
      value: -1,
      numerator: -22_800,
      denominator: 22_800,
    })
  })

  it('shows them in a table', () => {
    expect(review().tables[0]?.rows[2]).toEqual([
      { text: 'Price-Sensitive SMBs in Spring Promo Awareness' },
      { chip: 'ok', text: 'improving' },
      { fact: 'synthesis.segment.SEG_002:CAMP_001.trend' },
      { text: 'stated' },
      { fact: 'synthesis.segment.SEG_002:CAMP_001.spend' },
      { fact: 'synthesis.segment.SEG_002:CAMP_001.value' },
      { fact: 'synthesis.segment.SEG_002:CAMP_001.roi' },
      { fact: 'synthesis.segment.SEG_002:CAMP_001.conversions' },
      { decision: 'portfolio.segment_call:SEG_002@CAMP_001' },
    ])
    expect(review().tables[0]?.note).toMatch(/^Spend is media alone\. .* full cost\.$/)
  })

  it('speaks only of facts it has entered, in the agreed shapes', () => {
    expect(danglingFacts(review())).toEqual([])
    for (const entry of review().facts) Fact.parse(entry)
    for (const entry of review().decisions) Decision.parse(entry)
    for (const entry of review().findings) Finding.parse(entry)
    for (const entry of review().tables) Table.parse(entry)
  })

  it('rules the same whatever the order of rows', () => {
    const turned = reference({
      rollups: REFERENCE_ROLLUPS.toReversed(),
      current: REFERENCE_DELIVERY.toReversed(),
    })
    expect(reviewPortfolio(turned, context)).toEqual(review())
  })
})

describe('what the portfolio shows of its figures', () => {
  it('sets figures as numbers and words as words', () => {
    for (const table of review().tables) expect(misalignedColumns(table)).toEqual([])
    const columns = review().tables[0]?.columns.map(({ key, numeric }) => [key, numeric])
    expect(columns).toEqual([
      ['segment', false],
      ['direction', false],
      ['trend', true],
      ['basis', false],
      ['spend', true],
      ['value', true],
      ['roi', true],
      ['conversions', true],
      ['call', false],
    ])
  })

  it('counts the rows of both sources, and names neither that had none', () => {
    const source = (changes: Partial<PortfolioInput>) =>
      reviewPortfolio(reference(changes), context).facts.find(
        ({ id }) => id === 'synthesis.segments.total',
      )?.source
    const rows = REFERENCE_DELIVERY.reduce((sum, row) => sum + row.rows, 0)
    const [rollups, delivery] = [
      { dataset: 'segment_rollups', rows: REFERENCE_ROLLUPS.length },
      { dataset: 'ad_performance', rows },
    ]
    expect(rows).toBeGreaterThan(0)
    expect(source({})).toEqual([rollups, delivery])
    expect(source({ current: [] })).toEqual([rollups])
    expect(source({ rollups: [] })).toEqual([delivery])
  })

  it('labels a trend by where it comes from, with its value', () => {
    expect(fact('synthesis.segment.SEG_002:CAMP_001.trend')).toMatchObject({
      label: 'Price-Sensitive SMBs in Spring Promo Awareness: trend as stated',
      unit: 'change',
      value: 0.12,
    })
  })

  it('labels a stated rate beside the two it is held against', () => {
    const labels = review()
      .facts.filter(({ id }) => id.startsWith('synthesis.segment.SEG_002:CAMP_001.kpi.'))
      .map(({ id, label }) => [id.split('.').at(-1), label.split(': ')[1]])
    expect(labels).toEqual([
      ['stated', 'conversion_rate as stated'],
      ['delivered', 'conversion_rate, as delivered'],
      ['own', 'conversion_rate, from the counts beside it'],
    ])
  })
})

describe('reviewPortfolio elsewhere', () => {
  const only = REFERENCE_ROLLUPS.slice(1, 2)

  it('measures nothing where nothing was provided', () => {
    const none = reviewPortfolio(reference({ rollups: [], current: [] }), context)
    expect(none.facts.map((entry) => entry.status)).toEqual(none.facts.map(() => 'not_measured'))
    expect([none.findings, none.tables, none.segments]).toEqual([[], [], []])
  })

  it('takes the figures from the platforms where the direction is measured there', () => {
    const [current] = REFERENCE_DELIVERY
    if (current === undefined) throw new TypeError('expected a delivery row')
    const previous = [{ ...current, conversions: 30 }]
    const measured = reviewPortfolio(reference({ rollups: [], current: [current], previous }), {
      ...context,
      asOfOn: '2026-04-03',
    })
    expect(measured.segments[0]).toMatchObject({
      momentum: 'improving',
      basis: 'measured',
      action: 'hold',
      published: null,
    })
    expect(measured.facts.find((entry) => entry.id.endsWith('.spend'))?.value).toEqual({
      currency: 'USD',
      minor: 32_400,
    })
    expect(measured.facts.find((entry) => entry.id.endsWith('.trend'))).toMatchObject({
      label: 'Early-Stage Startups in Spring Promo Awareness: change of the conversion rate',
      source: [{ dataset: 'ad_performance', rows: 2 }],
    })
    expect(measured.facts.some((entry) => entry.id.includes('.kpi.'))).toBe(false)
    expect(measured.findings).toEqual([])
  })

  const [first] = REFERENCE_DELIVERY
  const after = (conversions: number, asOfOn: string, clicks = 1000) => {
    if (first === undefined) throw new TypeError('expected a delivery row')
    const row = { ...first, clicks, conversions }
    return reviewPortfolio(
      reference({ rollups: [], current: [row], previous: [{ ...row, conversions: 100 }] }),
      { ...context, asOfOn },
    )
  }
  const cells = (found: ReturnType<typeof review>) => found.tables[0]?.rows[0]?.slice(1, 4)
  const TREND = { fact: 'synthesis.segment.SEG_001:CAMP_001.trend' }
  const P = { fact: 'synthesis.segment.SEG_001:CAMP_001.trend_p' }

  it('tells a change within chance from one that nobody measured', () => {
    const chance = after(112, '2026-03-31')
    expect(cells(chance)).toEqual([{ chip: 'watch', text: 'undecided: could be chance' }, TREND, P])
    expect(chance.tables[0]?.columns[3]).toEqual({ key: 'trend_p', label: 'p', numeric: true })
    expect(chance.facts.find(({ id }) => id === P.fact)).toMatchObject({ unit: 'probability' })
    expect(chance.facts.find(({ id }) => id === 'synthesis.segments.undecided')?.value).toBe(1)
    expect(chance.findings).toEqual([
      {
        id: 'finding.portfolio.undecided',
        ruleId: 'portfolio.undecided',
        severity: 'info',
        subject: 'segments:all',
        title: '{{synthesis.segments.undecided}} segment changes were looked at and decide nothing',
        detail: `Conversions per click against the month before. Early-Stage Startups in Spring Promo Awareness: {{${TREND.fact}}}, could be chance (p {{${P.fact}}}).`,
      },
    ])
  })

  it('shows what was counted of a month that is not over, undecided', () => {
    const early = after(180, '2026-03-20')
    expect(cells(early)?.[0]).toEqual({ chip: 'watch', text: 'undecided: the month is not over' })
    expect(early.tables[0]?.rows[0]?.[4]).toEqual({ text: 'measured' })
    expect(early.facts.find(({ id }) => id === TREND.fact)?.value).toBeCloseTo(0.8)
  })

  it('adds nothing to a change that decides', () => {
    const clear = after(180, '2026-03-31')
    expect(cells(clear)).toEqual([{ chip: 'ok', text: 'improving' }, TREND, P])
    expect(clear.findings).toEqual([])
    expect(clear.facts.find(({ id }) => id === 'synthesis.segments.undecided')?.status).toBe('zero')
  })

  it('says when a measured direction contradicts the stated one', () => {
    const [current] = REFERENCE_DELIVERY
    if (current === undefined) throw new TypeError('expected a delivery row')
    const previous = [{ ...current, conversions: 400 }]
    const contradicted = reviewPortfolio(
      reference({ rollups: REFERENCE_ROLLUPS.slice(0, 1), current: [current], previous }),
      { ...context, asOfOn: '2026-04-03' },
    )
    expect(contradicted.findings.map((entry) => entry.id)).toContain(
      'finding.portfolio.stated_trend:SEG_001@CAMP_001',
    )
  })

  it('says when the call differs from the stated one', () => {
    const rollups = only.map((row) => ({ ...row, recommendation: 'stop' }))
    const differing = reviewPortfolio(reference({ rollups, current: [] }), context)
    expect(
      differing.findings.find((entry) => entry.ruleId === 'portfolio.published_call'),
    ).toMatchObject({
      severity: 'info',
      title:
        'The call for Price-Sensitive SMBs in Spring Promo Awareness is scale, not stop as stated',
    })
  })

  it('takes no call from a rollup without one', () => {
    const rollups = only.map((row) => ({ ...row, recommendation: null, trend: null }))
    const bare = reviewPortfolio(reference({ rollups, current: [] }), context)
    expect(bare.segments[0]).toMatchObject({
      momentum: 'not_assessable',
      basis: 'none',
      action: 'hold',
    })
    expect(bare.findings).toEqual([])
  })

  it('does not scale on data of a low grade', () => {
    const low = reviewPortfolio(reference({ rollups: only }), { ...context, grade: 'D' })
    expect(
      low.decisions.find((entry) => entry.subject === 'segment:SEG_002@CAMP_001'),
    ).toMatchObject({
      action: 'hold',
      reason: 'data_grade_bars_scaling',
    })
    const ungraded = reviewPortfolio(reference({ rollups: only }), { ...context, grade: null })
    expect(ungraded.decisions.some((entry) => entry.action === 'scale')).toBe(true)
  })

  it('earns back the cost where the policy sets no target', () => {
    const rollups = only.map((row) => ({ ...row, valueMinor: 34_600 }))
    const free = { ...context, policy: policyWith({ portfolio: REFERENCE_PORTFOLIO }) }
    const even = reviewPortfolio(reference({ rollups, current: [] }), free)
    expect(even.segments[0]?.action).toBe('scale')
  })

  it('takes the last window of a segment', () => {
    const older = only.map((row) => ({
      ...row,
      windowStart: '2026-03-03',
      windowEnd: '2026-03-09',
      trend: -1,
    }))
    const wider = only.map((row) => ({ ...row, windowStart: '2026-03-01', trend: -1 }))
    for (const rollups of [
      [...older, ...wider, ...only],
      [...only, ...wider, ...older],
    ]) {
      const latest = reviewPortfolio(reference({ rollups, current: [] }), context)
      expect(latest.segments).toHaveLength(1)
      expect(latest.segments[0]?.momentum).toBe('improving')
    }
  })

  it('names a segment and campaign by id where nobody named them', () => {
    const names = { campaigns: new Map<string, string>(), segments: new Map<string, never>() }
    const nameless = reviewPortfolio(reference({ rollups: only, current: [], names }), context)
    expect(nameless.segments[0]?.name).toBe('SEG_002 in CAMP_001')
  })

  it('tells thirty segments, lists two hundred and counts them all', () => {
    const rollups = Array.from({ length: 201 }, (_, index) => index).flatMap((index) =>
      only.map((row) => ({ ...row, segmentId: `S${index}`, spendMinor: index })),
    )
    const many = reviewPortfolio(reference({ rollups, current: [] }), context)
    expect(many.tables[0]?.rows).toHaveLength(30)
    expect(many.tables[0]?.note).toMatch(/ The list is cut here, by spend; /)
    expect([many.segments.length, many.decisions.length, many.judged.length]).toEqual([
      200, 200, 201,
    ])
    expect(many.segments[0]?.segmentId).toBe('S200')
    expect(many.facts.find((entry) => entry.id === 'synthesis.segments.total')?.value).toBe(201)
    expect(danglingFacts(many)).toEqual([])
  })
})
