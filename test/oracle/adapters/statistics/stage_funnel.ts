import { z } from 'zod'

import { type DropOffStatus, judgeDropOffs, type JudgedTransition } from '#rules/funnel/drop-off.ts'

import type { OracleAdapter, OracleMismatch } from '../../adapter.ts'
import { compareDeep, type Reading } from '../../compare-deep.ts'

const Cell = z.object({ segment: z.string(), channel: z.string(), counts: z.array(z.int()) })

const File = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      input: z.object({ stages: z.array(z.string()), alpha: z.number(), cells: z.array(Cell) }),
      expected: z.object({ transitions: z.array(z.record(z.string(), z.unknown())) }),
    }),
  ),
})
type Input = z.infer<typeof File>['cases'][number]['input']

const STATUS: Readonly<Record<DropOffStatus, string>> = {
  ok: 'OK',
  no_traffic: 'NO_TRAFFIC',
  more_than_before: 'INVALID_MORE_THAN_PREVIOUS',
  broken: 'BROKEN',
  not_enough_traffic: 'ZERO_NOT_ENOUGH_TRAFFIC',
  untested: 'ZERO_UNTESTED',
}

/** Drop-offs per segment × channel and transition, without a floor from the policy. */
export const adapter: OracleAdapter = {
  kind: 'statistics/stage_funnel',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const judged = judgeDropOffs(toTransitions(input), { alpha: input.alpha, floorRate: null })
      const actual = judged.map(toReading)
      return {
        id,
        mismatches: [
          ...compareDeep(
            'length',
            { expected: expected.transitions.length, actual: actual.length },
            EXACT,
          ),
          ...expected.transitions.flatMap((fields, index) =>
            compareTransition(`[${index}]`, fields, actual[index] ?? {}),
          ),
        ],
      }
    }),
}

const EXACT = { relative: 1e-9, absolute: 1e-300 }
/**
 * The file takes B(a, b + n) ÷ B(a, b) as a difference of two logarithms near 10⁵ when cells do not differ (rho at its lower bound, a + b
 * near 10⁶), which leaves 2e-9 of rounding: in fifty digits `stage-601-0` is 2.0761038051520e-18 where the file has 2.0761038006908e-18.
 */
const CANCELLED = { relative: 1e-8, absolute: 1e-300 }
const CANCELLED_FIELDS: readonly string[] = ['p_zero_beta_binomial', 'p_zero_holm']

function compareTransition(
  what: string,
  fields: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, Reading>>,
): OracleMismatch[] {
  return Object.entries(fields).flatMap(([name, expected]) =>
    compareDeep(
      `${what}.${name}`,
      { expected, actual: actual[name] },
      CANCELLED_FIELDS.includes(name) ? CANCELLED : EXACT,
    ),
  )
}

/** Transition by transition, and in each the cells in their order. */
function toTransitions({ stages, cells }: Input) {
  return stages.slice(1).flatMap((to, index) =>
    cells.map(({ segment, channel, counts }) => ({
      segment,
      channel,
      from: stages[index] ?? '',
      to,
      entered: counts[index] ?? 0,
      reached: counts[index + 1] ?? 0,
    })),
  )
}

function toReading(
  entry: JudgedTransition<ReturnType<typeof toTransitions>[number]>,
): Record<string, Reading> {
  const { transition, wilson, exact, zero } = entry
  return {
    segment: transition.segment,
    channel: transition.channel,
    from: transition.from,
    to: transition.to,
    n: transition.entered,
    k: transition.reached,
    rate: entry.rate,
    wilson: wilson === null ? null : [wilson.low, wilson.high],
    clopper_pearson: exact === null ? null : [exact.low, exact.high],
    baseline_loo_pooled: entry.baseline,
    p_value_lower_binomial: entry.pLower,
    upper95_if_zero_one_sided: zero?.upperRate95,
    p_zero_binomial: zero?.pBinomial,
    mom_rho: zero?.rho,
    p_zero_beta_binomial: zero?.pZero,
    p_zero_holm: zero?.pHolm,
    status: STATUS[entry.status],
  }
}
