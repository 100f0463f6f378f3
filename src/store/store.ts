import { Client, Pool } from 'pg'
import type { ClientConfig } from 'pg'

import { AppError } from '#src/errors.ts'

import {
  ensureApplicationRole,
  ensureLogin,
  mayActAsOwner,
  requireLoginApart,
} from './application-role.ts'
import { APPLICATION_ROLE, ignoreLoss, translateFailure } from './connection.ts'
import { attachEmbeddedServer } from './embedded.ts'
import type { EmbeddedServer } from './embedded.ts'
import { migrate, requireMigrated } from './migrate.ts'

export interface StoreOptions {
  readonly workspaceDir: string
  /** Undefined: the workspace's own embedded server. */
  readonly databaseUrl?: string | undefined
  /** The login of the tables' owner, where `databaseUrl` names a login of the application's own. */
  readonly databaseOwnerUrl?: string | undefined
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
  /** The login the program works with cannot become the owner of the tables, whatever it sends. */
  readonly loginSeparated: boolean
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
  /**
   * Runs what only the owner of the tables may do: migrations, tokens, policies.
   *
   * @throws AppError `STORE_OWNER_NEEDED` where this process has the application's login only.
   */
  readonly asOwner: <Result>(work: (owner: Pool) => Promise<Result>) => Promise<Result>
  readonly close: () => Promise<void>
}

/**
 * Opens the store and brings its tables up to date: the server behind `databaseUrl`, else the workspace's own embedded one.
 *
 * @throws AppError `STORE_UNAVAILABLE`, `STORE_START_FAILED`, `STORE_SCHEMA_NEWER`, `STORE_OWNER_NEEDED`, `STORE_LOGIN_NOT_APART`,
 * `WORKSPACE_NOT_FOUND`, `PLATFORM_UNSUPPORTED`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, databaseOwnerUrl, connectionsMax } = options
  if (databaseUrl !== undefined) {
    const login = external(databaseUrl)
    const opening =
      databaseOwnerUrl === undefined
        ? { owner: login, login: undefined }
        : { owner: external(databaseOwnerUrl), login }
    return open({ ...opening, server: undefined, connectionsMax })
  }
  const server = await attachEmbeddedServer(options)
  try {
    return await open({ owner: server.owner, login: undefined, server, connectionsMax })
  } catch (error) {
    await server.close()
    throw error
  }
}

function external(connectionString: string): ClientConfig {
  return {
    connectionString,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'marketing-orchestrator',
  }
}

interface Opening {
  readonly owner: ClientConfig
  /** The application's own login on a server that is not ours; undefined: it logs in as the owner and steps down. */
  readonly login: ClientConfig | undefined
  readonly server: EmbeddedServer | undefined
  readonly connectionsMax: number | undefined
}

/** What the login that should own the tables turned out to be. */
interface Prepared {
  readonly isOwner: boolean
  readonly roleSeparated: boolean
}

async function open(opening: Opening): Promise<Store> {
  const { owner, server } = opening
  const prepared = await asOwner(owner, (pool) => prepare(pool, opening))
  const connection = applicationConnection(opening, prepared)
  const pool = createPool(connection, opening.connectionsMax ?? 10)
  try {
    if (!prepared.isOwner) await requireMigrated(pool)
    if (opening.login !== undefined || !prepared.isOwner) await requireLoginApart(pool)
  } catch (error) {
    await pool.end()
    throw translateFailure(error)
  }
  return {
    pool,
    connection,
    description: describe(opening, prepared),
    connect: () => connect(connection),
    asOwner: async (work) => {
      if (prepared.isOwner) return asOwner(owner, work)
      throw new AppError('STORE_OWNER_NEEDED')
    },
    close: async () => {
      await pool.end()
      await server?.close()
    },
  }
}

async function prepare(owner: Pool, { login, server }: Opening): Promise<Prepared> {
  const client = await owner.connect()
  let prepared: Prepared
  try {
    const isOwner = server !== undefined || (await mayActAsOwner(client))
    if (!isOwner && login !== undefined) {
      throw new AppError('STORE_OWNER_NEEDED', {
        message: 'the login of DATABASE_OWNER_URL does not own the tables and cannot make any',
      })
    }
    const roleSeparated = await ensureApplicationRole(client, server?.applicationPassword)
    if (!roleSeparated && (!isOwner || login !== undefined)) {
      throw new AppError('STORE_OWNER_NEEDED', {
        message: `the role ${APPLICATION_ROLE} is missing, or is not this login's to take`,
        next: `as an administrator: create role ${APPLICATION_ROLE} nologin, and grant it to both logins`,
      })
    }
    if (login !== undefined) await ensureLogin(client, login)
    prepared = { isOwner, roleSeparated }
  } finally {
    client.release()
  }
  if (prepared.isOwner) await migrate(owner, prepared.roleSeparated)
  return prepared
}

function applicationConnection(
  { owner, login, server }: Opening,
  { roleSeparated }: Prepared,
): ClientConfig {
  if (server !== undefined) return server.application
  const own = login ?? owner
  return roleSeparated ? { ...own, options: `-c role=${APPLICATION_ROLE}` } : own
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

function describe({ login, server }: Opening, prepared: Prepared): StoreDescription {
  return {
    kind: server === undefined ? 'external' : 'embedded',
    dataDirectory: server?.location.dataDirectory,
    logFile: server?.location.logFile,
    outsideWorkspace: server?.location.outsideWorkspace ?? false,
    serverUser: server?.location.serverUser?.name,
    roleSeparated: prepared.roleSeparated,
    loginSeparated: server !== undefined || login !== undefined || !prepared.isOwner,
  }
}
