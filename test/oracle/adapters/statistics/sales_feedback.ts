import { z } from 'zod'

import { wilsonInterval } from '#rules/kernel/proportion.ts'
import { compareFeedback } from '#rules/leads/feedback-table.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ previous: z.array(z.int()), current: z.array(z.int()) }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Accept and reject reasons of two months, with adjusted residuals. */
export const adapter: OracleAdapter = {
  kind: 'statistics/sales_feedback',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const table = compareFeedback(input.previous, input.current)
      const answers = input.current.reduce((sum, count) => sum + count, 0)
      const actual = {
        chi2: table.statistic,
        df: table.degrees,
        p_value: table.p,
        min_expected: table.minimumExpected,
        cramers_v: table.cramersV,
        share_prev: table.shifts.map((shift) => shift.previousShare),
        share_cur: table.shifts.map((shift) => shift.currentShare),
        wilson_cur: table.shifts.map(({ index }) => {
          const range = wilsonInterval(
            { successes: input.current[index] ?? 0, trials: answers },
            0.95,
          )
          return [range.low, range.high]
        }),
        adjusted_residual_cur: table.shifts.map((shift) => shift.adjustedResidual),
        kept_columns: table.shifts.map((shift) => shift.index),
      }
      return {
        id,
        mismatches: compareDeep('table', { expected, actual }, { absolute: 1e-12, relative: 1e-9 }),
      }
    }),
}
