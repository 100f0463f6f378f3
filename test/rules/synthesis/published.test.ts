import { describe, expect, it } from 'vitest'

import { createFactBook } from '#rules/schema/fact-book.ts'
import { Finding, Table, type Fact } from '#rules/schema/review.ts'
import type { PublishedFigure } from '#rules/synthesis/published-figure.ts'
import { parseSubject } from '#rules/synthesis/published-figure.ts'
import { reviewPublished, type PublishedInput } from '#rules/synthesis/published.ts'
import { danglingFacts } from '#test/support/dangling.ts'

import {
  REFERENCE_CELLS,
  REFERENCE_EXPERIMENTS,
  REFERENCE_PUBLISHED,
  REFERENCE_STAGES,
} from './reference-published.ts'

const fact = (id: string, value: Fact['value'], changes: Partial<Fact> = {}): Fact => ({
  id,
  label: id,
  unit: 'rate',
  status: value === null ? 'not_measured' : 'known',
  value,
  source: [],
  ...changes,
})

const FACTS = [
  fact('campaign_roi.total.cost.media', { currency: 'USD', minor: 1_050_000 }, { unit: 'money' }),
  fact('synthesis.approvals.rate_of_decided', 1),
  fact('synthesis.segments.on_target_rate', 4 / 6),
  fact('synthesis.segment.SEG_005:CAMP_003.kpi.delivered', 880 / 8200),
]

const reference = (changes: Partial<PublishedInput> = {}): PublishedInput => ({
  figures: REFERENCE_PUBLISHED,
  cells: REFERENCE_CELLS,
  experiments: REFERENCE_EXPERIMENTS,
  dataEnds: [
    { dataset: 'funnel_counts', lastOn: '2026-03-11' },
    { dataset: 'ad_performance', lastOn: '2026-03-19' },
  ],
  names: {
    campaigns: new Map([['CAMP_002', 'SMB Cost Savings Campaign']]),
    channels: new Map([['CH_03', 'LinkedIn']]),
    segments: new Map([['SEG_003', { name: 'Operations-Focused Teams' }]]),
  },
  ...changes,
})

function run(input: PublishedInput, facts: readonly Fact[] = FACTS, tellsDropOffs = true) {
  const book = createFactBook()
  const review = reviewPublished(book, input, {
    month: '2026-03',
    stages: REFERENCE_STAGES,
    tellsDropOffs,
    facts: new Map(facts.map((entry) => [entry.id, entry])),
  })
  return { ...review, facts: [...book.list(), ...facts] }
}

const review = () => run(reference())
const finding = (id: string) =>
  review().findings.find((entry) => entry.id === `finding.synthesis.${id}`)
const valueOf = (id: string) => review().facts.find((entry) => entry.id === id)?.value

describe('reviewPublished on the reference company', () => {
  it('finds six published drop-offs that are rows that do not exist', () => {
    expect(valueOf('synthesis.published_drop_offs.missing')).toBe(6)
    expect(finding('published_drop_off:missing')).toMatchObject({
      severity: 'serious',
      title:
        '{{synthesis.published_drop_offs.missing}} published drop-offs are rows that do not exist',
    })
    expect(finding('published_drop_off:missing')?.detail).toContain(
      'Operations-Focused Teams, LinkedIn, SMB Cost Savings Campaign: visit to signup',
    )
  })

  it('finds the two true zeros that went unreported, with the visits before', () => {
    expect(valueOf('synthesis.published_drop_offs.unreported')).toBe(2)
    expect(valueOf('synthesis.funnel_cell.CAMP_002.SEG_003.CH_03.visit')).toBe(480)
    expect(valueOf('synthesis.funnel_cell.CAMP_003.SEG_005.CH_04.visit')).toBe(410)
    expect(valueOf('synthesis.funnel_cell.CAMP_003.SEG_005.CH_04.feature_adopt')).toBe(0)
    expect(finding('published_drop_off:unreported')).toMatchObject({
      title: '{{synthesis.published_drop_offs.unreported}} true zeros went unreported',
      detail:
        'Operations-Focused Teams, LinkedIn, SMB Cost Savings Campaign: visit {{synthesis.funnel_cell.CAMP_002.SEG_003.CH_03.visit}}, demo request {{synthesis.funnel_cell.CAMP_002.SEG_003.CH_03.demo_request}}; SEG_005, CH_04, CAMP_003: visit {{synthesis.funnel_cell.CAMP_003.SEG_005.CH_04.visit}}, feature adopt {{synthesis.funnel_cell.CAMP_003.SEG_005.CH_04.feature_adopt}}. These stages were counted and nobody reached them.',
    })
    expect(
      review().facts.find((entry) => entry.id.endsWith('SEG_003.CH_03.demo_request'))?.source,
    ).toEqual([
      {
        dataset: 'funnel_counts',
        rows: 1,
        where: {
          campaign_id: 'CAMP_002',
          segment_id: 'SEG_003',
          channel_id: 'CH_03',
          stage: 'demo_request',
        },
      },
    ])
  })

  it('finds that the average lift cannot stand', () => {
    expect(valueOf('synthesis.published.PUB_LIFT')).toBe('+39.3%')
    expect(valueOf('synthesis.published.PUB_LIFT.left_out')).toBe(3)
    expect(valueOf('synthesis.published.PUB_LIFT.experiments')).toBe(5)
    expect(finding('published_figure:PUB_LIFT')).toMatchObject({
      title: 'Published average lift: {{synthesis.published.PUB_LIFT}}; there is no such figure',
      detail:
        'It cannot stand: it averages a test that still runs with one that has ended; it leaves out {{synthesis.published.PUB_LIFT.left_out}} of {{synthesis.published.PUB_LIFT.experiments}} tests (EXP_003, EXP_004, EXP_005); lifts of different tests are not quantities of one thing and have no meaningful mean. Read the verdict of each test instead.',
    })
  })

  it('shows 83 % beside 100 % of decided moves, and why', () => {
    expect(finding('published_figure:PUB_APPROVALS')).toMatchObject({
      severity: 'warning',
      title:
        'Published approval rate: {{synthesis.published.PUB_APPROVALS}}, measured {{synthesis.approvals.rate_of_decided}}',
      detail:
        'The published rate counts moves that nobody has decided yet as if they had been refused.',
    })
  })

  it('shows the KPI printed as 0.0000 beside the measured one', () => {
    expect(finding('published_figure:PUB_KPI')?.title).toBe(
      'Published KPI: {{synthesis.published.PUB_KPI}}, measured {{synthesis.segment.SEG_005:CAMP_003.kpi.delivered}}',
    )
  })

  it('has nothing against figures that agree', () => {
    expect(finding('published_figure:PUB_MEDIA')).toBeUndefined()
    expect(finding('published_figure:PUB_TARGET')).toBeUndefined()
  })

  it('finds that the report is dated before its data', () => {
    expect(valueOf('synthesis.published_report.dated')).toBe('2026-03-01')
    expect(valueOf('synthesis.published_report.data_end.funnel_counts')).toBe('2026-03-11')
    expect(valueOf('synthesis.published_report.data_end.ad_performance')).toBe('2026-03-19')
    expect(finding('published_figure.date')?.title).toBe(
      'The published report is dated {{synthesis.published_report.dated}}, before its data',
    )
  })

  it('says which rows each of its facts is from', () => {
    const published = (rows: number) => [{ dataset: 'published_figures', rows }]
    const tests = [{ dataset: 'experiments', rows: 5 }]
    expect(
      Object.fromEntries(
        review()
          .facts.filter(({ id }) => /\.published(?!\.PUB_(?!LIFT))/.test(id))
          .map(({ id, source }) => [id, source]),
      ),
    ).toEqual({
      'synthesis.published.PUB_LIFT': [
        { dataset: 'published_figures', rows: 1, where: { figure_id: 'PUB_LIFT' } },
      ],
      'synthesis.published.PUB_LIFT.left_out': tests,
      'synthesis.published.PUB_LIFT.experiments': tests,
      'synthesis.published_drop_offs.missing': published(6),
      'synthesis.published_drop_offs.unreported': published(2),
      'synthesis.published_report.dated': published(11),
      'synthesis.published_report.data_end.funnel_counts': published(11),
      'synthesis.published_report.data_end.ad_performance': published(11),
    })
  })

  it('shows every figure in a table', () => {
    expect(review().tables[0]?.columns).toEqual([
      { key: 'figure', label: 'Figure', numeric: false },
      { key: 'published', label: 'Published', numeric: true },
      { key: 'measured', label: 'Measured', numeric: true },
      { key: 'verdict', label: 'Verdict', numeric: false },
    ])
    expect(review().tables[0]?.rows.map((row) => [row[0], row[3]])).toEqual([
      [{ text: 'PUB_APPROVALS: approval rate' }, { chip: 'bad', text: 'differs' }],
      [{ text: 'PUB_KPI: KPI' }, { chip: 'bad', text: 'differs' }],
      [{ text: 'PUB_MEDIA: media spend' }, { chip: 'ok', text: 'agrees' }],
      [{ text: 'PUB_TARGET: segments on target' }, { chip: 'ok', text: 'agrees' }],
      ...[1, 2, 3, 4, 5, 6].map((index) => [
        { text: `PUB_DROP_${index}: drop off` },
        { chip: 'bad', text: 'no row: missing, not zero' },
      ]),
      [{ text: 'PUB_LIFT: average lift' }, { chip: 'bad', text: 'no such figure' }],
    ])
  })

  it('speaks only of facts it knows, in the agreed shapes', () => {
    expect(danglingFacts(review())).toEqual([])
    for (const entry of review().findings) Finding.parse(entry)
    for (const entry of review().tables) Table.parse(entry)
  })

  it('leaves drop-offs to the funnel stage where that tells them, and still shows them', () => {
    const beside = run(reference(), FACTS, false)
    expect(beside.findings.filter((entry) => entry.ruleId.endsWith('drop_off'))).toEqual([])
    expect(beside.findings).toHaveLength(review().findings.length - 2)
    expect(beside.tables).toEqual(review().tables)
    expect(danglingFacts(beside)).toEqual([])
  })

  it('rules the same whatever the order of rows', () => {
    expect(run(reference({ figures: REFERENCE_PUBLISHED.toReversed() }))).toEqual(review())
  })
})

describe('reviewPublished elsewhere', () => {
  const one = (changes: Partial<PublishedFigure>): PublishedFigure => ({
    figureId: 'F',
    publishedOn: null,
    metric: 'media_spend',
    subject: parseSubject('month:2026-03'),
    printed: '$10,000',
    value: null,
    ...changes,
  })

  it('says nothing where nothing was published', () => {
    const none = run(reference({ figures: [] }))
    expect([none.findings, none.tables]).toEqual([[], []])
  })

  it('leaves figures of other months alone', () => {
    const other = run(reference({ figures: [one({ subject: parseSubject('month:2026-02') })] }))
    expect(other.tables).toEqual([])
  })

  it.each([
    ['media_spend', 'The cost ledger is what was paid.'],
    ['campaign_roi.total.cost.media', 'The data give another number.'],
  ])('holds %s against its fact', (metric, because) => {
    const { findings } = run(reference({ figures: [one({ metric })] }))
    expect(findings[0]?.detail).toBe(because)
  })

  it.each([
    ['a metric nobody knows', one({ metric: 'happiness' }), '—'],
    ['no number', one({ printed: 'n/a' }), 'campaign_roi.total.cost.media'],
    ['a KPI of no segment', one({ metric: 'kpi' }), '—'],
  ])('cannot check %s', (_what, figure, actual) => {
    const { findings, tables } = run(reference({ figures: [figure] }))
    expect(findings).toEqual([])
    const [row] = tables[0]?.rows ?? []
    expect(row?.[3]).toEqual({ text: 'cannot be checked' })
    expect(row?.[2]).toEqual(actual === '—' ? { text: '—' } : { fact: actual })
  })

  it('cannot check what was not measured, or is no number', () => {
    for (const value of [null, '2026-03-01']) {
      const { findings } = run(reference({ figures: [one({})] }), [
        fact('campaign_roi.total.cost.media', value),
      ])
      expect(findings).toEqual([])
    }
  })

  it('tells drop-offs that people reached, and true zeros that were reported', () => {
    const figures = [
      one({
        figureId: 'A',
        metric: 'drop_off',
        subject: parseSubject('segment:SEG_001 to:signup'),
      }),
      one({
        figureId: 'B',
        metric: 'drop_off',
        subject: parseSubject('channel:CH_03 to:demo_request'),
      }),
      one({
        figureId: 'C',
        metric: 'drop_off',
        subject: parseSubject('channel:CH_04 to:feature_adopt'),
      }),
    ]
    const { findings, tables } = run(reference({ figures }))
    expect(findings.map((entry) => [entry.id, entry.detail])).toEqual([
      ['finding.synthesis.published_drop_off:counted', 'SEG_001: signup.'],
    ])
    expect(tables[0]?.rows.map((row) => row[3])).toEqual([
      { chip: 'bad', text: 'people were counted there' },
      { chip: 'ok', text: 'a true zero' },
      { chip: 'ok', text: 'a true zero' },
    ])
  })

  it('tells one true zero in the singular, and the company where no place is named', () => {
    const figures = [
      one({ metric: 'drop_off', subject: parseSubject('to:webinar') }),
      one({
        figureId: 'B',
        metric: 'drop_off',
        subject: parseSubject('channel:CH_03 to:demo_request'),
      }),
    ]
    const { findings } = run(reference({ figures }))
    expect(findings.map((entry) => entry.title)).toEqual([
      '{{synthesis.published_drop_offs.missing}} published drop-off is a row that does not exist',
      '{{synthesis.published_drop_offs.unreported}} true zero went unreported',
    ])
    expect(findings[0]?.detail).toContain('the company: webinar')
  })

  it('enters the count before two true zeros of one place once', () => {
    const cells = [
      ['visit', 10],
      ['signup', 0],
      ['demo_request', 0],
    ].map(([stage, count]) => ({
      campaignId: null,
      segmentId: null,
      channelId: 'H',
      stage: String(stage),
      count: Number(count),
      rows: 1,
    }))
    const figures = [one({ metric: 'drop_off', subject: parseSubject('channel:X to:signup') })]
    const { findings, facts } = run(reference({ cells, figures }))
    expect(findings.at(-1)?.detail).toMatch(
      /^H: visit (\{\{.*\.H\.visit\}\}), demo request .*; H: visit \1, signup /,
    )
    expect(facts.filter(({ id }) => id.endsWith('.H.visit'))).toHaveLength(1)
  })

  it.each([
    [1, 'published drop-off is a stage that people reached'],
    [2, 'published drop-offs are stages that people reached'],
  ])('tells %d drop-offs of stages that people reached', (count, title) => {
    const subjects = ['channel:CH_01 to:signup', 'channel:CH_02 to:visit'].slice(0, count)
    const figures = subjects.map((subject, index) =>
      one({ figureId: `F${index}`, metric: 'drop_off', subject: parseSubject(subject) }),
    )
    const { findings } = run(reference({ figures }))
    expect(findings[0]?.title).toBe(`{{synthesis.published_drop_offs.counted}} ${title}`)
  })

  it('names all of eight true zeros, and of nine the first eight', () => {
    const zerosOf = (count: number) => {
      const cells = Array.from({ length: count }, (_, index) => `H${index}`).flatMap((channelId) =>
        ['visit', 'signup'].map((stage) => ({
          campaignId: null,
          segmentId: null,
          channelId,
          stage,
          count: stage === 'visit' ? 10 : 0,
          rows: 1,
        })),
      )
      const figures = [one({ metric: 'drop_off', subject: parseSubject('channel:X to:signup') })]
      return run(reference({ cells, figures }))
    }
    const eight = zerosOf(8)
    const told = eight.findings.find(({ id }) => id.endsWith(':unreported'))?.detail ?? ''
    expect(told.match(/H\d: visit/g)).toHaveLength(8)
    expect(told).not.toContain('and others')
    // A place that nobody named is neither a name nor a filter.
    expect(told).toContain('H0: visit {{synthesis.funnel_cell.any.any.H0.visit}}, signup ')
    const cell = eight.facts.find(({ id }) => id === 'synthesis.funnel_cell.any.any.H0.visit')
    expect(cell?.source).toEqual([
      { dataset: 'funnel_counts', rows: 1, where: { channel_id: 'H0', stage: 'visit' } },
    ])
    const nine = zerosOf(9)
    expect(nine.findings.find(({ id }) => id.endsWith(':unreported'))?.detail).toContain(
      '; and others.',
    )
    expect(nine.facts.some(({ id }) => id.includes('.H8.'))).toBe(false)
  })

  it('lists eight and says that there are more', () => {
    const figures = Array.from({ length: 9 }, (_, index) =>
      one({
        figureId: `F${index}`,
        metric: 'drop_off',
        subject: parseSubject(`segment:S${index} to:x`),
      }),
    )
    const { findings } = run(reference({ figures }))
    expect(findings[0]?.detail).toContain('S7: x; and others.')
    expect(findings[0]?.detail).not.toContain('S8')
  })

  it('has nothing against an honest date, or where no data is dated', () => {
    const dated = [one({ printed: '$10,500', publishedOn: '2026-03-19' })]
    expect(run(reference({ figures: dated })).findings).toEqual([])
    const early = [one({ printed: '$10,500', publishedOn: '2026-03-18' })]
    expect(run(reference({ figures: early })).findings).toHaveLength(1)
    // A figure without a date is none of the rows that say when the report was made.
    const { facts } = run(reference({ figures: [...early, one({ figureId: 'G' })] }))
    expect(facts.find(({ id }) => id === 'synthesis.published_report.dated')?.source).toEqual([
      { dataset: 'published_figures', rows: 1 },
    ])
    expect(run(reference({ figures: early, dataEnds: [] })).findings).toEqual([])
  })

  it('gives the reasons it has against an average without named tests', () => {
    const { findings } = run(reference({ figures: [one({ metric: 'average_lift' })] }))
    expect(findings[0]?.detail).toBe(
      'It cannot stand: lifts of different tests are not quantities of one thing and have no meaningful mean. Read the verdict of each test instead.',
    )
  })

  it('tells forty figures at most', () => {
    const figures = Array.from({ length: 41 }, (_, index) => one({ figureId: `F${index}` }))
    expect(run(reference({ figures })).tables[0]?.rows).toHaveLength(40)
  })
})
