import { z } from 'zod'

import type { Credit } from '#rules/attribution/journey.ts'
import type { MarkovResult } from '#rules/attribution/markov.ts'
import { transitionRows, type TransitionCounts } from '#rules/attribution/transitions.ts'
import type { OracleMismatch } from '#test/oracle/adapter.ts'
import { compareNumber } from '#test/oracle/compare.ts'

const Amount = z.number().nullable()

/** A JSON object as a map: zod's records lose a key that is called `__proto__`, and one channel here is. */
function mapOf<Value>(value: z.ZodType<Value>) {
  return z
    .custom<object>((input) => typeof input === 'object' && input !== null)
    .transform((input, context) => {
      const cells = Object.entries(input).map(([key, cell]) => ({
        key,
        cell: value.safeParse(cell),
      }))
      for (const { key, cell } of cells) {
        if (!cell.success)
          context.addIssue({ code: 'custom', message: `${key}: ${cell.error.message}` })
      }
      return new Map(
        cells.flatMap(({ key, cell }) => (cell.success ? [[key, cell.data] as const] : [])),
      )
    })
}
export const CreditMap = mapOf(z.object({ conversions: Amount, value: Amount }))
export type CreditMap = z.infer<typeof CreditMap>
export const AmountMap = mapOf(Amount)
export type AmountMap = z.infer<typeof AmountMap>
const Row = z.tuple([z.string(), z.string(), z.number()])

export const MarkovExpected = z.object({
  p_conversion: Amount,
  expected_value_per_start: Amount,
  removal_effect: AmountMap,
  removal_effect_value: AmountMap,
  conversions: AmountMap,
  value_by_value_removal_effect: AmountMap,
  value_by_conversion_share: AmountMap,
  transition_counts: z.array(Row).optional(),
  transition_probability: z.array(Row).optional(),
  self_loop_counts: AmountMap.optional(),
})
export type MarkovExpected = z.infer<typeof MarkovExpected>

/** What the amounts of a credit mean outside: names of the channels, units of value in 1. */
export interface Naming {
  readonly names: readonly string[]
  readonly scale: number
}

/** Relative 1e-9, absolute 1e-9 below 1, as the definitions ask. */
export function near(
  what: string,
  expected: unknown,
  actual: number | null | undefined,
): OracleMismatch[] {
  const size = typeof expected === 'number' ? Math.abs(expected) : 0
  return compareNumber(
    what,
    { expected, actual },
    size < 1 ? { absolute: 1e-9 } : { relative: 1e-9 },
  )
}

/** Every channel expected, and none beside them. */
export function compareCredit(
  what: string,
  expected: CreditMap,
  { credit, naming }: { readonly credit: Credit; readonly naming: Naming },
): OracleMismatch[] {
  const { names, scale } = naming
  return [
    ...compareNames(what, [...expected.keys()], names),
    ...names.flatMap((name, code) => {
      const cell = expected.get(name)
      return [
        ...near(`${what}.${name}.conversions`, cell?.conversions, credit.conversions[code]),
        ...near(
          `${what}.${name}.value`,
          cell?.value,
          (credit.valueMinor[code] ?? Number.NaN) / scale,
        ),
      ]
    }),
  ]
}

function compareNames(
  what: string,
  expected: readonly string[],
  names: readonly string[],
): OracleMismatch[] {
  const missing = expected.filter((name) => !names.includes(name))
  return missing.map((name) => ({ what: `${what}.${name}`, expected: name, actual: null }))
}

function compareAmounts(
  what: string,
  expected: AmountMap,
  { amounts, naming, scale }: { amounts: readonly number[] | null; naming: Naming; scale: number },
): OracleMismatch[] {
  return naming.names.flatMap((name, code) => {
    // A channel that no counted journey used stands in the file's totals but not in its chain; its effect is zero, or unknown like all others.
    const unused = amounts === null ? null : 0
    const wanted = expected.has(name) ? expected.get(name) : unused
    const amount = amounts?.[code]
    return near(`${what}.${name}`, wanted, amount === undefined ? null : amount / scale)
  })
}

/** Of journeys that bring no value the effect on value is 0 ÷ 0: a file may call it and its share of nothing unknown or 0, and nothing else. */
function compareNothing(
  what: string,
  expected: MarkovExpected,
  shares: readonly number[],
): OracleMismatch[] {
  const given = [expected.removal_effect_value, expected.value_by_value_removal_effect].flatMap(
    (part) => [...part].flatMap(([name, amount]) => near(`${what}.value.${name}`, amount ?? 0, 0)),
  )
  return [...given, ...shares.flatMap((share) => near(`${what}.value`, 0, share))]
}

export function compareMarkov(
  what: string,
  expected: MarkovExpected,
  {
    result,
    counts,
    naming,
    withNulls,
  }: { result: MarkovResult; counts: TransitionCounts; naming: Naming; withNulls: boolean },
): OracleMismatch[] {
  const { scale } = naming
  const amounts = (
    part: string,
    wanted: AmountMap,
    got: readonly number[] | null | undefined,
    units: number = 1,
  ) => compareAmounts(`${what}.${part}`, wanted, { amounts: got ?? null, naming, scale: units })
  return [
    ...near(`${what}.p_conversion`, expected.p_conversion, result.pConversion),
    ...near(
      `${what}.expected_value`,
      expected.expected_value_per_start,
      result.expectedValueMinor / scale,
    ),
    ...amounts('removal_effect', expected.removal_effect, result.removalEffect),
    ...amounts('conversions', expected.conversions, result.credit?.conversions),
    ...(result.expectedValueMinor === 0
      ? compareNothing(what, expected, result.credit?.valueMinor ?? [])
      : [
          ...amounts(
            'removal_effect_value',
            expected.removal_effect_value,
            result.removalEffectValue,
          ),
          ...amounts(
            'value',
            expected.value_by_value_removal_effect,
            result.credit?.valueMinor,
            scale,
          ),
        ]),
    ...amounts(
      'value_by_conversion',
      expected.value_by_conversion_share,
      result.valueByConversionShareMinor,
      scale,
    ),
    ...compareTransitions(what, expected, { counts, naming, withNulls }),
  ]
}

function compareTransitions(
  what: string,
  expected: MarkovExpected,
  { counts, naming, withNulls }: { counts: TransitionCounts; naming: Naming; withNulls: boolean },
): OracleMismatch[] {
  const rows = (selfLoops: boolean) =>
    transitionRows(counts, naming.names, { selfLoops, withNulls })
  const loops = rows(true).filter((row) => row.from === row.to)
  return [
    ...(expected.transition_counts === undefined
      ? []
      : compareRows(
          `${what}.counts`,
          expected.transition_counts,
          rows(false).map((row) => [row.from, row.to, row.count]),
        )),
    ...(expected.transition_probability === undefined
      ? []
      : compareRows(
          `${what}.probability`,
          expected.transition_probability,
          rows(false).map((row) => [row.from, row.to, row.probability]),
        )),
    ...[...(expected.self_loop_counts ?? [])].flatMap(([name, count]) =>
      near(`${what}.self_loop.${name}`, count, loops.find((row) => row.from === name)?.count ?? 0),
    ),
  ]
}

/** The same steps with the same amounts; their order does not matter. */
export function compareRows(
  what: string,
  expected: readonly (readonly [string, string, number])[],
  actual: readonly (readonly [string, string, number])[],
): OracleMismatch[] {
  const key = (from: string, to: string) => JSON.stringify([from, to])
  const byKey = new Map(actual.map(([from, to, amount]) => [key(from, to), amount]))
  const size =
    expected.length === actual.length
      ? []
      : [{ what: `${what}.length`, expected: expected.length, actual: actual.length }]
  return [
    ...size,
    ...expected.flatMap(([from, to, amount]) =>
      near(`${what}.${from}>${to}`, amount, byKey.get(key(from, to)) ?? null),
    ),
  ]
}
