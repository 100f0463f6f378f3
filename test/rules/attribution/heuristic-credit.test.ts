import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { contributions } from '#rules/attribution/contribution.ts'
import { participation } from '#rules/attribution/heuristic-buckets.ts'
import { heuristicCredits } from '#rules/attribution/heuristic-credit.ts'
import {
  lastNonDirectTouch,
  linearWeights,
  positionWeights,
  singleTouchWeights,
  uniqueChannelWeights,
} from '#rules/attribution/touch-weights.ts'

import { anyPaths, codes, count, journey, settled, sum, totals, type PathCase } from './paths.ts'

const MODELS = [
  'first_touch',
  'last_touch',
  'last_non_direct',
  'linear',
  'linear_unique_channels',
  'position_based',
] as const

function credits(paths: readonly PathCase[], direct = '') {
  return heuristicCredits(count(paths, 5, direct).buckets, 0.4)
}

describe('heuristicCredits', () => {
  // By hand: 2 conversions of $30 on A B A C, 1 of $5 on B, 1 of $9 on C B.
  const paths: PathCase[] = [
    { path: 'A B A C', conversions: 2, valueMinor: 3000 },
    { path: 'B', conversions: 1, valueMinor: 500 },
    { path: 'C B', conversions: 1, valueMinor: 900 },
    { path: 'E D', conversions: 0, nulls: 7, valueMinor: 0 },
  ]

  it.each([
    ['first_touch', [2, 1, 1], [3000, 500, 900]],
    ['last_touch', [0, 2, 2], [0, 1400, 3000]],
    // C is direct: the last other touch is A, and on C B it is B.
    ['last_non_direct', [2, 2, 0], [3000, 1400, 0]],
    ['linear', [1, 2, 1], [1500, 1700, 1200]],
    ['linear_unique_channels', [2 / 3, 2 / 3 + 1.5, 2 / 3 + 0.5], [1000, 1950, 1450]],
    ['position_based', [0.8 + 0.2, 0.2 + 1 + 0.5, 0.8 + 0.5], [1500, 1250, 1650]],
  ] as const)('shares by %s', (model, conversions, valueMinor) => {
    const credit = credits(paths, 'C')[model]
    conversions.forEach((amount, channel) => {
      expect(credit.conversions[channel]).toBeCloseTo(amount, 12)
      expect(credit.valueMinor[channel]).toBeCloseTo(valueMinor[channel] ?? Number.NaN, 9)
    })
    expect(credit.conversions.slice(3)).toStrictEqual([0, 0])
  })

  it.each([
    ['first_touch', [1, 0, 0]],
    ['last_touch', [0, 0, 1]],
    ['linear', [1 / 2, 1 / 4, 1 / 4]],
    ['linear_unique_channels', [1 / 3, 1 / 3, 1 / 3]],
    ['position_based', [0.5, 0.1, 0.4]],
  ] as const)('shares one journey A B A C by %s', (model, expected) => {
    const { conversions } = credits([{ path: 'A B A C' }])[model]
    for (const [channel, amount] of expected.entries()) {
      expect(conversions[channel]).toBeCloseTo(amount, 14)
    }
  })

  it('credits direct when a journey has nothing else', () => {
    expect(credits([{ path: 'C C' }], 'C').last_non_direct.conversions).toStrictEqual([
      0, 0, 1, 0, 0,
    ])
  })

  it('is blind to journeys that did not convert', () => {
    const lost = { path: 'A B', conversions: 0, nulls: 50, valueMinor: 0 }
    expect(credits([...paths, lost])).toStrictEqual(credits(paths))
  })

  it('keeps no count of journeys without a touch or a conversion', () => {
    const { buckets } = count(
      [
        { path: '', conversions: 3 },
        { path: 'A B', conversions: 0, nulls: 2, valueMinor: 0 },
      ],
      5,
    )
    expect(buckets.byLength.size + buckets.byDistinct.size).toBe(0)
    expect(sum(buckets.lastNonDirect.conversions)).toBe(0)
  })

  it('hands out every conversion and every cent, in each model', () => {
    fc.assert(
      fc.property(anyPaths, (random) => {
        const rows = settled(random)
        const all = totals(rows)
        const result = credits(rows, 'B')
        for (const model of MODELS) {
          expect(sum(result[model].conversions)).toBeCloseTo(all.conversions, 9)
          expect(sum(result[model].valueMinor)).toBeCloseTo(all.valueMinor, 5)
        }
      }),
    )
  })

  it('equals the sum of the weights of single journeys', () => {
    fc.assert(
      fc.property(anyPaths, (random) => {
        const rows = settled(random)
        const result = credits(rows, 'B')
        for (const model of MODELS) {
          byHand(model, rows).forEach((amount, channel) => {
            expect(result[model].conversions[channel]).toBeCloseTo(amount, 9)
          })
        }
      }),
    )
  })

  it('adds fractions in the order of lengths, not of rows', () => {
    const rows: PathCase[] = [
      { path: 'A B C D E', conversions: 3 },
      { path: 'A B' },
      { path: 'A B C' },
    ]
    const exact = 1 / 2 + 1 / 3 + 3 / 5
    for (const order of [rows, rows.toReversed(), [...rows.slice(1), ...rows.slice(0, 1)]]) {
      expect(credits(order).linear.conversions[0]).toBe(exact)
      expect(credits(order).linear_unique_channels.conversions[0]).toBe(exact)
    }
    // Added the other way round, the last bit differs.
    expect(3 / 5 + 1 / 3 + 1 / 2).not.toBe(exact)
  })

  it('gives the same bits for the same journeys in any order', () => {
    fc.assert(
      fc.property(anyPaths, (rows) => {
        expect(credits(settled(rows).toReversed())).toStrictEqual(credits(settled(rows)))
      }),
    )
  })
})

/** Journey by journey, weight by weight. */
function byHand(model: (typeof MODELS)[number], rows: readonly PathCase[]): number[] {
  const credit = [0, 0, 0, 0, 0]
  for (const row of rows) {
    const path = codes(row.path)
    for (const [touch, weight] of weightsOf(model, path).entries()) {
      const channel = path[touch] ?? 0
      credit[channel] = (credit[channel] ?? 0) + weight * journey(row).conversions
    }
  }
  return credit
}

function weightsOf(model: (typeof MODELS)[number], path: readonly number[]): readonly number[] {
  const { length } = path
  if (model === 'first_touch') return singleTouchWeights(length, 0)
  if (model === 'last_touch') return singleTouchWeights(length, length - 1)
  if (model === 'linear') return linearWeights(length)
  if (model === 'linear_unique_channels') return uniqueChannelWeights(path)
  if (model === 'position_based') return positionWeights(length, 0.4)
  return singleTouchWeights(length, lastNonDirectTouch(path.map((channel) => channel === 1)))
}

describe('contributions', () => {
  it('counts a conversion once per channel that helped without closing it', () => {
    const { buckets } = count(
      [
        { path: 'A B A', conversions: 2 },
        { path: 'B A' },
        { path: 'B B B' },
        { path: 'C A', conversions: 0, nulls: 4 },
      ],
      3,
    )
    const result = contributions(buckets, heuristicCredits(buckets, 0.4))
    expect(result).toStrictEqual([
      { direct: 3, assisted: 0 },
      { direct: 1, assisted: 3 },
      { direct: 0, assisted: 0 },
    ])
    expect([...participation(buckets).valueMinor]).toStrictEqual([300, 400, 0])
  })
})
