import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { measureRanking, type Ranking } from '#rules/leads/ranking.ts'
import { scoreLevels, type ScoredLead } from '#rules/leads/score-levels.ts'

/** Leads as [score, converted 0 or 1]. */
const rank = (...leads: readonly (readonly [number, 0 | 1])[]): Ranking | null =>
  measureRanking(scoreLevels(leads.map(([score, y]) => ({ score, converted: y === 1 }))))

describe('a ranking worked by hand', () => {
  // The example of scikit-learn's roc_auc_score: scores 0.1, 0.4 did not convert, 0.35, 0.8 did.
  // Shares of the other class beaten: 0.35 → 1/2, 0.8 → 1; 0.1 → 1, 0.4 → 1/2. Each has variance 1/8, so se² = 1/8 ÷ 2 + 1/8 ÷ 2.
  const result = () => rank([0.1, 0], [0.4, 0], [0.35, 1], [0.8, 1])

  it('has the AUC of the pairs won', () => {
    expect(result()?.auc).toBe(0.75)
  })

  it('has the DeLong error of the shares won', () => {
    expect(result()?.aucStandardError).toBeCloseTo(Math.sqrt(1 / 8), 15)
  })

  it('adds precision at each gain of recall', () => {
    // 0.8: recall ½ at precision 1; 0.35: recall 1 at precision 2/3.
    expect(result()?.averagePrecision).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 15)
  })

  it('takes trapezoids under the precision–recall line', () => {
    // From (0, 1) to (½, 1), (½, ½), (1, 2/3).
    expect(result()?.precisionRecallTrapezoid).toBeCloseTo(0.5 + (0.5 * (1 / 2 + 2 / 3)) / 2, 15)
  })

  it('has the largest distance between the two shares', () => {
    expect(result()?.ks).toBe(0.5)
  })
})

describe('the ranking of', () => {
  it('a perfect score is 1 without error', () => {
    expect(rank([1, 0], [2, 0], [3, 1], [4, 1])).toStrictEqual({
      auc: 1,
      aucStandardError: 0,
      averagePrecision: 1,
      precisionRecallTrapezoid: 1,
      ks: 1,
    })
  })

  it('a reversed score is 0, with the same distance', () => {
    expect(rank([4, 0], [3, 0], [2, 1], [1, 1])).toMatchObject({ auc: 0, ks: 1 })
  })

  it('one score for all is one half', () => {
    expect(rank([5, 0], [5, 1], [5, 1])).toMatchObject({
      auc: 0.5,
      aucStandardError: 0,
      averagePrecision: 2 / 3,
      ks: 0,
    })
  })

  it('one converting lead counts no spread for its class', () => {
    // Others at 1, 3; the winner at 2 beats one of two. Others' shares: 1 and 0, variance ½, ÷ 2.
    const result = rank([1, 0], [2, 1], [3, 0])
    expect(result?.auc).toBe(0.5)
    expect(result?.aucStandardError).toBeCloseTo(0.5, 15)
  })

  it('one other lead counts no spread for its class', () => {
    const result = rank([1, 1], [2, 0], [3, 1])
    expect(result?.aucStandardError).toBeCloseTo(0.5, 15)
  })

  it.each([
    ['no lead', []],
    ['no conversion', [[1, 0] as const, [2, 0] as const]],
    ['nothing but conversions', [[1, 1] as const]],
  ])('%s is not defined', (_name, leads) => {
    expect(rank(...leads)).toBeNull()
  })
})

describe('for any scores', () => {
  const leads = fc
    .array(fc.record({ score: fc.integer({ min: 0, max: 9 }), converted: fc.boolean() }), {
      minLength: 2,
      maxLength: 60,
    })
    .filter((sample) => new Set(sample.map((lead) => lead.converted)).size === 2)
  const of = (sample: readonly ScoredLead[]): Ranking => {
    const ranking = measureRanking(scoreLevels(sample))
    if (ranking === null) throw new Error('both outcomes are there')
    return ranking
  }

  it('the AUC is the share of pairs won, ties counting half', () => {
    fc.assert(
      fc.property(leads, (sample) => {
        const winners = sample.filter((lead) => lead.converted)
        const others = sample.filter((lead) => !lead.converted)
        let won = 0
        for (const winner of winners) {
          for (const other of others) {
            if (winner.score > other.score) won += 1
            if (winner.score === other.score) won += 0.5
          }
        }
        expect(of(sample).auc).toBeCloseTo(won / winners.length / others.length, 12)
      }),
    )
  })

  it('the DeLong error is that of the definition by single leads', () => {
    fc.assert(
      fc.property(leads, (sample) => {
        const winners = sample.filter((lead) => lead.converted)
        const others = sample.filter((lead) => !lead.converted)
        const beats = (a: number, b: number): number => (Math.sign(a - b) + 1) / 2
        const mean = (values: readonly number[]) =>
          values.reduce((sum, value) => sum + value, 0) / values.length
        const v10 = winners.map((one) => mean(others.map((two) => beats(one.score, two.score))))
        const v01 = others.map((two) => mean(winners.map((one) => beats(one.score, two.score))))
        const variance = (values: readonly number[]) =>
          values.length < 2
            ? 0
            : values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) /
              (values.length - 1) /
              values.length
        expect(of(sample).aucStandardError).toBeCloseTo(
          Math.sqrt(variance(v10) + variance(v01)),
          12,
        )
      }),
    )
  })

  it('turning the scores round mirrors the AUC and keeps error and distance', () => {
    fc.assert(
      fc.property(leads, (sample) => {
        const straight = of(sample)
        const turned = of(sample.map((lead) => ({ ...lead, score: -lead.score })))
        expect(turned.auc).toBeCloseTo(1 - straight.auc, 12)
        expect(turned.aucStandardError).toBeCloseTo(straight.aucStandardError, 12)
        expect(turned.ks).toBeCloseTo(straight.ks, 12)
      }),
    )
  })

  it('the order of the rows does not matter', () => {
    fc.assert(
      fc.property(leads, (sample) => {
        expect(of(sample.toReversed())).toStrictEqual(of(sample))
      }),
    )
  })

  it('every share lies in [0, 1]', () => {
    fc.assert(
      fc.property(leads, (sample) => {
        for (const share of Object.values(of(sample))) {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
