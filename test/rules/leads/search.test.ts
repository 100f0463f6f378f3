import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { firstAtLeast } from '#rules/leads/search.ts'

it.each([
  [[], 3, 0],
  [[3], 2, 0],
  [[3], 3, 0],
  [[3], 4, 1],
  [[1, 3, 5], 0, 0],
  [[1, 3, 5], 1, 0],
  [[1, 3, 5], 2, 1],
  [[1, 3, 5], 5, 2],
  [[1, 3, 5], 6, 3],
  [[2, 2, 2], 2, 0],
])('among %j the first at least %d stands at %d', (ascending, value, place) => {
  expect(firstAtLeast(ascending, value)).toBe(place)
})

it('agrees with looking at every value', () => {
  const lists = fc.array(fc.integer({ min: 0, max: 30 }))
  fc.assert(
    fc.property(lists, fc.integer({ min: -1, max: 31 }), (values, value) => {
      const ascending = values.toSorted((left, right) => left - right)
      const found = ascending.findIndex((each) => each >= value)
      expect(firstAtLeast(ascending, value)).toBe(found === -1 ? ascending.length : found)
    }),
  )
})
