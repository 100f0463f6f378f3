import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { DatasetName } from '#rules/schema/review.ts'
import { selectRows } from '#src/warehouse/select.ts'

import { REJECT_CODES, shown, type Reject, type RejectCode } from './reject.ts'

/**
 * Refused rows with the refused row of another set that holds the id they ask for. One bad campaign would otherwise look like hundreds of
 * faults, in files without any.
 */
const REFUSED = `with holders as (
  select dataset, row_id, source_file, source_row,
    row_number() over (partition by dataset, row_id order by source_file, source_row) as place
  from rejects where row_id is not null
), refused as (
  select r.dataset, r.source_file, r.source_row, r.column_name, r.code, r.expected, r.got,
    h.dataset as holder_set, h.source_file as holder_file, h.source_row as holder_row
  from rejects r
    left join holders h
      on h.place = 1 and r.code = 'unknown_id' and r.expected = 'an id of ' || h.dataset and r.got = h.row_id
)`

/** The most refused rows that are listed of one data set. */
export const LISTED_MAX = 10_000

const Code = z.enum(REJECT_CODES)
const Shown = z.string().transform(shown)
const Rejects = z.array(
  z
    .object({
      file: z.string(),
      row: z.number(),
      column: z.string().nullable(),
      code: Code,
      expected: z.string(),
      got: Shown,
      holder: z.string().nullable(),
    })
    .transform(({ holder, expected, ...reject }): Reject => ({
      ...reject,
      expected:
        holder === null ? expected : `${expected}; it stands in ${holder}, which was rejected`,
    })),
)

/** The first refused rows of a data set, in the order of files and rows; those that only wait for a row of another set come last. */
export async function firstRejects(
  connection: DuckDBConnection,
  dataset: DatasetName,
  limit: number,
): Promise<Reject[]> {
  const rows = await selectRows(connection, {
    name: 'first rejects',
    text: `${REFUSED}
select source_file as file, source_row as row, column_name as "column", code, expected, got,
  holder_file || ':' || holder_row as holder
from refused where dataset = $dataset
order by case when holder_file is null then 0 else 1 end, source_file, source_row, column_name, code limit $limit`,
    parameters: { dataset, limit },
  })
  return Rejects.parse(rows)
}

/** How many rows of a data set were refused for one reason. */
export interface CodeCount {
  readonly code: RejectCode
  readonly rows: number
}

const ByCode = z.array(z.object({ code: Code, rows: z.number() }))

/** Refused rows of a data set by code, most frequent first. */
export async function rejectedByCode(
  connection: DuckDBConnection,
  dataset: DatasetName,
): Promise<CodeCount[]> {
  const rows = await selectRows(connection, {
    name: 'rejects by code',
    text: `select code, count(*) as rows from rejects where dataset = $dataset group by code order by rows desc, code`,
    parameters: { dataset },
  })
  return ByCode.parse(rows)
}

/** Rows that wait for one refused row of another set: mend it, and they come in. */
export interface Waiting {
  readonly id: string
  readonly file: string
  readonly row: number
  readonly rows: number
  readonly sets: readonly { readonly dataset: DatasetName; readonly rows: number }[]
}

const WaitingRows = z.array(
  z.object({
    dataset: DatasetName,
    id: Shown,
    file: z.string(),
    row: z.number(),
    rows: z.number(),
  }),
)

/** Refused rows that wait for others, by the row they wait for; the row with most waiting first. */
export async function waitingRows(connection: DuckDBConnection): Promise<Waiting[]> {
  const rows = await selectRows(connection, {
    name: 'rows that wait for others',
    text: `${REFUSED}
select dataset, got as id, holder_file as file, holder_row as row, count(*) as rows
from refused where holder_file is not null
group by dataset, got, holder_file, holder_row order by rows desc, dataset, id`,
    parameters: {},
  })
  const groups = Map.groupBy(WaitingRows.parse(rows), ({ file, row }) => `${file}:${row}`)
  return Array.from(groups.values(), (sets) => ({
    id: sets[0]?.id ?? '',
    file: sets[0]?.file ?? '',
    row: sets[0]?.row ?? 0,
    rows: sets.reduce((sum, set) => sum + set.rows, 0),
    sets: sets.map(({ dataset, rows: count }) => ({ dataset, rows: count })),
  })).toSorted((left, right) => right.rows - left.rows)
}
