import { z } from 'zod'

import { createChannelSets } from '#rules/attribution/channel-sets.ts'
import { indexChannels } from '#rules/attribution/channels.ts'
import { createHeuristicBuckets } from '#rules/attribution/heuristic-buckets.ts'
import { heuristicCredits } from '#rules/attribution/heuristic-credit.ts'
import type { Journey } from '#rules/attribution/journey.ts'
import { inProportion, markovAttribution } from '#rules/attribution/markov.ts'
import { parsePath, startPathFold } from '#rules/attribution/path-fold.ts'
import { shapleyConversionRate } from '#rules/attribution/shapley-rate.ts'
import { createTransitionCounts, transitionRows } from '#rules/attribution/transitions.ts'
import type { OracleMismatch } from '#test/oracle/adapter.ts'

import {
  AmountMap,
  compareCredit,
  compareMarkov,
  compareRows,
  CreditMap,
  MarkovExpected,
  near,
  type Naming,
} from './compare-credit.ts'
import { toWholeUnits } from './decimals.ts'

/** A row of aggregated journeys as an oracle file gives it; `value` is a decimal. */
export interface OraclePathRow {
  readonly path: readonly string[]
  readonly conversions: number
  readonly value: string | number
  readonly nulls: number
}

const Rows = z.array(z.tuple([z.string(), z.string(), z.number()]))
const Totals = z.record(z.string(), z.number())

export const PathExpected = z.looseObject({
  channels: z.array(z.string()),
  totals: Totals,
  first_touch: CreditMap.optional(),
  last_touch: CreditMap.optional(),
  last_non_direct: CreditMap.optional(),
  linear: CreditMap.optional(),
  position_based_40_20_40: CreditMap.optional(),
  linear_unique_channels: CreditMap.optional(),
  shapley_subset_conversions: CreditMap.optional(),
  markov_order1_with_null: MarkovExpected.optional(),
  markov_order1_without_null: MarkovExpected.optional(),
  transition_matrix_with_self_loops: z.object({ counts: Rows, probability: Rows }).optional(),
  shapley_conversion_rate: z
    .object({
      grand_coalition_rate: z.number().nullable(),
      phi: AmountMap,
      conversions: AmountMap,
      value: AmountMap,
    })
    .optional(),
})
export type PathExpected = z.infer<typeof PathExpected>

/** Everything the rules count from journeys, fed once. */
export function createModels(names: Iterable<string>) {
  const channels = indexChannels(names)
  const isDirect = Uint8Array.from(channels.names, (name) => (name === 'Direct' ? 1 : 0))
  const buckets = createHeuristicBuckets(isDirect)
  const transitions = createTransitionCounts(channels.names.length)
  const sets = createChannelSets(channels.names.length)
  const take = (journey: Journey): void => {
    buckets.take(journey)
    transitions.take(journey)
    sets.take(journey)
  }
  return { channels, isDirect, buckets, transitions, sets, take }
}
export type Models = ReturnType<typeof createModels>

/** Runs aggregated journeys through the rules and compares every model the case expects. */
export function comparePaths(
  rows: readonly OraclePathRow[],
  expected: PathExpected,
): OracleMismatch[] {
  const models = createModels(rows.flatMap((row) => row.path))
  const { units, scale } = toWholeUnits(rows.map((row) => row.value))
  const fold = startPathFold({ ...models, ignoreDirect: false }, models)
  fold.add({
    path: rows.map((row) => row.path),
    conversions: rows.map((row) => row.conversions),
    valueMinor: units,
    nulls: rows.map((row) => row.nulls),
  })
  const tally = fold.finish()
  const lost = Object.values(tally.unattributed)
  const sum = (part: 'conversions' | 'valueMinor') =>
    lost.reduce((total, line) => total + line[part], 0)
  const totals: Record<string, number> = {
    rows: rows.length,
    conversions: tally.attributed.conversions + sum('conversions'),
    value: (tally.attributed.valueMinor + sum('valueMinor')) / scale,
    nulls: rows.reduce((total, row) => total + row.nulls, 0),
    attributed_conversions: tally.attributed.conversions,
    attributed_value: tally.attributed.valueMinor / scale,
    unattributed_conversions: sum('conversions'),
    unattributed_value: sum('valueMinor') / scale,
  }
  return [
    ...Object.entries(expected.totals).flatMap(([part, amount]) =>
      near(`totals.${part}`, amount, totals[part]),
    ),
    ...compareModels(models, expected, { scale, attributed: tally.attributed }),
  ]
}

/** Compares every model of `expected` with what the sinks counted. */
export function compareModels(
  models: Models,
  expected: PathExpected,
  given: {
    readonly scale: number
    readonly attributed: { conversions: number; valueMinor: number }
  },
): OracleMismatch[] {
  const naming = { names: models.channels.names, scale: given.scale }
  return [
    ...compareHeuristics(models, expected, naming),
    ...compareMarkovs(models, expected, { ...given, naming }),
    ...compareShapley(models, expected, { ...given, naming }),
  ]
}

function compareHeuristics(
  models: Models,
  expected: PathExpected,
  naming: Naming,
): OracleMismatch[] {
  const credits = heuristicCredits(models.buckets, 0.4)
  const pairs = [
    ['first_touch', expected.first_touch, credits.first_touch],
    ['last_touch', expected.last_touch, credits.last_touch],
    ['last_non_direct', expected.last_non_direct, credits.last_non_direct],
    ['linear', expected.linear, credits.linear],
    ['position_based', expected.position_based_40_20_40, credits.position_based],
    ['linear_unique', expected.linear_unique_channels, credits.linear_unique_channels],
    ['shapley_subset', expected.shapley_subset_conversions, credits.linear_unique_channels],
  ] as const
  return pairs.flatMap(([what, wanted, credit]) =>
    wanted === undefined ? [] : compareCredit(what, wanted, { credit, naming }),
  )
}

interface Given {
  readonly naming: Naming
  readonly attributed: { readonly conversions: number; readonly valueMinor: number }
}

function compareMarkovs(
  models: Models,
  expected: PathExpected,
  { naming, attributed }: Given,
): OracleMismatch[] {
  const counts = models.transitions
  const both = [
    [expected.markov_order1_with_null, true],
    [expected.markov_order1_without_null, false],
  ] as const
  const loops = expected.transition_matrix_with_self_loops
  const matrix = transitionRows(counts, naming.names, { selfLoops: true, withNulls: true })
  return [
    ...both.flatMap(([wanted, withNulls]) => {
      if (wanted === undefined) return []
      const result = markovAttribution(counts, attributed, { withNulls })
      return compareMarkov(`markov(${withNulls})`, wanted, { result, counts, naming, withNulls })
    }),
    ...(loops === undefined
      ? []
      : [
          ...compareRows(
            'loops.counts',
            loops.counts,
            matrix.map((row) => [row.from, row.to, row.count]),
          ),
          ...compareRows(
            'loops.probability',
            loops.probability,
            matrix.map((row) => [row.from, row.to, row.probability]),
          ),
        ]),
  ]
}

function compareShapley(
  models: Models,
  expected: PathExpected,
  { naming, attributed }: Given,
): OracleMismatch[] {
  const wanted = expected.shapley_conversion_rate
  if (wanted === undefined) return []
  const phi = shapleyConversionRate(models.sets)
  const rate = phi.reduce((total, part) => total + part, 0)
  // Without a conversion every φ is zero and there is nothing to share out.
  const share = (total: number): (number | null)[] =>
    rate === 0 ? phi.map(() => null) : inProportion(phi, total)
  const conversions = share(attributed.conversions)
  const value = share(attributed.valueMinor / naming.scale)
  return [
    ...near('shapley.rate', wanted.grand_coalition_rate, rate),
    ...naming.names.flatMap((name, code) => [
      ...near(`shapley.phi.${name}`, wanted.phi.get(name), phi[code]),
      ...near(`shapley.conversions.${name}`, wanted.conversions.get(name), conversions[code]),
      ...near(`shapley.value.${name}`, wanted.value.get(name), value[code]),
    ]),
  ]
}

/** Rows of a file with the columns path, conversions, value and nulls. */
export function parsePathLines(lines: readonly string[]): OraclePathRow[] {
  return lines.map((line) => {
    const [path = '', conversions, value = '0', nulls] = line.split(',')
    return { path: parsePath(path), conversions: Number(conversions), value, nulls: Number(nulls) }
  })
}
