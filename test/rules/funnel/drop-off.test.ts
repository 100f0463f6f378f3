import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { chanceOfZero, judgeDropOffs, type Transition } from '#rules/funnel/drop-off.ts'

const RULE = { alpha: 0.05, floorRate: 0.01 }

function cells(...counts: readonly (readonly [entered: number, reached: number])[]): Transition[] {
  return counts.map(([entered, reached]) => ({ from: 'visit', to: 'signup', entered, reached }))
}

function statuses(
  transitions: readonly Transition[],
  rule: Parameters<typeof judgeDropOffs>[1] = RULE,
) {
  return judgeDropOffs(transitions, rule).map((entry) => entry.status)
}

describe('judgeDropOffs', () => {
  test('a zero that other cells make implausible is broken, a thin one is not', () => {
    const judged = judgeDropOffs(cells([4000, 400], [9000, 810], [700, 63], [500, 0], [5, 0]), RULE)
    expect(judged.map((entry) => entry.status)).toEqual([
      'ok',
      'ok',
      'ok',
      'broken',
      'not_enough_traffic',
    ])
    const [, , , broken, thin] = judged
    expect(broken?.zero?.against).toBe('other_cells')
    // Pooled rate of the other cells: (400 + 810 + 63 + 0) ÷ (4000 + 9000 + 700 + 5).
    expect(broken?.baseline).toBeCloseTo(1273 / 13_705, 12)
    expect(broken?.zero?.pBinomial).toBeCloseTo((1 - 1273 / 13_705) ** 500, 25)
    expect(thin?.zero?.pHolm).toBe(thin?.zero?.pZero)
  })

  test('a zero says how much the other cells differ', () => {
    // 10, 20 and 30 of 100: scatter 2 around a mean of 0.2, so ρ = (2 − 2 · 0.16) ÷ (0.16 · (300 − 100 − 2)) = 1.68 ÷ 31.68.
    const [zero] = judgeDropOffs(cells([50, 0], [100, 10], [100, 20], [100, 30]), RULE)
    expect(zero?.zero?.rho).toBeCloseTo(1.68 / 31.68, 12)
  })

  test.each([
    [
      'two other cells are too few',
      [
        [1000, 100],
        [1000, 100],
        [300, 0],
      ],
      'policy_floor',
    ],
    [
      'three are enough',
      [
        [1000, 100],
        [1000, 100],
        [1000, 100],
        [300, 0],
      ],
      'other_cells',
    ],
    [
      'cells without traffic do not count',
      [
        [1000, 100],
        [1000, 100],
        [0, 0],
        [300, 0],
      ],
      'policy_floor',
    ],
    [
      'nor those with more after than before',
      [
        [1000, 100],
        [1000, 100],
        [5, 9],
        [300, 0],
      ],
      'policy_floor',
    ],
    [
      'nor others that are all at zero',
      [
        [10, 0],
        [10, 0],
        [10, 0],
        [300, 0],
      ],
      'policy_floor',
    ],
  ] satisfies [string, [number, number][], string][])('%s', (_name, counts, against) => {
    expect(judgeDropOffs(cells(...counts), RULE).at(-1)?.zero?.against).toBe(against)
  })

  test('other steps are other comparisons', () => {
    const transitions = [
      ...cells([1000, 100], [1000, 100], [1000, 100]),
      { from: 'visit', to: 'demo', entered: 300, reached: 0 },
    ]
    expect(judgeDropOffs(transitions, RULE).at(-1)).toMatchObject({
      baseline: null,
      pLower: null,
      zero: { against: 'policy_floor', pBinomial: null },
    })
  })

  // With one zero the chance is 0.99^n, which passes 0.05 between 298 and 299 entries.
  test.each([
    [298, 'not_enough_traffic'],
    [299, 'broken'],
  ])('against the floor of 1 %%, %i entries and nobody after are %s', (entered, status) => {
    expect(statuses(cells([entered, 0]))).toEqual([status])
  })

  test('a chance of exactly alpha is chance', () => {
    const pHolm = judgeDropOffs(cells([299, 0]), RULE)[0]?.zero?.pHolm ?? 1
    expect(statuses(cells([299, 0]), { alpha: pHolm, floorRate: 0.01 })).toEqual([
      'not_enough_traffic',
    ])
  })

  test('without a floor a zero with nothing to compare stays untested', () => {
    const [judged] = judgeDropOffs(cells([5000, 0]), { alpha: 0.05, floorRate: null })
    expect(judged).toMatchObject({
      status: 'untested',
      zero: { against: 'none', pZero: null, pHolm: null, rho: null },
    })
  })

  test('many zeros are corrected for their number', () => {
    // 0.99^450 is 0.0109: alone below 0.05, but not as one of five.
    expect(statuses(cells([450, 0]))).toEqual(['broken'])
    expect(new Set(statuses(cells([450, 0], [450, 0], [450, 0], [450, 0], [450, 0])))).toEqual(
      new Set(['not_enough_traffic']),
    )
    const untested = judgeDropOffs(cells([450, 0]), { alpha: 0.05, floorRate: null })
    expect(untested[0]?.zero?.pHolm).toBeNull()
  })

  describe('where every entry of the other cells went on', () => {
    const zeroAmong = (...counts: readonly (readonly [number, number])[]) =>
      judgeDropOffs(cells(...counts), RULE).at(-1)

    // Beta(n + 1, 1) leaves a zero of one entry a chance of 1 ÷ (n + 2), Laplace's rule of succession.
    test.each([
      ['three successes', zeroAmong([1, 1], [1, 1], [1, 1], [1, 0]), 1 / 5, 'not_enough_traffic'],
      ['seventeen', zeroAmong([9, 9], [4, 4], [4, 4], [1, 0]), 1 / 19, 'not_enough_traffic'],
      ['nineteen', zeroAmong([9, 9], [5, 5], [5, 5], [1, 0]), 1 / 21, 'broken'],
      ['thirty', zeroAmong([10, 10], [10, 10], [10, 10], [1, 0]), 1 / 32, 'broken'],
      // 1 · 2 ÷ (5 · 6), and 1 · 2 · 3 ÷ (5 · 6 · 7).
      [
        'three, against two,',
        zeroAmong([1, 1], [1, 1], [1, 1], [2, 0]),
        1 / 15,
        'not_enough_traffic',
      ],
      ['three, against three,', zeroAmong([1, 1], [1, 1], [1, 1], [3, 0]), 1 / 35, 'broken'],
    ])('%s leave a zero a chance', (_name, judged, pZero, status) => {
      expect(judged?.zero?.pZero).toBeCloseTo(pZero, 12)
      expect(judged).toMatchObject({ status, baseline: 1, zero: { pBinomial: 0, rho: null } })
    })
  })

  test.each([
    [
      'other_cells',
      [
        [10_000, 0],
        [10_000, 2000],
        [9000, 1900],
        [8000, 1600],
      ],
    ],
    ['policy_floor', [[100_000, 0]]],
  ] as const)('a chance too small to print, against %s, is not none', (against, counts) => {
    expect(judgeDropOffs(cells(...counts), RULE)[0]).toMatchObject({
      status: 'broken',
      zero: { against, pZero: Number.MIN_VALUE, pHolm: Number.MIN_VALUE },
    })
  })

  test('no traffic and more after than before have no rate', () => {
    const judged = judgeDropOffs(cells([0, 0], [0, 4], [5, 6], [5, 5]), RULE)
    expect(judged.map((entry) => entry.status)).toEqual([
      'no_traffic',
      'no_traffic',
      'more_than_before',
      'ok',
    ])
    expect(judged.map((entry) => entry.rate)).toEqual([null, null, null, 1])
    expect(judged[2]).toMatchObject({ wilson: null, exact: null, pLower: null, zero: null })
  })

  test('states the rate with its intervals and the chance of so few', () => {
    const [first] = judgeDropOffs(cells([120, 9], [1000, 90]), RULE)
    expect(first).toMatchObject({ rate: 0.075, baseline: 0.09, zero: null })
    // SciPy and statsmodels: Wilson 0.03995711539596028 to 0.1364091760599377.
    expect(first?.wilson?.low).toBeCloseTo(0.03995711539596028, 14)
    expect(first?.wilson?.high).toBeCloseTo(0.1364091760599377, 14)
    expect(first?.exact?.low).toBeCloseTo(0.034867390611962125, 12)
    expect(first?.pLower).toBeCloseTo(0.3529898312694674, 12)
  })

  test('the rule of three: the rate that leaves a zero a chance of one in twenty', () => {
    const [only] = judgeDropOffs(cells([210, 0]), RULE)
    expect(only?.zero?.upperRate95).toBeCloseTo(0.014164123194776557, 15)
    expect((1 - (only?.zero?.upperRate95 ?? 0)) ** 210).toBeCloseTo(0.05, 12)
  })

  test('nothing in, nothing out', () => {
    expect(judgeDropOffs([], RULE)).toEqual([])
  })

  test('the order of cells does not matter', () => {
    const cell = fc.record({
      entered: fc.integer({ min: 0, max: 400 }),
      share: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 8 }), (drawn) => {
        const transitions = drawn.map(({ entered, share }) => ({
          from: 'visit',
          to: 'signup',
          entered,
          reached: Math.floor((entered * share) / 10),
        }))
        const turned = judgeDropOffs(transitions.toReversed(), RULE).toReversed()
        expect(turned.map((entry) => entry.status)).toEqual(statuses(transitions))
      }),
    )
  })
})

describe('chanceOfZero', () => {
  test('is the product of what is left at each entry', () => {
    const exact = (entered: number, mean: number, strength: number): number => {
      let chance = 1
      for (let before = 0; before < entered; before++) {
        chance *= ((1 - mean) * strength + before) / (strength + before)
      }
      return chance
    }
    for (const [entered, mean, strength] of [
      [1, 0.3, 2],
      [7, 0.1, 0.5],
      [40, 0.02, 30],
      [300, 0.11, 1000],
    ] as const) {
      const chance = chanceOfZero(entered, { mean, strength })
      expect(chance / exact(entered, mean, strength)).toBeCloseTo(1, 11)
    }
  })

  test('keeps its digits where cells do not differ', () => {
    // 172 entries at 81 of 387 elsewhere with ρ at its bound of 1e-6, in fifty digits: see the oracle of stage funnels.
    const chance = chanceOfZero(172, { mean: 0.21, strength: 1e6 - 1 })
    let exact = 0
    for (let before = 0; before < 172; before++) {
      exact += Math.log1p((-0.21 * (1e6 - 1)) / (1e6 - 1 + before))
    }
    expect(chance / Math.exp(exact)).toBeCloseTo(1, 11)
  })

  test('one entry stays at zero with the chance of not going on', () => {
    expect(chanceOfZero(1, { mean: 0.25, strength: 8 })).toBeCloseTo(0.75, 14)
  })

  test('cells that differ more leave a zero more chance', () => {
    const at = (strength: number): number => chanceOfZero(50, { mean: 0.1, strength })
    expect(at(1)).toBeGreaterThan(at(10))
    expect(at(10)).toBeGreaterThan(at(1000))
    expect(at(1000)).toBeGreaterThan(0.9 ** 50)
  })
})
