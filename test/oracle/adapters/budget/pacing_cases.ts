import { z } from 'zod'

import { landWithDrift, landWithRecent, type Landing } from '#rules/budget/landing.ts'
import { judgePace, landingDeviation } from '#rules/budget/pace-status.ts'
import { linearPace, type Pace, requiredDaily, weekdayPace } from '#rules/budget/pace.ts'
import { cappedPlatform, platformCap } from '#rules/budget/platform-caps.ts'
import { utilisationOf } from '#rules/budget/utilisation.ts'
import { type DaySpend, weekdayWeights } from '#rules/budget/weekday-weights.ts'
import { isMeasured, measured, type Quantity } from '#rules/kernel/quantity.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { compareExact, compareNumber } from '../../compare.ts'

const Case = z.looseObject({
  id: z.string(),
  days: z.array(z.string()),
  spend: z.array(z.number()),
  history_dates: z.array(z.string()),
  history_spend: z.array(z.number()),
  budget: z.number(),
  committed: z.number(),
  holiday_weights: z.record(z.string(), z.number()),
  band: z.number(),
  expected: z.record(z.string(), z.unknown()),
})
const Group = z.record(z.string(), z.unknown())
const Cap = z.looseObject({
  id: z.string(),
  platform: z.string(),
  avg_daily_budget: z.number(),
  spent: z.number().optional(),
  spent_this_week: z.number().optional(),
  expected: Group,
})
const File = z.looseObject({ cases: z.array(Case), platform_caps: z.array(Cap) })

const NEAR = { relative: 1e-9, absolute: 1e-12 }
/** Where every day is alike, a spread is what rounding leaves. */
const SPREAD = { relative: 1e-9, absolute: 1e-9 }
const STATUS_BOUNDS = { probability: 0.8 }

type Compare = (what: string, expected: unknown, actual: unknown) => OracleMismatch[]

const compare: Compare = (what, expected, actual) =>
  typeof actual === 'number'
    ? compareNumber(what, { expected, actual }, NEAR)
    : compareExact(what, { expected: expected ?? null, actual: actual ?? null })

function compareList(what: string, expected: unknown, actual: readonly number[]): OracleMismatch[] {
  const wanted = z.array(z.number()).parse(expected)
  if (wanted.length !== actual.length) return compareExact(what, { expected: wanted, actual })
  return wanted.flatMap((value, index) => compare(`${what}[${index}]`, value, actual[index]))
}

function comparePace(what: string, expected: unknown, pace: Pace): OracleMismatch[] {
  const wanted = Group.parse(expected)
  return [
    ...compare(`${what}.expected_share`, wanted['expected_share'], pace.expectedShare),
    ...compare(`${what}.pace_index`, wanted['pace_index'], pace.paceIndex),
    ...compare(`${what}.forecast`, wanted['forecast'], pace.forecast),
  ]
}

function compareLanding(
  what: string,
  expected: unknown,
  landing: Landing | null,
): OracleMismatch[] {
  if (expected === undefined || expected === null || landing === null) {
    return compareExact(`${what} is there`, {
      expected: expected !== undefined && expected !== null,
      actual: landing !== null,
    })
  }
  const wanted = Group.parse(expected)
  return [
    ...compare(`${what}.level`, wanted['level'], landing.level),
    ...compareNumber(`${what}.sigma`, { expected: wanted['sigma'], actual: landing.sigma }, SPREAD),
    ...('daily_drift_sd' in wanted
      ? compareNumber(
          `${what}.daily_drift_sd`,
          { expected: wanted['daily_drift_sd'], actual: landing.dailyDrift },
          SPREAD,
        )
      : []),
    ...compare(`${what}.forecast`, wanted['forecast'], landing.forecast),
    ...compareNumber(`${what}.sd`, { expected: wanted['sd'], actual: landing.sd }, SPREAD),
    ...compareList(`${what}.ci90`, wanted['ci90'], [landing.low, landing.high]),
    ...compare(`${what}.p_over_band`, wanted['p_over_band'], landing.probabilityOver),
    ...compare(`${what}.p_under_band`, wanted['p_under_band'], landing.probabilityUnder),
  ]
}

function zip(dates: readonly string[], spend: readonly number[]): DaySpend[] {
  return spend.map((value, index) => ({ date: dates[index] ?? '', spend: value }))
}

function runCase(entry: z.infer<typeof Case>): OracleCaseResult {
  const { budget, committed, expected } = entry
  const history = zip(entry.history_dates, entry.history_spend)
  const period = {
    budget,
    committed,
    seen: zip(entry.days, entry.spend),
    unseen: entry.days.slice(entry.spend.length),
    weights: weekdayWeights(history),
    holidays: entry.holiday_weights,
  }
  const drift = landWithDrift(period, history, entry.band)
  const recent = landWithRecent(period, entry.band)
  const landing = drift ?? recent
  const spent = entry.spend.reduce((sum, value) => sum + value, 0)
  const use = utilisationOf({
    budget: measured(budget),
    spent: measured(spent),
    committed: measured(committed),
  })
  const available = valueOf(use.available) ?? Number.NaN
  const reading = { budget, available, daysLeft: period.unseen.length, landing }
  const bounds = { ...STATUS_BOUNDS, watch: entry.band, critical: 2 * entry.band }
  const wantedUse = Group.parse(expected['utilisation'])
  const cents = { relative: 1e-9, absolute: 1e-9 }
  return {
    id: entry.id,
    mismatches: [
      ...compareList('weights', expected['weights'], period.weights),
      ...comparePace('linear', expected['linear'], linearPace(period)),
      ...comparePace('dow', expected['dow'], weekdayPace(period)),
      ...compareLanding('ewma7', expected['ewma7'], drift),
      ...compareLanding('recent', expected['recent'], recent),
      ...compare('spent', wantedUse['spent'], spent),
      ...compareNumber('available', { expected: wantedUse['available'], actual: available }, cents),
      ...compare('utilisation', wantedUse['utilisation'], valueOf(use.utilisation)),
      ...compare(
        'with commitments',
        wantedUse['utilisation_with_commitments'],
        valueOf(use.utilisationWithCommitments),
      ),
      ...compareList('required_daily', expected['required_daily'], requiredDaily(period)),
      ...compare('method', expected['method'], methodName(landing)),
      ...compare('deviation', expected['deviation'], landingDeviation(reading)),
      ...compare('status', expected['status'], judgePace(reading, bounds)),
    ],
  }
}

function valueOf(quantity: Quantity): number | null {
  return isMeasured(quantity) ? quantity.value : null
}

function methodName(landing: Landing | null): string | null {
  if (landing === null) return null
  return landing.method === 'drift' ? 'ewma7' : 'recent'
}

function runCap(entry: z.infer<typeof Cap>): OracleCaseResult {
  const platform = cappedPlatform(entry.platform)
  if (platform === null) return { id: entry.id, mismatches: unknownPlatform(entry.platform) }
  const cap = platformCap(platform, {
    averageDaily: entry.avg_daily_budget,
    spentInPeriod: entry.spent ?? entry.spent_this_week ?? 0,
  })
  const [limit, remaining] =
    cap.period === 'month'
      ? ['monthly_limit', 'remaining_chargeable']
      : ['week_limit', 'remaining_chargeable_week']
  return {
    id: entry.id,
    mismatches: [
      ...compare('max_day', entry.expected['max_day'], cap.maxDay),
      ...compare(limit, entry.expected[limit], cap.limit),
      ...compare(remaining, entry.expected[remaining], cap.remaining),
    ],
  }
}

function unknownPlatform(expected: string): OracleMismatch[] {
  return [{ what: 'platform', expected, actual: null }]
}

export const adapter: OracleAdapter = {
  kind: 'budget/pacing_cases',
  run: (file) => {
    const { cases, platform_caps: caps } = File.parse(file)
    return [...cases.map(runCase), ...caps.map(runCap)]
  },
}
