import { describe, expect, test } from 'vitest'

import { ownSlopes } from '#rules/budget/elasticity.ts'
import type { DeliveryDay } from '#rules/budget/input.ts'
import { type LadderTerms, climbLadder } from '#rules/budget/ladder.ts'
import { alternationFor, lineHistory } from '#rules/budget/line-evidence.ts'
import { budgetLines } from '#rules/budget/lines.ts'
import { mondayOf } from '#rules/budget/weekly.ts'
import { budgetInput, type GeneratedLine, generatedDelivery } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

const POLICY = policyWith().budget.evidence

function climb(delivery: readonly DeliveryDay[], terms: Partial<LadderTerms> = {}) {
  const lines = budgetLines(budgetInput({ delivery }), '2026-10')
  const evidence = climbLadder(lines, {
    policy: POLICY,
    imported: [],
    reported: new Set(delivery.map((day) => day.date)),
    minorPerUnit: 100,
    ...terms,
  })
  return new Map(evidence.map((entry) => [entry.line.channelId ?? '', entry]))
}

const line = (channelId: string, changes: Partial<GeneratedLine> = {}): GeneratedLine => ({
  channelId,
  daily: 40_000,
  swing: 1.4,
  returns: 3,
  elasticity: 0.6,
  ...changes,
})

const only = (delivery: readonly DeliveryDay[], terms: Partial<LadderTerms> = {}) => {
  const found = climb(delivery, terms).get('A')
  if (found === undefined) throw new Error('expected line A')
  return found
}

describe('L0 holds', () => {
  // Eight weeks and twenty conversions are the least: on and one beside each.
  test.each([
    [8, 'L1'],
    [7, 'L0'],
  ])('%i complete weeks: %s', (weeks, level) => {
    const found = only(generatedDelivery([line('A', { swing: 1 })], weeks))
    expect(found.level).toBe(level)
    expect(found.needed.weeksMissing).toBe(8 - weeks)
  })

  test.each([
    [20, 'L1', 0],
    [19, 'L0', 1],
  ])('%i conversions: %s', (conversions, level, missing) => {
    const days = generatedDelivery([line('A', { swing: 1 })], 10)
    const delivery = days.map((day, index) => ({
      ...day,
      conversions: Number(index < conversions),
    }))
    expect(only(delivery)).toMatchObject({
      level,
      conversions,
      needed: { conversionsMissing: missing },
    })
  })

  test.each<[string, (day: DeliveryDay, index: number) => DeliveryDay, string]>([
    ['nothing was spent', (day) => ({ ...day, spendMinor: 0 }), 'no_spend'],
    ['value is not reported', (day) => ({ ...day, valueMinor: null }), 'value_not_measured'],
    [
      'conversions are not reported',
      (day) => ({ ...day, conversions: null }),
      'too_few_conversions',
    ],
    ['conversions brought nothing', (day) => ({ ...day, valueMinor: 0 }), 'no_value'],
  ])('when %s', (_name, change, reason) => {
    const found = only(generatedDelivery([line('A')], 12).map(change))
    expect(found).toMatchObject({ level: 'L0', reason, response: null })
  })
})

describe('L1 believes the policy’s slope', () => {
  test('when spend did not vary: average from the data, marginal from the belief', () => {
    const found = only(generatedDelivery([line('A', { swing: 1 })], 12))
    expect(found).toMatchObject({ level: 'L1', reason: 'spend_did_not_vary', spendRatio: 1 })
    const { response } = found
    expect(response?.averageReturn).toBeCloseTo(3, 1)
    expect(response).toMatchObject({ elasticity: 0.6, elasticitySd: 0.15, curve: null })
    expect(response?.marginalReturn).toBeCloseTo(0.6 * (response?.averageReturn ?? 0), 12)
    // The belief alone gives ln(marginal) a deviation of 0.15 ÷ 0.6.
    expect(response?.marginalSd).toBeCloseTo(Math.hypot(0.25, response?.averageSd ?? 0), 12)
    expect(found.needed.alternateBy ?? 0).toBeGreaterThan(0)
  })

  test('when the slope is too uncertain, with the variation that would tell', () => {
    const noisy = generatedDelivery([line('A')], 12).map((day) => ({
      ...day,
      valueMinor: Math.round((day.valueMinor ?? 0) * (mondayOf(day.date) < '2026-09-14' ? 3 : 0.7)),
    }))
    const found = only(noisy)
    expect(found).toMatchObject({ level: 'L1', reason: 'slope_not_identified' })
    expect(found.needed.alternateBy ?? 0).toBeGreaterThan(0.3)
  })

  test('when a trend explains value as well as spend does', () => {
    const weeks = [...new Set(generatedDelivery([line('A')], 20).map((day) => mondayOf(day.date)))]
    const growing = generatedDelivery([line('A', { swing: 1 })], 20).map((day, index) => {
      const week = weeks.indexOf(mondayOf(day.date))
      const wobble = 1 + (0.03 * ((index * 7919) % 13)) / 13
      return {
        ...day,
        spendMinor: Math.round(40_000 * 1.06 ** week * wobble),
        valueMinor: Math.round(90_000 * 1.06 ** week),
      }
    })
    const found = only(growing)
    expect(found).toMatchObject({ level: 'L1', reason: 'confounded_by_trend' })
  })

  test('counts that are few make the average less sure', () => {
    const days = generatedDelivery([line('A', { swing: 1 })], 12)
    const many = only(days)
    const few = only(days.map((day, index) => ({ ...day, conversions: Number(index < 25) })))
    expect(few.response?.averageSd ?? 0).toBeGreaterThan(many.response?.averageSd ?? 1)
    expect(few.response?.averageSd).toBeCloseTo(1 / 5, 9)
  })
})

describe('L2 reads the slope', () => {
  test('of a line alone, drawn towards the belief by how sure each is', () => {
    const found = only(generatedDelivery([line('A', { elasticity: 0.4 })], 15))
    expect(found).toMatchObject({ level: 'L2', reason: 'slope_identified' })
    const { response } = found
    expect(response?.elasticity ?? 0).toBeGreaterThan(0.35)
    expect(response?.elasticity ?? 1).toBeLessThan(0.5)
    expect(response?.elasticitySd ?? 1).toBeLessThan(0.1)
    expect(response?.curve).toMatchObject({ family: 'power', shape: response?.elasticity })
  })

  test('the curve goes through the average week', () => {
    const found = only(generatedDelivery([line('A')], 15))
    const weekly = found.weeks.reduce((sum, week) => sum + week.spend, 0) / found.weeks.length
    const { scale = 0, shape = 0 } = found.response?.curve ?? {}
    expect((scale * weekly ** shape) / weekly).toBeCloseTo(found.response?.averageReturn ?? 0, 6)
  })

  test('needs spend that varied by half: on and beside the ratio', () => {
    const days = generatedDelivery([line('A', { swing: 1 })], 12)
    const weeks = [...new Set(days.map((day) => mondayOf(day.date)))]
    const alternating = (factor: number) =>
      days.map((day) => {
        const up = weeks.indexOf(mondayOf(day.date)) % 2 === 0 ? factor : 1
        return {
          ...day,
          spendMinor: Math.round(40_000 * up),
          valueMinor: Math.round(120_000 * up ** 0.6),
        }
      })
    expect(only(alternating(1.5)).level).toBe('L2')
    expect(only(alternating(1.49))).toMatchObject({ level: 'L1', reason: 'spend_did_not_vary' })
  })

  test('with three lines, what all share in a week is taken out first', () => {
    const lines = [line('A'), line('B', { daily: 30_000 }), line('C', { daily: 20_000 })]
    const plain = generatedDelivery(lines, 15)
    const weeks = [...new Set(plain.map((day) => mondayOf(day.date)))]
    // A season lifts the value of every line in the weeks that happen to have high spend of line A.
    const seasonal = plain.map((day) => ({
      ...day,
      valueMinor: Math.round(
        (day.valueMinor ?? 0) * (weeks.indexOf(mondayOf(day.date)) % 3 === 0 ? 1.8 : 1),
      ),
    }))
    const found = climb(seasonal)
    for (const channel of ['A', 'B', 'C']) {
      expect(found.get(channel)?.level).toBe('L2')
      expect(found.get(channel)?.response?.elasticity ?? 0).toBeGreaterThan(0.5)
      expect(found.get(channel)?.response?.elasticity ?? 1).toBeLessThan(0.7)
    }
    const histories = budgetLines(budgetInput({ delivery: seasonal }), '2026-10').map((entry) =>
      lineHistory(entry, new Set(seasonal.map((day) => day.date)), POLICY),
    )
    expect(ownSlopes(histories).map((slope) => slope?.method)).toEqual(['panel', 'panel', 'panel'])
    expect(ownSlopes(histories.slice(0, 2)).map((slope) => slope?.method)).toEqual([
      'poisson',
      'poisson',
    ])
  })

  test('a week without value is read by quasi-Poisson regression, with the others', () => {
    const lines = [line('A'), line('B'), line('C')]
    const delivery = generatedDelivery(lines, 15).map((day) =>
      day.channelId === 'A' && mondayOf(day.date) === '2026-09-07'
        ? { ...day, valueMinor: 0 }
        : day,
    )
    const histories = budgetLines(budgetInput({ delivery }), '2026-10').map((entry) =>
      lineHistory(entry, new Set(delivery.map((day) => day.date)), POLICY),
    )
    expect(ownSlopes(histories).map((slope) => slope?.method)).toEqual([
      'poisson',
      'poisson',
      'poisson',
    ])
  })

  test('an elasticity beyond 1 makes the steepest curve that still falls', () => {
    const found = only(generatedDelivery([line('A', { elasticity: 1.6 })], 15))
    expect(found.response?.elasticity).toBe(0.98)
  })
})

describe('L3 chooses the shape', () => {
  const wide = [line('A', { swing: 2 })]

  // Sixteen weeks are the least for a family.
  test.each([
    [16, 'L3'],
    [15, 'L2'],
  ])('%i weeks: %s', (weeks, level) => {
    expect(only(generatedDelivery(wide, weeks)).level).toBe(level)
  })

  test('needs spend that varied threefold', () => {
    expect(
      only(generatedDelivery(wide, 26), { policy: { ...POLICY, min_spend_ratio_family: 9 } }).level,
    ).toBe('L2')
  })

  test('takes the marginal return from the curve', () => {
    const found = only(generatedDelivery(wide, 26))
    expect(found.reason).toBe('shape_identified')
    expect(found.response?.marginalReturn).not.toBe(
      (found.response?.elasticity ?? 0) * (found.response?.averageReturn ?? 0),
    )
    expect(found.response?.marginalReturn ?? 0).toBeGreaterThan(1)
  })
})

describe('L4 takes a curve from elsewhere', () => {
  const imported = {
    channel_id: 'A',
    campaign_id: 'C1',
    family: 'log' as const,
    scale: 5000,
    shape: 2000,
    steepness: 1,
    log_sd: 0.2,
    source: 'mix model of September',
  }

  test('whatever the line’s own history says, in minor units', () => {
    const found = only(generatedDelivery([line('A', { swing: 1 })], 3), { imported: [imported] })
    expect(found).toMatchObject({ level: 'L4', reason: 'imported' })
    // 280 000 cents a week is 2 800 units: 5000 ÷ (2000 + 2800) at the margin.
    expect(found.response?.marginalReturn).toBeCloseTo(5000 / 4800, 9)
    expect(found.response?.averageReturn).toBeCloseTo((5000 * Math.log(2.4)) / 2800, 9)
    expect(found.response).toMatchObject({ marginalSd: 0.2, averageSd: 0.2 })
    expect(found.response?.elasticitySd).toBeCloseTo(0.2 * (found.response?.elasticity ?? 0), 12)
    expect(found.response?.curve).toEqual({
      family: 'log',
      scale: 500_000,
      shape: 200_000,
      steepness: 1,
    })
  })

  test('a power changes its scale with the unit, not its exponent', () => {
    const power = { ...imported, family: 'power' as const, scale: 30, shape: 0.5 }
    const found = only(generatedDelivery([line('A')], 3), { imported: [power] })
    expect(found.response?.curve).toMatchObject({ scale: 300, shape: 0.5 })
    expect(found.response?.elasticity).toBeCloseTo(0.5, 9)
  })

  test('for the line it names and no other', () => {
    const other = only(generatedDelivery([line('A')], 3), {
      imported: [{ ...imported, channel_id: 'B' }],
    })
    expect(other.level).toBe('L0')
    const { campaign_id: _campaign, ...anywhere } = imported
    expect(only(generatedDelivery([line('A')], 3), { imported: [anywhere] }).level).toBe('L0')
  })

  test('says nothing of a line that does not spend', () => {
    const idle = generatedDelivery([line('A')], 3).map((day) => ({ ...day, spendMinor: 0 }))
    expect(only(idle, { imported: [imported] })).toMatchObject({ level: 'L0', reason: 'no_spend' })
  })
})

test('alternationFor: sigma 0.3 over nine weeks to an error of 0.25 asks for e^0.4 − 1', () => {
  expect(alternationFor(0.3, 9, 0.25)).toBeCloseTo(Math.expm1(0.4), 12)
  expect(alternationFor(0, 9, 0.25)).toBe(0)
})
