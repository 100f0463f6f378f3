import { z } from 'zod'

import { CHECKPOINT_SCHEMA } from '../store/checkpoint-schema.ts'
import { query } from '../store/query.ts'
import type { Queryable } from '../store/transaction.ts'

/** Steps a database was brought to; rows fit into no other. */
export const Migration = z.strictObject({ name: z.string(), sha256: z.string() })
export type Migration = z.infer<typeof Migration>

/** A table that holds what is on record, by its quoted name, and the columns that are written, not computed. */
export const Table = z.strictObject({ name: z.string(), columns: z.array(z.string()) })
export type Table = z.infer<typeof Table>

/** A reference between tables that is judged at once, row by row. */
const Reference = z.object({ table: z.string(), name: z.string() })
type Reference = z.infer<typeof Reference>

/** The queue lies in a schema of its own and is left out: what is to be done is found again in these. */
const SCHEMAS = `('mo', '${CHECKPOINT_SCHEMA}')`

export async function loadMigrations(db: Queryable): Promise<Migration[]> {
  return query(db, Migration, {
    // Rights are said anew by whatever program opens the database.
    text: `select name, sha256 from mo.migrations where name <> 'grants' order by name`,
  })
}

export async function loadTables(db: Queryable): Promise<Table[]> {
  return query(db, Table, {
    text: `select format('%I.%I', n.nspname, c.relname) as name,
             array(select quote_ident(a.attname) from pg_attribute a
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                     and a.attgenerated = '' order by a.attnum) as columns
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname in ${SCHEMAS} and c.relkind = 'r' and (n.nspname, c.relname) <> ('mo', 'migrations')
           order by name`,
  })
}

export async function loadReferences(db: Queryable): Promise<Reference[]> {
  return query(db, Reference, {
    text: `select format('%I.%I', n.nspname, c.relname) as table, quote_ident(k.conname) as name
           from pg_constraint k join pg_class c on c.oid = k.conrelid
             join pg_namespace n on n.oid = c.relnamespace
           where n.nspname in ${SCHEMAS} and k.contype = 'f' and not k.condeferrable
           order by 1, 2`,
  })
}
