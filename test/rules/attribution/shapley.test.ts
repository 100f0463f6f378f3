import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createChannelSets } from '#rules/attribution/channel-sets.ts'
import { heuristicCredits } from '#rules/attribution/heuristic-credit.ts'
import { shapleyCredit } from '#rules/attribution/shapley-credit.ts'
import { shapleyConversionRate } from '#rules/attribution/shapley-rate.ts'
import { sampleShapley } from '#rules/attribution/shapley-sampling.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { anyPaths, count, journey, sum, type PathCase } from './paths.ts'

function sets(paths: readonly PathCase[], channelCount: number) {
  const counts = createChannelSets(channelCount)
  for (const path of paths) counts.take(journey(path))
  return counts
}

// Ten journeys each: A alone converts 1, B alone 3, both together 6.
// v(A) = 0.1, v(B) = 0.3, v(AB) = 10/30. φ(A) = ½·0.1 + ½·(⅓ − 0.3), φ(B) = ½·0.3 + ½·(⅓ − 0.1).
const pair: PathCase[] = [
  { path: 'A', conversions: 1, nulls: 9 },
  { path: 'B', conversions: 3, nulls: 7 },
  { path: 'A B A', conversions: 2, nulls: 1 },
  { path: 'B A', conversions: 4, nulls: 3 },
]

describe('createChannelSets', () => {
  it('gathers journeys by what they used, whatever the order', () => {
    expect(sets([...pair, { path: '' }], 2).sets()).toStrictEqual([
      { channels: [0], conversions: 1, nulls: 9 },
      { channels: [1], conversions: 3, nulls: 7 },
      { channels: [0, 1], conversions: 6, nulls: 4 },
    ])
  })

  it('gathers the same above 31 channels, where a set is no single integer', () => {
    expect(sets(pair, 32).sets()).toStrictEqual(sets(pair, 31).sets())
  })

  // 31 channels fill an integer; the bit of the 33rd would be that of the first.
  it.each([
    [31, 30],
    [33, 32],
  ])('of %d channels tells the last from the first', (channelCount, last) => {
    const counts = createChannelSets(channelCount)
    for (const code of [last, 0, last]) {
      const channels = Uint16Array.from([code])
      counts.take({ channels, from: 0, to: 1, conversions: 1, nulls: 0, valueMinor: 0 })
    }
    expect(counts.sets().map((set) => [set.channels, set.conversions])).toStrictEqual([
      [[last], 2],
      [[0], 1],
    ])
  })
})

describe('shapleyConversionRate', () => {
  it('finds the hand-worked values', () => {
    const [a = 0, b = 0] = shapleyConversionRate(sets(pair, 2))
    expect(a).toBeCloseTo(0.05 + (1 / 3 - 0.3) / 2, 14)
    expect(b).toBeCloseTo(0.15 + (1 / 3 - 0.1) / 2, 14)
  })

  it('shows a channel that drags the rate down as negative', () => {
    const [a = 0, b = 0] = shapleyConversionRate(
      sets(
        [
          { path: 'A', conversions: 0, nulls: 90, valueMinor: 0 },
          { path: 'B', conversions: 5, nulls: 5 },
        ],
        2,
      ),
    )
    // v(A) = 0, v(B) = 0.5, v(AB) = 0.05.
    expect(a).toBeCloseTo(-0.225, 14)
    expect(b).toBeCloseTo(0.275, 14)
  })

  it('adds up to the overall rate, and gives channels that play no part nothing', () => {
    fc.assert(
      fc.property(anyPaths, (paths) => {
        const phi = shapleyConversionRate(sets(paths, 6))
        const converted = sum(paths.map((path) => path.conversions ?? 0))
        const all = converted + sum(paths.map((path) => path.nulls ?? 0))
        expect(sum(phi)).toBeCloseTo(all === 0 ? 0 : converted / all, 12)
        expect(phi[5]).toBe(0)
      }),
    )
  })

  it('treats channels alike that are used alike', () => {
    const phi = shapleyConversionRate(
      sets(
        [
          { path: 'A C', conversions: 2, nulls: 3 },
          { path: 'B C', conversions: 2, nulls: 3 },
        ],
        3,
      ),
    )
    expect(phi[0]).toBeCloseTo(phi[1] ?? Number.NaN, 14)
  })

  it('looks at every coalition up to 14 channels and no further', () => {
    expect(shapleyConversionRate(sets(pair, 14))).toHaveLength(14)
    expect(() => shapleyConversionRate(sets(pair, 15))).toThrow(InvariantError)
  })
})

describe('sampleShapley', () => {
  const plan = { seed: 7, permutations: 600, alpha: 0.05 }

  it('stays within its stated bound of the exact values', () => {
    fc.assert(
      fc.property(anyPaths, fc.integer(), (paths, seed) => {
        const journeys = sets(paths, 5)
        const exact = shapleyConversionRate(journeys)
        const { phi, errorBound } = sampleShapley(journeys, { ...plan, seed })
        exact.forEach((value, channel) => {
          const gap = Math.abs((phi[channel] ?? Number.NaN) - value)
          expect(gap).toBeLessThanOrEqual(errorBound[channel] ?? 0)
        })
        expect(sum(phi)).toBeCloseTo(sum(exact), 10)
      }),
      { numRuns: 40 },
    )
  })

  it('comes close: the mean gain of 600 orders', () => {
    const journeys = sets(pair, 2)
    const exact = shapleyConversionRate(journeys)
    sampleShapley(journeys, plan).phi.forEach((value, channel) => {
      expect(Math.abs(value - (exact[channel] ?? 0))).toBeLessThan(0.01)
    })
  })

  it('states the bound of its formula', () => {
    // A alone converts half: every order gains 0.5 for A and 0 for B, so the variance is 0 and 3·R·ln(3n/α)/m is left.
    const { errorBound, permutations } = sampleShapley(sets([{ path: 'A', nulls: 1 }], 2), plan)
    expect(permutations).toBe(600)
    expect(errorBound[0]).toBeCloseTo((6 * Math.log(120)) / 600, 12)
    expect(errorBound[1]).toBeCloseTo((6 * Math.log(120)) / 600, 12)
    // Where both must meet, whoever joins last gains 1: a gain of 1 in a share φ of the orders varies by φ·(1 − φ).
    const varying = sampleShapley(sets([{ path: 'A B' }], 2), plan)
    for (const [channel, share] of varying.phi.entries()) {
      const deviation = Math.sqrt((2 * share * (1 - share) * Math.log(120)) / 600)
      expect(varying.errorBound[channel]).toBeCloseTo(deviation + (6 * Math.log(120)) / 600, 12)
    }
  })

  it('repeats itself with the same seed', () => {
    const journeys = sets(pair, 2)
    expect(sampleShapley(journeys, plan)).toStrictEqual(sampleShapley(journeys, plan))
    expect(sampleShapley(journeys, { ...plan, seed: 8 })).not.toStrictEqual(
      sampleShapley(journeys, plan),
    )
  })

  it('draws every order about equally often', () => {
    // Three channels that only convert together: whoever joins last gains all, a third of the time each.
    const journeys = sets([{ path: 'A B C' }], 3)
    const { phi } = sampleShapley(journeys, { ...plan, permutations: 6000 })
    for (const value of phi) expect(Math.abs(value - 1 / 3)).toBeLessThan(0.02)
  })

  it('refuses a single order', () => {
    expect(sampleShapley(sets(pair, 2), { ...plan, permutations: 2 }).phi).toHaveLength(2)
    expect(() => sampleShapley(sets(pair, 2), { ...plan, permutations: 1 })).toThrow(InvariantError)
  })
})

describe('shapleyCredit', () => {
  const totals = { conversions: 10, valueMinor: 1000 }

  it('shares conversions and value by φ', () => {
    const credit = shapleyCredit(sets(pair, 2), totals, 1)
    if ('status' in credit) throw new Error(credit.reason)
    expect(credit.phi[0]).toBeCloseTo(1 / 15, 12)
    expect(credit.conversions[0]).toBeCloseTo(2, 10)
    expect(credit.valueMinor[0]).toBeCloseTo(200, 8)
    expect(credit.errorBound).toBeNull()
  })

  it('needs one journey that converted and one that did not, not both of every set', () => {
    // v(A) = 1, v(B) = 0, v(AB) = ½: φ(A) = ½·1 + ½·½, φ(B) = ½·0 − ½·½.
    const apart = [{ path: 'A' }, { path: 'B', conversions: 0, nulls: 1 }]
    expect(shapleyCredit(sets(apart, 2), totals, 1)).toMatchObject({ phi: [0.75, -0.25] })
  })

  it('looks at every order up to 14 channels', () => {
    expect(shapleyCredit(sets(pair, 14), totals, 1)).toMatchObject({ errorBound: null })
  })

  it('samples above 14 channels, with a bound', () => {
    const credit = shapleyCredit(sets(pair, 15), totals, 1)
    if ('status' in credit) throw new Error(credit.reason)
    expect(credit.errorBound).toHaveLength(15)
    expect(sum(credit.conversions)).toBeCloseTo(10, 9)
    // 2,000 orders: 3·2·ln(900) ÷ 2000 for a channel that never gains.
    expect(credit.errorBound?.[14]).toBeCloseTo((6 * Math.log(900)) / 2000, 12)
  })

  it.each([
    ['journeys that did not convert were not counted', [{ path: 'A' }], 2],
    ['no journey converted', [{ path: 'A', conversions: 0, nulls: 1 }], 2],
    ['more than 60 channels', pair, 61],
  ])('is not measured: %s', (reason, paths, channelCount) => {
    expect(shapleyCredit(sets(paths, channelCount), totals, 1)).toStrictEqual({
      status: 'not_measured',
      reason,
    })
  })

  it('still samples 60 channels', () => {
    expect(shapleyCredit(sets(pair, 60), totals, 1)).toHaveProperty('phi')
  })

  it('takes fewer orders where there are more sets, but never fewer than 100', () => {
    const counts = createChannelSets(40)
    // 20,000 sets of 16 channels: 320,000 look-ups an order, of which 30 million would be 93 orders.
    for (let row = 0; row < 20_000; row++) {
      const channels = Uint16Array.from(
        Array.from({ length: 16 }, (_, bit) => ((row >> bit) & 1) + 2 * bit),
      )
      counts.take({ channels, from: 0, to: 16, conversions: row % 2, nulls: 1, valueMinor: 0 })
    }
    const credit = shapleyCredit(counts, totals, 1)
    if ('status' in credit) throw new Error(credit.reason)
    // Channels 32 to 39 never gain: the bound shows the 100 orders.
    expect(credit.errorBound?.[39]).toBeCloseTo((6 * Math.log(2400)) / 100, 12)
  })
})

describe('the subset game', () => {
  it('is the linear model over unique channels', () => {
    fc.assert(
      fc.property(anyPaths, (paths) => {
        const { buckets, sets: journeys } = count(paths, 5)
        const credit = heuristicCredits(buckets, 0.4).linear_unique_channels.conversions
        const worth = (bits: number): number =>
          sum(
            journeys
              .sets()
              .filter((set) => set.channels.every((channel) => (bits & (1 << channel)) !== 0))
              .map((set) => set.conversions),
          )
        const factorial = [1, 1, 2, 6, 24, 120]
        credit.forEach((amount, channel) => {
          let phi = 0
          for (let bits = 0; bits < 32; bits++) {
            if ((bits & (1 << channel)) !== 0) continue
            const size = bits.toString(2).replaceAll('0', '').length
            const chance = ((factorial[size] ?? 0) * (factorial[4 - size] ?? 0)) / 120
            phi += chance * (worth(bits | (1 << channel)) - worth(bits))
          }
          expect(amount).toBeCloseTo(phi, 9)
        })
      }),
      { numRuns: 40 },
    )
  })
})
