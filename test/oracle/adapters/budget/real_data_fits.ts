import { z } from 'zod'

import { regress } from '#rules/response/linear-regression.ts'
import { panelSlope } from '#rules/response/panel-slope.ts'
import { fitLogLog, spendVariation } from '#rules/response/power-law.ts'

import type { OracleAdapter, OracleCaseResult, OracleMismatch } from '../../adapter.ts'
import { columnOf, type MediaTable, readMedia } from '../../budget-data.ts'
import { compareExact, compareNumber } from '../../compare.ts'
import {
  compareFamily,
  compareLogLog,
  FamilyCase,
  FamilyName,
  LogLogCase,
} from '../../family-fits.ts'

const Fits = z.partialRecord(FamilyName, FamilyCase)
const Reach = z.looseObject({ n: z.int(), fits: Fits })
const Roas = z.looseObject({
  true_effect_sum: z.number(),
  spend_sum: z.number(),
  true_roas: z.number(),
  spend_cv: z.number(),
  fit_on_spend: Fits,
  fit_on_adstock: Fits,
  naive_ols_roas: z.number(),
  ols_with_confounder_z_roas: z.number(),
})
const Weekly = z.looseObject({
  weeks: z.int(),
  zero_weeks: z.int(),
  total: z.number(),
  cv_all: z.number(),
  cv_active: z.number(),
  monthly: z.record(z.string(), z.number()),
  naive_loglog_vs_total_revenue: LogLogCase,
})
const Panel = z.looseObject({
  cells: z.int(),
  zero_cells: z.int(),
  total_spend: z.number(),
  pooled_b: z.number(),
  twoway_fe_b: z.number(),
  se_iid: z.number(),
  se_cluster_geo: z.number(),
})
const File = z.looseObject({
  robyn_reach_curves: z.record(z.string(), Reach),
  pymc_roas: z.record(z.string(), Roas),
  robyn_weekly: z.record(z.string(), Weekly),
  meridian_geo_media: z.looseObject({
    geos: z.int(),
    weeks: z.int(),
    channels: z.record(z.string(), Panel),
  }),
})

const NEAR = { relative: 1e-9 }
/** Monthly sums are printed with six decimals. */
const PRINTED = { absolute: 5.1e-7 }

type Pair = readonly [what: string, expected: unknown, actual: number | undefined]

function comparePairs(pairs: readonly Pair[]): OracleMismatch[] {
  return pairs.flatMap(([what, expected, actual]) =>
    compareNumber(what, { expected, actual }, NEAR),
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function pointsOf(spend: readonly number[], value: readonly number[]) {
  return spend.map((x, index) => ({ spend: x, value: value[index] ?? 0 }))
}

function compareFits(
  fits: z.infer<typeof Fits>,
  points: ReturnType<typeof pointsOf>,
): OracleMismatch[] {
  return FamilyName.options.flatMap((name) => {
    const expected = fits[name]
    return expected === undefined ? [] : compareFamily(name, expected, points)
  })
}

function reachCase(
  bucket: string,
  expected: z.infer<typeof Reach>,
  table: MediaTable,
): OracleCaseResult {
  const rows = table.filter((row) => row['freq_bucket'] === bucket)
  const points = pointsOf(columnOf(rows, 'spend_cumulated'), columnOf(rows, 'response_cumulated'))
  return {
    id: `robyn_reach_curves ${bucket}`,
    mismatches: [
      ...compareExact('n', { expected: expected.n, actual: points.length }),
      ...compareFits(expected.fits, points),
    ],
  }
}

function roasCase(
  channel: string,
  expected: z.infer<typeof Roas>,
  table: MediaTable,
): OracleCaseResult {
  const [spend, sales] = [columnOf(table, channel), columnOf(table, 'y')]
  const without = columnOf(table, `y0${channel.slice(1)}`)
  const effect = sales.map((value, index) => value - (without[index] ?? 0))
  const slopeOf = (drivers: readonly string[]): number | undefined =>
    regress(
      sales.map((outcome, index) => ({
        outcome,
        drivers: drivers.map((driver) => Number(table[index]?.[driver])),
      })),
    )?.[drivers.indexOf(channel)]
  const onSpend = pointsOf(spend, effect)
  const onAdstock = pointsOf(columnOf(table, `${channel}_adstock`), effect)
  return {
    id: `pymc_roas ${channel}`,
    mismatches: [
      ...comparePairs([
        ['true_effect_sum', expected.true_effect_sum, sum(effect)],
        ['spend_sum', expected.spend_sum, sum(spend)],
        ['true_roas', expected.true_roas, sum(effect) / sum(spend)],
        ['spend_cv', expected.spend_cv, spendVariation(onSpend).cv],
        ['naive_ols_roas', expected.naive_ols_roas, slopeOf(['x1', 'x2'])],
        [
          'ols_with_confounder_z_roas',
          expected.ols_with_confounder_z_roas,
          slopeOf(['x1', 'x2', 'z', 'trend', 'cs', 'cc']),
        ],
      ]),
      ...compareFits(expected.fit_on_spend, onSpend),
      ...compareFits(expected.fit_on_adstock, onAdstock),
    ],
  }
}

function weeklyCase(
  channel: string,
  expected: z.infer<typeof Weekly>,
  table: MediaTable,
): OracleCaseResult {
  const spend = columnOf(table, channel)
  const points = pointsOf(spend, columnOf(table, 'revenue'))
  const active = points.filter((point) => point.spend > 0)
  const months = columnOf(
    Object.keys(expected.monthly).map((month) => ({
      total: String(
        sum(spend.filter((_spend, index) => (table[index]?.['DATE'] ?? '').startsWith(month))),
      ),
    })),
    'total',
  )
  return {
    id: `robyn_weekly ${channel}`,
    mismatches: [
      ...comparePairs([
        ['weeks', expected.weeks, points.length],
        ['zero_weeks', expected.zero_weeks, points.length - active.length],
        ['total', expected.total, sum(spend)],
        ['cv_all', expected.cv_all, spendVariation(points).cv],
        ['cv_active', expected.cv_active, spendVariation(active).cv],
      ]),
      ...Object.values(expected.monthly).flatMap((value, index) =>
        compareNumber(`monthly[${index}]`, { expected: value, actual: months[index] }, PRINTED),
      ),
      ...compareLogLog(expected.naive_loglog_vs_total_revenue, points),
    ],
  }
}

function panelCase(
  channel: string,
  expected: z.infer<typeof Panel>,
  table: MediaTable,
): OracleCaseResult {
  const spend = columnOf(table, `${channel}_spend`)
  const perConversion = columnOf(table, 'revenue_per_conversion')
  const value = columnOf(table, 'conversions').map(
    (count, index) => count * (perConversion[index] ?? 0),
  )
  const units = [...new Set(table.map((row) => row['geo']))]
  const periods = [...new Set(table.map((row) => row['time']))]
  const cells = table.flatMap((row, index) =>
    (spend[index] ?? 0) > 0
      ? [
          {
            unit: units.indexOf(row['geo']),
            period: periods.indexOf(row['time']),
            logSpend: Math.log(spend[index] ?? 0),
            logValue: Math.log(value[index] ?? 0),
          },
        ]
      : [],
  )
  const found = panelSlope(cells)
  return {
    id: `meridian_geo_media ${channel}`,
    mismatches: comparePairs([
      ['cells', expected.cells, found?.cells],
      ['zero_cells', expected.zero_cells, spend.filter((x) => x === 0).length],
      ['total_spend', expected.total_spend, sum(spend)],
      ['pooled_b', expected.pooled_b, fitLogLog(pointsOf(spend, value))?.slope],
      ['twoway_fe_b', expected.twoway_fe_b, found?.slope],
      ['se_iid', expected.se_iid, found?.slopeError],
      ['se_cluster_geo', expected.se_cluster_geo, found?.clusteredError],
    ]),
  }
}

export const adapter: OracleAdapter = {
  kind: 'budget/real_data_fits',
  run: (file, directory) => {
    const parsed = File.parse(file)
    const reach = readMedia(directory, 'robyn/df_curve_reach_freq.csv')
    const roas = readMedia(directory, 'pymc/mmm_roas_data.csv')
    const weekly = readMedia(directory, 'robyn/dt_simulated_weekly.csv')
    const panel = readMedia(directory, 'meridian/geo_media.csv')
    const { geos, weeks, channels } = parsed.meridian_geo_media
    return [
      ...Object.entries(parsed.robyn_reach_curves).map(([key, entry]) =>
        reachCase(key, entry, reach),
      ),
      ...Object.entries(parsed.pymc_roas).map(([key, entry]) => roasCase(key, entry, roas)),
      ...Object.entries(parsed.robyn_weekly).map(([key, entry]) => weeklyCase(key, entry, weekly)),
      {
        id: 'meridian_geo_media',
        mismatches: [
          ...compareExact('geos', {
            expected: geos,
            actual: new Set(panel.map((row) => row['geo'])).size,
          }),
          ...compareExact('weeks', {
            expected: weeks,
            actual: new Set(panel.map((row) => row['time'])).size,
          }),
        ],
      },
      ...Object.entries(channels).map(([key, entry]) => panelCase(key, entry, panel)),
    ]
  },
}
