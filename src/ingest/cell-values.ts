import { namesOffset, type CellSettings } from './cell-rules.ts'
import type { Column } from './contracts/column.ts'
import { DECIMAL_SCALE, instantStem, storedAs } from './contracts/table.ts'
import { sqlName, sqlText } from './sql-text.ts'
import { offsetAtLocal, offsetAtUtc, type ZoneOffsets } from './zone.ts'

/** A column with the SQL that fills it. */
export interface Filled {
  readonly name: string
  readonly sql: string
}

/** What the milliseconds of a staged instant count: UTC, the local clock, or a local day whose midnight need not exist. */
export const CLOCK = { utc: 0, local: 1, day: 2 } as const

/** How staging holds an instant: milliseconds, and on which clock they count. */
export function stagedInstant(name: string): { readonly ms: string; readonly clock: string } {
  const stem = instantStem(name)
  return { ms: `${stem}_staged`, clock: `${stem}_clock` }
}

/** Staging columns of one contract column, from raw text that has passed its rules. */
export function stagedValues(column: Column, raw: string, settings: CellSettings): Filled[] {
  if (column.type.kind === 'instant') {
    const { ms, clock } = stagedInstant(column.name)
    const kinds = `when ${namesOffset(raw)} then ${CLOCK.utc} when length(${raw}) = 10 then ${CLOCK.day}`
    return [
      { name: ms, sql: `epoch_ms(try_cast(${raw} as timestamptz))` },
      { name: clock, sql: `case ${kinds} else ${CLOCK.local} end` },
    ]
  }
  return storedAs(column).map(({ name }) => ({ name, sql: plainValue(column, raw, settings) }))
}

function plainValue({ type }: Column, raw: string, settings: CellSettings): string {
  if (type.kind === 'money') return minorUnits(raw, settings.minorDigits)
  if (type.kind === 'decimal') return millionths(raw)
  if (type.kind === 'count') return `try_cast(${raw} as bigint)`
  if (type.kind === 'currency') return `coalesce(${raw}, ${sqlText(settings.currency)})`
  if (type.kind !== 'boolean') return raw
  return `case when lower(${raw}) in ('true', '1') then 1 when ${raw} is not null then 0 end`
}

/** Table columns of one contract column, from staging. `zone` covers every staged instant. */
export function tableValues(column: Column, zone: ZoneOffsets): Filled[] {
  const [first, second] = storedAs(column)
  if (first === undefined) return []
  if (second === undefined) return [{ name: first.name, sql: sqlName(first.name) }]
  const { ms, clock } = stagedInstant(column.name)
  const isUtc = `${clock} = ${CLOCK.utc}`
  const utc = `case when ${isUtc} then ${ms} else ${ms} - ${offsetAtLocal(ms, zone)} end`
  const wall = `case when ${isUtc} then ${ms} + ${offsetAtUtc(ms, zone)} else ${ms} end`
  return [
    { name: first.name, sql: utc },
    { name: second.name, sql: `cast(cast(make_timestamp_ms(${wall}) as date) as varchar)` },
  ]
}

/** Decimals of 18 digits are machine integers; those of 38 take thirty times as long. */
function minorUnits(raw: string, digits: number): string {
  return `cast(try_cast(${raw} as decimal(18, ${digits})) * ${10 ** digits} as bigint)`
}

/** Whole and broken part are scaled one by one, so that neither outgrows 18 digits. */
function millionths(raw: string): string {
  const value = `try_cast(${raw} as decimal(18, 6))`
  const whole = `trunc(${value})`
  return `cast(${whole} as bigint) * ${DECIMAL_SCALE} + cast((${value} - ${whole}) * ${DECIMAL_SCALE} as bigint)`
}
