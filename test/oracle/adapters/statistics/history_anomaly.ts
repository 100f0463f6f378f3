import { z } from 'zod'

import type { Interval } from '#rules/kernel/interval.ts'
import { readHistory } from '#rules/momentum/history.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ history: z.array(z.number()), current: z.number() }),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

const ends = (range: Interval | null) => (range === null ? null : [range.low, range.high])

/** The current month against the past ones. */
export const adapter: OracleAdapter = {
  kind: 'statistics/history_anomaly',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const reading = readHistory(input.history, input.current)
      const actual = {
        median: reading.median,
        mad: reading.mad,
        robust_z: reading.robustZ,
        t_prediction_interval: ends(reading.prediction),
        log_t_prediction_interval: ends(reading.logPrediction),
        log_t_p: reading.logP,
        poisson_dispersion: reading.poissonDispersion,
        poisson_predictive_p_doubled: reading.poissonP,
        poisson_predictive_interval95: ends(reading.poissonPrediction),
      }
      return {
        id,
        mismatches: compareDeep(
          'month',
          { expected, actual },
          { absolute: 1e-300, relative: 1e-9 },
        ),
      }
    }),
}
