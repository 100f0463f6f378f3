import type { CellRule } from './cell-rules.ts'
import { CLOCK, stagedInstant } from './cell-values.ts'
import type { Referenced } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { sqlName } from './sql-text.ts'
import { inGap, type ZoneOffsets } from './zone.ts'

/** What lies outside a row and decides on it. */
export interface Surroundings {
  /** Sets whose ids are known, so that references to them can be checked. */
  readonly known: ReadonlySet<Referenced>
  readonly timeZone: string
  /** Offsets of the time zone over every staged instant. */
  readonly zone: ZoneOffsets
}

/** Rules over staged values that need more than the row: the ids of other sets, and the time zone. */
export function laterRules(contract: DatasetContract, around: Surroundings): CellRule[] {
  return [...unknownIds(contract, around), ...nonexistentTimes(contract, around)]
}

function unknownIds({ columns }: DatasetContract, { known }: Surroundings): CellRule[] {
  return columns.flatMap(({ name, references }) => {
    if (references === undefined || !known.has(references)) return []
    const ids = `select ${ID_OF[references]} from ${references}`
    return [
      {
        column: name,
        code: 'unknown_id' as const,
        expected: `an id of ${references}`,
        broken: `${sqlName(name)} is not null and ${sqlName(name)} not in (${ids})`,
        got: sqlName(name),
      },
    ]
  })
}

const ID_OF: Readonly<Record<Referenced, string>> = {
  campaigns: 'campaign_id',
  segments: 'segment_id',
  channels: 'channel_id',
}

function nonexistentTimes(
  { columns }: DatasetContract,
  { zone, timeZone }: Surroundings,
): CellRule[] {
  return columns.flatMap(({ name, type }) => {
    const { ms, clock } = stagedInstant(name)
    const gap = type.kind === 'instant' ? inGap(ms, zone) : undefined
    if (gap === undefined) return []
    return [
      {
        column: name,
        code: 'nonexistent_time' as const,
        expected: `a local time that exists in ${timeZone}, or one with its offset`,
        broken: `${clock} = ${CLOCK.local} and (${gap})`,
        got: `strftime(make_timestamp_ms(${ms}), '%Y-%m-%dT%H:%M:%S')`,
      },
    ]
  })
}
