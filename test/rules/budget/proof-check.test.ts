import { expect, test } from 'vitest'

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
