import { Client } from 'pg'
import type { ClientConfig } from 'pg'

import { AppError } from '#src/errors.ts'

import { LOCK_KEYS } from '../advisory-locks.ts'
import { ignoreLoss, isConnectionFailure } from '../connection.ts'
import { OWNER_ROLE, readCredentials } from './cluster.ts'
import type { Credentials } from './cluster.ts'
import { isRace, startServer } from './daemon.ts'
import type { StartedServer } from './daemon.ts'
import { hasCode } from './files.ts'
import type { Location } from './location.ts'
import { pause } from './pause.ts'

const START_TIMEOUT_MS = 60_000
const STARTS_FAILED_MAX = 2

/** A connection of the owner that holds the shared lock of presence. */
export interface Joined {
  readonly client: Client
  readonly credentials: Credentials
  readonly owner: ClientConfig
}

/**
 * Connects and takes the shared lock, starting the server as often as it is found down: another process may stop it between our
 * look and our lock.
 *
 * @throws AppError `STORE_START_FAILED` when it ends twice on its own, or does not answer within a minute.
 */
export async function join(location: Location, socketDirectory: string): Promise<Joined> {
  const deadline = performance.now() + START_TIMEOUT_MS
  const start = createStarter(location)
  while (performance.now() < deadline) {
    const joined = await tryJoin(location, socketDirectory)
    if (typeof joined === 'object') return joined
    await (joined === 'down' ? start() : pause(20))
  }
  throw new AppError('STORE_START_FAILED', {
    got: 'no answer within a minute',
    next: `read ${location.logFile}, then run again`,
  })
}

/** `down`: nobody listens. `busy`: the server is starting up or going down. */
async function tryJoin(
  location: Location,
  socketDirectory: string,
): Promise<Joined | 'down' | 'busy'> {
  const credentials = await readCredentials(location)
  if (credentials === undefined) return 'down'
  const owner = clientConfig(socketDirectory, OWNER_ROLE, credentials.owner)
  const client = new Client(owner)
  client.on('error', ignoreLoss)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock_shared($1)', [LOCK_KEYS.presence])
    return { client, credentials, owner }
  } catch (error) {
    await client.end().catch(ignoreLoss)
    if (hasCode(error, 'ENOENT', 'ECONNREFUSED')) return 'down'
    if (isConnectionFailure(error)) return 'busy'
    throw error
  }
}

/** Starts the server unless one that we started is still on its way; each call takes a moment. */
function createStarter(location: Location): () => Promise<void> {
  let started: StartedServer | undefined
  let failed = 0
  return async () => {
    started ??= await startServer(location)
    const ended = await Promise.race([started.ended, pause(20)])
    if (ended === undefined) return
    started = undefined
    failed = isRace(ended) ? 0 : failed + 1
    if (failed === STARTS_FAILED_MAX) throw ended
    await pause(50)
  }
}

/** How to connect through the socket. Every field is given, so that no PG… variable of the environment can send us elsewhere. */
export function clientConfig(
  socketDirectory: string,
  user: string,
  password: string,
): ClientConfig {
  return {
    host: socketDirectory,
    port: 5432,
    user,
    password,
    database: 'postgres',
    ssl: false,
    application_name: 'marketing-orchestrator',
    options: '-c client_min_messages=warning',
    connectionTimeoutMillis: 10_000,
  }
}
