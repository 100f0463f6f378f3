import { describe, expect, test } from 'vitest'

import { boundOfProof } from '#rules/budget/proof-check.ts'

import { curve } from '../allocation/lines.ts'

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
