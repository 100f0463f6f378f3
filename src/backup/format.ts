import { z } from 'zod'

import { Migration, Table } from './tables.ts'

/**
 * A back-up is gzipped lines of JSON: what it is; for each table its name, then its rows; and at the end how many rows there were and the
 * SHA-256 of all lines before, so that a file that was cut or changed is found out.
 */
const FORMAT = 'marketing-orchestrator-backup-1'

export const Head = z.strictObject({
  format: z.literal(FORMAT).default(FORMAT),
  takenAt: z.string(),
  migrations: z.array(Migration),
  tables: z.array(Table),
})
export type Head = z.infer<typeof Head>

/** Stands before the rows of a table. Rows are objects and this is none, so that neither can be taken for the other. */
export const TableLine = z.tuple([z.string()])

export const Foot = z.strictObject({
  rows: z.record(z.string(), z.int().nonnegative()),
  sha256: z.string(),
})
export type Foot = z.infer<typeof Foot>
