import type { ClientBase, Pool, PoolClient } from 'pg'

import { translateFailure } from './connection.ts'

/** A pool, or a client inside a transaction. */
export type Queryable = Pick<ClientBase, 'query'> | Pick<Pool, 'query'>

/**
 * Runs `work` in one transaction: all of it or nothing.
 *
 * @throws AppError `STORE_UNAVAILABLE` when the database is away; then nobody knows whether the commit was done, so `work` must be
 * safe to repeat. Any other failure comes as it was, after the roll-back.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connect(pool)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    await rollBack(client)
    throw translateFailure(error)
  }
}

/** Runs `work` while holding a session lock that only one process may hold; waits for it. */
export async function withAdvisoryLock<Result>(
  pool: Pool,
  key: number,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connect(pool)
  try {
    await client.query('select pg_advisory_lock($1)', [key])
    const result = await work(client)
    await client.query('select pg_advisory_unlock($1)', [key])
    client.release()
    return result
  } catch (error) {
    // Ending the session gives the lock back, in whatever state the session is.
    client.release(true)
    throw translateFailure(error)
  }
}

async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback')
    client.release()
  } catch {
    // The session is lost, and with it the transaction.
    client.release(true)
  }
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw translateFailure(error)
  }
}
