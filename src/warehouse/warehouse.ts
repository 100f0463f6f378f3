import type { DuckDBConnection } from '@duckdb/node-api'

import type { DatasetState, Warehouse } from '#agents/ports.ts'
import { InvariantError, present } from '#rules/kernel/invariant.ts'
import type { DatasetName } from '#rules/schema/review.ts'

import { inSpan, streamInSpan } from '../observe/span.ts'
import { queryText } from './query-file.ts'
import { streamDuring, type Running } from './running.ts'
import { selectBatches, selectRows } from './select.ts'

export interface WarehouseDeps {
  readonly connection: DuckDBConnection
  /** A connection of its own for each stream: a second statement would end the first one's. */
  readonly connect: () => Promise<DuckDBConnection>
  readonly running: Running
  readonly datasets: readonly (DatasetState & { readonly dataset: DatasetName })[]
}

/** The warehouse port over DuckDB. Row order is the query's duty. */
export function createWarehouse({
  connection,
  connect,
  datasets,
  running,
}: WarehouseDeps): Warehouse {
  return {
    dataset: (name) => {
      const { state, rows, rejected } = present(
        datasets.find(({ dataset }) => dataset === name),
        `data set ${name}`,
      )
      return { state, rows, rejected }
    },
    rows: async (query, parameters, schema) => {
      const text = await queryText(query)
      const rows = await inSpan(`query ${query}`, {}, async (span) => {
        const found = await running.during(() =>
          selectRows(connection, { name: query, text, parameters }),
        )
        span.setAttribute('mo.rows', found.length)
        return found
      })
      return rows.map((row) => {
        const parsed = schema.safeParse(row)
        if (parsed.success) return parsed.data
        const fault = parsed.error.issues
          .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
          .join('; ')
        throw new InvariantError(`query ${query}: a row does not fit its schema (${fault})`)
      })
    },
    batches: async function* (query, parameters) {
      const text = await queryText(query)
      const stream = await running.during(connect)
      try {
        const batches = selectBatches(stream, { name: query, text, parameters })
        yield* streamInSpan(`query ${query}`, {}, streamDuring(running, batches))
      } finally {
        stream.closeSync()
      }
    },
  }
}
