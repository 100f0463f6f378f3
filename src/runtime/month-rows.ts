import { z } from 'zod'

import type { Warehouse } from '#agents/ports.ts'
import { lastMonthOver } from '#rules/kernel/calendar.ts'
import type { DatasetName } from '#rules/schema/review.ts'
import {
  silentSets,
  type LaterRows,
  type RowsByMonth,
  type SilentSet,
} from '#rules/trust/silence.ts'

/** What the data sets that record what happened say of a month. */
export interface MonthRows {
  /** Those with a row of any month. */
  readonly recording: readonly string[]
  /** Those of them that say nothing of this one. */
  readonly silent: readonly SilentSet[]
  /** Rows of the month that lie after the day a review speaks for, and so are in no figure. */
  readonly later: readonly LaterRows[]
}

const Row = z.object({
  dataset: z.string(),
  in_month: z.int(),
  last_before: z.string().nullable(),
  first_after: z.string().nullable(),
})

const LaterRow = z.object({ dataset: z.string(), row_count: z.int() })

interface MonthToDate {
  readonly month: string
  readonly asOfOn: string
}

/** The days of a month up to the one a review speaks for; books closed by month count when their month is over. */
export function monthToDate({ month, asOfOn }: MonthToDate) {
  return { month, as_of_on: asOfOn, closed_month: lastMonthOver(asOfOn) }
}

/** Looks which data sets have rows in a month, up to the day a review speaks for, and which only in others or on later days. */
export async function monthRows(warehouse: Warehouse, until: MonthToDate): Promise<MonthRows> {
  const [rows, left] = await Promise.all([
    warehouse.rows('intake/months', monthToDate(until), Row),
    warehouse.rows('intake/later', monthToDate(until), LaterRow),
  ])
  const later = left
    .map(({ dataset: name, row_count: count }) => ({ name, rows: count }))
    .filter((set) => set.rows > 0)
  const isLater = new Set(later.map(({ name }) => name))
  const sets = rows.map((row): RowsByMonth => ({
    name: row.dataset,
    inMonth: row.in_month === 1,
    lastBefore: row.last_before,
    firstAfter: isLater.has(row.dataset) ? until.month : row.first_after,
  }))
  return {
    recording: sets
      .filter((set) => set.inMonth || set.lastBefore !== null || set.firstAfter !== null)
      .map(({ name }) => name),
    silent: silentSets(sets),
    later,
  }
}

/** Without an entry its figures are missing already; and while it has entries at all, no other book may speak in its place. */
const SPEAKS_FOR_ITSELF: DatasetName = 'value_ledger'

/** The warehouse as a review of a month sees it: a data set that says nothing of the month is as one without a row. */
export function warehouseOfMonth(warehouse: Warehouse, { silent }: MonthRows): Warehouse {
  const isSilent = new Set(silent.map(({ name }) => name))
  return {
    ...warehouse,
    dataset: (name) => {
      const known = warehouse.dataset(name)
      if (!isSilent.has(name) || name === SPEAKS_FOR_ITSELF) return known
      return { ...known, state: 'empty', rows: 0 }
    },
  }
}
