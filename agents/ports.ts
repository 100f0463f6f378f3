import type { z } from 'zod'

import type { EarlierReading } from '#rules/experiment/input.ts'
import type { Policy } from '#rules/policy/policy.ts'
import type { DatasetName, StageName, StageResult } from '#rules/schema/review.ts'

/** What is known of a data set before a row is read. */
export interface DatasetState {
  /** `absent`: no file. `empty`: files without an accepted row. `present`: rows to read. `unreadable`: files that no rule could parse. */
  readonly state: 'absent' | 'empty' | 'present' | 'unreadable'
  readonly rows: number
  readonly rejected: number
}

/** Column batches of a large ordered result: one array per column, all of the same length. */
export type ColumnBatch = Readonly<Record<string, readonly (number | string | null)[]>>

/** Reads facts. Queries are named after their file, `src/warehouse/sql/STAGE/NAME.sql`; `$name` parameters are bound, never pasted. */
export interface Warehouse {
  readonly dataset: (name: DatasetName) => DatasetState
  /** Rows of a query, each parsed by `schema`. Whole numbers come as safe integers. */
  readonly rows: <Row>(
    query: string,
    parameters: Readonly<Record<string, string | number>>,
    schema: z.ZodType<Row>,
  ) => Promise<Row[]>
  /** The same result in column batches, for folds that must see every row of millions. */
  readonly batches: (
    query: string,
    parameters: Readonly<Record<string, string | number>>,
  ) => AsyncIterable<ColumnBatch>
}

/** What every specialist is told about the review it works for. */
export interface ReviewContext {
  readonly reviewId: string
  /** `YYYY-MM`. */
  readonly month: string
  /** The instant the review speaks for (UTC) and the local date in the workspace's time zone. */
  readonly asOf: string
  readonly asOfOn: string
  /** The last instant (UTC) of a local date in the same time zone, to the second, as `asOf` is of its own. */
  readonly endOfDay: (on: string) => string
  readonly policy: Policy
  /** Experiments as earlier reviews of the company showed them, oldest first, as they were on record when this one began. */
  readonly earlierReadings: readonly EarlierReading[]
}

/** A specialist: gathers its facts from the warehouse, asks its rules, and returns what it decided with the words to say it. */
export interface Agent<Earlier = undefined> {
  readonly stage: StageName
  readonly run: (
    context: ReviewContext,
    ports: { readonly warehouse: Warehouse },
    earlier: Earlier,
  ) => Promise<StageResult>
}
