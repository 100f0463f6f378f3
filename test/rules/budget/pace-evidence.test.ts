import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { reviewBudget } from '#rules/budget/review.ts'
import { addDays, weekday } from '#rules/kernel/calendar.ts'
import { compareText } from '#rules/kernel/order.ts'
import { studentTCdf, studentTQuantile } from '#rules/kernel/student-t.ts'
import { Decision, type Evidence } from '#rules/schema/review.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'
import { share } from '#test/support/share.ts'

interface Spending {
  /** Days of history before October, and spend of a day by weekday and noise. */
  readonly history: number
  readonly daily: number
  readonly weekend: number
  readonly noise: readonly number[]
  readonly growth: number
  /** As a multiple of a month at the daily spend. */
  readonly planned: number | null
  readonly committed: number | null
  readonly asOfDay: number
  /** Every so many days the file has no row. */
  readonly gap: number
  readonly holiday: number
  readonly critical: number
}

const spending: fc.Arbitrary<Spending> = fc.record({
  history: fc.constantFrom(0, 0, 5, 20, 60),
  daily: fc.integer({ min: 0, max: 20_000 }),
  weekend: share(),
  noise: fc.array(share(), { minLength: 7, maxLength: 7 }),
  growth: fc.constantFrom(0.98, 1, 1.02),
  planned: fc.option(share(), { nil: null, freq: 9 }),
  committed: fc.option(fc.nat({ max: 30_000 }), { nil: null }),
  asOfDay: fc.integer({ min: 1, max: 32 }),
  gap: fc.constantFrom(1000, 1000, 7, 3),
  holiday: fc.constantFrom(1, 0, 0.3),
  critical: fc.constantFrom(0.1, 0.5),
})

/** The decisions on the pace of the month and of its two lines, read back from their text. */
function decisionsOn(given: Spending): readonly Decision[] {
  const { history, daily, noise, growth, planned, committed, asOfDay, gap } = given
  const asOfOn = addDays('2026-10-01', asOfDay - 1)
  const from = addDays('2026-10-01', -history)
  const dates = Array.from({ length: history + asOfDay - 1 }, (_day, index) => addDays(from, index))
  const { decisions } = reviewBudget(
    budgetInput({
      plans:
        planned === null
          ? []
          : ['A', 'B'].map((channelId) =>
              planRow({
                channelId,
                plannedMinor: Math.round(31 * daily * (0.7 + planned)) + 1000,
                committedMinor: committed,
              }),
            ),
      channels: [
        { channelId: 'A', name: 'A', platform: 'Google Ads' },
        { channelId: 'B', name: 'B', platform: 'Meta' },
      ],
      delivery: dates.flatMap((date, index) =>
        ['A', 'B']
          .filter((channelId) => index % gap !== gap - 1 && (channelId === 'A' || index % 2 === 0))
          .map((channelId) =>
            deliveryDay({
              date,
              channelId,
              spendMinor: Math.round(
                daily *
                  growth ** index *
                  (weekday(date) > 4 ? given.weekend : 1) *
                  (1 + (noise[index % 7] ?? 0)),
              ),
            }),
          ),
      ),
    }),
    budgetContext({
      asOfOn,
      policy: policyWith({
        budget: {
          pacing: { critical: given.critical, day_factors: { '2026-10-26': given.holiday } },
        },
      }),
    }),
  )
  return decisions
    .filter(({ id }) => id === 'budget.pacing:total' || id.startsWith('budget.line:'))
    .map((decision) => Decision.parse(JSON.parse(JSON.stringify(decision))))
}

/** The evidence of a pace: of a line it stands beside the line's other evidence. */
function paceOf({ id, evidence }: Decision): Evidence {
  if (id === 'budget.pacing:total') return evidence
  return Object.fromEntries(
    Object.entries(evidence)
      .filter(([name]) => name.startsWith('pace_'))
      .map(([name, value]) => [name.slice('pace_'.length), value]),
  )
}

function statusOf({ id, action, evidence }: Decision): string {
  const status = id === 'budget.pacing:total' ? action : evidence['pace']
  if (typeof status !== 'string') throw new Error('expected a status')
  return status
}

const figure = (evidence: Evidence, name: string): number => {
  const value = evidence[name]
  if (typeof value !== 'number') throw new Error(`expected a number: ${name}`)
  return value
}

const figures = (evidence: Evidence, name: string): readonly number[] => {
  const list = evidence[name]
  if (!Array.isArray(list)) throw new Error(`expected a list: ${name}`)
  return list.map(Number)
}

/** The day weight of each date still to be forecast. */
function weightsLeft(evidence: Evidence): readonly number[] {
  const dates = evidence['unseen_dates']
  if (!Array.isArray(dates)) throw new Error('expected dates')
  return dates.map((date, index) => {
    if (typeof date !== 'string') throw new Error('expected a date')
    const factor = figures(evidence, 'unseen_factors')[index] ?? Number.NaN
    return (figures(evidence, 'weekday_weights')[weekday(date)] ?? Number.NaN) * factor
  })
}

/** The landing and its interval, from the evidence alone. */
function landingFrom(evidence: Evidence) {
  const weights = weightsLeft(evidence)
  const [left, days] = [weights.reduce((sum, weight) => sum + weight, 0), weights.length]
  const [level, sigma] = [figure(evidence, 'level_minor'), figure(evidence, 'sigma_minor')]
  const decay = 0.5 ** (1 / figure(evidence, 'level_half_life_days'))
  const walk = days ** 3 / 3 + (days ** 2 * decay ** 2) / (1 - decay ** 2)
  const forecast = figure(evidence, 'seen_spend_minor') + level * left
  const sd = Math.sqrt(
    sigma ** 2 * (left + left ** 2 / figure(evidence, 'level_days')) +
      (level * figure(evidence, 'daily_drift')) ** 2 * walk,
  )
  const degrees = Number(evidence['degrees_of_freedom'] ?? Infinity)
  const reach = sd * studentTQuantile(0.95, degrees)
  const planned = figure(evidence, 'planned_minor')
  const watch = figure(evidence, 'watch')
  const beyond = (edge: number, side: 1 | -1): number => {
    const over = side * (forecast - planned * edge)
    return sd > 0 ? studentTCdf(over / sd, degrees) : Number(over > 0)
  }
  return {
    forecast,
    sd,
    low: forecast - reach,
    high: forecast + reach,
    over: beyond(1 + watch, 1),
    under: beyond(1 - watch, -1),
  }
}

/** The verdict, from the evidence alone. */
function statusFrom(evidence: Evidence): string {
  if (evidence['planned_minor'] === null || figure(evidence, 'days_covered') === 0) return 'unknown'
  const [left, elapsed] = [figure(evidence, 'days_left'), figure(evidence, 'days_elapsed')]
  if (left === 0) return 'closed'
  const due = figure(evidence, 'min_day_coverage') * elapsed
  if (figure(evidence, 'days_reported') < due) return 'unknown'
  const planned = figure(evidence, 'planned_minor')
  const available =
    planned - figure(evidence, 'seen_spend_minor') - figure(evidence, 'committed_minor')
  if (available <= 0) return 'exhausted'
  return evidence['forecast_minor'] === null ? 'unknown' : landingStatus(evidence, planned)
}

function landingStatus(evidence: Evidence, planned: number): string {
  const { forecast, over, under } = landingFrom(evidence)
  const size = Math.abs(forecast - planned)
  if (size <= figure(evidence, 'watch') * planned) return 'on_track'
  const [side, sure] = forecast > planned ? (['over', over] as const) : (['under', under] as const)
  if (sure < figure(evidence, 'probability')) return 'watch'
  return size > figure(evidence, 'critical') * planned ? `critical_${side}` : side
}

const decisions = fc.sample(spending, { seed: 20261122, numRuns: 300 }).flatMap(decisionsOn)
const forecasts = decisions
  .map((decision) => ({ decision, evidence: paceOf(decision) }))
  .filter(({ evidence }) => typeof evidence['level_minor'] === 'number')

describe('the evidence of a pace alone', () => {
  test('there are paces of every sort', () => {
    const found = [...Map.groupBy(decisions, statusOf)].flatMap(([status, list]) =>
      list.length > 2 ? [status] : [],
    )
    expect(found.toSorted(compareText)).toEqual([
      'closed',
      'critical_over',
      'critical_under',
      'exhausted',
      'on_track',
      'over',
      'under',
      'unknown',
      'watch',
    ])
    const methods = Map.groupBy(forecasts, ({ evidence }) => evidence['method'])
    expect(methods.get('drift')?.length).toBeGreaterThan(50)
    // Only a part that spent nothing for four weeks is read from its last days alone.
    expect(methods.get('recent')?.length).toBeGreaterThan(2)
    expect(
      forecasts.filter(({ evidence }) => figures(evidence, 'unseen_factors').includes(0.3)).length,
    ).toBeGreaterThan(10)
  })

  test('gives the landing, its interval and its chances', () => {
    for (const { evidence } of forecasts) {
      const found = landingFrom(evidence)
      const near = (value: number) => expect.closeTo(value, 6)
      expect(evidence).toMatchObject({
        forecast_minor: near(found.forecast),
        forecast_sd_minor: near(found.sd),
        forecast_low_minor: near(found.low),
        forecast_high_minor: near(found.high),
        probability_over: near(found.over),
        probability_under: near(found.under),
        deviation: near(found.forecast / figure(evidence, 'planned_minor') - 1),
      })
    }
  })

  test('gives the verdict', () => {
    for (const decision of decisions) {
      const evidence = paceOf(decision)
      const isOver = evidence['days_left'] === 0 && decision.id !== 'budget.pacing:total'
      // Of a month that is over a line's plan is not repeated: there is nothing to forecast.
      const status = isOver ? statusOf(decision) : statusFrom(evidence)
      expect(statusOf(decision)).toBe(status)
    }
  })

  test('gives the dearest day that a line still needs', () => {
    const capped = decisions.filter(({ evidence }) => 'required_day_minor' in evidence)
    expect(capped.length).toBeGreaterThan(20)
    for (const decision of capped) {
      const evidence = paceOf(decision)
      const weights = weightsLeft(evidence)
      const left = weights.reduce((sum, weight) => sum + weight, 0)
      const dearest = Math.max(...weights) / left
      const available = Math.max(0, figure(evidence, 'available_minor'))
      expect(decision.evidence['required_day_minor']).toBeCloseTo(available * dearest, 6)
    }
  })
})
