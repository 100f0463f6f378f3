import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { selectRows } from '#src/warehouse/select.ts'

import type { DatasetResult } from './load-dataset.ts'
import { shown } from './reject.ts'

/** The commonest fault of a data set, as named quantities: what most of its refused rows break, or what keeps its files from being read. */
export type MainFault = Readonly<Record<string, number | string>>

const Found = z.array(
  z.object({
    code: z.string(),
    column: z.string().nullable(),
    expected: z.string(),
    got: z.string().transform(shown),
    rows: z.number(),
  }),
)

/** What to mend first in a data set; undefined when nothing was refused. */
export async function mainFault(
  connection: DuckDBConnection,
  { dataset, rejected, problems }: DatasetResult,
): Promise<MainFault | undefined> {
  const [problem] = problems
  if (problem !== undefined) {
    const { file, code, expected, got } = problem
    return { faultCode: code, faultPlace: file, faultExpected: expected, faultGot: got }
  }
  if (rejected === 0) return undefined
  const rows = await selectRows(connection, {
    name: 'main fault',
    text: `select code, column_name as "column", expected, min(got) as got, count(*) as rows
from rejects where dataset = $dataset
group by code, column_name, expected order by rows desc, code, column_name, expected limit 1`,
    parameters: { dataset },
  })
  return Found.parse(rows)
    .map(({ code, column, expected, got, rows: count }) => ({
      faultCode: code,
      faultRows: count,
      ...(column === null ? {} : { faultPlace: column }),
      faultExpected: expected,
      faultGot: got,
    }))
    .at(0)
}
