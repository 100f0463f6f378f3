import { z } from 'zod'

import { heuristicCredits } from '#rules/attribution/heuristic-credit.ts'
import type { OracleAdapter, OracleMismatch } from '#test/oracle/adapter.ts'
import { near } from '#test/support/attribution/compare-credit.ts'
import { readInput } from '#test/support/attribution/inputs.ts'
import {
  RealFile,
  runRealFile,
  toEvents,
  type LoggedTouch,
} from '#test/support/attribution/real-journeys.ts'
import { runTimed } from '#test/support/attribution/timed-models.ts'

const Orders = z.record(z.string(), z.tuple([z.number(), z.number()]))
const File = RealFile.extend({
  tie_sensitivity: z.object({ first_touch: Orders, last_touch: Orders }),
})

/** Days as M/D/YY; rows without a day or a channel are left out, as the file says. */
function readLog(directory: string, input: string): LoggedTouch[] {
  return readInput(directory, input).flatMap((line) => {
    const [person = '', day = '', channel = '', , converted] = line.split(',')
    const [month, date, year] = day.split('/').map(Number)
    if (month === undefined || date === undefined || year === undefined || channel === '') return []
    const atMs = Date.UTC(2000 + year, month - 1, date)
    return [{ person, atMs, channel, value: converted === 'TRUE' ? '1' : null }]
  })
}

/** First and last touch with the rows of the file in the given and in the reversed order. */
function compareTies(
  log: readonly LoggedTouch[],
  expected: z.infer<typeof File>['tie_sensitivity'],
): OracleMismatch[] {
  return [log, log.toReversed()].flatMap((rows, order) => {
    const { models } = runTimed(toEvents(rows).events, {
      lookbackMs: null,
      assignment: 'split',
      decays: [],
    })
    const credits = heuristicCredits(models.buckets, 0.4)
    return models.channels.names.flatMap((name, code) =>
      (['first_touch', 'last_touch'] as const).flatMap((model) =>
        near(
          `ties.${model}.${name}[${order}]`,
          expected[model][name]?.[order],
          credits[model].conversions[code],
        ),
      ),
    )
  })
}

export const adapter: OracleAdapter = {
  kind: 'attribution/real_journey_day_ties',
  run: (file, directory) => {
    const { input, expected, tie_sensitivity } = File.parse(file)
    const log = readLog(directory, input)
    return [
      ...runRealFile(expected, log),
      { id: 'tie_sensitivity', mismatches: compareTies(log, tie_sensitivity) },
    ]
  },
}
