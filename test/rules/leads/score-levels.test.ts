import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { InvariantError } from '#rules/kernel/invariant.ts'
import { scoreLevels, totalsOf, type ScoredLead } from '#rules/leads/score-levels.ts'

const lead = (score: number, converted = false): ScoredLead => ({ score, converted })

describe('score levels', () => {
  it('gathers equal scores, the highest first', () => {
    expect(
      scoreLevels([lead(40), lead(80, true), lead(40, true), lead(9), lead(80)]),
    ).toStrictEqual([
      { score: 80, total: 2, converted: 1 },
      { score: 40, total: 2, converted: 1 },
      { score: 9, total: 1, converted: 0 },
    ])
  })

  it('sorts by size, not by digits', () => {
    expect(scoreLevels([lead(9), lead(10), lead(100)]).map(({ score }) => score)).toStrictEqual([
      100, 10, 9,
    ])
  })

  it('has no level without leads', () => {
    expect(scoreLevels([])).toStrictEqual([])
    expect(totalsOf([])).toStrictEqual({ total: 0, converted: 0 })
  })

  it.each([Number.NaN, Infinity, -Infinity])('refuses the score %d', (score) => {
    expect(() => scoreLevels([lead(score)])).toThrow(InvariantError)
  })

  it('keeps every lead and every conversion', () => {
    const leads = fc.array(
      fc.record({ score: fc.integer({ min: 0, max: 20 }), converted: fc.boolean() }),
    )
    fc.assert(
      fc.property(leads, (sample) => {
        expect(totalsOf(scoreLevels(sample))).toStrictEqual({
          total: sample.length,
          converted: sample.filter((one) => one.converted).length,
        })
      }),
    )
  })
})
