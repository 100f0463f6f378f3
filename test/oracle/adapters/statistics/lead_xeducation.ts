import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

import { groupByText } from '#rules/kernel/order.ts'
import { wilsonInterval } from '#rules/kernel/proportion.ts'
import { measureRanking } from '#rules/leads/ranking.ts'
import { scoreLevels } from '#rules/leads/score-levels.ts'

import type { OracleAdapter } from '../../adapter.ts'
import type { Reading } from '../../compare-deep.ts'
import { readCsv } from '../../csv.ts'
import { compareLeadCase } from '../../lead-compare.ts'
import {
  ends,
  oracleLeads,
  readBands,
  readDrift,
  readMetrics,
  readRecalibration,
} from '../../lead-readings.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        file: z.string(),
        y: z.string().default('y'),
        p: z.string().default('p'),
        score: z.string().optional(),
        group: z.string().optional(),
        value: z.number().optional(),
        cost: z.number().optional(),
        band_edges: z.array(z.number()).optional(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})
type Case = z.infer<typeof File>['cases'][number]
type Row = Readonly<Record<string, string>>

/** Real leads of X Education: an honest and a leaky model, vendor points, and groups. */
export const adapter: OracleAdapter = {
  kind: 'statistics/lead_xeducation',
  run: (file, directory) =>
    File.parse(file).cases.map((single) => ({
      id: single.id,
      mismatches: compareLeadCase(single.expected, readCase(single, directory)),
    })),
}

function readCase({ input, expected }: Case, directory: string): Record<string, Reading> {
  const read = (name: string): Row[] => readCsv(readFileSync(join(directory, name), 'utf8'))
  const rows = read(input.file)
  if (input.group !== undefined) return byGroup(rows, input.group)
  if (input.score !== undefined) return vendorPoints(rows, input.score.split('+'))
  const claims = rows.map((row) => Number(row[input.p]))
  const leads = oracleLeads(
    rows.map((row) => Number(row[input.y])),
    claims,
  )
  const { value, cost } = input
  const query = z
    .object({ recalibration: z.object({ query: z.array(z.number()) }) })
    .safeParse(expected)
  return {
    metrics: readMetrics(
      leads,
      value === undefined || cost === undefined ? undefined : { value, cost },
    ),
    bands: readBands(leads, input.band_edges ?? []),
    ...(expected['psi_train_to_test'] === undefined
      ? {}
      : {
          psi_train_to_test: readDrift(
            read('xeducation_ref_scores.csv').map((row) => Number(row['p_ref'])),
            claims,
          ),
        }),
    recalibration: readRecalibration(leads, query.data?.recalibration.query ?? []),
  }
}

function vendorPoints(rows: readonly Row[], columns: readonly string[]): Record<string, Reading> {
  const scored = rows.filter((row) => columns.every((column) => row[column] !== ''))
  const outcome = (row: Row): boolean => row['y'] === '1'
  const points = measureRanking(
    scoreLevels(
      scored.map((row) => ({
        score: columns.reduce((sum, column) => sum + Number(row[column]), 0),
        converted: outcome(row),
      })),
    ),
  )
  const honest = measureRanking(
    scoreLevels(scored.map((row) => ({ score: Number(row['p']), converted: outcome(row) }))),
  )
  return {
    n: scored.length,
    roc_auc: points?.auc,
    delong_se: points?.aucStandardError,
    average_precision: points?.averagePrecision,
    honest_model_auc_same_rows: honest?.auc,
  }
}

function byGroup(rows: readonly Row[], column: string): Record<string, Reading> {
  const groups = groupByText(rows, (row) => (row[column] === '' ? '(none)' : (row[column] ?? '')))
  return Object.fromEntries(
    Array.from(groups, ([name, members]) => {
      const converted = members.filter((row) => row['y'] === '1').length
      const claimed = members.reduce((sum, row) => sum + Number(row['p']), 0)
      return [
        name,
        {
          n: members.length,
          converted,
          rate: converted / members.length,
          wilson: ends(wilsonInterval({ successes: converted, trials: members.length }, 0.95)),
          mean_p: claimed / members.length,
        },
      ]
    }),
  )
}
