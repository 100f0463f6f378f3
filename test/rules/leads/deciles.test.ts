import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { deciles } from '#rules/leads/deciles.ts'
import type { ScoredLead } from '#rules/leads/score-levels.ts'

const lead = (score: number, converted: boolean): ScoredLead => ({ score, converted })

describe('tenths of twelve leads worked by hand', () => {
  // Scores 12 … 1; the leads at 12, 11, 9 and 2 converted: a base rate of one third.
  const won = new Set([12, 11, 9, 2])
  const parts = () => deciles(Array.from({ length: 12 }, (_, i) => lead(i + 1, won.has(i + 1))))

  it('gives the first two tenths the two leads more', () => {
    expect(parts().map(({ decile, leads }) => [decile, leads])).toStrictEqual([
      [1, 2],
      [2, 2],
      [3, 1],
      [4, 1],
      [5, 1],
      [6, 1],
      [7, 1],
      [8, 1],
      [9, 1],
      [10, 1],
    ])
  })

  it('counts conversions from the best score down', () => {
    expect(parts().map(({ converted }) => converted)).toStrictEqual([2, 1, 0, 0, 0, 0, 0, 0, 1, 0])
  })

  it('shows which scores a tenth holds', () => {
    expect(
      parts()
        .slice(0, 3)
        .map(({ minScore, maxScore }) => [minScore, maxScore]),
    ).toStrictEqual([
      [11, 12],
      [9, 10],
      [8, 8],
    ])
  })

  it('holds rate and lift of the tenth alone', () => {
    expect(parts()[0]).toMatchObject({ rate: 1, lift: 3 })
    expect(parts()[1]?.rate).toBe(0.5)
    expect(parts()[1]?.lift).toBeCloseTo(1.5, 15)
    expect(parts()[2]).toMatchObject({ rate: 0, lift: 0 })
  })

  it('adds up gains and lifts from the top', () => {
    expect(parts().map(({ cumulativeGain }) => cumulativeGain)).toStrictEqual([
      0.5, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 1, 1,
    ])
    expect(parts()[1]?.cumulativeLift).toBeCloseTo(3 / 4 / (1 / 3), 15)
    expect(parts()[9]?.cumulativeLift).toBe(1)
  })
})

describe('with fewer than ten leads', () => {
  const parts = () => deciles([lead(1, false), lead(2, true)])

  it('the last tenths are empty: null, not zero', () => {
    expect(parts()).toHaveLength(10)
    expect(parts()[2]).toStrictEqual({
      decile: 3,
      leads: 0,
      converted: 0,
      rate: null,
      lift: null,
      minScore: null,
      maxScore: null,
      cumulativeGain: 1,
      cumulativeLift: 1,
    })
  })

  it('the first hold one lead each', () => {
    expect(parts()[0]).toMatchObject({ leads: 1, converted: 1, rate: 1, lift: 2 })
    expect(parts()[1]).toMatchObject({ leads: 1, converted: 0, rate: 0, lift: 0 })
  })
})

describe('without', () => {
  it('a conversion there is no lift and no gain', () => {
    const [first] = deciles([lead(1, false), lead(2, false)])
    expect(first).toMatchObject({
      rate: 0,
      lift: null,
      cumulativeGain: null,
      cumulativeLift: null,
    })
  })

  it('a lead everything is null', () => {
    const parts = deciles([])
    expect(parts).toHaveLength(10)
    for (const part of parts) {
      expect(part).toMatchObject({ leads: 0, rate: null, lift: null, cumulativeLift: null })
    }
  })
})

it('cuts ties in the order given', () => {
  const tied = Array.from({ length: 10 }, (_, i) => lead(50, i < 3))
  expect(deciles(tied).map(({ converted }) => converted)).toStrictEqual([
    1, 1, 1, 0, 0, 0, 0, 0, 0, 0,
  ])
})

it('keeps every lead, and the weighted lifts average to one', () => {
  const sample = fc
    .array(fc.record({ score: fc.integer({ min: 0, max: 100 }), converted: fc.boolean() }), {
      minLength: 1,
      maxLength: 80,
    })
    .filter((leads) => leads.some((one) => one.converted))
  fc.assert(
    fc.property(sample, (leads) => {
      const parts = deciles(leads)
      const total = (pick: (part: (typeof parts)[number]) => number): number =>
        parts.reduce((sum, part) => sum + pick(part), 0)
      expect(total((part) => part.leads)).toBe(leads.length)
      expect(total((part) => part.converted)).toBe(leads.filter((one) => one.converted).length)
      expect(total((part) => part.leads * (part.lift ?? 0)) / leads.length).toBeCloseTo(1, 10)
      const sizes = parts.map((part) => part.leads)
      expect(sizes).toStrictEqual(sizes.toSorted((left, right) => right - left))
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})
