import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { ForecastLead } from '#rules/leads/accuracy.ts'
import { calibrationByCount, calibrationByWidth } from '#rules/leads/calibration-bins.ts'
import { share } from '#test/support/share.ts'

const leads = (...pairs: readonly (readonly [number, 0 | 1])[]): ForecastLead[] =>
  pairs.map(([probability, y]) => ({ probability, converted: y === 1 }))

describe('bins of equal width', () => {
  it('hold the claims between two edges, the upper one included', () => {
    const { bins } = calibrationByWidth(
      leads([0, 0], [0.1, 1], [0.1000001, 0], [0.2, 1], [0.95, 1], [1, 1]),
    )
    expect(bins.map(({ bin, leads: count, converted }) => [bin, count, converted])).toStrictEqual([
      [0, 2, 1],
      [1, 2, 1],
      [9, 2, 2],
    ])
  })

  it('know their edges, mean claim and rate', () => {
    const { bins } = calibrationByWidth(leads([0.32, 0], [0.38, 1], [0.35, 0]))
    expect(bins).toHaveLength(1)
    expect(bins[0]).toMatchObject({ bin: 3, leads: 3, converted: 1 })
    expect(bins[0]?.low).toBeCloseTo(0.3, 15)
    expect(bins[0]?.high).toBe(0.4)
    expect(bins[0]?.meanProbability).toBeCloseTo(0.35, 15)
    expect(bins[0]?.rate).toBeCloseTo(1 / 3, 15)
  })

  it('end at exactly one', () => {
    expect(calibrationByWidth(leads([0.99, 1])).bins[0]?.high).toBe(1)
  })

  it('weigh the gaps by leads and know the largest', () => {
    // Bin 0: two leads claimed 0.05, one won: gap 0.45. Bin 8: one lead claimed 0.85, lost: gap 0.85.
    const table = calibrationByWidth(leads([0.05, 0], [0.05, 1], [0.85, 0]))
    expect(table.expectedError).toBeCloseTo((2 / 3) * 0.45 + (1 / 3) * 0.85, 15)
    expect(table.maximumError).toBeCloseTo(0.85, 15)
  })

  it('have no error where rate and claim agree', () => {
    const table = calibrationByWidth(leads([0.5, 0], [0.5, 1]))
    expect(table).toMatchObject({ expectedError: 0, maximumError: 0 })
  })
})

describe('bins of equal count', () => {
  it('cut at the deciles of the claims', () => {
    const claims = Array.from({ length: 20 }, (_, i) => [(i + 1) / 40, 0] as const)
    const { bins } = calibrationByCount(leads(...claims))
    expect(bins.map((bin) => bin.leads)).toStrictEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    expect(bins[0]?.low).toBe(1 / 40)
    expect(bins[9]?.high).toBe(0.5)
  })

  it('leave bins empty where claims tie', () => {
    const { bins, expectedError } = calibrationByCount(leads([0.5, 1], [0.5, 0], [0.5, 1]))
    expect(bins).toHaveLength(1)
    expect(bins[0]).toMatchObject({ bin: 0, low: 0.5, high: 0.5, leads: 3 })
    expect(expectedError).toBeCloseTo(2 / 3 - 0.5, 15)
  })
})

it.each([
  ['width', calibrationByWidth],
  ['count', calibrationByCount],
])('by %s, every lead is in one bin and the mean error is below the largest', (_name, tabulate) => {
  const sample = fc.array(
    fc.record({
      probability: share(),
      converted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  fc.assert(
    fc.property(sample, (given) => {
      const table = tabulate(given)
      expect(table.bins.reduce((sum, bin) => sum + bin.leads, 0)).toBe(given.length)
      expect(table.bins.reduce((sum, bin) => sum + bin.converted, 0)).toBe(
        given.filter((lead) => lead.converted).length,
      )
      expect(table.expectedError).toBeLessThanOrEqual(table.maximumError + 1e-12)
      for (const bin of table.bins) {
        expect(bin.meanProbability).toBeGreaterThanOrEqual(bin.low - 1e-12)
        expect(bin.meanProbability).toBeLessThanOrEqual(bin.high + 1e-12)
      }
    }),
  )
})
