import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { responseAt } from '#rules/allocation/curve.ts'
import type { ProofTree } from '#rules/allocation/s-curve-fill.ts'
import { boundOfProof } from '#rules/budget/proof-check.ts'
import { share } from '#test/support/share.ts'

import { curve, sumOf } from '../allocation/lines.ts'

/** √x between two ends. */
const line = (lower: number, upper: number) => ({ curve: curve('power', 1, 0.5), lower, upper })

const POINT = { logPrice: null } as const

// A part of the search holds the budget up to a relative 1e-12: its sums were rounded.
test.each([
  ['its least is the budget', line(1e6, 2e6), 1000],
  ['its least is above by a ten-millionth of a millionth', line(1e6 + 1e-7, 2e6), 1000],
  ['its least is above by more', line(1e6 + 1e-5, 2e6), -Infinity],
  ['its greatest is the budget', line(0, 1e6), 1000],
  ['its greatest is below by a ten-millionth of a millionth', line(0, 1e6 - 1e-7), 1000],
  ['its greatest is below by more', line(0, 1e6 - 1e-5), -Infinity],
])('a part without a price is the point that holds the budget: %s', (_name, own, bound) => {
  expect(boundOfProof({ lines: [own], budget: 1e6 }, POINT)).toBeCloseTo(bound, 6)
})

/** Two lines whose least are the budget: one point, which brings √700 + √300. */
const pointOf700And300 = { lines: [line(700, 2000), line(300, 2000)], budget: 1000 }

test('a price so large that responses are lost beside it bounds no less than there is', () => {
  const leaf = { logPrice: Math.log(1e20) }
  expect(boundOfProof(pointOf700And300, leaf)).toBeGreaterThan(Math.sqrt(700) + Math.sqrt(300))
})

test.each([NaN, Infinity, 1e6])(
  'a leaf at a logarithm of a price of %f bounds nothing',
  (logPrice) => {
    expect(boundOfProof(pointOf700And300, { logPrice })).toBe(Infinity)
  },
)

describe('where a split parts a line’s range', () => {
  const hill = { curve: curve('hill', 100, 50, 3), lower: 0, upper: 200 }
  const alone = { lines: [hill, line(0, 1000)], budget: 200 }
  const leaf = { logPrice: Math.log(0.5) }
  const whole = boundOfProof(alone, leaf)
  const split = (at: number) => boundOfProof(alone, { line: 0, at, below: leaf, above: leaf })

  test.each([-Infinity, -5, 200, 250, Infinity])('at %f one part is all of it', (at) => {
    expect(split(at)).toBeCloseTo(whole, 9)
  })

  test('a point that is no number parts nothing and bounds nothing', () => {
    expect(split(NaN)).toBe(Infinity)
  })
})

test('splits as deep as a text can state them are followed to the last', () => {
  const leaf = { logPrice: Math.log(0.05) }
  const alone = { lines: [line(0, 1000)], budget: 100 }
  const chain = (depth: number, deepest: ProofTree): ProofTree =>
    Array.from({ length: depth }).reduce<ProofTree>(
      (tree, _, at) =>
        at % 2 === 0
          ? { line: 0, at: 1000, below: tree, above: leaf }
          : { line: 0, at: 0, below: leaf, above: tree },
      deepest,
    )
  const whole = boundOfProof(alone, leaf)
  expect(boundOfProof(alone, chain(20_000, leaf))).toBe(whole)
  expect(boundOfProof(alone, chain(20_000, { logPrice: Infinity }))).toBe(Infinity)
})

describe('of two lines one is split, and the other', () => {
  const hill = { curve: curve('hill', 100, 50, 3), lower: 0, upper: 200 }
  const flat = { curve: curve('saturating', 100, 50), lower: 0, upper: 200 }
  const BUDGET = 110
  /** Bounds that are far too high: at next to nothing the upper bounds show in them, at 5 the lower bounds do. At 1 a bound is close: 117. */
  const at = (price: number) => ({ logPrice: Math.log(price) })
  const [CHEAP, DEAR, CLOSE] = [at(1e-6), at(5), at(1)]
  type Two = readonly [typeof hill, typeof hill]
  const whole = (lines: Two, leaf = CLOSE) => boundOfProof({ lines, budget: BUDGET }, leaf)
  const belowAt60 = (lines: Two, split: number) =>
    boundOfProof({ lines, budget: BUDGET }, { line: split, at: 60, below: CHEAP, above: CLOSE })
  const aboveAt50 = (lines: Two, split: number) =>
    boundOfProof({ lines, budget: BUDGET }, { line: split, at: 50, below: CLOSE, above: DEAR })

  test('being equal, spends no more where it comes after, and any amount where it comes before', () => {
    const both = whole(
      [
        { ...hill, upper: 60 },
        { ...hill, upper: 60 },
      ],
      CHEAP,
    )
    expect(both).toBeGreaterThan(whole([hill, hill]))
    expect(belowAt60([hill, hill], 0)).toBe(both)
    expect(belowAt60([hill, hill], 1)).toBe(whole([hill, { ...hill, upper: 60 }], CHEAP))
  })

  test('being equal, spends no less where it comes before, and any amount where it comes after', () => {
    const both = whole(
      [
        { ...hill, lower: 50 },
        { ...hill, lower: 50 },
      ],
      DEAR,
    )
    expect(both).toBeGreaterThan(whole([hill, hill]))
    expect(aboveAt50([hill, hill], 1)).toBe(both)
    expect(aboveAt50([hill, hill], 0)).toBe(whole([{ ...hill, lower: 50 }, hill], DEAR))
  })

  test.each<[string, Two]>([
    ['family', [flat, { ...flat, curve: curve('log', 100, 50) }]],
    ['scale', [hill, { ...hill, curve: curve('hill', 101, 50, 3) }]],
    ['shape', [hill, { ...hill, curve: curve('hill', 100, 51, 3) }]],
    ['steepness', [hill, { ...hill, curve: curve('hill', 100, 50, 2.9) }]],
    ['lower bound', [hill, { ...hill, lower: 1 }]],
    ['upper bound', [hill, { ...hill, upper: 201 }]],
  ])('being of another %s, spends any amount', (_name, [one, other]) => {
    expect(belowAt60([one, other], 0)).toBe(whole([{ ...one, upper: 60 }, other], CHEAP))
    expect(aboveAt50([one, other], 1)).toBe(whole([one, { ...other, lower: 50 }], DEAR))
  })

  test('is not asked when the split is of a line that is not there', () => {
    expect(belowAt60([hill, hill], 2)).toBe(Infinity)
  })

  test('is equal no longer by what an earlier split said, but by what it was to begin with', () => {
    // The first spends at least 40, then at most 60: so does the second.
    const tree = {
      line: 0,
      at: 40,
      below: CLOSE,
      above: { line: 0, at: 60, below: CHEAP, above: CLOSE },
    }
    expect(boundOfProof({ lines: [hill, hill], budget: BUDGET }, tree)).toBe(
      whole(
        [
          { ...hill, lower: 40, upper: 60 },
          { ...hill, upper: 60 },
        ],
        CHEAP,
      ),
    )
  })
})

test('no plan brings more than any tree says, whichever lines are equal', () => {
  const drawnLine = fc
    .tuple(
      fc.constantFrom(curve('hill', 100, 50, 3), curve('hill', 120, 50, 3), curve('power', 8, 0.5)),
      fc.constantFrom(0, 10),
      fc.constantFrom(100, 150),
    )
    .map(([own, lower, upper]) => ({ curve: own, lower, upper }))
  const leaf = fc.double({ min: -6, max: 2, noNaN: true }).map((logPrice) => ({ logPrice }))
  const { tree } = fc.letrec<{ tree: ProofTree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc.record({
        line: fc.integer({ min: 0, max: 3 }),
        at: fc.integer({ min: 0, max: 150 }),
        below: tie('tree'),
        above: tie('tree'),
      }),
    ),
  }))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(drawnLine, share()), { minLength: 4, maxLength: 4 }),
      tree,
      (drawn, proof) => {
        const lines = drawn.map(([own]) => own)
        const plan = drawn.map(([{ lower, upper }, part]) => lower + part * (upper - lower))
        const value = lines.reduce(
          (sum, own, index) => sum + responseAt(own.curve, plan[index] ?? 0),
          0,
        )
        const bound = boundOfProof({ lines, budget: sumOf(plan) }, proof)
        expect(bound).toBeGreaterThanOrEqual(value * (1 - 1e-9))
      },
    ),
    { numRuns: 2000 },
  )
})
