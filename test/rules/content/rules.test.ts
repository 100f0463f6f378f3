import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { judgePiece, type CallFacts } from '#rules/content/call.ts'
import { judgeDecay } from '#rules/content/decay.ts'
import { judgeGap } from '#rules/content/gap.ts'
import { scorePiece, type ScoredPiece } from '#rules/content/score.ts'
import { summariseSearch } from '#rules/content/search.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = policyWith()
const gone = notMeasured('nobody looked')

describe('decay', () => {
  const bounds = { decayShare: 0.3, minViews: 100 }

  // 30 % of an average of 200 is 60: 140 is at the bound, 141 one view inside.
  it.each([
    [140, [200, 200], true],
    [141, [200, 200], false],
    [140, [100, 300], true],
    [0, [100], true],
    [0, [99], false],
    // 300 views of three months are enough, 299 are not.
    [0, [50, 100, 150], true],
    [0, [50, 100, 149], false],
    [300, [200], false],
  ])('now %d after %o: %s', (now, earlier, decaying) => {
    expect(judgeDecay({ now: measured(now), earlier }, bounds).decaying).toBe(decaying)
  })

  // 0.07 × 100 is 7.000000000000001 in doubles: a fall of 7 of 100 is at the bound.
  it.each([
    [93, true],
    [94, false],
  ])('reads the bound as printed: %d after 100', (now, decaying) => {
    const printed = { ...bounds, decayShare: 0.07 }
    expect(judgeDecay({ now: measured(now), earlier: [100] }, printed).decaying).toBe(decaying)
  })

  it('states the change as a share of the earlier average', () => {
    expect(judgeDecay({ now: measured(150), earlier: [100, 300] }, bounds).change).toStrictEqual(
      measured(-0.25),
    )
  })

  it.each([
    [gone, [100], 'nobody looked'],
    [measured(5), [], 'no earlier month was measured'],
    [measured(5), [0, 0], 'the earlier views are zero'],
  ])('%o after %o cannot be said: %s', (now, earlier, reason) => {
    expect(judgeDecay({ now, earlier }, bounds)).toStrictEqual({
      change: notMeasured(reason),
      decaying: false,
    })
  })
})

describe('decay, whatever the views', () => {
  const history = fc.record({
    now: fc.nat(10_000).map(measured),
    earlier: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 12 }),
  })
  const bounds = { decayShare: 0.3, minViews: 100 }

  it('is not seen in a piece that more people read', () => {
    fc.assert(
      fc.property(history, ({ now, earlier }) => {
        const most = Math.max(...earlier)
        const grown = 'value' in now && now.value >= most
        expect(grown && judgeDecay({ now, earlier }, bounds).decaying).toBe(false)
      }),
    )
  })

  it('does not depend on the order of the earlier months', () => {
    fc.assert(
      fc.property(history, ({ now, earlier }) => {
        expect(judgeDecay({ now, earlier: earlier.toReversed() }, bounds)).toStrictEqual(
          judgeDecay({ now, earlier }, bounds),
        )
      }),
    )
  })
})

describe('the call on a piece', () => {
  const facts = (changes: Partial<CallFacts> = {}): CallFacts => ({
    piece: {
      contentId: 'c1',
      title: 'Guide',
      type: null,
      url: null,
      publishedOn: '2025-10-02',
      promoted: false,
    },
    views: measured(500),
    conversions: measured(5),
    conversionRate: measured(0.01),
    decay: { change: measured(0), decaying: false },
    bestConversionRate: measured(0.02),
    medianViews: measured(600),
    monthEndOn: '2026-03-31',
    ...changes,
  })
  const small = { views: measured(99), conversions: measured(0) }
  const published = (publishedOn: string | null) => ({ piece: { ...facts().piece, publishedOn } })
  const decaying = { decay: { change: measured(-0.5), decaying: true } }

  // stale_days is 180: 2025-10-02 is 180 days before the month's end, 2025-10-03 is 179.
  it.each([
    ['keep', 'no_reason_to_change', {}],
    ['retire', 'old_unread_without_conversions', small],
    ['not_assessable', 'too_few_views', { ...small, ...published('2025-10-03') }],
    ['not_assessable', 'too_few_views', { ...small, ...published(null) }],
    ['not_assessable', 'too_few_views', { ...small, conversions: measured(1) }],
    ['not_assessable', 'too_few_views', { ...small, conversions: gone }],
    ['keep', 'no_reason_to_change', { ...small, views: measured(100) }],
    ['not_assessable', 'views_missing', { views: gone }],
    ['refresh', 'views_decay', decaying],
    ['refresh', 'views_decay', { ...decaying, conversionRate: measured(0.5) }],
    ['not_assessable', 'too_few_views', { ...decaying, views: measured(99) }],
    ['promote', 'converts_well_read_little', { conversionRate: measured(0.02) }],
    ['keep', 'no_reason_to_change', { conversionRate: measured(0.0199) }],
    ['keep', 'no_reason_to_change', { conversionRate: measured(0.02), views: measured(600) }],
    [
      'promote',
      'converts_well_read_little',
      { conversionRate: measured(0.02), views: measured(599) },
    ],
    [
      'keep',
      'no_reason_to_change',
      { conversionRate: measured(0), bestConversionRate: measured(0) },
    ],
    ['keep', 'no_reason_to_change', { conversionRate: gone }],
    ['keep', 'no_reason_to_change', { conversionRate: measured(0.02), medianViews: gone }],
    ['keep', 'no_reason_to_change', { conversionRate: measured(0.02), bestConversionRate: gone }],
  ])('is %s because %s', (action, reason, changes) => {
    expect(judgePiece(facts(changes), policy)).toMatchObject({ action, reason })
  })

  it('shows the very quantities it compared', () => {
    expect(judgePiece(facts(), policy)).toStrictEqual({
      id: 'content.call:c1',
      stage: 'content',
      subject: 'content:c1',
      subjectName: 'Guide',
      action: 'keep',
      reason: 'no_reason_to_change',
      ruleId: 'content.call',
      policyVersion: 'test-1',
      evidence: {
        views: 500,
        minViews: 100,
        ageDays: 180,
        staleDays: 180,
        conversions: 5,
        conversionRate: 0.01,
        bestConversionRate: 0.02,
        medianViews: 600,
        viewsChange: 0,
        decayShare: 0.3,
      },
    })
  })
})

describe('the score', () => {
  const weights = { engagement: 40, search: 30, conversion: 30 }
  const piece = (
    id: string,
    engagement: number,
    search: number,
    conversion: number,
  ): ScoredPiece => ({
    id,
    parts: {
      engagement: measured(engagement),
      search: measured(search),
      conversion: measured(conversion),
    },
  })
  const blank = () => piece('x', 0, 0, 0)
  const peers = [
    piece('a', 0.1, 10, 0.01),
    piece('b', 0.2, 20, 0.02),
    piece('c', 0.3, 20, 0.03),
    piece('d', 0.4, 40, 0.04),
  ]

  // By hand: mid-ranks of b are 1.5/4, (1 + 1)/4 with its tie, 1.5/4; of d 3.5/4 on each side.
  it.each([
    [1, 100 * ((40 * 0.375 + 30 * 0.5 + 30 * 0.375) / 100)],
    [3, 87.5],
    [0, 12.5],
  ])('of piece %d is %d', (index, expected) => {
    const own = peers[index] ?? piece('x', 0, 0, 0)
    expect(scorePiece(own, peers, weights).score).toStrictEqual(measured(expected))
  })

  it('does not count a side nobody measured, for or against', () => {
    const partial: ScoredPiece = {
      id: 'e',
      parts: { engagement: measured(0.4), search: gone, conversion: gone },
    }
    const { score, counted } = scorePiece(partial, [...peers, partial], weights)
    expect(counted).toStrictEqual(['engagement'])
    expect(score).toStrictEqual(measured(80))
  })

  it('does not count a side without weight', () => {
    const { counted } = scorePiece(peers[0] ?? piece('x', 0, 0, 0), peers, {
      ...weights,
      search: 0,
    })
    expect(counted).toStrictEqual(['engagement', 'conversion'])
  })

  it('stands at one half without a peer that was measured', () => {
    const own = piece('a', 0.1, 10, 0.01)
    expect(scorePiece(own, [], weights).score).toStrictEqual(measured(50))
    expect(scorePiece(own, [own], weights).score).toStrictEqual(measured(50))
  })

  it('is the mean of the ranks by their weights', () => {
    // d is best by engagement (3.5 of 4), a by nothing (0.5 of 4 by the others).
    const mixed = {
      ...(peers[3] ?? blank()),
      parts: { ...(peers[0] ?? blank()).parts, engagement: measured(0.4) },
    }
    const field = [...peers.slice(0, 3), mixed]
    const expected = (40 * 3.5 + 30 * 1 + 30 * 1) / 4
    expect(scorePiece(mixed, field, weights).score).toStrictEqual(measured(expected))
  })

  it('lies between 0 and 100 and averages 50 over all peers', () => {
    const side = fc.integer({ min: 0, max: 5 })
    fc.assert(
      fc.property(fc.array(fc.tuple(side, side, side), { minLength: 1, maxLength: 12 }), (rows) => {
        const field = rows.map(([first, second, third], index) =>
          piece(`p${index}`, first, second, third),
        )
        const scores = field.map((each) => {
          const { score } = scorePiece(each, field, weights)
          return 'value' in score ? score.value : Number.NaN
        })
        for (const score of scores) expect(score).toBeGreaterThan(0)
        for (const score of scores) expect(score).toBeLessThan(100)
        expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeCloseTo(50, 9)
      }),
    )
  })

  it('is not measured when only sides without weight were', () => {
    const searched = {
      ...blank(),
      parts: { engagement: gone, search: measured(5), conversion: gone },
    }
    const { score, counted } = scorePiece(searched, peers, { ...weights, search: 0 })
    expect(score).toStrictEqual(notMeasured('no side of the score was measured'))
    expect(counted).toStrictEqual([])
  })

  it('is not measured without any side', () => {
    const unscored: ScoredPiece = {
      id: 'e',
      parts: { engagement: gone, search: gone, conversion: gone },
    }
    expect(scorePiece(unscored, peers, weights).score.status).toBe('not_measured')
  })
})

describe('search', () => {
  const row = (clicks: number, impressions: number, position: number) => ({
    month: '2026-03',
    key: 'q',
    clicks,
    impressions,
    positionSum: position * impressions,
    rows: 1,
  })

  it('weights the position by impressions', () => {
    const { position, ctr, clicks } = summariseSearch([row(10, 100, 2), row(0, 300, 10)])
    expect(position).toStrictEqual(measured(8))
    expect(ctr).toStrictEqual(measured(0.025))
    expect(clicks).toStrictEqual(measured(10))
  })

  it('has no position without an impression and none without a row', () => {
    expect(summariseSearch([row(0, 0, 0)]).position.status).toBe('not_measured')
    expect(summariseSearch([]).clicks.status).toBe('not_measured')
  })

  // gap_min_impressions is 100, gap_position 10.
  it.each([
    [99, 30, 'no_demand', 'few_impressions'],
    [100, 30, 'write', 'demand_without_a_good_page'],
    [100, 10, 'answered', 'page_ranks_well'],
    [100, 10.01, 'write', 'demand_without_a_good_page'],
  ])('a query shown %d times at position %d: %s', (impressions, position, action, reason) => {
    const decision = judgeGap(
      { text: 'q', result: summariseSearch([row(1, impressions, position)]) },
      policy,
    )
    expect(decision).toMatchObject({
      action,
      reason,
      id: 'content.gap:q',
      evidence: { impressions, minImpressions: 100, positionMax: 10, clicks: 1 },
    })
  })

  it('says nothing of demand where no impression was measured', () => {
    expect(judgeGap({ text: 'q', result: summariseSearch([]) }, policy)).toMatchObject({
      action: 'not_assessable',
      reason: 'impressions_missing',
      evidence: { impressions: null, position: null, clicks: null },
    })
  })

  it('does not judge a query that was shown and has no position', () => {
    const result = { ...summariseSearch([row(1, 500, 3)]), position: gone }
    expect(judgeGap({ text: 'q', result }, policy)).toMatchObject({
      action: 'not_assessable',
      reason: 'position_missing',
      evidence: { impressions: 500, position: null },
    })
  })

  it('explains a gap', () => {
    expect(
      judgeGap({ text: 'save cost', result: summariseSearch([row(7, 400, 12)]) }, policy),
    ).toStrictEqual({
      id: 'content.gap:save cost',
      stage: 'content',
      subject: 'query:save cost',
      subjectName: 'save cost',
      action: 'write',
      reason: 'demand_without_a_good_page',
      ruleId: 'content.gap',
      policyVersion: 'test-1',
      evidence: { impressions: 400, minImpressions: 100, position: 12, positionMax: 10, clicks: 7 },
    })
  })
})
