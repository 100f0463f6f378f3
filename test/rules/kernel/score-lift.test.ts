import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { present } from '#rules/kernel/invariant.ts'
import { miettinenNurminenInterval } from '#rules/kernel/miettinen-nurminen.ts'
import { scoreLiftInterval } from '#rules/kernel/score-lift.ts'

const samples = (control: readonly [number, number], treatment: readonly [number, number]) => ({
  control: { successes: control[0], trials: control[1] },
  treatment: { successes: treatment[0], trials: treatment[1] },
})
const Z = 1.959_963_984_540_054

describe('the score interval of a lift', () => {
  it('keeps its width where every user converts', () => {
    // All of 100 against all of 100: (r − 1)² ÷ ((r − 1)/100) · 199/200 = z² above 1, and the mirror of it below.
    const above = (Z ** 2 / 100) * (200 / 199)
    expect(scoreLiftInterval(samples([100, 100], [100, 100]), 0.95)).toEqual({
      low: expect.closeTo(1 / (1 + above) - 1, 12),
      high: expect.closeTo(above, 12),
    })
  })

  it('reaches a full loss, and no farther, where no user of the treatment converts', () => {
    const interval = scoreLiftInterval(samples([20, 1000], [0, 1000]), 0.95)
    expect(interval?.low).toBe(-1)
    // Under r the control's rate solves 2000 r p² − (1020 r + 1000) p + 20 = 0; there the score is z.
    const r = 1 + (interval?.high ?? 0)
    const b = 1020 * r + 1000
    const p = (b - Math.sqrt(b ** 2 - 160_000 * r)) / (4000 * r)
    const variance = (r * p * (1 - r * p) + r ** 2 * p * (1 - p)) / 1000
    expect((r * 0.02) / Math.sqrt((variance * 2000) / 1999)).toBeCloseTo(Z, 9)
    expect(interval?.high).toBeCloseTo(-0.808_450_18, 8)
  })

  it('is not stated where the control has no success', () => {
    expect(scoreLiftInterval(samples([0, 100], [3, 100]), 0.95)).toBeNull()
    expect(scoreLiftInterval(samples([1, 100], [0, 100]), 0.95)).not.toBeNull()
  })

  it('refuses counts that cannot be', () => {
    expect(() => scoreLiftInterval(samples([0, 100], [101, 100]), 0.95)).toThrow('101')
    expect(() => scoreLiftInterval(samples([101, 100], [1, 100]), 0.95)).toThrow('101')
  })

  it('excludes zero exactly when the score interval of the difference does', () => {
    const sample = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 300 }))
    fc.assert(
      fc.property(sample, sample, (control, treatment) => {
        const given = samples(control, treatment)
        const lift = present(scoreLiftInterval(given, 0.95), 'an interval')
        const difference = miettinenNurminenInterval(given, 0.95)
        expect(lift.low > 0).toBe(difference.low > 0)
        expect(lift.high < 0).toBe(difference.high < 0)
        const observed = treatment[0] / treatment[1] / (control[0] / control[1]) - 1
        expect(lift.low).toBeLessThan(observed)
        expect(lift.high).toBeGreaterThan(observed)
      }),
      { numRuns: 100 },
    )
  })
})
