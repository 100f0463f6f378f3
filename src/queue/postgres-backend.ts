import {
  createPostgresBackend,
  LATEST_SCHEMA_VERSION,
  runMigrations,
  withBackend,
  type PostgresConnectionOptions,
  type PostgresPoolConfig,
  type PostgresQueueBackend,
} from 'bullmq'
import type { ClientConfig, Pool, PoolClient } from 'pg'
import { z } from 'zod'

import { LOCK_KEYS } from '../store/advisory-locks.ts'
import { APPLICATION_ROLE } from '../store/connection.ts'
import { query } from '../store/query.ts'
import type { Store } from '../store/store.ts'
import { withAdvisoryLock, type Queryable } from '../store/transaction.ts'
import type { BullBackend } from './bull-queue.ts'

/** BullMQ's tables lie in a schema of their own, so that its names never meet ours. */
const SCHEMA = 'mo_queue'
/** Each queue and each worker has so many connections, and one more to listen. */
const CONNECTIONS_MAX = 3

/**
 * The queue in the store's own database.
 *
 * @throws AppError `STORE_UNAVAILABLE`.
 */
export async function openPostgresBackend(
  store: Store,
): Promise<BullBackend<PostgresQueueBackend, PostgresConnectionOptions>> {
  await prepareTables(store)
  return {
    name: 'postgres',
    classes: withBackend(createPostgresBackend),
    connection: { ...poolConfig(store.connection), schema: SCHEMA, max: CONNECTIONS_MAX },
    check: async () => {
      await query(store.pool, z.unknown(), { text: 'select 1' })
    },
    end: async () => {},
  }
}

/** The store's settings in BullMQ's words, which know no setting that is there and undefined. */
function poolConfig(config: ClientConfig): PostgresPoolConfig {
  const { connectionString, host, port, user, password, database, ...others } = config
  return {
    ...others,
    ...(connectionString === undefined ? {} : { connectionString }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(typeof password === 'string' ? { password } : {}),
    ...(database === undefined ? {} : { database }),
  }
}

/** Brings BullMQ's tables to its version, once, however many processes start at the same time. */
async function prepareTables(store: Store): Promise<void> {
  if (await isCurrent(store.pool)) return
  await store.asOwner((owner) =>
    withAdvisoryLock(owner, LOCK_KEYS.queueMigration, async (client) => {
      if (await isCurrent(client)) return
      await migrateAlone(owner)
      if (store.description.roleSeparated) await grantUse(client)
    }),
  )
}

/** BullMQ opens and ends a transaction of its own, so it gets another connection than the one that holds the lock. */
async function migrateAlone(owner: Pool): Promise<void> {
  const client = await owner.connect()
  try {
    await runMigrations(client, SCHEMA)
  } finally {
    client.release()
  }
}

async function grantUse(client: PoolClient): Promise<void> {
  await client.query(`grant usage on schema ${SCHEMA} to ${APPLICATION_ROLE};
    grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${APPLICATION_ROLE};
    grant usage on all sequences in schema ${SCHEMA} to ${APPLICATION_ROLE};`)
}

async function isCurrent(db: Queryable): Promise<boolean> {
  // Asked of the catalogue first: without the grant the application may not even look into the schema.
  const [found] = await query(db, z.object({ ready: z.boolean().nullable() }), {
    text: `select has_schema_privilege(oid, 'usage')
             and to_regclass('${SCHEMA}.migration') is not null as ready
           from pg_namespace where nspname = '${SCHEMA}'`,
  })
  if (found?.ready !== true) return false
  const [row] = await query(db, z.object({ version: z.int() }), {
    text: `select coalesce(max(version), 0) as version from ${SCHEMA}.migration`,
  })
  return (row?.version ?? 0) >= LATEST_SCHEMA_VERSION
}
