import { namesOffset, type CellSettings } from './cell-rules.ts'
import type { Column } from './contracts/column.ts'
import { DECIMAL_SCALE, instantStem, storedAs } from './contracts/table.ts'
import { sqlText } from './sql-text.ts'
import { offsetAtLocal, offsetAtUtc, type ZoneOffsets } from './zone.ts'

/** A column of the staging table with the SQL that fills it from raw text that has passed its rules. */
export interface Filled {
  readonly name: string
  readonly sql: string
}

/** How staging holds an instant: its milliseconds, and whether they still count from local midnight instead of UTC. */
export function stagedInstant(name: string): { readonly clock: string; readonly local: string } {
  const stem = instantStem(name)
  return { clock: `${stem}_clock`, local: `${stem}_local` }
}

/** Staging columns of one contract column. */
export function stagedValues(column: Column, raw: string, settings: CellSettings): Filled[] {
  const name = storedAs(column)[0]?.name ?? column.name
  switch (column.type.kind) {
    case 'money':
      return [{ name, sql: scaled(raw, settings.minorDigits) }]
    case 'decimal':
      return [
        { name, sql: `cast(try_cast(${raw} as decimal(38, 6)) * ${DECIMAL_SCALE} as bigint)` },
      ]
    case 'count':
      return [{ name, sql: `try_cast(${raw} as bigint)` }]
    case 'boolean':
      return [
        {
          name,
          sql: `case when lower(${raw}) in ('true', '1') then 1 when ${raw} is not null then 0 end`,
        },
      ]
    case 'currency':
      return [{ name, sql: `coalesce(${raw}, ${sqlText(settings.currency)})` }]
    case 'instant': {
      const { clock, local } = stagedInstant(column.name)
      return [
        { name: clock, sql: `epoch_ms(try_cast(${raw} as timestamptz))` },
        { name: local, sql: `not (${namesOffset(raw)})` },
      ]
    }
    default:
      return [{ name, sql: raw }]
  }
}

/** Table columns of one contract column, from staging. `zone` must cover every staged instant. */
export function tableValues(column: Column, zone: ZoneOffsets): Filled[] {
  const stored = storedAs(column)
  if (column.type.kind !== 'instant') return stored.map(({ name }) => ({ name, sql: `"${name}"` }))
  const { clock, local } = stagedInstant(column.name)
  const utc = `(case when ${local} then ${clock} - ${offsetAtLocal(clock, zone)} else ${clock} end)`
  const wall = `(case when ${local} then ${clock} else ${clock} + ${offsetAtUtc(clock, zone)} end)`
  const [ms, on] = stored
  return [
    { name: ms?.name ?? '', sql: utc },
    { name: on?.name ?? '', sql: `cast(cast(make_timestamp_ms(${wall}) as date) as varchar)` },
  ]
}

function scaled(raw: string, digits: number): string {
  return `cast(try_cast(${raw} as decimal(38, ${digits})) * ${10 ** digits} as bigint)`
}
