import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { declineOf } from '#rules/budget/decline.ts'
import type { BudgetContext } from '#rules/budget/input.ts'
import { lineStops, provenLines, targetCpa } from '#rules/budget/line-stops.ts'
import { budgetLines } from '#rules/budget/lines.ts'
import { maturedSpend } from '#rules/budget/maturity.ts'
import {
  anytimeWaste,
  logEValueOf,
  stopLossEvidence,
  type StopLossTerms,
} from '#rules/budget/stop-loss.ts'
import { wasteOf } from '#rules/budget/waste.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

const TERMS: StopLossTerms = {
  targetCpa: 100,
  alpha: 0.05,
  beta: 0.2,
  multiple: 2,
  clusterSize: null,
  dispersion: 1,
}

describe('stopLossEvidence', () => {
  test('no conversion on three targets: e^−3 = 0.0498 is proof enough at 5 %', () => {
    const found = stopLossEvidence({ spend: 300, conversions: 0 }, TERMS)
    expect(found.pValue).toBeCloseTo(Math.exp(-3), 12)
    expect(found.zeroConversionBound).toBeCloseTo(100 * Math.log(20), 9)
    expect(found.triggers).toEqual(['zero_conversions'])
    expect(found).toMatchObject({ cpa: null, cpaHigh: null, conversionsLow: 0, wastePoint: 300 })
    expect(found.conversionsHigh).toBeCloseTo(Math.log(20), 9)
    expect(found.cpaLow).toBeCloseTo(300 / Math.log(20), 9)
    expect(found.wasteProvable).toBeCloseTo(300 - 100 * Math.log(20), 6)
  })

  // 100·ln 20 = 299.573: one unit beside the bound.
  test.each([
    [299.57, []],
    [299.58, ['zero_conversions']],
  ])('%f without a conversion triggers %j', (spend, triggers) => {
    expect(stopLossEvidence({ spend, conversions: 0 }, TERMS).triggers).toEqual(triggers)
  })

  test('clustered conversions need more spend to prove the same', () => {
    const clustered = { ...TERMS, clusterSize: 2 }
    const found = stopLossEvidence({ spend: 300, conversions: 0 }, clustered)
    // r(alpha^(−1/r) − 1) = 2·(√20 − 1) targets; P(0) = (2 ÷ (2 + 3))².
    expect(found.zeroConversionBoundClustered).toBeCloseTo(200 * (Math.sqrt(20) - 1), 9)
    expect(found.pValue).toBeCloseTo((2 / 5) ** 2, 12)
    expect(found.triggers).toEqual([])
    expect(stopLossEvidence({ spend: 695, conversions: 0 }, clustered).triggers).toContain(
      'zero_conversions',
    )
  })

  test('the SPRT weighs "at target" against twice the target', () => {
    // llr = −c·ln 2 + E/2; it stops at ln(0.8/0.05) = 2.7726 and clears at ln(0.2/0.95) = −1.558.
    const found = stopLossEvidence({ spend: 700, conversions: 1 }, TERMS)
    expect(found.logLikelihoodRatio).toBeCloseTo(3.5 - Math.LN2, 12)
    expect(found.sprt).toBe('stop')
    expect(found.triggers).toEqual(['cpa_above_target_proven', 'sprt_stop'])
    expect(stopLossEvidence({ spend: 690, conversions: 1 }, TERMS).sprt).toBe('continue')
    expect(stopLossEvidence({ spend: 100, conversions: 3 }, TERMS).sprt).toBe('clear')
    expect(found.sprtUpper).toBeCloseTo(Math.log(16), 12)
    expect(found.sprtLower).toBeCloseTo(Math.log(0.2 / 0.95), 12)
  })

  test('conversions that scatter φ times as much count as 1 ÷ φ of themselves', () => {
    const clustered = { ...TERMS, dispersion: 2 }
    const found = stopLossEvidence({ spend: 700, conversions: 1 }, clustered)
    expect(found.logEValue).toBe(logEValueOf(0.5, 3.5))
    expect(found.logLikelihoodRatio).toBeCloseTo((3.5 - Math.LN2) / 2, 12)
    expect(found.sprt).toBe('continue')
    const waste = (dispersion: number) =>
      anytimeWaste({ spend: 2000, conversions: 2 }, { targetCpa: 100, alpha: 0.05, dispersion })
    // Half of the counts at twice the target are the same money.
    expect(waste(2)).toBeCloseTo(
      anytimeWaste({ spend: 2000, conversions: 1 }, { targetCpa: 200, alpha: 0.05, dispersion: 1 }),
      9,
    )
    expect(waste(2)).toBeLessThan(waste(1))
    expect(() => waste(0.99)).toThrow(/dispersion/)
    expect(() =>
      stopLossEvidence({ spend: 1, conversions: 0 }, { ...TERMS, dispersion: 0.99 }),
    ).toThrow(/dispersion/)
  })

  test('a lower bound of the cost above the multiple is the stronger trigger', () => {
    const found = stopLossEvidence({ spend: 1500, conversions: 2 }, TERMS)
    expect(found.cpaLow).toBeGreaterThan(200)
    expect(found.triggers).toContain('cpa_above_multiple_proven')
    expect(found.triggers).not.toContain('cpa_above_target_proven')
  })

  test('a line on target triggers nothing and wastes nothing', () => {
    const found = stopLossEvidence({ spend: 1000, conversions: 10 }, TERMS)
    expect(found).toMatchObject({
      triggers: [],
      wastePoint: 0,
      wasteProvable: 0,
      cpa: 100,
      eProcess: 'continue',
    })
    // Half of the chi-square quantile 10.851 on 20 degrees.
    expect(found.conversionsLow).toBeCloseTo(5.4254, 4)
    expect(found.cpaHigh).toBeCloseTo(1000 / 5.4254, 2)
  })

  test('a p value of exactly alpha proves', () => {
    const { pValue: alpha } = stopLossEvidence({ spend: 350, conversions: 0 }, TERMS)
    const at = (own: number) =>
      stopLossEvidence({ spend: 350, conversions: 0 }, { ...TERMS, alpha: own })
    expect(at(alpha).triggers).toContain('zero_conversions')
    expect(at(alpha * 0.999).triggers).not.toContain('zero_conversions')
  })

  test('nothing spent proves nothing', () => {
    const found = stopLossEvidence({ spend: 0, conversions: 0 }, TERMS)
    expect(found).toMatchObject({ pValue: 1, triggers: [], expectedConversions: 0 })
    expect(found.logEValue).toBeCloseTo(0, 12)
  })

  test.each<[string, Parameters<typeof stopLossEvidence>]>([
    ['negative spend', [{ spend: -1, conversions: 0 }, TERMS]],
    ['negative conversions', [{ spend: 1, conversions: -1 }, TERMS]],
    [
      'a target of 0',
      [
        { spend: 1, conversions: 0 },
        { ...TERMS, targetCpa: 0 },
      ],
    ],
    [
      'a multiple of 1',
      [
        { spend: 1, conversions: 0 },
        { ...TERMS, multiple: 1 },
      ],
    ],
  ])('refuses %s', (_name, [line, terms]) => {
    expect(() => stopLossEvidence(line, terms)).toThrow(/stop-loss/)
  })
})

describe('the e-value', () => {
  test('is the mixture integral, added up numerically', () => {
    for (const [conversions, expected] of [
      [0, 4],
      [2, 7.5],
      [9, 5],
    ] as const) {
      const steps = 20_000
      let sum = 0
      for (let step = 0; step < steps; step++) {
        const rate = (step + 0.5) / steps
        sum += rate ** conversions * Math.exp(expected * (1 - rate) - rate)
      }
      const integral = sum / steps / (1 - Math.exp(-1))
      expect(logEValueOf(conversions, expected)).toBeCloseTo(Math.log(integral), 6)
    }
  })

  test('stops at 1 ÷ alpha', () => {
    const spendAt = (spend: number) => stopLossEvidence({ spend, conversions: 0 }, TERMS)
    const threshold = Math.log(20)
    expect(spendAt(415).logEValue).toBeLessThan(threshold)
    expect(spendAt(415).eProcess).toBe('continue')
    expect(spendAt(425).logEValue).toBeGreaterThan(threshold)
    expect(spendAt(425).eProcess).toBe('stop')
  })

  test('stays honest under daily looks: lines on target are stopped less often than alpha', () => {
    const random = createRandom(11)
    let stopped = 0
    const lines = 400
    for (let line = 0; line < lines; line++) {
      let [spend, conversions, hit] = [0, 0, false]
      for (let day = 0; day < 60; day++) {
        spend += 50
        // Poisson with mean 0.5 by inversion.
        for (let chance = random(); chance > Math.exp(-0.5); chance *= random()) conversions++
        hit ||= stopLossEvidence({ spend, conversions }, TERMS).eProcess === 'stop'
      }
      if (hit) stopped++
    }
    expect(stopped / lines).toBeLessThanOrEqual(0.05)
  })

  test('never grows when a conversion comes in, never falls when money goes out without one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        (conversions, expected) => {
          const now = logEValueOf(conversions, expected)
          expect(logEValueOf(conversions + 1, expected)).toBeLessThanOrEqual(now)
          expect(logEValueOf(conversions, expected + 1)).toBeGreaterThanOrEqual(now)
        },
      ),
    )
  })
})

describe('maturedSpend', () => {
  test('half of the spend of a half-life ago counts, a quarter of it is still out after two', () => {
    expect(maturedSpend([{ spend: 100, ageDays: 7 }], 7)).toBeCloseTo(50, 12)
    expect(
      maturedSpend(
        [
          { spend: 100, ageDays: 14 },
          { spend: 100, ageDays: 0 },
        ],
        7,
      ),
    ).toBeCloseTo(75, 12)
    expect(maturedSpend([], 7)).toBe(0)
  })
})

describe('declineOf', () => {
  const readings = (values: readonly number[], sd = 0.1) => values.map((value) => ({ value, sd }))
  const terms = { runLength: 3, minDrop: 0.15, alpha: 0.05 }

  test('three falls in a row, far and beyond noise', () => {
    const found = declineOf(readings([4, 4, 3.5, 3, 2.5]), terms)
    expect(found).toMatchObject({ consecutiveDeclines: 3, trigger: true })
    expect(found.randomRunProbability).toBeCloseTo(1 / 24, 12)
    expect(found.comparison?.drop).toBeCloseTo(1.5 / 4, 12)
    expect(found.comparison?.z).toBeCloseTo(-1.5 / Math.sqrt(0.02), 9)
  })

  test.each<[string, readonly number[], number, boolean]>([
    ['a step that stands still breaks the run', [4, 3.5, 3.5, 3], 0.1, false],
    ['a fall of 15 % is enough', [4, 3.8, 3.6, 3.4], 0.1, true],
    ['a fall just below 15 % is not', [4, 3.8, 3.6, 3.401], 0.1, false],
    ['noise hides a fall', [4, 3.8, 3.6, 3.4], 0.3, false],
    ['too few values', [4, 3, 2], 0.1, false],
    ['a run within which values rose before', [3, 4, 3.8, 3.6, 3.4], 0.1, true],
    ['the run may be longer', [5, 4, 3, 2, 1], 0.1, true],
  ])('%s', (_name, values, sd, trigger) => {
    expect(declineOf(readings(values, sd), terms).trigger).toBe(trigger)
  })

  test('a fall of exactly what is asked for is enough', () => {
    const quarter = { ...terms, minDrop: 0.25 }
    expect(declineOf(readings([4, 3.5, 3.25, 3]), quarter).trigger).toBe(true)
    expect(declineOf(readings([4, 3.5, 3.25, 3.01]), quarter).trigger).toBe(false)
  })

  test('compares only once there is a value before the run', () => {
    expect(declineOf(readings([3, 2, 1]), terms).comparison).toBeNull()
    expect(declineOf(readings([3, 2, 1]), terms).consecutiveDeclines).toBe(2)
    expect(declineOf([], terms)).toMatchObject({ consecutiveDeclines: 0, trigger: false })
  })

  test('Mann–Kendall and Theil–Sen look at the last six values', () => {
    const { comparison } = declineOf(readings([99, 6, 5, 4, 3, 2, 1]), terms)
    // All 15 pairs fall: S = −15, Var = 6·5·17/18, z = −14 ÷ √28.33, slope −1.
    expect(comparison).toMatchObject({ mannKendall: -15, theilSen: -1, values: 6 })
    expect(comparison?.mannKendallZ).toBeCloseTo(-14 / Math.sqrt((6 * 5 * 17) / 18), 12)
    expect(declineOf(readings([1, 2, 1, 2]), terms).comparison).toMatchObject({
      mannKendall: 2,
      theilSen: 1 / 6,
    })
    expect(declineOf(readings([1, 1, 1, 1]), terms).comparison?.mannKendallZ).toBe(0)
  })
})

describe('wasteOf', () => {
  test.each([
    ['nothing known', { spend: 9, overTarget: null, saturation: null }, null],
    [
      'the views are not added: the largest counts, the proven part first',
      { spend: 900, overTarget: { point: 300, provable: 100 }, saturation: 250 },
      { provable: 100, estimated: 200 },
    ],
    [
      'saturation may be the larger view',
      { spend: 900, overTarget: { point: 300, provable: 100 }, saturation: 500 },
      { provable: 100, estimated: 400 },
    ],
    [
      'saturation alone is estimated',
      { spend: 900, overTarget: null, saturation: 40.4 },
      { provable: null, estimated: 40 },
    ],
    [
      'no more than was spent is wasted',
      { spend: 90, overTarget: { point: 300, provable: 100.9 }, saturation: null },
      { provable: 90, estimated: 0 },
    ],
    [
      'what is proven is not rounded up',
      { spend: 900, overTarget: { point: 100.9, provable: 100.9 }, saturation: null },
      { provable: 100, estimated: 1 },
    ],
  ])('%s', (_name, views, expected) => {
    expect(wasteOf(views)).toEqual(expected)
  })
})

describe('targetCpa', () => {
  const withTargets = (targets: readonly object[]) => policyWith({ targets })

  test('is the cpa target, else the cac target, in minor units', () => {
    const cac = { id: 'cac', at_most: 180, unit: 'money' }
    expect(targetCpa(withTargets([cac, { id: 'cpa', at_most: 40 }]), 100)).toEqual({
      minor: 4000,
      targetId: 'cpa',
    })
    expect(targetCpa(withTargets([cac]), 1)).toEqual({ minor: 180, targetId: 'cac' })
  })

  test('a target that is not a ceiling above 0 is none', () => {
    expect(targetCpa(withTargets([{ id: 'cpa', at_least: 40 }]), 100)).toBeNull()
    expect(targetCpa(withTargets([{ id: 'cpa', at_most: 0 }]), 100)).toBeNull()
    expect(targetCpa(withTargets([]), 100)).toBeNull()
  })
})

describe('anytimeWaste', () => {
  const waste = (spend: number, conversions: number) =>
    anytimeWaste({ spend, conversions }, { targetCpa: 100, alpha: 0.05, dispersion: 1 })

  test('is what lies beyond the most conversions that no look rules out', () => {
    // e = e^λ·(1 − e^−(λ+1)) ÷ ((λ + 1)(1 − e⁻¹)) reaches 20 at λ = 4.189235.
    expect(waste(5000, 0)).toBeCloseTo(5000 - 418.9235, 3)
    expect(waste(2000, 1)).toBeCloseTo(2000 - 659.685, 3)
  })

  test('refuses spend below 0 and a target of nothing', () => {
    expect(() => waste(-1, 0)).toThrow(InvariantError)
    expect(() =>
      anytimeWaste({ spend: 0, conversions: 0 }, { targetCpa: 0, alpha: 0.05, dispersion: 1 }),
    ).toThrow(InvariantError)
  })

  test('is nothing until the e-value against the target itself reaches 1 ÷ alpha', () => {
    expect(waste(418.92, 0)).toBe(0)
    expect(waste(418.93, 0)).toBeGreaterThan(0)
    expect(waste(0, 0)).toBe(0)
    // One look alone would call 30 of these proven.
    expect(waste(330, 0)).toBe(0)
    expect(stopLossEvidence({ spend: 330, conversions: 0 }, TERMS).wasteProvable).toBeGreaterThan(
      30,
    )
  })
})

describe('lineStops', () => {
  const context = (changes: object = {}): BudgetContext =>
    budgetContext({
      policy: policyWith({
        stop_loss: { lag_half_life_days: 0, assumed_dispersion: 1, ...changes },
      }),
    })
  const target = { minor: 10_000, targetId: 'cpa' }

  /** Lines that spend `daily` on each of the first twenty days of October and convert on some. */
  function linesWith(
    specs: Readonly<Record<string, { daily: number; conversions: number | null }>>,
    planned = 1e9,
  ) {
    const delivery = Object.entries(specs).flatMap(([channelId, { daily, conversions }]) =>
      Array.from({ length: 20 }, (_day, index) =>
        deliveryDay({
          channelId,
          date: addDays('2026-10-01', index),
          spendMinor: daily,
          conversions: conversions === null ? null : Number(index < conversions),
        }),
      ),
    )
    const plans = Object.keys(specs).map((channelId) =>
      planRow({ channelId, plannedMinor: planned }),
    )
    return budgetLines(budgetInput({ delivery, plans }), '2026-10')
  }

  const reasonsOf = (
    lines: ReturnType<typeof linesWith>,
    with_: BudgetContext,
    cpa = target as typeof target | null,
  ) =>
    Object.fromEntries(
      lineStops(lines, cpa, with_).map(({ line, action, reason }) => [
        line.channelId,
        [action, reason],
      ]),
    )

  test('stops what is proven, goes on with what is not, and says what cannot be told', () => {
    const lines = linesWith({
      bad: { daily: 10_000, conversions: 2 },
      good: { daily: 10_000, conversions: 20 },
      unknown: { daily: 10_000, conversions: null },
      idle: { daily: 0, conversions: 0 },
    })
    expect(reasonsOf(lines, context())).toEqual({
      bad: ['stop', 'cpa_proven_above_target'],
      good: ['go_on', 'not_proven'],
      unknown: ['not_assessed', 'conversions_not_measured'],
      idle: ['not_assessed', 'no_spend'],
    })
    expect(reasonsOf(lines, context(), null)['bad']).toEqual(['not_assessed', 'no_target_cpa'])
  })

  test('proves waste of stopped lines only, the surer the more lines were tested beside them', () => {
    const lines = linesWith({
      bad: { daily: 10_000, conversions: 2 },
      good: { daily: 10_000, conversions: 20 },
      weak: { daily: 10_000, conversions: 10 },
      unknown: { daily: 10_000, conversions: null },
    })
    const wastes = (of: typeof lines) =>
      lineStops(of, target, context()).map(({ provenWaste }) =>
        provenWaste === null ? null : Math.round(provenWaste),
      )
    // Of 20 targets: those that 2 conversions do not rule out at 5 %, and at 5 % × 1 ÷ 3, by Simpson's rule and bisection.
    expect(wastes(lines)).toEqual([98_119, 0, null, 0])
    expect(wastes(lines.slice(0, 1))).toEqual([113_522])
    // Two stopped of two are told at 5 % each, as one of one is.
    const both = linesWith({
      bad: { daily: 10_000, conversions: 2 },
      worse: { daily: 10_000, conversions: 2 },
    })
    expect(wastes(both)).toEqual([113_522, 113_522])
    expect(lineStops(lines, null, context()).map((stop) => stop.provenWaste)).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  test('a learning line never stops, however bad', () => {
    const lines = linesWith({ bad: { daily: 100_000, conversions: 0 } })
    expect(reasonsOf(lines, context({ learning_days: 31 }))['bad']).toEqual(['go_on', 'learning'])
    expect(reasonsOf(lines, context({ learning_days: 30 }))['bad']?.[0]).toBe('stop')
    expect(lineStops(lines, target, context({ learning_days: 31 }))[0]?.provenWaste).toBe(0)
  })

  test('without any conversion a line stops at half of its budget, proven or not', () => {
    // 20 × 500 = 10 000 spent: one target, so nothing is proven.
    const spec = { quiet: { daily: 500, conversions: 0 } }
    expect(reasonsOf(linesWith(spec, 20_000), context())['quiet']).toEqual([
      'stop',
      'no_conversion_at_hard_cap',
    ])
    expect(reasonsOf(linesWith(spec, 20_001), context())['quiet']).toEqual(['go_on', 'not_proven'])
    const one = { quiet: { daily: 500, conversions: 1 } }
    expect(reasonsOf(linesWith(one, 20_000), context())['quiet']).toEqual(['go_on', 'not_proven'])
  })

  test('conversions still on their way are not held against a line', () => {
    const lines = linesWith({ bad: { daily: 2500, conversions: 0 } })
    expect(reasonsOf(lines, context())['bad']?.[0]).toBe('stop')
    expect(reasonsOf(lines, context({ lag_half_life_days: 60 }))['bad']?.[0]).toBe('go_on')
    const [late] = lineStops(lines, target, context({ lag_half_life_days: 60 }))
    expect(late?.matured ?? 0).toBeLessThan(50_000)
  })

  test('until its own days tell, a line is taken to cluster as the policy assumes', () => {
    // Ten conversions due and none come: proof enough where they come one by one, not where they come in threes.
    const lines = linesWith({ bad: { daily: 5000, conversions: 0 } })
    const stopsAt = (assumed_dispersion: number) =>
      reasonsOf(lines, context({ assumed_dispersion }))
    expect([1, 2, 3].map((assumed) => stopsAt(assumed)['bad']?.[0])).toEqual([
      'stop',
      'stop',
      'go_on',
    ])
  })

  test('many lines need stronger evidence each than one', () => {
    const weak = { daily: 2450, conversions: 0 }
    expect(reasonsOf(linesWith({ weak }), context())['weak']?.[0]).toBe('stop')
    const crowd = Object.fromEntries(
      Array.from({ length: 9 }, (_line, index) => [
        `good${index}`,
        { daily: 10_000, conversions: 20 },
      ]),
    )
    expect(reasonsOf(linesWith({ ...crowd, weak }), context())['weak']?.[0]).toBe('go_on')
    const strong = { daily: 10_000, conversions: 0 }
    expect(reasonsOf(linesWith({ ...crowd, strong }), context())['strong']?.[0]).toBe('stop')
  })

  test('every method corrects for the number of lines', () => {
    const evidence = (spend: number) => stopLossEvidence({ spend, conversions: 0 }, TERMS)
    const policy = policyWith().stop_loss
    const weak = [evidence(310), evidence(100), evidence(100)]
    expect(provenLines(weak, { ...policy, method: 'poisson' })).toEqual([])
    expect(provenLines([evidence(310)], { ...policy, method: 'poisson' })).toEqual([0])
    expect(provenLines([evidence(100), evidence(900)], { ...policy, method: 'poisson' })).toEqual([
      1,
    ])
    // llr = 3 on 600 without a conversion: e³ = 20.1 passes 1/alpha alone, not as one of two.
    expect(provenLines([evidence(600)], { ...policy, method: 'sprt' })).toEqual([0])
    expect(provenLines([evidence(600), evidence(0)], { ...policy, method: 'sprt' })).toEqual([])
    expect(provenLines([evidence(600), evidence(700)], { ...policy, method: 'sprt' })).toEqual([
      1, 0,
    ])
    expect(provenLines([], policy)).toEqual([])
    // 500 without a conversion: the e-value passes 20, the likelihood ratio is e^2.5 = 12.2.
    expect(provenLines([evidence(500)], { ...policy, method: 'e_value' })).toEqual([0])
    expect(provenLines([evidence(500)], { ...policy, method: 'sprt' })).toEqual([])
    // Lines of equal evidence are taken in their order.
    const same = [evidence(900), evidence(900), evidence(900)]
    expect(provenLines(same, { ...policy, method: 'e_value' })).toEqual([0, 1, 2])
  })

  test('a day’s conversions come in from its middle on', () => {
    // 1 October is 30.5 days old at the end of the month: half of a half-life of 61.
    const delivery = [deliveryDay({ spendMinor: 100_000, conversions: 0 })]
    const lines = budgetLines(budgetInput({ delivery }), '2026-10')
    const [stop] = lineStops(lines, target, context({ lag_half_life_days: 61 }))
    expect(stop?.matured).toBeCloseTo(100_000 * (1 - Math.SQRT1_2), 6)
  })

  test('a line learns from the first day it spent on, not from the first it was reported', () => {
    const delivery = [
      deliveryDay({ date: '2026-08-01', spendMinor: 0, conversions: 0 }),
      deliveryDay({ spendMinor: 1_000_000, conversions: 0 }),
    ]
    const lines = budgetLines(budgetInput({ delivery }), '2026-10')
    const reasonAt = (learning_days: number) =>
      lineStops(lines, target, context({ learning_days }))[0]?.reason
    expect(reasonAt(31)).toBe('learning')
    expect(reasonAt(30)).toBe('cpa_proven_above_target')
  })

  test('a budget of nothing has no hard cap', () => {
    const quiet = linesWith({ quiet: { daily: 500, conversions: 0 } }, 0)
    expect(reasonsOf(quiet, context())['quiet']).toEqual(['go_on', 'not_proven'])
  })

  test('a target that is no ceiling does not hide the next', () => {
    const targets = [
      { id: 'cpa', at_least: 40 },
      { id: 'cac', at_most: 180 },
    ]
    expect(targetCpa(policyWith({ targets }), 1)).toEqual({ minor: 180, targetId: 'cac' })
  })
})
