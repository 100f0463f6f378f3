import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { adjustPValues, type Correction } from '#rules/kernel/multiplicity.ts'
import { share } from '#test/support/share.ts'

const PS = [0.01, 0.04, 0.03, 0.005, 0.55, 0.6]

const near = (values: readonly number[]): unknown[] =>
  values.map((value): unknown => expect.closeTo(value, 12))

describe('p values of several tests', () => {
  it.each<[Correction, number[]]>([
    // By hand, the smallest first: p · 6; p · (6, 5, 4, 3 …) rising; p · 6 ÷ rank falling from the end.
    ['bonferroni', [0.06, 0.24, 0.18, 0.03, 1, 1]],
    ['holm', [0.05, 0.12, 0.12, 0.03, 1, 1]],
    ['benjamini_hochberg', [0.03, 0.06, 0.06, 0.03, 0.6, 0.6]],
    // Times 1 + 1/2 + … + 1/6 = 2.45.
    ['benjamini_yekutieli', [0.0735, 0.147, 0.147, 0.0735, 1, 1]],
    [
      'sidak',
      [1 - 0.99 ** 6, 1 - 0.96 ** 6, 1 - 0.97 ** 6, 1 - 0.995 ** 6, 1 - 0.45 ** 6, 1 - 0.4 ** 6],
    ],
    [
      'holm_sidak',
      [1 - 0.99 ** 5, 1 - 0.96 ** 3, 1 - 0.97 ** 4, 1 - 0.995 ** 6, 1 - 0.45 ** 2, 1 - 0.45 ** 2],
    ],
    // statsmodels multipletests(method='hommel').
    ['hommel', [0.05, 0.12, 0.09, 0.03, 0.6, 0.6]],
  ])('%s', (correction, expected) => {
    expect(adjustPValues(PS, correction)).toEqual(near(expected))
  })

  it.each<[Correction, number[]]>([
    ['holm', [0.03, 0.04, 0.04]],
    ['benjamini_hochberg', [0.03, 0.03, 0.04]],
  ])('%s of 0.01, 0.02 and 0.04, as the rule is told', (correction, expected) => {
    expect(adjustPValues([0.01, 0.02, 0.04], correction)).toEqual(near(expected))
  })

  it('gives ties the same value and keeps the order given', () => {
    expect(adjustPValues([0.04, 0.01, 0.04, 0.01], 'holm')).toEqual(near([0.08, 0.04, 0.08, 0.04]))
    expect(adjustPValues([0.04, 0.01, 0.04, 0.01], 'benjamini_hochberg')).toEqual(
      near([0.04, 0.02, 0.04, 0.02]),
    )
  })

  it.each<[Correction, number[]]>([
    // 3 · 0.05 ÷ 3 is 0.05 plus a last digit: no longer ≤ 0.05.
    ['benjamini_hochberg', [0.05 / 3, 0.05 / 2, 0.05]],
    ['hommel', [0.0125, 0.0125, 0.05, 0.05]],
  ])('%s leaves a largest p value that is α where it is', (correction, ps) => {
    expect(adjustPValues(ps, correction).at(-1)).toBe(0.05)
  })

  it('takes none, one, and the ends', () => {
    for (const correction of ['holm', 'hommel', 'benjamini_hochberg'] as const) {
      expect(adjustPValues([], correction)).toEqual([])
      expect(adjustPValues([0.2], correction)).toEqual([0.2])
      expect(adjustPValues([0, 1], correction)).toEqual([0, 1])
    }
  })

  it.each([[-0.01], [1.01], [Number.NaN]])('refuses the p value %d', (p) => {
    expect(() => adjustPValues([0.5, p], 'holm')).toThrow('expected p values in [0, 1]')
  })

  it('never falls below the p value, stays in order, and Holm lies between Hochberg and Bonferroni', () => {
    const p = share()
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 9 }), (ps) => {
        const holm = adjustPValues(ps, 'holm')
        const bh = adjustPValues(ps, 'benjamini_hochberg')
        const bonferroni = adjustPValues(ps, 'bonferroni')
        const hommel = adjustPValues(ps, 'hommel')
        for (const [index, value] of ps.entries()) {
          expect(holm[index]).toBeGreaterThanOrEqual((hommel[index] ?? 0) - 1e-12)
          expect(hommel[index]).toBeGreaterThanOrEqual((bh[index] ?? 0) - 1e-12)
          expect(bh[index]).toBeGreaterThanOrEqual(value - 1e-12)
          expect(bonferroni[index]).toBeGreaterThanOrEqual((holm[index] ?? 0) - 1e-12)
          expect(bonferroni[index]).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 200 },
    )
  })
})
