import { spawn } from 'node:child_process'
import { open, readFile, stat } from 'node:fs/promises'

import { AppError } from '#src/errors.ts'

import { createCluster, readCredentials } from './cluster.ts'
import { hasCode } from './files.ts'
import type { Location } from './location.ts'
import { pause } from './pause.ts'
import { isAlive, readServerPid, removeStaleLock } from './process-state.ts'
import { findPrograms } from './programs.ts'
import { identity, PROGRAM_ENVIRONMENT } from './run-program.ts'

const LOG_BYTES_MAX = 1_000_000
const STOP_TIMEOUT_MS = 60_000

/** Given at every start, because none of it may depend on where the workspace was when the cluster was created. */
const START_SETTINGS = [
  // The socket lies in the data directory, which only its owner can enter; there is no TCP port.
  'listen_addresses=',
  'unix_socket_directories=.',
  'unix_socket_permissions=0700',
  ...(process.platform === 'linux' ? ['recovery_init_sync_method=syncfs'] : []),
] as const

/** A server being started: settles when its process ends, which for a sound server is not before somebody stops it. */
export interface StartedServer {
  readonly ended: Promise<AppError>
}

/**
 * Starts the server as a daemon of its own session, creating the cluster first when there is none. It does not wait for the server
 * to accept connections. Several processes may start at once: PostgreSQL's own lock lets one server live.
 */
export async function startServer(location: Location): Promise<StartedServer> {
  const programs = await findPrograms(location.serverUser, location.home)
  if ((await readCredentials(location)) === undefined) await createCluster(location, programs)
  await removeStaleLock(location.dataDirectory)
  const log = await openLog(location.logFile)
  try {
    const { size } = await log.stat()
    const child = spawn(
      programs.postgres,
      ['-D', location.dataDirectory, ...START_SETTINGS.flatMap((setting) => ['-c', setting])],
      {
        ...identity(location.serverUser),
        cwd: '/',
        env: PROGRAM_ENVIRONMENT,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    )
    child.unref()
    const { promise, resolve } = Promise.withResolvers<AppError>()
    child.once('error', (error) => resolve(startFailed(error.message, location, error)))
    child.once('exit', () => {
      void readLogFrom(location.logFile, size).then((text) => resolve(startFailed(text, location)))
    })
    return { ended: promise }
  } finally {
    await log.close()
  }
}

/** Whether the end of a starting server only means that another one lives or is still going down. */
export function isRace(error: AppError): boolean {
  return /lock file ".*" already exists|shared memory block .* is still in use/.test(
    error.got ?? '',
  )
}

/** Ends the server of this data directory in order and waits until it is gone. Call only while nobody uses it. */
export async function stopServer(location: Location): Promise<void> {
  const pid = await readServerPid(location.dataDirectory)
  if (pid === undefined) return
  try {
    // SIGINT is PostgreSQL's "fast" shutdown: end the sessions, write a checkpoint, leave.
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
  const deadline = performance.now() + STOP_TIMEOUT_MS
  while (await isAlive(pid)) {
    if (performance.now() > deadline) throw startFailed('it did not stop in time', location)
    await pause(10)
  }
}

async function openLog(file: string): Promise<Awaited<ReturnType<typeof open>>> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  return open(file, size > LOG_BYTES_MAX ? 'w' : 'a', 0o600)
}

/** The last lines that were written since the log had so many bytes: older ones tell of other starts. */
async function readLogFrom(file: string, size: number): Promise<string> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0))
  return bytes.subarray(size).toString('utf8').trim().split('\n').slice(-6).join(' | ')
}

function startFailed(got: string, location: Location, cause?: unknown): AppError {
  return new AppError('STORE_START_FAILED', {
    expected: 'a server that accepts connections',
    got,
    next: `read ${location.logFile}, then run again`,
    cause,
  })
}
