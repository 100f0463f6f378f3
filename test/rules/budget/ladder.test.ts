import { describe, expect, test } from 'vitest'

import { ownSlopes } from '#rules/budget/elasticity.ts'
import type { DeliveryDay } from '#rules/budget/input.ts'
import { type LadderTerms, climbLadder } from '#rules/budget/ladder.ts'
import { alternationFor, type LineEvidence, lineHistory } from '#rules/budget/line-evidence.ts'
import { budgetLines } from '#rules/budget/lines.ts'
import { mondayOf } from '#rules/budget/weekly.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import {
  budgetInput,
  deliveryDay,
  type GeneratedLine,
  generatedDelivery,
} from '#test/support/budget-input.ts'
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

/** The weeks of a line without noise: spend and value of each, conversions of its first days. */
const inWeeks = (
  channelId: string,
  weeks: readonly { readonly spend: number; readonly value: number }[],
  conversions = 7 * weeks.length,
): DeliveryDay[] =>
  weeks.flatMap(({ spend, value }, week) =>
    Array.from({ length: 7 }, (_day, weekday) =>
      deliveryDay({
        date: addDays(addDays('2026-10-26', -7 * weeks.length), 7 * week + weekday),
        channelId,
        spendMinor: spend / 7,
        valueMinor: value / 7,
        conversions: Number(7 * week + weekday < conversions),
      }),
    ),
  )

const slopesOf = (delivery: readonly DeliveryDay[]) =>
  ownSlopes(
    budgetLines(budgetInput({ delivery }), '2026-10').map((entry) =>
      lineHistory(entry, new Set(delivery.map((day) => day.date)), POLICY),
    ),
  )

describe('lineHistory', () => {
  const history = (delivery: readonly DeliveryDay[]) => {
    const [entry] = budgetLines(budgetInput({ delivery }), '2026-10')
    if (entry === undefined) throw new Error('expected a line')
    return lineHistory(entry, new Set(delivery.map((day) => day.date)), POLICY)
  }
  const week = (spend: number) => ({ spend, value: 7000 })

  test('sets the highest week against the lowest from two weeks on', () => {
    expect(history(inWeeks('A', [week(700)])).spendRatio).toBeNull()
    expect(history(inWeeks('A', [week(700), week(2100)])).spendRatio).toBe(3)
  })

  test('a day without spend does not make a line one that spends nothing', () => {
    const [first, ...rest] = inWeeks(
      'A',
      Array.from({ length: 9 }, () => week(700)),
    )
    const found = history([{ ...(first ?? deliveryDay()), spendMinor: 0 }, ...rest])
    expect(found.obstacle).toBeNull()
  })
})

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
    const sigma = slopesOf(noisy)[0]?.sigma ?? Number.NaN
    expect(found.needed.alternateBy).toBe(alternationFor(sigma, 8, 0.25))
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

  test('weeks that differ make the average less sure, and the variation asked for larger', () => {
    // Ten weeks at half and at one and a half times the mean: 10 × ½² of squares, so √(10 × 10 × ¼ ÷ 9) ÷ 10 = 1 ÷ 6.
    const weeks = Array.from({ length: 10 }, (_week, index) => ({
      spend: 70_000,
      value: index % 2 === 0 ? 105_000 : 315_000,
    }))
    const found = only(inWeeks('A', weeks))
    expect(found.response?.averageReturn).toBeCloseTo(3, 12)
    expect(found.response?.averageSd).toBeCloseTo(1 / 6, 12)
    // A week then lies √10 ÷ 6 around the mean; eight weeks to an error of a quarter.
    const share = Math.expm1(Math.sqrt(10) / 6 / (Math.sqrt(8) * 0.25))
    expect(found.needed.alternateBy).toBeCloseTo(share, 12)
  })

  test('returns are drawn towards those of the other lines', () => {
    // 20, 40 and 60 conversions of equal spend: m = 40, between 680 ÷ 3, α = 1600 × 3 ÷ 680. Each keeps 85 % of its distance.
    const even = Array.from({ length: 10 }, () => ({ spend: 70_000, value: 210_000 }))
    const found = climb(
      ['A', 'B', 'C'].flatMap((channelId, index) => inWeeks(channelId, even, 20 + 20 * index)),
    )
    const response = (channelId: string) => found.get(channelId)?.response
    expect(response('A')?.averageReturn).toBeCloseTo(3 * (23 / 20), 9)
    expect(response('B')?.averageReturn).toBeCloseTo(3, 9)
    expect(response('C')?.averageReturn).toBeCloseTo(3 * (57 / 60), 9)
    expect(response('A')?.averageSd).toBeCloseTo(1 / Math.sqrt(4800 / 680 + 20), 9)
  })

  test('a slope just as sure as the policy asks is believed', () => {
    const delivery = generatedDelivery([line('A')], 12)
    const error = slopesOf(delivery)[0]?.error ?? Number.NaN
    const at = (max_slope_se: number) => only(delivery, { policy: { ...POLICY, max_slope_se } })
    expect(at(error)).toMatchObject({ level: 'L2' })
    expect(at(error - 1e-9)).toMatchObject({ level: 'L1', reason: 'slope_not_identified' })
  })

  test('spend that grew with time alone cannot be told from a trend', () => {
    // Spend by a tenth more each week, value around the same: a slope near zero, and none once time is held.
    const weeks = Array.from({ length: 12 }, (_week, index) => ({
      spend: 70_000 * 1.1 ** index,
      value: 210_000 * (index % 2 === 0 ? 1.02 : 0.98),
    }))
    const [slope] = slopesOf(inWeeks('A', weeks))
    expect(Math.abs(slope?.slope ?? 1)).toBeLessThan(2 * (slope?.error ?? 0))
    expect(slope?.slopeWithTrend).toBeNull()
    expect(only(inWeeks('A', weeks))).toMatchObject({ level: 'L1', reason: 'confounded_by_trend' })
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

  test('half-way between estimate and belief where both are as sure', () => {
    const delivery = generatedDelivery([line('A', { elasticity: 0.4 })], 15)
    const [slope] = slopesOf(delivery)
    const [own, error] = [slope?.slope ?? Number.NaN, slope?.error ?? Number.NaN]
    const { response } = only(delivery, {
      policy: { ...POLICY, prior_elasticity: { mean: own + 0.2, sd: error } },
    })
    expect(response?.elasticity).toBeCloseTo(own + 0.1, 12)
    expect(response?.elasticitySd).toBeCloseTo(error / Math.SQRT2, 12)
  })

  test('not of three lines whose spend goes up and down together, and says by how much to vary it', () => {
    const weeks = Array.from({ length: 9 }, (_week, week) => ({
      spend: 7 * 1000 * 2 ** (week % 3),
      value: 7000 * (1 + (week % 2)),
    }))
    const found = climb(['A', 'B', 'C'].flatMap((id) => inWeeks(id, weeks))).get('A')
    expect(found).toMatchObject({ level: 'L1', reason: 'slope_not_identified' })
    // As far as the returns of its weeks scatter: there is no slope to scatter around.
    const sigma = (found?.response?.averageSd ?? 0) * 3
    expect(found?.needed.alternateBy).toBeCloseTo(
      Math.expm1(sigma / (Math.sqrt(POLICY.min_weeks) * POLICY.max_slope_se)),
      9,
    )
  })

  test('of a line whose value never changes, alone and beside one that scatters', () => {
    const weeks = Array.from({ length: 12 }, (_week, week) => ({
      spend: 7 * 1000 * 2 ** (week % 3),
      value: 210_000,
    }))
    const scattering = weeks.map(({ spend }, week) => ({
      spend,
      value: Math.round(7000 * Math.sqrt(spend) * (1 + 0.3 * (week % 2))),
    }))
    for (const beside of [[], inWeeks('B', scattering)]) {
      const found = climb([...inWeeks('A', weeks), ...beside]).get('A')
      expect(found).toMatchObject({ level: 'L2', reason: 'slope_identified' })
      // The nearest to no slope at all that makes a curve, and known to a thousandth.
      expect(found?.response?.elasticity).toBe(0.02)
      expect(found?.response?.elasticitySd).toBeCloseTo(0.001, 5)
    }
  })

  test('of several lines drawn towards each other, and not towards the belief', () => {
    const lines = [
      line('A', { elasticity: 0.3 }),
      line('B', { elasticity: 0.8 }),
      line('C', { swing: 1 }),
    ]
    const delivery = generatedDelivery(lines, 15)
    const own = slopesOf(delivery).map((slope) => slope?.slope ?? Number.NaN)
    const found = climb(delivery, {
      policy: { ...POLICY, prior_elasticity: { mean: 0.05, sd: 0.001 } },
    })
    expect(found.get('A')).toMatchObject({ level: 'L2', reason: 'slope_identified' })
    // What made them is 0.3 and 0.8, and each keeps its own slope but for what is drawn.
    const [ofA = 0, ofB = 0] = ['A', 'B'].map((id) => found.get(id)?.response?.elasticity)
    const [ownOfA = 0, ownOfB = 0] = own
    expect(ownOfA).toBeCloseTo(0.3, 1)
    expect(ownOfB).toBeCloseTo(0.8, 1)
    expect(ofA - ownOfA).toBeGreaterThan(0)
    expect(ofA).toBeLessThan(0.4)
    expect(ofB - ownOfB).toBeLessThan(0)
    expect(ofB).toBeGreaterThan(0.7)
    expect(found.get('C')).toMatchObject({ level: 'L1', response: { elasticity: 0.05 } })
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
  const spendIn = (week: number) => 30_000 * 6 ** (((7 * week) % 26) / 25)
  /** 26 weeks on ln(1 + spend ÷ 50 000), 3 % above and below in turn, from six tenths of that scale to six times as much. */
  const LOG_WEEKS = Array.from({ length: 26 }, (_week, week) => ({
    spend: spendIn(week),
    value: 400_000 * Math.log1p(spendIn(week) / 50_000) * (week % 2 === 0 ? 1.03 : 0.97),
  }))
  /** What a line on L3 rests on. */
  const shapeOf = (found: LineEvidence) => {
    const { response, reading } = found
    const [fit, slope] = [reading?.families?.best, reading?.slope]
    if (!response?.curve || !fit || !slope) throw new TypeError('expected a shape')
    return { response, curve: response.curve, fit, slope }
  }

  // Sixteen weeks are the least for a family.
  test.each([
    [16, 'L3'],
    [15, 'L2'],
  ])('%i weeks: %s', (weeks, level) => {
    expect(only(generatedDelivery(wide, weeks)).level).toBe(level)
  })

  test('needs spend that varied as widely as the policy asks: on and beside the ratio', () => {
    const delivery = generatedDelivery(wide, 26)
    const ratio = only(delivery).spendRatio ?? 0
    const at = (min_spend_ratio_family: number) =>
      only(delivery, { policy: { ...POLICY, min_spend_ratio_family } }).level
    expect(at(ratio)).toBe('L3')
    expect(at(ratio + 1e-9)).toBe('L2')
  })

  test('of another family than a power, where that fits best', () => {
    const found = only(inWeeks('A', LOG_WEEKS))
    expect(found).toMatchObject({ level: 'L3', response: { curve: { family: 'log' } } })
    expect((found.response?.curve?.shape ?? 0) / 50_000).toBeCloseTo(1, 1)
  })

  test('needs weeks that determine its parameters, not only the slope', () => {
    // Value hardly follows spend and lies up to 40 % around it: a slope of 0.16 ± 0.17, and any scale of a curve.
    const weeks = Array.from({ length: 16 }, (_week, index) => {
      const spend = 70_000 * 6 ** (((7 * index) % 16) / 15)
      return { spend, value: 1000 * spend ** 0.2 * ([1.4, 1, 0.6][index % 3] ?? 1) }
    })
    expect(only(inWeeks('A', weeks))).toMatchObject({ level: 'L2', reason: 'slope_identified' })
  })

  test('but never a curve of rising returns', () => {
    const found = only(generatedDelivery([line('A', { swing: 2, elasticity: 1.6 })], 26))
    expect(found).toMatchObject({ level: 'L2', response: { curve: { shape: 0.98 } } })
  })

  test('takes the marginal return from the curve', () => {
    const found = only(generatedDelivery(wide, 26))
    expect(found.reason).toBe('shape_identified')
    expect(found.response?.marginalReturn).not.toBe(
      (found.response?.elasticity ?? 0) * (found.response?.averageReturn ?? 0),
    )
    expect(found.response?.marginalReturn ?? 0).toBeGreaterThan(1)
  })

  test('a power curve stands as it was fitted, with the error of its exponent', () => {
    const found = only(generatedDelivery(wide, 26))
    expect(found.level).toBe('L3')
    const { response, curve, fit } = shapeOf(found)
    expect(curve).toEqual(fit.curve)
    expect(curve.family).toBe('power')
    expect(response.elasticity).toBeCloseTo(curve.shape, 12)
    const error = fit.standardErrors?.[1] ?? 0
    expect(response.elasticitySd).toBe(error)
    expect(response.marginalSd).toBeCloseTo(Math.hypot(response.averageSd, error / curve.shape), 12)
  })

  test('no exponent counts as known better than to a thousandth', () => {
    const weeks = LOG_WEEKS.map(({ spend }) => ({ spend, value: Math.round(1e6 * spend ** 0.6) }))
    const { response, fit } = shapeOf(only(inWeeks('A', weeks)))
    expect(fit.standardErrors?.[1]).toBeLessThan(0.001)
    expect(response).toMatchObject({ curve: { family: 'power' }, elasticitySd: 0.001 })
  })

  test('the elasticity of any other curve is its own at the average week’s spend', () => {
    const { response, curve, slope } = shapeOf(only(inWeeks('A', LOG_WEEKS)))
    const { scale, shape } = curve
    const weekly = LOG_WEEKS.reduce((sum, { spend }) => sum + spend, 0) / 26
    const marginal = scale / (shape + weekly)
    expect(response.marginalReturn).toBeCloseTo(marginal, 9)
    const elasticity = (marginal * weekly) / (scale * Math.log1p(weekly / shape))
    expect(response.elasticity).toBeCloseTo(elasticity, 9)
    // A slope of its own alone, drawn towards the policy's belief.
    const [own, belief] = [slope.error, POLICY.prior_elasticity.sd]
    expect(response.elasticitySd).toBeCloseTo((own * belief) / Math.hypot(own, belief), 9)
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
