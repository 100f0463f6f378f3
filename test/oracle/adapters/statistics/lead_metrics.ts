import { z } from 'zod'

import type { OracleAdapter } from '../../adapter.ts'
import { compareLeadCase } from '../../lead-compare.ts'
import {
  oracleLeads,
  readBands,
  readDrift,
  readMetrics,
  readRecalibration,
} from '../../lead-readings.ts'

const Numbers = z.array(z.number())
const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({
        y: Numbers,
        p: Numbers,
        value: z.number().optional(),
        cost: z.number().optional(),
        band_edges: Numbers.optional(),
        current_scores: Numbers.optional(),
        query: Numbers.optional(),
      }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Lead-score metrics on hand-made and random scores. */
export const adapter: OracleAdapter = {
  kind: 'statistics/lead_metrics',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const leads = oracleLeads(input.y, input.p)
      const { value, cost } = input
      return {
        id,
        mismatches: compareLeadCase(expected, {
          metrics: readMetrics(
            leads,
            value === undefined || cost === undefined ? undefined : { value, cost },
          ),
          bands: readBands(leads, input.band_edges ?? []),
          psi_vs_current: readDrift(input.p, input.current_scores ?? input.p),
          recalibration: readRecalibration(leads, input.query ?? []),
        }),
      }
    }),
}
