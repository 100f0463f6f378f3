import { z } from 'zod'

import {
  linearWeights,
  positionWeights,
  singleTouchWeights,
  tieNeutralPositionWeights,
  timeDecayWeights,
} from '#rules/attribution/touch-weights.ts'
import type { OracleAdapter, OracleCaseResult } from '#test/oracle/adapter.ts'
import { near } from '#test/support/attribution/compare-credit.ts'

const File = z.object({
  position_weights: z.record(z.string(), z.record(z.string(), z.array(z.number()))),
  time_decay: z.array(
    z.object({
      half_life_days: z.number(),
      days_before_conversion: z.array(z.number()),
      weights: z.array(z.number()),
    }),
  ),
  posthog_position_with_tied_timestamps: z.object({
    cases: z.array(z.object({ ts: z.array(z.number()), position: z.array(z.number()) })),
  }),
})

export const adapter: OracleAdapter = {
  kind: 'attribution/weights_canonical',
  run: (file) => {
    const { position_weights, time_decay, posthog_position_with_tied_timestamps } = File.parse(file)
    return [
      ...Object.entries(position_weights).flatMap(([touches, models]) =>
        Object.entries(models).map(([model, expected]) =>
          compareList(`${model}.${touches}`, expected, positional(model, Number(touches))),
        ),
      ),
      ...time_decay.map(({ half_life_days, days_before_conversion, weights }, index) =>
        compareList(
          `time_decay.${index}`,
          weights,
          timeDecayWeights(days_before_conversion, half_life_days),
        ),
      ),
      ...posthog_position_with_tied_timestamps.cases.map(({ ts, position }, index) =>
        compareList(`tied.${index}`, position, tieNeutralPositionWeights(ts, 0.4)),
      ),
    ]
  },
}

/** Weights of an order-based model; `position_40_20_40` names the share of the ends. */
function positional(model: string, touches: number): readonly number[] {
  if (model === 'first') return singleTouchWeights(touches, 0)
  if (model === 'last') return singleTouchWeights(touches, touches - 1)
  if (model === 'linear') return linearWeights(touches)
  const ends = /^position_(\d+)_(\d+)_(\d+)$/.exec(model)
  if (ends === null || ends[1] !== ends[3]) throw new TypeError(`no such model: ${model}`)
  return positionWeights(touches, Number(ends[1]) / 100)
}

function compareList(
  id: string,
  expected: readonly number[],
  actual: readonly number[],
): OracleCaseResult {
  return {
    id,
    mismatches: [
      ...near(`${id}.length`, expected.length, actual.length),
      ...expected.flatMap((weight, touch) => near(`${id}[${touch}]`, weight, actual[touch])),
    ],
  }
}
