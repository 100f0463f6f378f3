import { z } from 'zod'

import { type FunnelDefinition, plainFunnel } from '#rules/funnel/definition.ts'
import type { FunnelResult } from '#rules/funnel/funnel-tally.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { compareDeep, type Reading } from '../../compare-deep.ts'
import { type CasePersons, countsOf, runCase, seconds } from '../../funnel-run.ts'

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      steps: z.array(z.string()),
      window_seconds: z.number(),
      users: z.record(z.string(), z.array(z.tuple([z.number(), z.string()]))),
      expected: z.record(z.string(), z.unknown()),
    }),
  ),
})

/** Random funnels in every order. */
export const adapter: OracleAdapter = {
  kind: 'statistics/funnel_random',
  run: (file) =>
    File.parse(file).cases.map(({ id, steps, window_seconds, users, expected }) => {
      const persons: CasePersons = new Map(
        Object.entries(users).map(([person, events]) => [
          person,
          events.map(([at, stage]) => ({ seconds: at, stage, value: '' })),
        ]),
      )
      const run = (order: FunnelDefinition['order']) =>
        runCase({ ...plainFunnel(steps, window_seconds * 1000), order }, persons)
      const ordered = run('any_attempt')
      const actual = {
        ordered: toReading(ordered.all),
        first_entry: toReading(run('first_entry').all),
        strict_counts: countsOf(run('strict').all),
        strict_posthog_counts: countsOf(run('strict_repeats').all),
        unordered_counts: countsOf(run('unordered').all),
        depth_by_user_ordered: Object.fromEntries(ordered.depthOf),
      }
      return {
        id,
        mismatches: compareDeep('funnel', { expected, actual }, { relative: 1e-9 }),
      }
    }),
}

function toReading(result: FunnelResult): Record<string, Reading> {
  const { steps } = result
  return {
    counts: countsOf(result),
    avg_seconds_from_previous: steps.map((step) => seconds(step.meanMs)),
    median_seconds_from_previous: steps.map((step) => seconds(step.medianMs)),
    conversion_from_previous: steps.map((step) => step.fromPrevious),
    conversion_from_first: steps.map((step) => step.fromFirst),
    avg_total_seconds: seconds(result.totalMeanMs),
    median_total_seconds: seconds(result.totalMedianMs),
  }
}
