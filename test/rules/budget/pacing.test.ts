import { describe, expect, test } from 'vitest'

import { type Landing, landWithDrift, landWithRecent } from '#rules/budget/landing.ts'
import { coverageOf, paceLine } from '#rules/budget/line-pace.ts'
import { judgePace, landingDeviation, type PaceReading } from '#rules/budget/pace-status.ts'
import { linearPace, type PacePeriod, requiredDaily, weekdayPace } from '#rules/budget/pace.ts'
import { cappedPlatform, platformCap } from '#rules/budget/platform-caps.ts'
import { platformRoom } from '#rules/budget/platform-room.ts'
import { utilisationOf } from '#rules/budget/utilisation.ts'
import { dayWeight, type DaySpend, weekdayWeights } from '#rules/budget/weekday-weights.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { normalCdf } from '#rules/kernel/normal.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext, deliveryDay } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

/** Days in a row from a Monday, spending what the pattern says. */
function days(count: number, spendOf: (index: number) => number, from = '2026-08-03'): DaySpend[] {
  return Array.from({ length: count }, (_day, index) => ({
    date: addDays(from, index),
    spend: spendOf(index),
  }))
}

const EVEN = [1, 1, 1, 1, 1, 1, 1]

function period(changes: Partial<PacePeriod> = {}): PacePeriod {
  return {
    budget: 3100,
    committed: 0,
    seen: days(10, () => 100, '2026-10-01'),
    unseen: Array.from({ length: 21 }, (_day, index) => addDays('2026-10-11', index)),
    weights: EVEN,
    holidays: {},
    ...changes,
  }
}

describe('utilisationOf', () => {
  const use = (budget: number, spent: number, committed: number) =>
    utilisationOf({
      budget: measured(budget),
      spent: measured(spent),
      committed: measured(committed),
    })

  test('says what is spent, promised and free', () => {
    expect(use(1000, 300, 200)).toEqual({
      available: measured(500),
      utilisation: measured(0.3),
      utilisationWithCommitments: measured(0.5),
    })
  })

  test('a budget of 0 has no share, and may be overdrawn', () => {
    const nothing = notMeasured('the planned budget is zero, so there is nothing to divide by')
    expect(use(0, 1, 0)).toEqual({
      available: measured(-1),
      utilisation: nothing,
      utilisationWithCommitments: nothing,
    })
    expect(use(1, 1, 0).utilisation).toEqual(measured(1))
  })

  test('commitments nobody states take nothing off, and leave the share with them open', () => {
    const unsaid = notMeasured('no budget says what is committed')
    expect(
      utilisationOf({ budget: measured(1000), spent: measured(300), committed: unsaid }),
    ).toEqual({
      available: measured(700),
      utilisation: measured(0.3),
      utilisationWithCommitments: unsaid,
    })
  })
})

describe('weekdayWeights', () => {
  test('are even without history', () => {
    expect(weekdayWeights([])).toEqual(EVEN)
    expect(weekdayWeights(days(6, () => 5))).toEqual(EVEN)
  })

  test('hold back a weekday seen once: (2·1 + ratio) ÷ 3, then mean 1', () => {
    // One full window: a Thursday at twice the others. Its ratio is 2 ÷ (8/7) = 1.75.
    const weights = weekdayWeights(days(7, (index) => (index === 3 ? 2 : 1)))
    const thursday = (2 + 1.75) / 3
    const mean = (6 + thursday) / 7
    expect(weights[3]).toBeCloseTo(thursday / mean, 12)
    expect(weights[0]).toBeCloseTo(1 / mean, 12)
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(7, 12)
  })

  test('do not take a trend for a weekday', () => {
    const steady = weekdayWeights(days(56, (index) => 100 + 5 * index))
    for (const weight of steady) expect(weight).toBeCloseTo(1, 2)
  })

  test('pass over windows with a gap or without spend', () => {
    const history = days(12, (index) => (index % 7 === 5 ? 3 : 1))
    expect(weekdayWeights(history.filter((_day, index) => index !== 6))).toEqual(EVEN)
    expect(weekdayWeights(days(14, () => 0))).toEqual(EVEN)
  })

  test('a date weighs as its weekday does, times its factor', () => {
    const weights = [1, 2, 3, 4, 5, 6, 7]
    expect(dayWeight('2026-10-05', weights, {})).toBe(1)
    expect(dayWeight('2026-10-11', weights, { '2026-10-11': 0.5 })).toBe(3.5)
  })
})

describe('pace', () => {
  test('linear: ten of 31 days have seen a third of the plan', () => {
    expect(linearPace(period())).toEqual({
      expectedShare: 10 / 31,
      paceIndex: 1000 / (3100 * (10 / 31)),
      forecast: 1000 / (10 / 31),
    })
  })

  test('by weekday: days that weigh more are expected to have spent more', () => {
    const weights = [1, 1, 1, 1.5, 1.5, 0.5, 0.5]
    const { expectedShare } = weekdayPace(period({ weights }))
    // 1 to 10 October 2026 is Thu Fri Sat Sun Mon Tue Wed Thu Fri Sat: 10.5 of the month's 31.5.
    expect(expectedShare).toBeCloseTo(10.5 / 31.5, 12)
  })

  test('nothing seen yet gives no index and no forecast', () => {
    const none = { expectedShare: 0, paceIndex: null, forecast: null }
    expect(linearPace(period({ seen: [] }))).toEqual(none)
    expect(weekdayPace(period({ seen: [], unseen: [] }))).toEqual(none)
    expect(linearPace(period({ budget: 0 })).paceIndex).toBeNull()
  })

  test('what is left is split over the days left by weight', () => {
    const required = requiredDaily(period({ committed: 100 }))
    expect(required).toHaveLength(21)
    expect(required.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(2000, 9)
    expect(requiredDaily(period({ budget: 900 }))).toEqual(Array.from({ length: 21 }, () => 0))
    expect(requiredDaily(period({ unseen: [] }))).toEqual([])
    // 2,100 are left for one day of weight 2 and twenty of weight 1.
    const heavy = requiredDaily(period({ holidays: { '2026-10-12': 2 } }))
    expect(heavy.slice(0, 3)).toEqual([2100 / 22, 4200 / 22, 2100 / 22])
    const idle = { '2026-10-11': 0 }
    expect(requiredDaily(period({ unseen: ['2026-10-11'], holidays: idle }))).toEqual([0])
  })
})

describe('landWithDrift', () => {
  const history = days(56, () => 100)

  test('an even level carries on, certain of itself', () => {
    const landing = landWithDrift(period(), history, 0.05)
    expect(landing).toMatchObject({ method: 'drift', dailyDrift: 0 })
    expect(landing?.level).toBeCloseTo(100, 9)
    expect(landing?.forecast).toBeCloseTo(3100, 8)
    expect(landing?.sigma).toBeCloseTo(0, 9)
  })

  test('a noisy level has an interval that reaches as far down as up', () => {
    const noisy = days(56, (index) => 100 + (index % 2 === 0 ? 10 : -10))
    const {
      low = 0,
      high = 0,
      forecast = 0,
      dailyDrift,
    } = landWithDrift(period(), noisy, 0.05) ?? {}
    expect(low).toBeLessThan(forecast - 10)
    expect(high + low).toBeCloseTo(2 * forecast, 6)
    expect(dailyDrift).toBe(0)
  })

  test('weeks that jump beyond their noise make the level drift', () => {
    const jumping = days(56, (index) => 100 * 1.2 ** (Math.floor(index / 7) % 2))
    const landing = landWithDrift(period({ seen: [] }), jumping, 0.05)
    // ms = ln²1.2; the last 28 days lie about 9 % around their level, and noise takes 2·σ²/7 off.
    const relative = (landing?.sigma ?? 0) / (landing?.level ?? 1)
    const expected = Math.sqrt((Math.log(1.2) ** 2 - (2 * relative ** 2) / 7) / 7)
    expect(landing?.dailyDrift).toBeCloseTo(expected, 12)
    expect(expected).toBeGreaterThan(0.05)
  })

  test('weighs yesterday twice as much as a week ago', () => {
    const step = days(56, (index) => (index < 49 ? 100 : 200))
    const recent = landWithDrift(period({ seen: [], unseen: ['2026-10-01'] }), step, 0.05)
    // Weights halve every seven days: the last week has 1 ÷ (1 + ½ + ¼ + … to eight terms) of all.
    const lastWeek = 1 / (2 - 0.5 ** 7)
    expect(recent?.level).toBeCloseTo(100 + 100 * lastWeek, 9)
  })

  test('a fortnight at 100 and 121, yesterday worth two days', () => {
    const fortnight = days(
      14,
      (index) => [100, 121, 242][Number(index > 6) + Number(index === 13)] ?? 0,
    )
    const landing = landWithDrift(
      period({
        budget: 240,
        seen: [],
        unseen: ['2026-10-01', '2026-10-02'],
        holidays: { '2026-08-16': 2 },
      }),
      fortnight,
      0.05,
    )
    // Weights ½^(age/7) add up to half of this for the week just over and to a quarter for the one before; yesterday counts once more.
    const decay = 0.5 ** (1 / 7)
    const all = 1 / (1 - decay)
    const level = (121 * (all / 2 + 1) + 100 * (all / 4)) / ((3 * all) / 4 + 1)
    expect(landing?.level).toBeCloseTo(level, 9)
    expect(landing?.forecast).toBeCloseTo(2 * level, 9)
    // Six days at 121, seven at 100, and yesterday with twice the level and twice the variance, on 13 degrees.
    const variance =
      (6 * (121 - level) ** 2 + 7 * (100 - level) ** 2 + (242 - 2 * level) ** 2 / 2) / 13
    expect(landing?.sigma).toBeCloseTo(Math.sqrt(variance), 9)
    // One weekly change of ln 1.21, less two sevenths of the relative variance, over seven days.
    const drift = (Math.log(1.21) ** 2 - ((2 / 7) * variance) / level ** 2) / 7
    expect(landing?.dailyDrift).toBeCloseTo(Math.sqrt(drift), 12)
    // Effective days (Σw)² ÷ Σw²; two days to come; the walk 8/3 + 4λ² ÷ (1 − λ²).
    const squares = (1 - 1 / 16) / (1 - decay ** 2) + 1
    const effective = ((3 * all) / 4 + 1) ** 2 / squares
    const walk = 8 / 3 + (4 * decay ** 2) / (1 - decay ** 2)
    const sd = Math.sqrt(variance * (2 + 4 / effective) + level ** 2 * drift * walk)
    expect(landing?.sd).toBeCloseTo(sd, 9)
    expect(((landing?.high ?? 0) - 2 * level) / sd).toBeCloseTo(1.644_853_63, 8)
    // The band ends at 228 and 252.
    expect(landing?.probabilityOver).toBeCloseTo(normalCdf((2 * level - 252) / sd), 12)
    expect(landing?.probabilityUnder).toBeCloseTo(normalCdf((228 - 2 * level) / sd), 12)
  })

  test('a week without spend is no change of level', () => {
    const paused = days(21, (index) => [100, 0, 121][Math.floor(index / 7)] ?? 0)
    expect(landWithDrift(period({ seen: [] }), paused, 0.05)?.dailyDrift).toBe(0)
    expect(
      landWithDrift(
        period({ seen: [] }),
        days(2, () => 100),
        0.05,
      )?.dailyDrift,
    ).toBe(0)
  })

  test('a day on which nothing is expected tells nothing of the level', () => {
    const closed = history.map((day, index) => (index === 40 ? { ...day, spend: 0 } : day))
    const day = closed[40]?.date ?? ''
    const landing = landWithDrift(period({ holidays: { [day]: 0 } }), closed, 0.05)
    expect(landing?.level).toBeCloseTo(100, 9)
    expect(landing?.sigma).toBeCloseTo(0, 9)
    expect(landing?.forecast).toBeCloseTo(3100, 8)
    const shut = Object.fromEntries(history.map(({ date }) => [date, 0]))
    expect(landWithDrift(period({ seen: [], holidays: shut }), history, 0.05)).toBeNull()
  })

  test('without spend in the last 28 days there is no level to carry on', () => {
    const quiet = [...days(28, () => 100), ...days(28, () => 0, '2026-08-31')]
    expect(landWithDrift(period({ seen: [] }), quiet, 0.05)).toBeNull()
    const once = [...days(28, () => 100), ...days(28, (i) => (i === 0 ? 1 : 0), '2026-08-31')]
    expect(landWithDrift(period({ seen: [] }), once, 0.05)).not.toBeNull()
    expect(
      landWithDrift(
        period({ seen: [] }),
        days(1, () => 100),
        0.05,
      ),
    ).toBeNull()
  })
})

describe('landWithRecent', () => {
  test('needs three days and looks at the last fourteen', () => {
    expect(landWithRecent(period({ seen: days(2, () => 100) }), 0.05)).toBeNull()
    expect(landWithRecent(period({ seen: days(3, () => 100) }), 0.05)?.method).toBe('recent')
    const seen = days(20, (index) => (index < 6 ? 1000 : 100), '2026-10-01')
    expect(landWithRecent(period({ seen }), 0.05)?.level).toBeCloseTo(100, 9)
  })

  test('is less sure than with history: Student’s t on two degrees reaches 2.92 deviations', () => {
    const seen = [90, 100, 110].map((spend, index) => ({
      date: addDays('2026-10-01', index),
      spend,
    }))
    const landing = landWithRecent(period({ seen, unseen: ['2026-10-04'] }), 0.05)
    // sigma = 10, W = 1, Σ weight = 3: sd = 10·√(1 + 1/3).
    expect(landing?.sd).toBeCloseTo(10 * Math.sqrt(4 / 3), 9)
    expect(((landing?.high ?? 0) - 400) / (landing?.sd ?? 1)).toBeCloseTo(2.919_985_6, 6)
  })

  test('two days to come: √(2 + 4/3) times the spread, its chances by Student’s t on two degrees', () => {
    const seen = [90, 100, 110].map((spend, index) => ({
      date: addDays('2026-10-01', index),
      spend,
    }))
    const unseen = ['2026-10-04', '2026-10-05']
    const landing = landWithRecent(period({ seen, unseen, budget: 480 }), 0.05)
    const sd = 10 * Math.sqrt(2 + 4 / 3)
    // P(T ≤ t) = ½ + t ÷ 2√(2 + t²) on two degrees; the band ends at 456 and 504, the forecast is 500.
    const chance = (t: number) => 0.5 + t / (2 * Math.sqrt(2 + t * t))
    expect(landing).toMatchObject({ method: 'recent', dailyDrift: 0, forecast: 500 })
    expect(landing?.sd).toBeCloseTo(sd, 9)
    expect(landing?.probabilityOver).toBeCloseTo(chance(-4 / sd), 9)
    expect(landing?.probabilityUnder).toBeCloseTo(chance(-44 / sd), 9)
  })

  test('a day worth two has twice the level and twice the variance', () => {
    const seen = [100, 200, 90].map((spend, index) => ({
      date: addDays('2026-10-01', index),
      spend,
    }))
    const holidays = { '2026-10-02': 2 }
    const landing = landWithRecent(period({ seen, unseen: ['2026-10-04'], holidays }), 0.05)
    // 390 over four days of weight; (2.5² + 5² ÷ 2 + 7.5²) ÷ 2 = 37.5, times 1 + 1/4.
    expect(landing?.level).toBe(97.5)
    expect(landing?.sigma).toBeCloseTo(Math.sqrt(37.5), 9)
    expect(landing?.sd).toBeCloseTo(Math.sqrt(37.5 * 1.25), 9)
  })

  test('a landing on the edge of the band, without spread, is within it', () => {
    const seen = days(4, () => 100, '2026-10-01')
    const at = (budget: number, band: number) =>
      landWithRecent(period({ seen, unseen: ['2026-10-05'], budget }), band)
    expect(at(400, 0.25)).toMatchObject({ forecast: 500, probabilityOver: 0, probabilityUnder: 0 })
    expect(at(1000, 0.5)).toMatchObject({ forecast: 500, probabilityOver: 0, probabilityUnder: 0 })
    expect(at(399, 0.25)).toMatchObject({ probabilityOver: 1, probabilityUnder: 0 })
    expect(at(1001, 0.5)).toMatchObject({ probabilityOver: 0, probabilityUnder: 1 })
  })

  test('says how likely it is to land outside of the band', () => {
    const seen = days(14, () => 120, '2026-10-01')
    const unseen = Array.from({ length: 17 }, (_day, index) => addDays('2026-10-15', index))
    const over = landWithRecent(period({ seen, unseen }), 0.05)
    expect(over).toMatchObject({ probabilityOver: 1, probabilityUnder: 0, sd: 0 })
    const exact = landWithRecent(period({ seen, unseen, budget: 3720 / 1.05 }), 0.05)
    expect(exact?.forecast).toBeCloseTo(3720, 9)
    const under = landWithRecent(period({ seen, unseen, budget: 4000 }), 0.05)
    expect(under).toMatchObject({ probabilityOver: 0, probabilityUnder: 1 })
  })
})

describe('judgePace', () => {
  const bounds = { watch: 0.05, critical: 0.1, probability: 0.8 }
  const landing = (forecast: number, sure: number): Landing => ({
    method: 'drift',
    level: 1,
    sigma: 1,
    levelDays: 1,
    dailyDrift: 0,
    forecast,
    sd: 1,
    degrees: null,
    low: 0,
    high: 0,
    probabilityOver: forecast > 1000 ? sure : 0,
    probabilityUnder: forecast < 1000 ? sure : 0,
  })
  const reading = (changes: Partial<PaceReading>): PaceReading => ({
    budget: 1000,
    available: 1,
    daysLeft: 1,
    landing: landing(1000, 1),
    ...changes,
  })

  // Rows sit on and one unit beside ±5 % and ±10 % of 1000, and on and beside a probability of 0.8.
  test.each([
    [1049, 1, 'on_track'],
    [1050, 1, 'on_track'],
    [1051, 1, 'over'],
    [1051, 0.8, 'over'],
    [1051, 0.799, 'watch'],
    [1100, 1, 'over'],
    [1101, 1, 'critical_over'],
    [1101, 0.799, 'watch'],
    [950, 1, 'on_track'],
    [949, 1, 'under'],
    [949, 0.799, 'watch'],
    [900, 1, 'under'],
    [899, 1, 'critical_under'],
  ])('a forecast of %i with probability %f is %s', (forecast, sure, expected) => {
    expect(judgePace(reading({ landing: landing(forecast, sure) }), bounds)).toBe(expected)
  })

  test.each<[Partial<PaceReading>, string]>([
    [{ daysLeft: 0, available: -5 }, 'closed'],
    [{ available: 0 }, 'exhausted'],
    [{ available: 1, landing: null }, 'unknown'],
    [{ available: 0, landing: null }, 'exhausted'],
    [{ budget: 0 }, 'unknown'],
  ])('%j is %s', (changes, expected) => {
    expect(judgePace(reading(changes), bounds)).toBe(expected)
  })

  test('deviation is forecast ÷ budget − 1, and none without either', () => {
    expect(landingDeviation(reading({ landing: landing(1100, 1) }))).toBeCloseTo(0.1, 12)
    expect(landingDeviation(reading({ landing: null }))).toBeNull()
    expect(landingDeviation(reading({ budget: 0 }))).toBeNull()
    expect(landingDeviation(reading({ budget: -1 }))).toBeNull()
  })
})

describe('platform caps', () => {
  test.each([
    ['Google Ads', 'google_ads'],
    ['GOOGLE', 'google_ads'],
    ['Facebook', 'meta'],
    ['meta', 'meta'],
    ['Instagram', 'meta'],
    ['TikTok', 'tiktok_ddb'],
    ['LinkedIn', null],
  ])('%s is read as %s', (name, expected) => {
    expect(cappedPlatform(name)).toBe(expected)
  })

  test('Google settles by month, Meta and TikTok by week', () => {
    expect(platformCap('google_ads', { averageDaily: 100, spentInPeriod: 40 })).toEqual({
      maxDay: 200,
      period: 'month',
      limit: 3040,
      remaining: 3000,
    })
    expect(platformCap('meta', { averageDaily: 100, spentInPeriod: 800 })).toEqual({
      maxDay: 175,
      period: 'week',
      limit: 700,
      remaining: 0,
    })
    expect(platformCap('tiktok_ddb', { averageDaily: 100, spentInPeriod: 0 }).maxDay).toBe(125)
  })
})

describe('paceLine', () => {
  const delivery = (count: number, spendMinor = 10_000) =>
    days(count, () => 1, '2026-10-01').map(({ date }) => deliveryDay({ date, spendMinor }))
  const part = (count: number, planned = 310_000) => ({
    planned: measured(planned),
    committed: notMeasured('not said'),
    delivery: delivery(count),
    noDelivery: notMeasured('no row'),
  })
  const reportedOf = (entries: readonly { readonly date: string }[]) =>
    new Set(entries.map((entry) => entry.date))
  const on = (asOfOn: string) => budgetContext({ asOfOn })

  test('a running month is forecast from the days reported', () => {
    const pace = paceLine(part(10), reportedOf(delivery(10)), on('2026-10-11'))
    expect(pace).toMatchObject({
      status: 'on_track',
      reason: null,
      daysElapsed: 10,
      daysReported: 10,
      daysLeft: 21,
      available: 210_000,
    })
    expect(pace.landing?.forecast).toBeCloseTo(310_000, 6)
    expect(pace.requiredDay).toBeCloseTo(10_000, 6)
  })

  test('what is committed is not available, and the dearest day left is the one required', () => {
    const committed = { ...part(10), committed: measured(4000) }
    const holidays = budgetContext({
      asOfOn: '2026-10-11',
      policy: policyWith({ budget: { pacing: { day_factors: { '2026-10-20': 2 } } } }),
    })
    const pace = paceLine(committed, reportedOf(delivery(10)), holidays)
    expect(pace.available).toBe(206_000)
    expect(pace.requiredDay).toBeCloseTo((2 * 206_000) / 22, 6)
  })

  test('the order of the rows does not matter', () => {
    const late = days(10, () => 1, '2026-10-17').map(({ date }) => deliveryDay({ date }))
    const everyone = reportedOf(days(82, () => 1, '2026-08-06'))
    const of = (rows: typeof late) =>
      paceLine({ ...part(0), delivery: rows }, everyone, on('2026-10-27'))
    expect(of(late.toReversed())).toEqual(of(late))
  })

  test('days nobody reported are treated like days to come', () => {
    const seen = delivery(10).filter((_day, index) => index !== 4)
    const pace = paceLine({ ...part(10), delivery: seen }, reportedOf(seen), on('2026-10-11'))
    expect(pace.daysReported).toBe(9)
    expect(pace.landing?.forecast).toBeCloseTo(310_000, 6)
  })

  // Eight of ten elapsed days reported is the least coverage that forecasts.
  test.each([
    [8, null],
    [7, 'spend is reported on too few of the elapsed days'],
  ])('%i of ten elapsed days reported: %s', (count, reason) => {
    const pace = paceLine(part(count), reportedOf(delivery(count)), on('2026-10-11'))
    expect(pace.reason).toBe(reason)
    expect(pace.landing === null).toBe(reason !== null)
  })

  test('a month that is over lands where it is, however many days were reported', () => {
    const pace = paceLine(part(5), reportedOf(delivery(5)), on('2026-11-01'))
    expect(pace).toMatchObject({ status: 'closed', daysLeft: 0, requiredDay: null })
    expect(pace.landing?.forecast).toBeCloseTo(50_000, 6)
    expect(paceLine(part(5), reportedOf(delivery(5)), on('2026-10-31')).daysLeft).toBe(1)
  })

  test('a part without a row on a reported day spent nothing on it', () => {
    const pace = paceLine({ ...part(0), delivery: [] }, reportedOf(delivery(10)), on('2026-10-11'))
    expect(pace).toMatchObject({ status: 'critical_under', daysReported: 10 })
  })

  test('a part that began on the 17th lands at its own level, not at that of the days before', () => {
    const late = days(10, () => 1, '2026-10-17').map(({ date }) => deliveryDay({ date }))
    const everyone = days(82, () => 1, '2026-08-06')
    const pace = paceLine({ ...part(0), delivery: late }, reportedOf(everyone), on('2026-10-27'))
    expect(pace.landing?.forecast).toBeCloseTo(150_000, 6)
    expect(pace.daysReported).toBe(26)
  })

  test('an even part with three weeks of history lands on its days, whatever others had before', () => {
    const own = days(41, () => 1, '2026-09-10').map(({ date }) =>
      deliveryDay({ date, spendMinor: 5000 }),
    )
    const everyone = days(76, () => 1, '2026-08-06')
    const pace = paceLine({ ...part(0), delivery: own }, reportedOf(everyone), on('2026-10-21'))
    expect(pace.landing?.forecast).toBeCloseTo(155_000, 6)
  })

  test('after its first row a day that the file covers is a day without spend', () => {
    const gap = delivery(10).filter(({ date }) => date !== '2026-10-05')
    const pace = paceLine({ ...part(0), delivery: gap }, reportedOf(delivery(10)), on('2026-10-11'))
    expect(pace.landing?.forecast ?? Infinity).toBeLessThan(300_000)
    expect(pace.daysReported).toBe(10)
  })

  test('a file covers the dates of its platform; without one, those of the company', () => {
    const rows = [
      deliveryDay({ date: '2026-10-01', channelId: 'A' }),
      deliveryDay({ date: '2026-10-02', channelId: 'B' }),
      deliveryDay({ date: '2026-10-03', channelId: 'C' }),
    ]
    const platforms = new Map([
      ['A', 'meta'],
      ['B', 'meta'],
      ['C', null],
      ['D', 'search'],
    ])
    const covered = (channelId: string | null) => [...coverageOf(rows, platforms)(channelId)]
    expect(covered('A')).toEqual(['2026-10-01', '2026-10-02'])
    expect(covered('C')).toEqual(['2026-10-01', '2026-10-02', '2026-10-03'])
    expect(covered(null)).toHaveLength(3)
    expect(covered('unknown')).toHaveLength(3)
    expect(covered('D')).toEqual([])
  })

  test('without a plan there is nothing to pace', () => {
    const unplanned = { ...part(10), planned: notMeasured('no budgets were provided') }
    expect(paceLine(unplanned, reportedOf(delivery(10)), on('2026-10-11'))).toMatchObject({
      status: 'unknown',
      reason: 'no budgets were provided',
      budget: null,
    })
  })

  test('too few days without history say so', () => {
    const pace = paceLine(part(1), reportedOf(delivery(1)), on('2026-10-02'))
    expect(pace).toMatchObject({
      status: 'unknown',
      reason: 'too few days have spend to forecast from',
    })
  })

  test('weekdays come from the eight weeks before the month, holidays from the policy', () => {
    const history = days(56, (index) => (index % 7 === 6 ? 3 : 1), '2026-08-06').map(
      ({ date, spend }) => deliveryDay({ date, spendMinor: spend * 1000 }),
    )
    const seen = [...history, ...delivery(10)]
    const plain = paceLine({ ...part(10), delivery: seen }, reportedOf(seen), on('2026-10-11'))
    expect(plain.weekday?.expectedShare).not.toBeCloseTo(10 / 31, 3)
    const holiday = paceLine(
      { ...part(10), delivery: seen },
      reportedOf(seen),
      budgetContext({
        asOfOn: '2026-10-11',
        policy: policyWith({ budget: { pacing: { day_factors: { '2026-10-20': 4 } } } }),
      }),
    )
    expect(holiday.weekday?.expectedShare).toBeLessThan(plain.weekday?.expectedShare ?? 0)
  })

  test('says whether the platform’s daily cap leaves room to catch up', () => {
    const reported = reportedOf(delivery(28))
    const behind = paceLine(
      { ...part(0), delivery: delivery(28, 5000) },
      reported,
      on('2026-10-29'),
    )
    // 170 000 are left for three days; twice the plan's daily 10 000 is what Google may charge.
    expect(platformRoom(behind, 'Google Ads')).toMatchObject({ maxDay: 20_000, canCatchUp: false })
    expect(platformRoom(behind, 'LinkedIn')).toBeNull()
    expect(platformRoom(behind, null)).toBeNull()
    const near = paceLine({ ...part(0), delivery: delivery(28, 9000) }, reported, on('2026-10-29'))
    expect(platformRoom(near, 'Google Ads')).toMatchObject({ canCatchUp: true })
    // 20,000 on the one day left are just what may be charged, a cent more is not.
    const last = (budget: number) => ({ ...near, budget, daysElapsed: 30, daysLeft: 1 })
    expect(platformRoom({ ...last(310_000), requiredDay: 20_000 }, 'Google Ads')).toEqual({
      platform: 'google_ads',
      maxDay: 20_000,
      requiredDay: 20_000,
      canCatchUp: true,
    })
    const beyond = { ...last(310_000), requiredDay: 20_001 }
    expect(platformRoom(beyond, 'Google Ads')?.canCatchUp).toBe(false)
    const over = paceLine(part(31), reportedOf(delivery(31)), on('2026-11-01'))
    expect(platformRoom(over, 'Google Ads')).toBeNull()
  })
})
