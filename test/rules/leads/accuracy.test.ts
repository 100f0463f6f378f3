import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { lossOf, measureAccuracy, type ForecastLead } from '#rules/leads/accuracy.ts'

/** Leads as [claimed probability, converted 0 or 1]. */
const leads = (...pairs: readonly (readonly [number, 0 | 1])[]): ForecastLead[] =>
  pairs.map(([probability, y]) => ({ probability, converted: y === 1 }))

describe('accuracy worked by hand', () => {
  const result = () => measureAccuracy(leads([0.1, 0], [0.4, 0], [0.35, 1], [0.8, 1]))

  it('counts leads and conversions', () => {
    expect(result()).toMatchObject({ leads: 4, converted: 2, baseRate: 0.5 })
    expect(result().meanProbability).toBeCloseTo(1.65 / 4, 15)
  })

  it('has the mean squared distance and its skill over the base rate', () => {
    // 0.01 + 0.16 + 0.4225 + 0.04 over four; the base rate alone scores ¼.
    expect(result().brier).toBeCloseTo(0.158125, 15)
    expect(result().brierReference).toBe(0.25)
    expect(result().brierSkill).toBeCloseTo(1 - 0.158125 / 0.25, 15)
  })

  it('has the mean logarithm of the chance given to what happened', () => {
    const chances = [0.9, 0.6, 0.35, 0.8]
    const loss = -chances.reduce((sum, chance) => sum + Math.log(chance), 0) / 4
    expect(result().logLoss).toBeCloseTo(loss, 14)
  })

  it('compares wins with promised wins', () => {
    expect(result().observedOverExpected).toBeCloseTo(2 / 1.65, 14)
    // (2 − 1.65) ÷ √(0.09 + 0.24 + 0.2275 + 0.16) = 0.4133; two-sided p 0.679
    expect(result().observedP).toBeCloseTo(0.67942, 4)
  })

  it("has Spiegelhalter's z", () => {
    // Σ (y − p)(1 − 2p) = −0.08 − 0.08 + 0.195 − 0.12; Σ p(1 − p)(1 − 2p)² = 0.0576 + 0.0096 + 0.020475 + 0.0576
    const z = -0.085 / Math.sqrt(0.145275)
    expect(result().spiegelhalterZ).toBeCloseTo(z, 12)
    expect(result().spiegelhalterP).toBeCloseTo(0.8235280649282523, 12)
  })
})

describe('where a definition divides by zero it says null', () => {
  it('no skill over a base rate of nothing', () => {
    const result = measureAccuracy(leads([0.1, 0], [0.2, 0]))
    expect(result.brierSkill).toBeNull()
    expect(result.brierReference).toBe(0)
    expect(result.observedOverExpected).toBe(0)
  })

  it('no skill over a base rate of everything', () => {
    expect(measureAccuracy(leads([0.5, 1])).brierSkill).toBeNull()
  })

  it('no ratio and no p when nothing was promised', () => {
    const result = measureAccuracy(leads([0, 0], [0, 1]))
    expect(result.observedOverExpected).toBeNull()
    expect(result.observedP).toBeNull()
    expect(result.spiegelhalterZ).toBeNull()
    expect(result.spiegelhalterP).toBeNull()
  })

  it("no Spiegelhalter's z when every claim is one half", () => {
    const result = measureAccuracy(leads([0.5, 0], [0.5, 1]))
    expect(result.spiegelhalterZ).toBeNull()
    expect(result.observedP).toBeCloseTo(1, 12)
  })
})

describe('the loss of one lead', () => {
  it.each([
    [0.25, true, -Math.log(0.25)],
    [0.25, false, -Math.log(0.75)],
    [1, true, 2 ** -52],
    [0, false, 2 ** -52],
    [0, true, 52 * Math.LN2],
    [1, false, 52 * Math.LN2],
  ])('claimed %d, converted %s: %d', (probability, converted, loss) => {
    expect(lossOf({ probability, converted })).toBeCloseTo(loss, 12)
  })
})

describe('a broken promise stops', () => {
  it('on no leads', () => {
    expect(() => measureAccuracy([])).toThrow(InvariantError)
  })

  it.each([-0.01, 1.01, Number.NaN])('on the probability %d', (probability) => {
    expect(() => measureAccuracy([{ probability, converted: false }])).toThrow(InvariantError)
  })

  it.each([0, 1])('but not at the end %d of the range', (probability) => {
    expect(measureAccuracy([{ probability, converted: probability === 1 }]).brier).toBe(0)
  })
})

describe('for any claims', () => {
  const sample = fc.array(
    fc.record({
      probability: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      converted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 50 },
  )

  it('claiming the base rate for everyone has no skill', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const baseRate = given.filter((lead) => lead.converted).length / given.length
        const flat = measureAccuracy(given.map((lead) => ({ ...lead, probability: baseRate })))
        expect(flat.brier).toBeCloseTo(flat.brierReference, 12)
        expect(flat.brierSkill ?? 0).toBeCloseTo(0, 10)
      }),
    )
  })

  it('swapping outcomes and claims swaps nothing of Brier and loss', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const straight = measureAccuracy(given)
        const mirrored = measureAccuracy(
          given.map(({ probability, converted }) => ({
            probability: 1 - probability,
            converted: !converted,
          })),
        )
        expect(mirrored.brier).toBeCloseTo(straight.brier, 12)
        expect(mirrored.logLoss).toBeCloseTo(straight.logLoss, 12)
        expect(mirrored.converted).toBe(straight.leads - straight.converted)
      }),
    )
  })

  it('the better informed claim loses less', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const nearer = given.map(({ probability, converted }) => ({
          probability: (probability + (converted ? 1 : 0)) / 2,
          converted,
        }))
        expect(measureAccuracy(nearer).brier).toBeLessThan(measureAccuracy(given).brier)
        expect(measureAccuracy(nearer).logLoss).toBeLessThan(measureAccuracy(given).logLoss)
      }),
    )
  })
})
