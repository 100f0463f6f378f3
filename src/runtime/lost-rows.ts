import { z } from 'zod'

import type { Warehouse } from '#agents/ports.ts'

const RejectedRow = z.object({
  dataset: z.string(),
  dated_on: z.string().nullable(),
  row_count: z.int(),
})

/**
 * How many rows of each data set are lost to a month, because they were rejected and are of it, or of a day that nobody can read? Exact copies
 * lose nothing.
 *
 * @param month Left out: to any month.
 */
export async function lostRows(
  warehouse: Warehouse,
  month?: string,
): Promise<(dataset: string) => number> {
  const rows = await warehouse.rows('intake/rejected', {}, RejectedRow)
  return (dataset) =>
    rows
      .filter((row) => row.dataset === dataset)
      .filter(({ dated_on: on }) => on === null || on.startsWith(month ?? ''))
      .reduce((sum, { row_count: count }) => sum + count, 0)
}
