import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

import type { OracleAdapter } from '../../adapter.ts'
import { readCsv } from '../../csv.ts'
import { compareLeadCase } from '../../lead-compare.ts'
import { oracleLeads, readDrift, readMetrics } from '../../lead-readings.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        file: z.string(),
        y: z.string().default('y'),
        p: z.string().default('p'),
        rows: z.tuple([z.int(), z.int()]).optional(),
        ref_file: z.string().optional(),
        value: z.number().optional(),
        cost: z.number().optional(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Real calls of a bank, whole and by period, with the scores that lie beside the file. */
export const adapter: OracleAdapter = {
  kind: 'statistics/lead_bank',
  run: (file, directory) => {
    const column = (name: string, key: string): number[] =>
      readCsv(readFileSync(join(directory, name), 'utf8')).map((row) => Number(row[key]))
    return File.parse(file).cases.map(({ id, input, expected }) => {
      const [from, to] = input.rows ?? [0, Infinity]
      const claims = column(input.file, input.p).slice(from, to)
      const leads = oracleLeads(column(input.file, input.y).slice(from, to), claims)
      const { value, cost, ref_file } = input
      const economics = value === undefined || cost === undefined ? undefined : { value, cost }
      return {
        id,
        mismatches: compareLeadCase(expected, {
          metrics: readMetrics(leads, economics),
          ...(ref_file === undefined ? {} : { psi: readDrift(column(ref_file, 'p_ref'), claims) }),
        }),
      }
    })
  },
}
