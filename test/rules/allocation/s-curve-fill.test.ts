import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { marginalAt, responseAt } from '#rules/allocation/curve.ts'
import { envelopeAt, envelopeOf } from '#rules/allocation/envelope.ts'
import { fillSCurves, type ProofTree } from '#rules/allocation/s-curve-fill.ts'
import { share } from '#test/support/share.ts'

import {
  concaveCurve,
  curve,
  optimal,
  problemOf,
  sCurve,
  solvable,
  sumOf,
  type TestLine,
} from './lines.ts'

describe('envelopeOf', () => {
  test('leaves a concave curve alone', () => {
    expect(envelopeOf(curve('log', 5, 5), 3, 9)).toEqual({ knee: 3, logSlope: Number.NaN })
    expect(envelopeOf(curve('hill', 100, 50, 3), 400, 900).knee).toBe(400)
  })

  test('touches an S-curve where the chord from the lower bound is its tangent', () => {
    // For x²/(k² + x²) from 0: f = f′·x where k² + x² = 2k², so x = k and the slope is 1/(2k).
    const { knee, logSlope } = envelopeOf(curve('hill', 1, 50, 2), 0, 1000)
    expect(knee).toBeCloseTo(50, 6)
    expect(Math.exp(logSlope)).toBeCloseTo(1 / 100, 9)
  })

  test('touches it from a lower bound above 0 as well', () => {
    const own = curve('hill', 1, 50, 2)
    const { knee, logSlope } = envelopeOf(own, 20, 1000)
    const rise = (responseAt(own, knee) - responseAt(own, 20)) / (knee - 20)
    expect(Math.exp(logSlope)).toBeCloseTo(rise, 12)
    expect(marginalAt(own, knee)).toBeCloseTo(rise, 9)
    expect(knee).toBeGreaterThan(50 / Math.sqrt(3))
    // Half of the way up the chord.
    const half = envelopeAt(own, { knee, logSlope }, { low: 20, spend: (20 + knee) / 2 })
    expect(half).toBeCloseTo((responseAt(own, 20) + responseAt(own, knee)) / 2, 12)
    expect(envelopeOf(own, 20, 25).knee).toBe(25)
  })

  test('a spend that rounds below the lower bound lies on the curve', () => {
    const own = curve('log', 5, 5)
    const envelope = envelopeOf(own, 3, 9)
    expect(envelopeAt(own, envelope, { low: 3, spend: 3 - 1e-15 })).toBeCloseTo(
      responseAt(own, 3),
      12,
    )
  })

  test('is a chord all the way when the upper bound comes before the tangent', () => {
    const own = curve('hill', 1, 50, 2)
    const { knee, logSlope } = envelopeOf(own, 0, 40)
    expect(knee).toBe(40)
    expect(Math.exp(logSlope)).toBeCloseTo(responseAt(own, 40) / 40, 12)
    expect(envelopeOf(own, 0, 10).knee).toBe(10)
  })

  test('lies on or above the curve, and on it at both ends', () => {
    fc.assert(
      fc.property(
        sCurve,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 4000 }),
        share(),
        (own, low, room, position) => {
          const envelope = envelopeOf(own, low, low + room)
          const at = (spend: number) => envelopeAt(own, envelope, { low, spend })
          const spend = low + position * room
          expect(at(spend)).toBeGreaterThanOrEqual(responseAt(own, spend) * (1 - 1e-9))
          expect(at(low)).toBeCloseTo(responseAt(own, low), 8)
          expect(at(low + room)).toBeCloseTo(responseAt(own, low + room), 8)
        },
      ),
    )
  })
})

describe('fillSCurves', () => {
  test('puts the money where one line gets over its bend, not a little everywhere', () => {
    const lines = [
      { curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000 },
      { curve: curve('hill', 1000, 500, 3), lower: 0, upper: 1000 },
    ]
    const found = optimal(fillSCurves(problemOf(lines, 700)))
    expect([...found.plan].toSorted((a, b) => a - b)).toEqual([0, 700])
    expect(found.value).toBeCloseTo(1000 / (1 + (5 / 7) ** 3), 8)
    expect(found.envelopeBound).toBeGreaterThan(found.value)
    expect(found.bound).toBeLessThanOrEqual(found.value * (1 + 1e-9))
  })

  test('is never below a search on a grid, and its bound never below its value', () => {
    fc.assert(
      fc.property(solvable(fc.oneof(sCurve, concaveCurve), 3), ({ lines, budget }) => {
        const found = optimal(fillSCurves(problemOf(lines, budget)))
        expect(sumOf(found.plan)).toBeCloseTo(budget, 5)
        expect(found.bound).toBeGreaterThanOrEqual(found.value)
        expect(found.bound).toBeLessThanOrEqual(found.value * (1 + 1e-8) + 1e-9)
        expect(found.value).toBeGreaterThanOrEqual(gridBest(lines, budget) * (1 - 1e-9) - 1e-9)
      }),
      { numRuns: 40 },
    )
  })

  const lines = Array.from({ length: 6 }, (_line, index) => ({
    curve: curve('hill', 1000 + index, 500, 3),
    lower: 0,
    upper: 1000,
  }))

  test('gives 1900 to the best three of six lines, which bring more than two or four would', () => {
    // 1000 ÷ (1 + (500 ÷ x)³): three at 633 bring 2010, two at 950 bring 1745, four at 475 bring 1846.
    const found = optimal(fillSCurves(problemOf(lines, 1900)))
    expect([...found.plan].map((spend) => spend > 0)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ])
    expect(found.value).toBeGreaterThan(2010 * 1.003)
    expect(found.bound / found.value).toBeCloseTo(1, 10)
    expect(found.nodes).toBeLessThan(10)
  })

  describe('of equal lines', () => {
    const equal = (count: number, own = curve('hill', 1000, 500, 3), lower = 0, upper = 2000) =>
      Array.from({ length: count }, () => ({ curve: own, lower, upper }))

    // So many lines share the budget evenly, and the others spend nothing: of 7400, twelve at 617 bring 7828, eleven 7724, thirteen 7815.
    test.each([
      [20, 2000],
      [20, 4600],
      [20, 7400],
      [50, 14_300],
    ])('asks only how many of %i share %i', (count, budget) => {
      const found = optimal(fillSCurves(problemOf(equal(count), budget)))
      const shared = Array.from(
        { length: count },
        (_n, others) =>
          (others + 1) * responseAt(curve('hill', 1000, 500, 3), budget / (others + 1)),
      )
      expect(found.value / Math.max(...shared)).toBeCloseTo(1, 12)
      expect(found.bound / found.value).toBeCloseTo(1, 10)
      expect(found.nodes).toBeLessThan(10)
    })

    test('tells kinds apart that lie among each other, by curve and by bounds', () => {
      const [steep, steeper] = [curve('hill', 1000, 500, 3), curve('hill', 1400, 800, 4)]
      const mixed = [1, 2, 3].flatMap(() => [
        ...equal(1, steeper, 0, 3000),
        ...equal(1, steep, 0, 900),
        ...equal(1, steep, 100, 900),
        ...equal(1, steep, 0, 700),
      ])
      const found = optimal(fillSCurves(problemOf(mixed, 5200)))
      const apart = mixed.map((line, index) => ({
        ...line,
        curve: { ...line.curve, scale: line.curve.scale * (1 + index * 1e-9) },
      }))
      // Lines that differ by next to nothing are searched one by one.
      const slow = optimal(fillSCurves(problemOf(apart, 5200)))
      expect(found.value / slow.value).toBeCloseTo(1, 6)
      expect(found.bound / found.value).toBeCloseTo(1, 10)
      expect(found.nodes).toBeLessThan(slow.nodes)
    })

    test('is never below a search on a grid', () => {
      const kinds = fc.tuple(
        fc.constantFrom(curve('hill', 1000, 500, 3), curve('hill', 1500, 500, 3)),
        fc.constantFrom(0, 100),
        fc.constantFrom(900, 1200),
      )
      const few = fc.array(kinds, { minLength: 2, maxLength: 3 })
      fc.assert(
        fc.property(few, share(), (drawn, position) => {
          const own = drawn.map(([shape, lower, upper]) => ({ curve: shape, lower, upper }))
          const floors = sumOf(own.map(({ lower }) => lower))
          const room = sumOf(own.map(({ upper }) => upper)) - floors
          const budget = floors + position * room
          const found = optimal(fillSCurves(problemOf(own, budget)))
          expect(found.value).toBeGreaterThanOrEqual(gridBest(own, budget) * (1 - 1e-9) - 1e-9)
          expect(found.bound).toBeLessThanOrEqual(found.value * (1 + 1e-8))
        }),
        { numRuns: 60 },
      )
    })
  })

  describe('of a steep line and a steeper one, 600 in all', () => {
    const pair: [TestLine, TestLine] = [
      { curve: curve('hill', 1800, 700, 4), lower: 0, upper: 1000 },
      { curve: curve('hill', 800, 100, 3), lower: 0, upper: 1000 },
    ]
    const valueAt = (x: number) => valueOfPlan(pair, [x, 600 - x])

    test('finds the split that no other beats, where both bring as much for the next unit', () => {
      const { plan, value } = optimal(fillSCurves(problemOf(pair, 600)))
      const [first = 0, second = 0] = plan
      for (let x = 0; x <= 600; x++) expect(valueAt(x)).toBeLessThanOrEqual(value)
      const [slope, other] = [marginalAt(pair[0].curve, first), marginalAt(pair[1].curve, second)]
      expect(slope / other).toBeCloseTo(1, 4)
    })

    test('proves it: at its price no part of the space brings more', () => {
      const { proof, value } = optimal(fillSCurves(problemOf(pair, 600)))
      const boxes = [
        [0, 1000],
        [0, 1000],
      ]
      // In every part, price × budget + what each line brings beyond the price at best; a plan with no price has no choice.
      const bounds = leavesOf(proof, boxes).map(({ logPrice, box }) => {
        if (logPrice === null)
          return valueOfPlan(
            pair,
            box.map(([low = 0]) => low),
          )
        const price = Math.exp(logPrice)
        return pair.reduce((sum, line, index) => {
          const [low = 0, high = 0] = box[index] ?? []
          const spends = Array.from({ length: 1001 }, (_x, n) => low + ((high - low) * n) / 1000)
          const best = Math.max(...spends.map((x) => responseAt(line.curve, x) - price * x))
          return sum + best
        }, price * 600)
      })
      expect(bounds.length).toBeGreaterThan(5)
      expect(Math.max(...bounds) / value).toBeCloseTo(1, 5)
    })
  })

  test('is content with a plan within its tolerance of the bound', () => {
    // The first plan brings 2010, and the envelope promises 0.43 % more.
    const within = (tolerance: number) =>
      optimal(fillSCurves(problemOf(lines, 1900), { tolerance, maxNodes: 100 }))
    expect(within(0.0043).nodes).toBeGreaterThan(1)
    const { nodes, value, bound } = within(0.0044)
    expect(nodes).toBe(1)
    expect(bound / value).toBeCloseTo(1.0043, 4)
  })

  test('looks no further where no line lies below its envelope, whatever the tolerance', () => {
    // The bound and the value are added in different orders, so that one may be the greater in its last digit.
    for (const [count, budget] of [
      [4, 1000],
      [6, 600],
      [7, 500],
    ] as const) {
      const flat = Array.from({ length: count }, (_line, index) => ({
        curve: curve('log', 100 + index, 100),
        lower: 0,
        upper: 1000,
      }))
      const found = fillSCurves(problemOf(flat, budget), { tolerance: 0, maxNodes: 50 })
      expect(optimal(found).nodes).toBe(1)
    }
  })

  test('stops at its node limit and owns up to the gap', () => {
    const rough = optimal(fillSCurves(problemOf(lines, 1900), { tolerance: 0, maxNodes: 3 }))
    expect(rough.nodes).toBe(3)
    expect(rough.bound).toBeGreaterThan(rough.value)
  })

  test('passes an infeasible budget on', () => {
    expect(
      fillSCurves(problemOf([{ curve: curve('log', 1, 1), lower: 0, upper: 10 }], 11)),
    ).toEqual({
      status: 'caps_below_budget',
      gap: 1,
    })
  })
})

function valueOfPlan(lines: readonly TestLine[], plan: readonly number[]): number {
  return lines.reduce((sum, line, index) => sum + responseAt(line.curve, plan[index] ?? 0), 0)
}

/** The parts into which a proof divides the space, with the range of each line there. */
function leavesOf(
  proof: ProofTree,
  box: readonly (readonly number[])[],
): readonly { readonly logPrice: number | null; readonly box: readonly (readonly number[])[] }[] {
  if ('logPrice' in proof) return [{ logPrice: proof.logPrice, box }]
  const [low = 0, high = 0] = box[proof.line] ?? []
  return [
    ...leavesOf(proof.below, box.with(proof.line, [low, proof.at])),
    ...leavesOf(proof.above, box.with(proof.line, [proof.at, high])),
  ]
}

/** Best value over plans on a grid of 40 steps a line, the last line taking what is left. */
function gridBest(lines: readonly TestLine[], budget: number): number {
  const [first, ...rest] = lines
  if (first === undefined) return 0
  if (rest.length === 0) {
    return budget >= first.lower - 1e-9 && budget <= first.upper + 1e-9
      ? responseAt(first.curve, Math.min(first.upper, Math.max(first.lower, budget)))
      : -Infinity
  }
  let best = -Infinity
  for (let step = 0; step <= 40; step++) {
    const spend = first.lower + ((first.upper - first.lower) * step) / 40
    best = Math.max(best, responseAt(first.curve, spend) + gridBest(rest, budget - spend))
  }
  return best
}
