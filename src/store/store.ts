import { Client, Pool } from 'pg'
import type { ClientConfig } from 'pg'

import { ensureApplicationRole } from './application-role.ts'
import { APPLICATION_ROLE, ignoreLoss, translateFailure } from './connection.ts'
import { attachEmbeddedServer } from './embedded.ts'
import type { EmbeddedServer } from './embedded.ts'
import { migrate } from './migrate.ts'

export interface StoreOptions {
  readonly workspaceDir: string
  /** Undefined: the workspace's own embedded server. */
  readonly databaseUrl?: string | undefined
  /** Connections of this process at most; default 10. */
  readonly connectionsMax?: number
  /** Where root may keep the data of a workspace that the server's user cannot reach; default: the system's places. */
  readonly homesOutside?: readonly string[]
}

/** What `mo status` says about where the records are. */
interface StoreDescription {
  readonly kind: 'embedded' | 'external'
  /** The data directory of the embedded server. */
  readonly dataDirectory: string | undefined
  readonly logFile: string | undefined
  /** The data are not in the workspace, because the server's user cannot reach it. */
  readonly outsideWorkspace: boolean
  /** The user the server runs as, when root started it. */
  readonly serverUser: string | undefined
  /** False: the database does not let us have a role of our own, so only triggers guard the rows of record. */
  readonly roleSeparated: boolean
}

/** The one place of record. */
export interface Store {
  /** Connections in the application's role, which may read, add and move on, but not rewrite what is on record. */
  readonly pool: Pool
  /** The settings of these connections, for libraries that connect by themselves. */
  readonly connection: ClientConfig
  readonly description: StoreDescription
  /** A connection of one's own, for a session lock. */
  readonly connect: () => Promise<Client>
  /** Runs what only the owner of the tables may do, such as migrations of a library. */
  readonly asOwner: <Result>(work: (owner: Pool) => Promise<Result>) => Promise<Result>
  readonly close: () => Promise<void>
}

/**
 * Opens the store and brings its tables up to date: the server behind `databaseUrl`, else the workspace's own embedded one.
 *
 * @throws AppError `STORE_UNAVAILABLE`, `STORE_START_FAILED`, `STORE_SCHEMA_NEWER`, `WORKSPACE_NOT_FOUND`, `PLATFORM_UNSUPPORTED`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (options.databaseUrl !== undefined) {
    const owner: ClientConfig = {
      connectionString: options.databaseUrl,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      application_name: 'marketing-orchestrator',
    }
    return open({ owner, server: undefined, connectionsMax: options.connectionsMax })
  }
  const server = await attachEmbeddedServer(options)
  try {
    return await open({ owner: server.owner, server, connectionsMax: options.connectionsMax })
  } catch (error) {
    await server.close()
    throw error
  }
}

interface Opening {
  readonly owner: ClientConfig
  readonly server: EmbeddedServer | undefined
  readonly connectionsMax: number | undefined
}

async function open({ owner, server, connectionsMax }: Opening): Promise<Store> {
  const roleSeparated = await asOwner(owner, (pool) => prepare(pool, server?.applicationPassword))
  const connection = applicationConnection(owner, server, roleSeparated)
  const pool = createPool(connection, connectionsMax ?? 10)
  return {
    pool,
    connection,
    description: describe(server, roleSeparated),
    connect: () => connect(connection),
    asOwner: (work) => asOwner(owner, work),
    close: async () => {
      await pool.end()
      await server?.close()
    },
  }
}

async function prepare(owner: Pool, password: string | undefined): Promise<boolean> {
  const client = await owner.connect()
  let roleSeparated: boolean
  try {
    roleSeparated = await ensureApplicationRole(client, password)
  } finally {
    client.release()
  }
  await migrate(owner, roleSeparated)
  return roleSeparated
}

function applicationConnection(
  owner: ClientConfig,
  server: EmbeddedServer | undefined,
  roleSeparated: boolean,
): ClientConfig {
  if (server !== undefined) return server.application
  return roleSeparated ? { ...owner, options: `-c role=${APPLICATION_ROLE}` } : owner
}

async function asOwner<Result>(
  owner: ClientConfig,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const pool = createPool(owner, 3)
  try {
    return await work(pool)
  } catch (error) {
    throw translateFailure(error)
  } finally {
    await pool.end()
  }
}

function createPool(config: ClientConfig, max: number): Pool {
  const pool = new Pool({ ...config, max })
  pool.on('error', ignoreLoss)
  // The pool listens to idle connections only; one in use that is lost would end the process.
  pool.on('connect', (client) => client.on('error', ignoreLoss))
  return pool
}

async function connect(config: ClientConfig): Promise<Client> {
  const client = new Client(config)
  client.on('error', ignoreLoss)
  try {
    await client.connect()
    return client
  } catch (error) {
    throw translateFailure(error)
  }
}

function describe(server: EmbeddedServer | undefined, roleSeparated: boolean): StoreDescription {
  return {
    kind: server === undefined ? 'external' : 'embedded',
    dataDirectory: server?.location.dataDirectory,
    logFile: server?.location.logFile,
    outsideWorkspace: server?.location.outsideWorkspace ?? false,
    serverUser: server?.location.serverUser?.name,
    roleSeparated,
  }
}
