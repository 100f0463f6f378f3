import { z } from 'zod'

import {
  lastNonDirectTouch,
  linearWeights,
  positionWeights,
  singleTouchWeights,
  timeDecayWeights,
  uniqueChannelWeights,
} from '#rules/attribution/touch-weights.ts'
import { eligibleTouches } from '#rules/attribution/window.ts'
import { groupByText } from '#rules/kernel/order.ts'
import type { OracleCaseResult, OracleMismatch } from '#test/oracle/adapter.ts'
import { compareExact } from '#test/oracle/compare.ts'

import { compareCredit, CreditMap, MarkovExpected, near } from './compare-credit.ts'
import { toWholeUnits } from './decimals.ts'
import { compareModels } from './path-models.ts'
import { DAY_MS, runTimed, type TimedEvent } from './timed-models.ts'

const Weights = z.record(z.string(), z.array(z.number()))

const ModeExpected = z.object({
  per_conversion: z.array(
    z.object({ id: z.string(), touches: z.array(z.number()), weights: Weights.optional() }),
  ),
  channels: z.array(z.string()),
  unattributed: z.object({ conversions: z.number(), value: z.number() }),
  totals: z.object({ conversions: z.number(), value: z.number(), null_journeys: z.number() }),
  first_touch: CreditMap,
  last_touch: CreditMap,
  last_non_direct: CreditMap,
  linear: CreditMap,
  position_based_40_20_40: CreditMap,
  time_decay: CreditMap,
  markov_order1_with_null: MarkovExpected.optional(),
})

export const TimedCase = z.object({
  id: z.string(),
  options: z.object({ lookback_days: z.number(), half_life_days: z.number() }),
  touches: z.array(z.object({ customer: z.string(), ts: z.number(), channel: z.string() })),
  conversions: z.array(
    z.object({
      id: z.string(),
      customer: z.string(),
      ts: z.number(),
      value: z.union([z.string(), z.number()]),
    }),
  ),
  expected: z.partialRecord(z.enum(['lookback', 'split']), ModeExpected),
})
type TimedCase = z.infer<typeof TimedCase>

/** Both window policies of a case: the models of the fold, and each conversion's touches and weights. */
export function runTimedCase(given: TimedCase): OracleCaseResult {
  const modes = [
    ['lookback', 'overlap'],
    ['split', 'split'],
  ] as const
  const touchesOf = groupByText(
    given.touches.map((touch, place) => ({ ...touch, place })),
    (touch) => touch.customer,
  )
  const conversionsOf = groupByText(given.conversions, (conversion) => conversion.customer)
  return {
    id: given.id,
    mismatches: modes.flatMap(([mode, assignment]) => {
      const expected = given.expected[mode]
      if (expected === undefined) return []
      return [
        ...compareFold(given, { mode, assignment, expected }),
        ...expected.per_conversion.flatMap((wanted, index) =>
          compareConversion(given, { wanted, index, mode, assignment, touchesOf, conversionsOf }),
        ),
      ]
    }),
  }
}

function compareFold(
  given: TimedCase,
  {
    mode,
    assignment,
    expected,
  }: {
    mode: string
    assignment: 'overlap' | 'split'
    expected: z.infer<typeof ModeExpected>
  },
): OracleMismatch[] {
  const { options } = given
  const { units, scale } = toWholeUnits(given.conversions.map((conversion) => conversion.value))
  const events: TimedEvent[] = [
    ...given.touches.map((touch) => ({
      person: touch.customer,
      atMs: touch.ts,
      channel: touch.channel,
      valueMinor: null,
    })),
    ...given.conversions.map((conversion, index) => ({
      person: conversion.customer,
      atMs: conversion.ts,
      channel: null,
      valueMinor: units[index] ?? 0,
    })),
  ]
  const decay = { key: 'time_decay', halfLifeDays: options.half_life_days, stepped: false }
  const { models, tally, timeDecay } = runTimed(events, {
    lookbackMs: options.lookback_days * DAY_MS,
    assignment,
    decays: [decay],
  })
  const lost = Object.values(tally.unattributed)
  const sum = (part: 'conversions' | 'valueMinor') =>
    lost.reduce((total, line) => total + line[part], 0)
  const decayed = timeDecay.get(decay)
  return [
    ...near('unattributed.conversions', expected.unattributed.conversions, sum('conversions')),
    ...near('unattributed.value', expected.unattributed.value, sum('valueMinor') / scale),
    ...near(
      'totals.conversions',
      expected.totals.conversions,
      tally.attributed.conversions + sum('conversions'),
    ),
    ...near(
      'totals.value',
      expected.totals.value,
      (tally.attributed.valueMinor + sum('valueMinor')) / scale,
    ),
    ...near('totals.null_journeys', expected.totals.null_journeys, tally.nullJourneys),
    ...compareModels(models, { ...expected, totals: {} }, { scale, attributed: tally.attributed }),
    ...(decayed === undefined
      ? []
      : compareCredit('time_decay', expected.time_decay, {
          credit: decayed,
          naming: { names: models.channels.names, scale },
        })),
  ].map((mismatch) => ({ ...mismatch, what: `${mode}.${mismatch.what}` }))
}

type Wanted = z.infer<typeof ModeExpected>['per_conversion'][number]

/** The touches of one conversion by their place in the input, and the weights each model gives them. */
function compareConversion(
  given: TimedCase,
  {
    wanted,
    index,
    mode,
    assignment,
    touchesOf,
    conversionsOf,
  }: {
    wanted: Wanted
    index: number
    mode: string
    assignment: 'overlap' | 'split'
    touchesOf: ReadonlyMap<string, readonly (TimedCase['touches'][number] & { place: number })[]>
    conversionsOf: ReadonlyMap<string, readonly TimedCase['conversions'][number][]>
  },
): OracleMismatch[] {
  const conversion = given.conversions[index]
  if (conversion?.id !== wanted.id)
    return [{ what: `${mode}.${wanted.id}`, expected: wanted.id, actual: conversion?.id }]
  const touches = (touchesOf.get(conversion.customer) ?? []).toSorted(
    (left, right) => left.ts - right.ts,
  )
  const earlier = (conversionsOf.get(conversion.customer) ?? [])
    .filter((other) => other.ts < conversion.ts)
    .map((other) => other.ts)
  const range = eligibleTouches(
    touches.map((touch) => touch.ts),
    { conversionMs: conversion.ts, earlierMs: earlier.length === 0 ? null : Math.max(...earlier) },
    { assignment, lookbackMs: given.options.lookback_days * DAY_MS },
  )
  const used = touches.slice(range.from, range.to)
  const weights = weightsOf(used, conversion.ts, given.options.half_life_days)
  return [
    ...compareExact(`${mode}.${wanted.id}.touches`, {
      expected: wanted.touches,
      actual: used.map((touch) => touch.place),
    }),
    ...Object.entries(wanted.weights ?? {}).flatMap(([model, list]) =>
      list.flatMap((weight, touch) =>
        near(`${mode}.${wanted.id}.${model}[${touch}]`, weight, weights.get(model)?.[touch]),
      ),
    ),
  ]
}

function weightsOf(
  used: readonly { readonly ts: number; readonly channel: string }[],
  conversionMs: number,
  halfLifeDays: number,
): ReadonlyMap<string, readonly number[]> {
  if (used.length === 0) return new Map()
  const direct = used.map((touch) => touch.channel === 'Direct')
  const ages = used.map((touch) => conversionMs - touch.ts)
  const names = used.map((touch) => touch.channel)
  const codes = names.map((name) => names.indexOf(name))
  return new Map([
    ['first_touch', singleTouchWeights(used.length, 0)],
    ['last_touch', singleTouchWeights(used.length, used.length - 1)],
    ['last_non_direct', singleTouchWeights(used.length, lastNonDirectTouch(direct))],
    ['linear', linearWeights(used.length)],
    ['linear_unique_channels', uniqueChannelWeights(codes)],
    ['position_based_40_20_40', positionWeights(used.length, 0.4)],
    ['time_decay', timeDecayWeights(ages, halfLifeDays * DAY_MS)],
  ])
}
