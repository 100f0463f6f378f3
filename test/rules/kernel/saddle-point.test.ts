import { describe, expect, it } from 'vitest'

import { arcsine } from '#rules/kernel/arcsine.ts'
import { hypergeometricLogPmf, hypergeometricOdds } from '#rules/kernel/hypergeometric.ts'
import { deviance, logBeta, logGamma, stirlingError } from '#rules/kernel/saddle-point.ts'

/** |actual ÷ expected − 1|; 0 where both are equal. */
function off(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual / expected - 1)
}

/** Expected values: mpmath 1.3 with 60 digits. */
const DIGITS = 5e-15

describe('saddle point', () => {
  it.each([
    [0.01, 1.4340079537031842, 4.599479878042022],
    [0.25, 0.27251040121343206, 1.2880225246980774],
    [0.5, 0.15342640972002736, 0.5723649429247001],
    [1, 0.08106146679532726, 0],
    [1.5, 0.05481412105191765, -0.12078223763524522],
    [2.3, 0.03601450047177063, 0.15418945495963046],
    [5, 0.016644691189821193, 3.1780538303479458],
    [9.5, 0.008768700134139386, 11.689333420797269],
    [9.99, 0.00833889679773433, 12.779315214350193],
    [10, 0.00833056343336287, 12.801827480081469],
    [10.5, 0.00793411456431402, 13.940625219403763],
    [15, 0.005554733551962801, 25.19122118273868],
    [100, 0.0008333305556349147, 359.1342053695754],
    [12345.6, 6.750043198800228e-6, 103959.18506616846],
  ])('Stirling at %d', (x, error, logarithm) => {
    expect(Math.abs(stirlingError(x) - error)).toBeLessThan(1e-15 + 1e-15 * error)
    expect(Math.abs(logGamma(x) - logarithm)).toBeLessThan(4e-15 + DIGITS * Math.abs(logarithm))
  })

  it.each([
    [1, 1.01, 4.966914683191724e-5],
    [100, 100.5, 0.0012458488960926388],
    [100, 120, 1.7678443206045373],
    [100, 122, 2.114914125483481],
    [100, 123, 2.2985830615673875],
    [5, 40, 24.60279229160082],
    [40, 5, 48.17766166719344],
    [0.001, 2, 1.9913990975404579],
  ])('deviance of %d against %d', (x, mean, expected) => {
    expect(off(deviance(x, mean), expected)).toBeLessThan(1e-13)
  })

  it('has the mean as the deviance of no event, and none at the mean', () => {
    expect(deviance(0, 3.5)).toBe(3.5)
    expect(deviance(3.5, 3.5)).toBe(0)
  })

  it('takes a gap the caller knows better', () => {
    // 1e8 + 1e-9 cannot be told from 1e8; the gap can. Deviance ≈ gap² ÷ (2 · mean).
    expect(off(deviance(1e8, 1e8, 1e-9), 5e-27)).toBeLessThan(1e-9)
  })

  it.each([
    [0.5, 0.5, 1.1447298858494002],
    [1, 1, 0],
    [2.5, 7, -4.825399338314249],
    [1000, 3, -20.03311615938222],
    [1000000.0, 2000000.0, -1909548.290968533],
  ])('ln B(%d, %d)', (a, b, expected) => {
    expect(Math.abs(logBeta(a, b) - expected)).toBeLessThan(2e-15 + DIGITS * Math.abs(expected))
  })
})

describe('arcsine', () => {
  it.each([
    [0, 0],
    [0.1, 0.1001674211615598],
    [0.3, 0.3046926540153975],
    [0.499, 0.5224444594474967],
    [0.5, 0.5235987755982989],
    [0.6, 0.6435011087932844],
    [0.9, 1.1197695149986342],
    [0.99, 1.4292568534704693],
    [1, 1.5707963267948966],
  ])('of %d', (sine, angle) => {
    expect(Math.abs(arcsine(sine) - angle)).toBeLessThan(4e-16)
  })

  it('refuses what is no root of a rate', () => {
    expect(() => arcsine(-0.1)).toThrow('expected a number in [0, 1], got -0.1')
    expect(() => arcsine(1.1)).toThrow('expected a number in [0, 1]')
  })
})

describe('hypergeometric', () => {
  it.each([
    [0, 5, 7, 4, -2.649209701079277],
    [2, 5, 7, 4, -0.8574502318512216],
    [4, 5, 7, 4, -4.59511985013459],
    [30, 100, 400, 120, -3.498502700970462],
    [10, 100, 400, 120, -9.723140184024933],
  ])(
    '%d marked, of %d marked and %d unmarked, in %d draws',
    (count, marked, unmarked, draws, expected) => {
      expect(off(hypergeometricLogPmf(count, { marked, unmarked, draws }), expected)).toBeLessThan(
        1e-13,
      )
    },
  )

  it('steps from one count to the next', () => {
    const urn = { marked: 5, unmarked: 7, draws: 4 }
    const step = hypergeometricLogPmf(3, urn) - hypergeometricLogPmf(2, urn)
    expect(off(Math.log(hypergeometricOdds(2, urn)), step)).toBeLessThan(1e-13)
    // C(5,1)C(7,3) ÷ C(5,0)C(7,4) = 175 ÷ 35.
    expect(hypergeometricOdds(0, urn)).toBe(5)
  })
})
