import { z } from 'zod'

import { convertedByIfWatched, logRank } from '#rules/funnel/survival.ts'
import { fisherExactP } from '#rules/kernel/exact-test.ts'
import type { Interval } from '#rules/kernel/interval.ts'
import {
  deltaLiftOfRates,
  fiellerLiftOfRates,
  logRiskRatioLift,
  relativeLift,
} from '#rules/kernel/lift-interval.ts'
import { miettinenNurminenInterval } from '#rules/kernel/miettinen-nurminen.ts'
import { clopperPearsonInterval, rateOf, wilsonInterval } from '#rules/kernel/proportion.ts'
import {
  agrestiCaffoInterval,
  newcombeInterval,
  pooledZTest,
  rateDifference,
  type TwoProportions,
  waldInterval,
} from '#rules/kernel/two-proportions.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { compareDeep, type Reading } from '../../compare-deep.ts'
import { cohortOf, daysToWin, type OlistLead, readOlist } from '../../olist.ts'
import { adapter as shrinkage } from './eb_beta_binomial.ts'

const Fields = z.record(z.string(), z.unknown())

const AsOf = z.object({
  as_of: z.string(),
  horizon_days: z.number(),
  months: z.record(z.string(), z.object({ km_converted_by: Fields }).loose()),
})

const Cells = z.object({
  cells: z.array(z.object({ n: z.int(), k: z.int() }).loose()),
  eb: z.unknown(),
})

const TOLERANCE = { relative: 1e-9, absolute: 1e-12 }

/** Real lead cohorts: naive and matured rates, curves, the change of the youngest month, and shrunken rates of origins and pages. */
export const adapter: OracleAdapter = {
  kind: 'statistics/olist_funnel',
  run: async (file, directory) => {
    const leads = readOlist(directory)
    const results: OracleCaseResult[] = []
    for (const [name, section] of Object.entries(Fields.parse(file))) {
      if (name === 'about' || name === 'tools' || name === 'definitions') continue
      results.push(...(await runSection(name, section, leads)))
    }
    return results
  },
}

async function runSection(
  name: string,
  section: unknown,
  leads: readonly OlistLead[],
): Promise<OracleCaseResult[]> {
  if (name === 'negative_durations') return [compareNegative(section, leads)]
  if (name.startsWith('as_of_')) return compareMonths(name, AsOf.parse(section), leads)
  if (name.includes('_to_')) return [compareChange(name, Fields.parse(section), leads)]
  const key = CELL_KEYS.find(([prefix]) => name.startsWith(prefix))?.[1]
  if (key !== undefined) return compareShrunken(name, Cells.parse(section), { leads, key })
  return [{ id: name, mismatches: [{ what: name, expected: section, actual: 'no reading' }] }]
}

const CELL_KEYS: readonly (readonly [string, (lead: OlistLead) => string])[] = [
  ['origin_', (lead) => lead.origin],
  ['landing_page_', (lead) => lead.landingPage],
]

function compareNegative(expected: unknown, leads: readonly OlistLead[]): OracleCaseResult {
  const actual = leads
    .filter(({ contactOn, wonAt }) => wonAt !== null && wonAt.slice(0, 10) < contactOn)
    .map(({ id, contactOn, wonAt }) => ({ mql_id: id, first_contact: contactOn, won: wonAt }))
  return {
    id: 'negative_durations',
    mismatches: compareDeep('rows', { expected, actual }, TOLERANCE),
  }
}

function compareMonths(
  name: string,
  { as_of: asOf, horizon_days: horizonDays, months }: z.infer<typeof AsOf>,
  leads: readonly OlistLead[],
): OracleCaseResult[] {
  return Object.entries(months).map(([month, expected]) => {
    const cohort = cohortOf(leads, { month, asOf, horizonDays })
    const matured = { successes: cohort.maturedConverted, trials: cohort.matured }
    const range = cohort.matured === 0 ? null : wilsonInterval(matured, 0.95)
    const actual = {
      mql: cohort.entered,
      won_so_far: cohort.converted,
      naive_rate: cohort.entered === 0 ? null : cohort.converted / cohort.entered,
      matured_mql: cohort.matured,
      matured_won_within_horizon: cohort.maturedConverted,
      matured_rate: cohort.matured === 0 ? null : rateOf(matured),
      matured_wilson: range === null ? null : ends(range),
      km_converted_by: Object.fromEntries(
        Object.keys(expected.km_converted_by).map((days) => [
          days,
          convertedByIfWatched(cohort.curve, Number(days)),
        ]),
      ),
    }
    return {
      id: `${name} ${month}`,
      mismatches: compareDeep('cohort', { expected, actual }, TOLERANCE),
    }
  })
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Where a section names none. */
const HORIZON_DAYS = 30

/** Days of `what_really_happened_30d`. */
function horizonOf(expected: Readonly<Record<string, unknown>>): number {
  const days = Object.keys(expected).map((key) => /^what_really_happened_(\d+)d$/.exec(key)?.[1])
  return Number(days.find((found) => found !== undefined) ?? HORIZON_DAYS)
}

/** The day on which the wins of the set end. */
function lastWin(leads: readonly OlistLead[]): string {
  return leads.reduce((last, { wonAt }) => {
    const day = wonAt?.slice(0, 10) ?? ''
    return day > last ? day : last
  }, '')
}

/** `april_to_may_as_of_2018_05_31`: the change between two months as seen on a day, and as it turned out. */
function compareChange(
  name: string,
  expected: Readonly<Record<string, unknown>>,
  leads: readonly OlistLead[],
): OracleCaseResult {
  const [, first = '', second = '', year = '', rest = ''] =
    /^([a-z]+)_to_([a-z]+)_as_of_(\d{4})_(\d{2}_\d{2})$/.exec(name) ?? []
  const horizonDays = horizonOf(expected)
  const seen = (word: string, asOf: string) =>
    cohortOf(leads, { month: `${year}-${monthNumber(word)}`, asOf, horizonDays })
  const asOf = `${year}-${rest.replace('_', '-')}`
  const [before, after] = [seen(first, asOf), seen(second, asOf)]
  const lastDay = lastWin(leads)
  const [beforeInTheEnd, afterInTheEnd] = [seen(first, lastDay), seen(second, lastDay)]
  const change = logRank(before.waits, after.waits)
  const actual: Record<string, Reading> = {
    naive: compareRates({
      control: { successes: before.converted, trials: before.entered },
      treatment: { successes: after.converted, trials: after.entered },
    }),
    logrank_chi2: change?.chiSquare,
    logrank_p: change?.pValue,
    [`what_really_happened_${horizonDays}d`]: compareRates({
      control: { successes: beforeInTheEnd.maturedConverted, trials: beforeInTheEnd.matured },
      treatment: { successes: afterInTheEnd.maturedConverted, trials: afterInTheEnd.matured },
    }),
  }
  const mismatches = Object.entries(expected).flatMap(([field, value]): OracleMismatch[] =>
    compareDeep(
      field,
      { expected: value, actual: actual[field] },
      { relative: 1e-8, absolute: 1e-12 },
    ),
  )
  return { id: name, mismatches }
}

function monthNumber(word: string): string {
  return String(MONTHS.indexOf(word.slice(0, 3)) + 1).padStart(2, '0')
}

function compareRates(samples: TwoProportions): Record<string, Reading> {
  const { control, treatment } = samples
  const test = pooledZTest(samples)
  return {
    p0: rateOf(control),
    p1: rateOf(treatment),
    diff: rateDifference(samples),
    wilson0: ends(wilsonInterval(control, 0.95)),
    wilson1: ends(wilsonInterval(treatment, 0.95)),
    clopper_pearson1: ends(clopperPearsonInterval(treatment, 0.95)),
    pooled_z: test.z,
    pooled_z_p: test.pValue,
    wald_unpooled_ci: ends(waldInterval(samples, 0.95)),
    newcombe_ci: ends(newcombeInterval(samples, 0.95)),
    agresti_caffo_ci: ends(agrestiCaffoInterval(samples, 0.95)),
    score_ci_miettinen_nurminen: ends(miettinenNurminenInterval(samples, 0.95)),
    fisher_exact_p: fisherExactP(samples),
    relative_lift: relativeLift(samples),
    fieller_lift_ci: ends(fiellerLiftOfRates(samples, 0.95)),
    log_rr_lift_ci: ends(logRiskRatioLift(samples, 0.95)),
    delta_lift_ci: ends(deltaLiftOfRates(samples, 0.95)),
  }
}

function ends(interval: Interval | null): Reading {
  return interval === null ? null : [interval.low, interval.high]
}

/** The cells as counted from the set, and their shrunken rates through the adapter of that kind. */
async function compareShrunken(
  name: string,
  { cells, eb }: z.infer<typeof Cells>,
  { leads, key }: { leads: readonly OlistLead[]; key: (lead: OlistLead) => string },
): Promise<OracleCaseResult[]> {
  const year = name.slice(-4)
  const counted = new Map<string, { n: number; k: number }>()
  for (const lead of leads.filter((entry) => entry.contactOn.startsWith(year))) {
    const cellName = key(lead) === '' ? '(none)' : key(lead)
    const cell = counted.get(cellName) ?? { n: 0, k: 0 }
    counted.set(cellName, { n: cell.n + 1, k: cell.k + (daysToWin(lead) === null ? 0 : 1) })
  }
  const actual = cells.map(({ n: _n, k: _k, ...label }) => {
    const [field = '', value = ''] = Object.entries(label)[0] ?? []
    return { [field]: String(value), ...(counted.get(String(value)) ?? { n: 0, k: 0 }) }
  })
  return [
    {
      id: `${name} cells`,
      mismatches: compareDeep('cells', { expected: cells, actual }, TOLERANCE),
    },
    ...(await shrinkage.run({ cases: [{ id: name, input: { cells }, expected: eb }] }, '')),
  ]
}
