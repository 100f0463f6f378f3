import { z } from 'zod'

import { AppError } from '#src/errors.ts'

import { translateFailure } from './connection.ts'
import type { Queryable } from './transaction.ts'

/** A statement with its bound values. */
export interface Statement {
  readonly text: string
  readonly values?: readonly (string | number | boolean | null | readonly string[])[]
}

/** An instant as PostgreSQL gives it, turned into UTC text. */
export const Instant = z.date().transform((date) => date.toISOString())

/** A `bigint` column, which comes as text because it may exceed what a number holds. */
export const BigInteger = z.string().transform(Number).pipe(z.int())

/**
 * Rows of a statement, each parsed by `schema`.
 *
 * @throws AppError `STORE_UNAVAILABLE` when the database is away, `STORE_ROW_INVALID` when a row is not as expected.
 */
export async function query<Row>(
  db: Queryable,
  schema: z.ZodType<Row>,
  statement: Statement,
): Promise<Row[]> {
  const { rows } = await run(db, statement)
  const parsed = z.array(schema).safeParse(rows)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new AppError('STORE_ROW_INVALID', {
    expected: issue?.message ?? 'another shape',
    got: `column ${issue?.path.slice(1).join('.') ?? ''} of: ${statement.text}`,
  })
}

/** Runs a statement for what it does and tells how many rows it changed. */
export async function execute(db: Queryable, statement: Statement): Promise<number> {
  const { rowCount } = await run(db, statement)
  return rowCount
}

async function run(
  db: Queryable,
  statement: Statement,
): Promise<{ rows: unknown[]; rowCount: number }> {
  try {
    const result = await db.query(statement.text, [...(statement.values ?? [])])
    return { rows: result.rows, rowCount: result.rowCount ?? 0 }
  } catch (error) {
    throw translateFailure(error)
  }
}
