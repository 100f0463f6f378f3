import { z } from 'zod'

import type { Credit } from '#rules/attribution/journey.ts'
import type { OracleCaseResult, OracleMismatch } from '#test/oracle/adapter.ts'

import { AmountMap, compareCredit, CreditMap, near, type Naming } from './compare-credit.ts'
import { toWholeUnits } from './decimals.ts'
import { compareModels, PathExpected } from './path-models.ts'
import { DAY_MS, parseDecay, runTimed, type Decay, type TimedEvent } from './timed-models.ts'

/** A row of a touch log in which a conversion is itself the last touch. */
export interface LoggedTouch {
  readonly person: string
  readonly atMs: number
  readonly channel: string
  /** Null when the row is no conversion. */
  readonly value: string | null
}

export const RealFile = z.object({
  input: z.string(),
  expected: z.record(z.string(), PathExpected),
})

/** Every window of a file: `split` looks back without limit to the last conversion, `lookback_30d` thirty days past conversions. */
export function runRealFile(
  expected: z.infer<typeof RealFile>['expected'],
  log: readonly LoggedTouch[],
): OracleCaseResult[] {
  const given = toEvents(log)
  return Object.entries(expected).map(([mode, wanted]) => ({
    id: mode,
    mismatches: compareMode(mode, wanted, given),
  }))
}

function compareMode(
  mode: string,
  wanted: PathExpected,
  { events, scale, total }: ReturnType<typeof toEvents>,
): OracleMismatch[] {
  const days = /^lookback_(\d+)d$/.exec(mode)?.[1]
  const decays = Object.keys(wanted).flatMap(parseDecay)
  const { models, tally, timeDecay } = runTimed(events, {
    // Half a millisecond more takes in the offsets that keep rows of one instant in their order.
    lookbackMs: days === undefined ? null : Number(days) * DAY_MS + 0.5,
    assignment: days === undefined ? 'split' : 'overlap',
    decays,
  })
  const naming = { names: models.channels.names, scale }
  const journeys = tally.attributed.conversions + tally.nullJourneys
  const totals: Record<string, number> = {
    rows: journeys,
    conversions: total.conversions,
    value: total.units / scale,
    nulls: tally.nullJourneys,
    attributed_conversions: tally.attributed.conversions,
    attributed_value: tally.attributed.valueMinor / scale,
    unattributed_conversions: total.conversions - tally.attributed.conversions,
    unattributed_value: (total.units - tally.attributed.valueMinor) / scale,
  }
  return [
    ...Object.entries(wanted.totals).flatMap(([part, amount]) =>
      near(`totals.${part}`, amount, totals[part]),
    ),
    ...compareModels(models, wanted, { scale, attributed: tally.attributed }),
    ...decays.flatMap((decay) =>
      compareDecay(wanted[decay.key], { decay, naming, credit: timeDecay.get(decay) }),
    ),
  ].map((mismatch) => ({ ...mismatch, what: `${mode}.${mismatch.what}` }))
}

/** A time-decay model of the file: conversions and value, or conversions alone for another tool's variant. */
export function compareDecay(
  wanted: unknown,
  given: { readonly decay: Decay; readonly naming: Naming; readonly credit: Credit | undefined },
): OracleMismatch[] {
  const { decay, naming, credit } = given
  if (credit === undefined) return [{ what: decay.key, expected: 'a credit', actual: null }]
  const full = CreditMap.safeParse(wanted)
  if (full.success) return compareCredit(decay.key, full.data, { credit, naming })
  const conversions = AmountMap.parse(wanted)
  return naming.names.flatMap((name, code) =>
    near(`${decay.key}.${name}`, conversions.get(name), credit.conversions[code]),
  )
}

/**
 * Touches and conversions of a log. Rows of one person and instant are set 1/1024 ms apart in the order of the file, so that a conversion
 * sees the touches up to its own row and no later one.
 */
export function toEvents(log: readonly LoggedTouch[]) {
  const { units, scale } = toWholeUnits(log.map((row) => row.value ?? '0'))
  const origin = log.reduce((earliest, row) => Math.min(earliest, row.atMs), Infinity)
  const seen = new Map<string, number>()
  const events = log.flatMap((row, index): TimedEvent[] => {
    const key = `${row.person} ${row.atMs}`
    const place = seen.get(key) ?? 0
    seen.set(key, place + 1)
    const at = { person: row.person, atMs: row.atMs - origin + place / 1024 }
    const touch = { ...at, channel: row.channel, valueMinor: null }
    if (row.value === null) return [touch]
    return [touch, { ...at, channel: null, valueMinor: units[index] ?? 0 }]
  })
  const converted = log.flatMap((row, index) => (row.value === null ? [] : [units[index] ?? 0]))
  const total = {
    conversions: converted.length,
    units: converted.reduce((sum, unit) => sum + unit, 0),
  }
  return { events, scale, total }
}
