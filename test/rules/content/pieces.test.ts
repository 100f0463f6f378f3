import { describe, expect, it } from 'vitest'

import type { ContentInput } from '#rules/content/input.ts'
import { judgePieces } from '#rules/content/pieces.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { policyWith } from '#test/support/policy.ts'

import { contentInput, MONTH, piece, search, views } from './inputs.ts'

const judge = (changes: Partial<ContentInput>, content: Readonly<Record<string, unknown>> = {}) =>
  judgePieces(contentInput(changes), { month: MONTH, policy: policyWith({ content }) })
const ids = ['a', 'b', 'c', 'd']
/** Four pieces with 100, 200, 300 and 400 views and the given conversions. */
const four = (conversions: readonly (number | null)[]) => ({
  pieces: ids.map((id) => piece(id)),
  months: ids.map((id, index) =>
    views(id, { views: 100 * (index + 1), conversions: conversions[index] ?? null }),
  ),
})

describe('the pieces of a month', () => {
  it('are each told from their own rows', () => {
    const [first, second] = judge({
      pieces: [piece('a', { url: '/a' }), piece('b', { url: '/b' })],
      months: [views('a'), views('b', { views: 300 })],
      pages: [
        search('/a'),
        search('/a', { month: '2026-02', clicks: 99 }),
        search('/b', { clicks: 7 }),
      ],
    })
    expect(first?.engagement.views).toStrictEqual(measured(200))
    expect(first?.search.clicks).toStrictEqual(measured(20))
    expect(second?.engagement.views).toStrictEqual(measured(300))
    expect(second?.search.clicks).toStrictEqual(measured(7))
  })

  it('without a row in the month are not measured, and not judged', () => {
    const [line] = judge({ pieces: [piece('a')], months: [views('a', { month: '2026-02' })] })
    expect(line?.engagement.views.status).toBe('not_measured')
    expect(line?.decision.reason).toBe('views_missing')
    expect(line?.score).toStrictEqual({
      score: notMeasured('too few views to be scored'),
      counted: [],
    })
  })

  it('have no search figures without a page', () => {
    const [line] = judge({ pieces: [piece('a')], months: [views('a')], pages: [search('/a')] })
    expect(line?.search.clicks.status).toBe('not_measured')
  })

  it('keep facts apart when ids read alike', () => {
    const lines = judge({ pieces: [piece('/blog/a'), piece('/blog-a'), piece('plain')] })
    expect(new Set(lines.map(({ prefix }) => prefix)).size).toBe(3)
    expect(lines[2]?.prefix).toBe('content.piece.plain')
  })

  // min_views is 100.
  it.each([
    [99, 'not_measured'],
    [100, 'known'],
  ])('with %d views have a score that is %s', (count, status) => {
    const [line] = judge({ pieces: [piece('a')], months: [views('a', { views: count })] })
    expect(line?.score.score.status).toBe(status)
  })

  // 0.55 of a hundred is the 55th rate; in doubles 0.55 × 100 is 55.000… and something.
  it('find the best by a rank as printed', () => {
    const pieces = Array.from({ length: 100 }, (_, index) => piece(`p${index}`))
    const months = pieces.map(({ contentId }, index) =>
      views(contentId, { conversions: index + 1 }),
    )
    const [line] = judge({ pieces, months }, { promote_quantile: 0.55 })
    expect(line?.decision.evidence).toMatchObject({
      bestConversionRate: 55 / 200,
      medianViews: 200,
    })
  })

  it('with enough views count for the median, and with a rate for the best', () => {
    const rates = (conversions: readonly (number | null)[]) =>
      judge(four(conversions))[0]?.decision.evidence
    expect(rates([1, 2, 3, null])).toMatchObject({ bestConversionRate: null, medianViews: 200 })
    // 1 ÷ 100, 2 ÷ 200, 6 ÷ 300 and 4 ÷ 400: the third of four.
    expect(rates([1, 2, 6, 4])).toMatchObject({ bestConversionRate: 0.01, medianViews: 200 })
  })

  it('are scored among pieces with enough views only', () => {
    const small = { pieces: ['a', 'b', 'z'].map((id) => piece(id)) }
    const [first] = judge({
      ...small,
      months: [
        views('a', { engagedViews: 10, conversions: null }),
        views('b', { engagedViews: 20, conversions: null }),
        views('z', { views: 99, engagedViews: 0, conversions: null }),
      ],
    })
    expect(first?.score).toStrictEqual({ score: measured(25), counted: ['engagement'] })
  })
})

describe('decay of a piece', () => {
  const months = (...counts: readonly [string, number][]) =>
    judge({
      pieces: [piece('a')],
      months: [
        views('a', { views: 100 }),
        ...counts.map(([month, count]) => views('a', { month, views: count })),
      ],
    })[0]?.decay.change

  it('is held against the average of the months before', () => {
    expect(months(['2026-02', 100], ['2026-01', 300])).toStrictEqual(measured(-0.5))
  })

  it('looks back as far as the policy says and no further', () => {
    expect(months(['2025-12', 400])).toStrictEqual(measured(-0.75))
    expect(months(['2025-11', 400])).toStrictEqual(notMeasured('no earlier month was measured'))
  })

  it('calls a piece whose readers leave', () => {
    const [line] = judge({
      pieces: [piece('a')],
      months: [views('a', { views: 140 }), views('a', { month: '2026-02', views: 200 })],
    })
    expect(line?.decision).toMatchObject({
      action: 'refresh',
      evidence: { viewsChange: -0.3, decayShare: 0.3 },
    })
  })
})

describe('what parts the best from the rest', () => {
  const evidence = (
    changes: Partial<ContentInput>,
    policy: Readonly<Record<string, unknown>> = {},
  ) => judge(changes, policy)[0]?.decision.evidence

  // Rates are 0.04, 0.03, 0.02 and 0.01: three of four do not exceed 0.03, two of four views do not exceed 200.
  it('is the rate three quarters do not exceed, and the median of views', () => {
    const lines = judge(four([4, 6, 6, 4]))
    expect(lines[0]?.decision).toMatchObject({
      action: 'promote',
      evidence: { bestConversionRate: 0.03, medianViews: 200, conversionRate: 0.04 },
    })
    expect(lines.slice(1).map(({ decision }) => decision.action)).toStrictEqual([
      'keep',
      'keep',
      'keep',
    ])
  })

  it('moves with the policy', () => {
    expect(evidence(four([4, 6, 6, 4]), { promote_quantile: 0.5 })).toMatchObject({
      bestConversionRate: 0.02,
    })
    expect(evidence(four([4, 6, 6, 4]), { promote_quantile: 0.76 })).toMatchObject({
      bestConversionRate: 0.04,
    })
  })

  it('is not known of three pieces', () => {
    const { pieces, months } = four([4, 6, 6])
    expect(evidence({ pieces: pieces.slice(0, 3), months: months.slice(0, 3) })).toMatchObject({
      bestConversionRate: null,
      medianViews: null,
    })
  })

  it('leaves out pieces whose conversions nobody measured', () => {
    expect(evidence(four([4, 6, 6, null]))).toMatchObject({
      bestConversionRate: null,
      medianViews: 200,
    })
  })

  it('is read at the end of the month', () => {
    const [line] = judge({
      pieces: [piece('a', { publishedOn: '2026-03-01' })],
      months: [views('a')],
    })
    expect(line?.decision.evidence).toMatchObject({ ageDays: 30 })
  })
})
