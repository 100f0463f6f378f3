import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compareRanks } from '#rules/momentum/ranks.ts'

describe('Mann–Whitney', () => {
  // The example of SciPy's mannwhitneyu: ages at diagnosis, method asymptotic.
  it('agrees with the published example', () => {
    const test = compareRanks([19, 22, 16, 29, 24], [20, 11, 17, 12])
    expect(test?.u).toBe(17)
    expect(test?.p).toBeCloseTo(0.11134688653314041, 12)
  })

  it('counts pairs won, ties half', () => {
    // 1 beats none; 2 ties 2, 3 beats 2 … pairs: (2,2) ½, (3,2) 1, (3,3) ½, (2,3) 0, (1,·) 0.
    expect(compareRanks([1, 2, 3], [2, 3])?.u).toBe(0.5 + 1 + 0.5)
  })

  it('is one when nothing speaks for a difference', () => {
    expect(compareRanks([1, 2], [1, 2])?.p).toBe(1)
    expect(compareRanks([1, 4], [2, 3])?.p).toBe(1)
  })

  it('says nothing when all values are equal', () => {
    expect(compareRanks([5, 5], [5])).toBeNull()
  })

  it('corrects for ties', () => {
    // n = m = 4, ties of 2, 2, 4: Σ(t³ − t) = 6 + 6 + 60 = 72; σ² = 16/12 · (9 − 72/56).
    const test = compareRanks([1, 1, 3, 3], [2, 2, 3, 3])
    const sigma = Math.sqrt((16 / 12) * (9 - 72 / 56))
    const z = (10 - 8 - 0.5) / sigma
    expect(test?.u).toBe(6)
    expect(test?.p).toBeCloseTo(twoSided(z), 6)
  })
})

/** Two-sided normal p by the series of the error function, enough for a test. */
function twoSided(z: number): number {
  let [term, sum] = [z, z]
  for (let k = 1; k < 60; k++) {
    term *= (-z * z) / (2 * k)
    sum += term / (2 * k + 1)
  }
  return 1 - (2 * sum) / Math.sqrt(2 * Math.PI)
}

describe('for any samples', () => {
  const values = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 20 })

  it('U is the number of pairs won', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const test = compareRanks(first, second)
        if (test === null) return
        const won = first.reduce(
          (sum, a) => sum + second.reduce((part, b) => part + (Math.sign(a - b) + 1) / 2, 0),
          0,
        )
        expect(test.u).toBeCloseTo(won, 9)
      }),
    )
  })

  it('swapping the samples keeps p', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const there = compareRanks(first, second)
        const back = compareRanks(second, first)
        expect(back?.p ?? null).toStrictEqual(there?.p ?? null)
        fc.pre(there !== null && back !== null)
        expect((there?.u ?? 0) + (back?.u ?? 0)).toBe(first.length * second.length)
      }),
    )
  })
})
