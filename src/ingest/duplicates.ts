import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { selectRows } from '#src/warehouse/select.ts'

import type { DatasetContract } from './contracts/contract.ts'
import { storedAs } from './contracts/table.ts'
import { acceptedDate } from './row-date.ts'
import { sqlName, sqlText } from './sql-text.ts'

/**
 * Takes rows whose key was seen before out of the table and into the rejects. The first row in input order stays; a later one
 * with other values is called a conflicting duplicate, because which of the two is right only its owner can say.
 */
export async function refuseDuplicates(
  contract: DatasetContract,
  connection: DuckDBConnection,
): Promise<void> {
  if (contract.key.length === 0) return
  const table = sqlName(contract.dataset)
  const key = keyColumns(contract)
  const [found] = Found.parse(
    await selectRows(connection, {
      name: 'duplicate keys',
      text: `select count(*) as keys from (select 1 from ${table} group by ${key.join(', ')} having count(*) > 1)`,
      parameters: {},
    }),
  )
  if (found.keys === 0) return
  const all = contract.columns.flatMap(storedAs).map(({ name }) => sqlName(name))
  const parts = contract.key.map(
    (name, index) =>
      `case when ${key[index] ?? ''} is not null then ${sqlText(`${name} `)} || ${key[index] ?? ''} end`,
  )
  await connection.run(`create temp table duplicate as
select * from (
  select row_seq, source_file, source_row, ${acceptedDate(contract)} as dated_on, concat_ws(', ', ${parts.join(', ')}) as key_text,
    first_value(source_file) over same_key as first_file,
    first_value(source_row) over same_key as first_row,
    row_number() over same_key as place,
    row(${all.join(', ')}) is not distinct from first_value(row(${all.join(', ')})) over same_key as is_copy
  from ${table}
  window same_key as (partition by ${key.join(', ')} order by row_seq)
) as numbered where place > 1`)
  await connection.run(`insert into rejects
select ${sqlText(contract.dataset)}, source_file, source_row, ${sqlText(contract.key.join(', '))},
  case when is_copy then 'duplicate_key' else 'conflicting_duplicate' end,
  'a key not seen before; first at ' || first_file || ':' || first_row,
  substr(key_text, 1, 200), null, dated_on
from duplicate`)
  await connection.run(`delete from ${table} where row_seq in (select row_seq from duplicate)`)
  await connection.run('drop table duplicate')
}

const Found = z.tuple([z.object({ keys: z.number() })])

/** Table columns of the key; an empty cell is a value like any other. */
function keyColumns({ columns, key }: DatasetContract): string[] {
  return columns
    .filter(({ name }) => key.includes(name))
    .toSorted((left, right) => key.indexOf(left.name) - key.indexOf(right.name))
    .map((column) => sqlName(storedAs(column)[0]?.name ?? column.name))
}
