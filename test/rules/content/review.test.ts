import { describe, expect, it } from 'vitest'

import type { ContentInput } from '#rules/content/input.ts'
import { StageResult } from '#rules/schema/review.ts'
import { misalignedColumns } from '#test/support/columns.ts'
import { danglingFacts } from '#test/support/dangling.ts'

import { MONTH, piece, reviewOf, search, views } from './inputs.ts'

const BEFORE = '2026-02'
const factOf = (changes: Partial<ContentInput>, id: string) =>
  reviewOf(changes).facts.find((fact) => fact.id === id)
/** One piece that is read, searched and compared with the month before. */
const whole = (changes: Partial<ContentInput> = {}): Partial<ContentInput> => ({
  pieces: [piece('a', { url: '/a' })],
  months: [views('a'), views('a', { month: BEFORE, views: 160 })],
  pages: [search('/a'), search('/a', { month: BEFORE, clicks: 25, positionSum: 2400 })],
  queries: [search('how to save', { positionSum: 4800 })],
  ...changes,
})

describe('a month of content', () => {
  const reviewed = () => reviewOf(whole())

  it('is a valid stage result whose texts speak only of its own facts', () => {
    expect(StageResult.parse(reviewed())).toStrictEqual(reviewed())
    expect(danglingFacts({ ...reviewed(), texts: reviewed().summary })).toStrictEqual([])
    for (const table of reviewed().tables) {
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length)
      expect(misalignedColumns(table)).toStrictEqual([])
    }
  })

  it.each([
    ['content.total.views', 200],
    ['content.total.engagement_rate', 0.5],
    ['content.total.average_time', 45],
    ['content.total.views_change', 0.25],
    ['content.total.search_clicks', 20],
    ['content.total.search_clicks_change', -0.2],
    ['content.total.search_position', 5],
    ['content.total.search_position_change', -1],
    ['content.piece.a.views_change', 0.25],
    ['content.piece.a.search_ctr', 0.05],
    ['content.piece.a.score', 50],
  ])('%s is %d', (id, value) => {
    expect(factOf(whole(), id)?.value).toBe(value)
  })

  it('shows every fact with its rows and filter', () => {
    expect(
      reviewed()
        .facts.filter(({ source }) => source.length === 0)
        .map(({ id }) => id),
    ).toStrictEqual([])
    expect(factOf(whole(), 'content.piece.a.engagement_rate')).toStrictEqual({
      id: 'content.piece.a.engagement_rate',
      label: 'Title a: engagement rate',
      unit: 'rate',
      status: 'known',
      value: 0.5,
      numerator: 100,
      denominator: 200,
      formula: 'engaged views ÷ views',
      source: [{ dataset: 'content', rows: 1, where: { month_key: MONTH, content_id: 'a' } }],
    })
    expect(factOf(whole(), 'content.total.search_clicks_change')).toMatchObject({
      label: 'All content: change of search clicks against the prior month',
      formula: '(now − before) ÷ before',
    })
    expect(factOf(whole(), 'content.total.views_change')).toMatchObject({
      label: 'All content: change of views against the prior month',
    })
    expect(factOf(whole(), 'content.total.views_change')?.source).toStrictEqual([
      { dataset: 'content', rows: 1, where: { month_key: MONTH } },
      { dataset: 'content', rows: 1, where: { month_key: BEFORE } },
    ])
  })

  it.each([
    // part, counts divided, formula, data set
    ['bounce_rate', 50, 200, 'bounces ÷ views', 'content'],
    ['conversion_rate', 4, 200, 'conversions ÷ views', 'content'],
    ['engagement_rate', 100, 200, 'engaged views ÷ views', 'content'],
    ['search_ctr', 20, 400, 'clicks ÷ impressions', 'search_performance'],
  ])('shows %s as %d of %d', (part, numerator, denominator, formula, dataset) => {
    expect(factOf(whole(), `content.total.${part}`)).toMatchObject({
      value: numerator / denominator,
      numerator,
      denominator,
      formula,
      source: [{ dataset, rows: 1, where: { month_key: MONTH } }],
    })
  })

  it.each(['views', 'average_time', 'conversions', 'search_clicks', 'search_position'])(
    'shows %s as no fraction',
    (part) => {
      expect(factOf(whole(), `content.total.${part}`)).not.toHaveProperty('numerator')
    },
  )

  it('reads no page for a piece that has none', () => {
    const changes = whole({ pieces: [piece('a')] })
    expect(factOf(changes, 'content.piece.a.search_clicks')).toMatchObject({
      status: 'not_measured',
      source: [{ dataset: 'search_performance', rows: 0, where: { month_key: MONTH } }],
    })
    expect(factOf(changes, 'content.piece.a.search_clicks')?.source[0]?.where).not.toHaveProperty(
      'page',
    )
  })

  it('reads what search did for a piece from the search data', () => {
    expect(factOf(whole(), 'content.piece.a.search_clicks')?.source).toStrictEqual([
      { dataset: 'search_performance', rows: 1, where: { month_key: MONTH, page: '/a' } },
    ])
  })
})

describe('search as a whole', () => {
  const clicks = (changes: Partial<ContentInput>) =>
    factOf(changes, 'content.total.search_clicks')?.value

  it('is read from pages where there are pages, and not twice', () => {
    expect(clicks({ pages: [search('/a')], queries: [search('q', { clicks: 999 })] })).toBe(20)
    expect(clicks({ queries: [search('q', { clicks: 999 })] })).toBe(999)
    expect(
      clicks({ pages: [search('/a', { month: BEFORE })], queries: [search('q', { clicks: 9 })] }),
    ).toBe(9)
  })

  it('is not compared with a month of another kind', () => {
    const fact = factOf(
      { pages: [search('/a')], queries: [search('q', { month: BEFORE })] },
      'content.total.search_clicks_change',
    )
    expect(fact).toMatchObject({ status: 'not_measured', reason: 'no search row in the period' })
  })
})

describe('missing is not zero', () => {
  it.each([
    ['content', { content: 'unreadable', search_performance: 'present' }, 'unreadable'],
    ['content', { content: 'absent', search_performance: 'present' }, 'not_measured'],
    ['content', { content: 'empty', search_performance: 'present' }, 'not_measured'],
  ] as const)('without %s (%o) views are %s', (_set, presence, status) => {
    expect(factOf({ presence }, 'content.total.views')).toMatchObject({ status, value: null })
    expect(factOf({ presence }, 'content.total.published')).toMatchObject({ status, value: null })
  })

  it('does not count published pieces of a file that could not be read, whatever they state', () => {
    const presence = { content: 'unreadable', search_performance: 'present' } as const
    const pieces = [piece('a', { publishedOn: null })]
    expect(factOf({ presence, pieces }, 'content.total.published')).toMatchObject({
      status: 'unreadable',
      reason: 'the content rows could not be read',
    })
  })

  it('search that cannot be read is unreadable', () => {
    const presence = { content: 'present', search_performance: 'unreadable' } as const
    expect(factOf({ presence }, 'content.total.search_ctr')).toMatchObject({
      status: 'unreadable',
      reason: 'the search rows could not be read',
    })
  })

  it.each([
    [[piece('a'), piece('b', { publishedOn: '2026-03-31' })], 'known', 1],
    [[piece('a'), piece('b', { publishedOn: '2025-03-31' })], 'zero', 0],
    [
      [piece('a', { publishedOn: '2026-03-01' }), piece('b', { publishedOn: null })],
      'not_measured',
      null,
    ],
  ] as const)('counts published pieces only where each can say', (pieces, status, value) => {
    expect(factOf({ pieces }, 'content.total.published')).toMatchObject({ status, value })
  })

  it.each([
    [[piece('a', { promoted: true }), piece('b')], 'known', 1],
    [[piece('a'), piece('b')], 'zero', 0],
    [[piece('a', { promoted: true }), piece('b', { promoted: null })], 'not_measured', null],
  ] as const)('counts promoted pieces only where each can say', (pieces, status, value) => {
    expect(factOf({ pieces }, 'content.total.promoted')).toMatchObject({ status, value })
  })

  it('has no change from a month without a view', () => {
    const months = [views('a'), views('a', { month: BEFORE, views: 0 })]
    expect(factOf(whole({ months }), 'content.total.views_change')).toMatchObject({
      status: 'not_measured',
      reason: 'the prior month is zero',
    })
    expect(reviewOf(whole({ months })).summary.join(' ')).toContain(
      'There is no view of the prior month to compare with.',
    )
  })

  it('has no change to a month that was not measured', () => {
    const months = [views('a', { month: BEFORE, views: 0 })]
    expect(factOf(whole({ months }), 'content.total.views_change')?.reason).toBe(
      'no content row in the period',
    )
  })
})

describe('the status of the stage', () => {
  it.each([
    ['assessed', whole()],
    ['partial', whole({ months: [] })],
    ['partial', whole({ pages: [], queries: [] })],
    ['not_measured', {}],
  ])('%s', (status, changes) => {
    expect(reviewOf(changes).status).toBe(status)
  })
})

describe('gaps', () => {
  const queries = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      search(`query ${index}`, { impressions: 1000 - index, positionSum: 20 * (1000 - index) }),
    )

  it('are the queries shown most often, each with its own facts', () => {
    const result = reviewOf({ queries: [search('good'), ...queries(3)] })
    expect(result.decisions.map(({ subjectName }) => subjectName)).toStrictEqual([
      'query 0',
      'query 1',
      'query 2',
    ])
    expect(result.facts.find(({ id }) => id === 'content.gap.1_query-0.impressions')).toMatchObject(
      {
        label: '“query 0”: search impressions',
        value: 1000,
        source: [
          { dataset: 'search_performance', rows: 1, where: { month_key: MONTH, query: 'query 0' } },
        ],
      },
    )
    expect(result.facts.find(({ id }) => id === 'content.gap.3_query-2.position')?.value).toBe(20)
  })

  it('are told by demand, then by name, in whatever order they came', () => {
    const rows = [
      ...queries(2),
      search('a query', { impressions: 998, positionSum: 20_000 }),
      search('as often', { impressions: 1000, positionSum: 20_000 }),
    ]
    for (const given of [rows, rows.toReversed()]) {
      expect(reviewOf({ queries: given }).decisions.map(({ subjectName }) => subjectName)).toEqual([
        'as often',
        'query 0',
        'query 1',
        'a query',
      ])
    }
  })

  it('are named three at a time', () => {
    expect(reviewOf({ queries: queries(4) }).summary.at(-1)).toBe(
      'Demand without a good page: “query 0”, “query 1” and “query 2”.',
    )
  })

  it('are found by the first forty signs of their words', () => {
    const [row] = queries(1)
    if (row === undefined) throw new TypeError('expected a query')
    const long = reviewOf({ queries: [{ ...row, key: 'x'.repeat(50) }] })
    expect(long.facts.map(({ id }) => id)).toContain(`content.gap.1_${'x'.repeat(40)}.clicks`)
  })

  it('are looked for among the two hundred queries shown most', () => {
    expect(reviewOf({ queries: queries(201) }).decisions).toHaveLength(200)
  })

  it('are shown ten at a time', () => {
    const table = reviewOf({ queries: queries(11) }).tables.find(({ id }) => id === 'content.gaps')
    expect(table?.rows).toHaveLength(10)
  })

  it('of another month are not told', () => {
    const old = queries(2).map((row) => ({ ...row, month: BEFORE }))
    expect(reviewOf({ queries: old }).decisions).toStrictEqual([])
  })

  it('keep queries of many words apart', () => {
    const [first, second] = queries(2).map((row, index) => ({
      ...row,
      key: `${'very '.repeat(12)}long ${index}`,
    }))
    const { facts } = reviewOf({ queries: [first, second].flatMap((row) => row ?? []) })
    expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length)
  })

  it('lead to one finding, about the largest', () => {
    const { findings } = reviewOf({ queries: queries(3) })
    expect(findings).toStrictEqual([
      {
        id: 'finding.content.gap:query 0',
        ruleId: 'content.gap',
        severity: 'info',
        subject: 'query:query 0',
        title: 'No good page answers “query 0”',
        detail:
          'It was shown {{content.gap.1_query-0.impressions}} times at a mean position of {{content.gap.1_query-0.position}}.',
      },
    ])
  })
})

describe('what is told of pieces', () => {
  const decayed = whole({
    months: [views('a', { views: 100 }), views('a', { month: BEFORE, views: 160 })],
  })

  it('is a finding for each whose readers leave', () => {
    expect(reviewOf(decayed).findings[0]).toStrictEqual({
      id: 'finding.content.call:a',
      ruleId: 'content.call',
      severity: 'warning',
      subject: 'content:a',
      title: 'Title a is losing its readers',
      detail:
        'Views changed by {{content.piece.a.views_change}} against the earlier average, to {{content.piece.a.views}}.',
    })
    const two = {
      pieces: [piece('a'), piece('b')],
      months: [...(decayed.months ?? []), views('b')],
    }
    expect(reviewOf(two).findings.map(({ id }) => id)).toStrictEqual(['finding.content.call:a'])
    expect(reviewOf(decayed).summary).toContain('To refresh, because their readers leave: Title a.')
  })

  it('is a table of calls only where something is to be done', () => {
    const tables = (changes: Partial<ContentInput>) => reviewOf(changes).tables.map(({ id }) => id)
    expect(tables(decayed)).toStrictEqual(['content.top', 'content.calls', 'content.gaps'])
    expect(tables(whole({ queries: [] }))).toStrictEqual(['content.top'])
  })

  it('is shown best score first, fifteen at most', () => {
    const pieces = Array.from({ length: 16 }, (_, index) =>
      piece(`p${String(index).padStart(2, '0')}`),
    )
    const months = pieces.map(({ contentId }, index) =>
      views(contentId, { engagedViews: 10 * index }),
    )
    const top = reviewOf({ pieces, months }).tables.find(({ id }) => id === 'content.top')
    expect(top?.rows).toHaveLength(15)
    expect(top?.rows[0]?.[0]).toStrictEqual({ text: 'Title p15' })
    expect(top?.rows[0]?.at(-1)).toStrictEqual({ decision: 'content.call:p15' })
    // Of equal scores the first by id, whatever the order they came in.
    const even = pieces.map(({ contentId }) => views(contentId))
    for (const given of [pieces, pieces.toReversed()]) {
      const [table] = reviewOf({ pieces: given, months: even }).tables
      expect(table?.rows[0]?.[0]).toStrictEqual({ text: 'Title p00' })
    }
    expect(top?.columns.map(({ key }) => key)).toStrictEqual([
      'piece',
      'views',
      'views_change',
      'engagement_rate',
      'search_clicks',
      'conversions',
      'score',
      'call',
    ])
  })

  it('lists fifteen calls at most', () => {
    const pieces = Array.from({ length: 16 }, (_, index) =>
      piece(`p${index}`, { publishedOn: '2024-01-01' }),
    )
    const months = pieces.map(({ contentId }) => views(contentId, { views: 5, conversions: 0 }))
    const calls = reviewOf({ pieces, months }).tables.find(({ id }) => id === 'content.calls')
    expect(calls?.rows).toHaveLength(15)
  })

  it('leaves out of the top what could not be scored', () => {
    const small = whole({ months: [views('a', { views: 99 })], queries: [] })
    expect(reviewOf(small).tables).toStrictEqual([])
  })

  it('names at most five of a kind', () => {
    const pieces = Array.from({ length: 6 }, (_, index) =>
      piece(`p${index}`, { publishedOn: '2024-01-01' }),
    )
    const months = pieces.map(({ contentId }) => views(contentId, { views: 5, conversions: 0 }))
    expect(reviewOf({ pieces, months }).summary).toContain(
      'To retire: Title p0, Title p1, Title p2, Title p3 and Title p4.',
    )
  })
})

describe('the summary', () => {
  it('tells what readers and search did', () => {
    expect(reviewOf(whole()).summary.slice(0, 3)).toStrictEqual([
      'Content drew {{content.total.views}} views with an engagement rate of {{content.total.engagement_rate}} and {{content.total.conversions}} conversions.',
      'Against the prior month, views changed by {{content.total.views_change}}.',
      'Search brought {{content.total.search_clicks}} clicks at a mean position of {{content.total.search_position}}, {{content.total.search_clicks_change}} against the prior month.',
    ])
    expect(reviewOf(whole()).summary.at(-1)).toBe('Demand without a good page: “how to save”.')
  })

  it('leaves out what was not measured', () => {
    const months = [views('a', { engagedViews: null, conversions: null })]
    const pages = [search('/a', { clicks: 0, impressions: 0, positionSum: 0 })]
    expect(reviewOf({ pieces: [piece('a')], months, pages }).summary).toStrictEqual([
      'Content drew {{content.total.views}} views.',
      'There is no view of the prior month to compare with.',
      'Search brought {{content.total.search_clicks}} clicks.',
    ])
  })

  it.each([
    ['absent', 'no content data set was provided'],
    ['empty', 'the content data set has no row of the month'],
    ['unreadable', 'the content data set could not be read'],
    ['present', 'no content row lies in the month'],
  ] as const)('says why nothing was measured: %s', (content, why) => {
    const presence = { content, search_performance: 'absent' } as const
    expect(reviewOf({ presence }).summary).toStrictEqual([`Content was not measured: ${why}.`])
    expect(reviewOf({ presence, queries: [search('q')] }).summary[0]).toBe(
      `What readers did was not measured: ${why}.`,
    )
  })

  it.each([
    ['absent', 'no search data set was provided'],
    ['empty', 'the search data set has no row of the month'],
    ['unreadable', 'the search data set could not be read'],
    ['present', 'no search row lies in the month'],
  ] as const)('says why search was not measured: %s', (search_performance, why) => {
    const presence = { content: 'present', search_performance } as const
    expect(reviewOf({ pieces: [piece('a')], months: [views('a')], presence }).summary.at(-1)).toBe(
      `Search was not measured: ${why}.`,
    )
  })
})
