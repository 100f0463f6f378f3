import { mkdtemp, rm, symlink } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import type { ClientConfig } from 'pg'

import { AppError } from '#src/errors.ts'

import { APPLICATION_ROLE } from './connection.ts'
import { hasCode } from './embedded/files.ts'
import { clientConfig, join } from './embedded/join.ts'
import { findLocation } from './embedded/location.ts'
import type { Location } from './embedded/location.ts'
import { keepPresence, leave } from './embedded/presence.ts'

/** The address of a unix socket holds 104 bytes on macOS, 108 on Linux; the socket's own name takes 15. */
const SOCKET_DIRECTORY_BYTES_MAX = 88

/** The embedded server, kept running for as long as this process is attached. */
export interface EmbeddedServer {
  readonly location: Location
  readonly owner: ClientConfig
  readonly application: ClientConfig
  readonly applicationPassword: string
  /** Leaves; the last process to leave stops the server. */
  readonly close: () => Promise<void>
}

/**
 * Attaches to the workspace's own PostgreSQL, starting it when it does not run.
 *
 * Every attached process holds one connection with a shared advisory lock; whoever leaves asks for the exclusive one, and gets it only as
 * the last. A process that is killed loses its connection and with it its lock, so nothing stale can stay behind. When the server dies while
 * this process is attached, it is started again.
 *
 * @throws AppError `STORE_START_FAILED`, `WORKSPACE_NOT_FOUND` or `PLATFORM_UNSUPPORTED`.
 */
export async function attachEmbeddedServer(options: {
  readonly workspaceDir: string
  readonly homesOutside?: readonly string[]
}): Promise<EmbeddedServer> {
  try {
    const location = await findLocation(options.workspaceDir, options.homesOutside)
    return await attach(location)
  } catch (error) {
    throw hasCode(error, 'EACCES', 'EPERM', 'EROFS') ? notPermitted(error) : error
  }
}

async function attach(location: Location): Promise<EmbeddedServer> {
  const address = await createAddress(location.dataDirectory)
  const first = await join(location, address.directory)
  const application = clientConfig(
    address.directory,
    APPLICATION_ROLE,
    first.credentials.application,
  )
  const presence = keepPresence(first.client, async () => {
    const again = await join(location, address.directory)
    return again.client
  })
  return {
    location,
    application,
    owner: first.owner,
    applicationPassword: first.credentials.application,
    close: async () => {
      const client = await presence.end()
      if (client !== undefined) await leave(client, location)
      await address.remove()
    },
  }
}

interface Address {
  readonly directory: string
  readonly remove: () => Promise<void>
}

/** The folder clients connect through: the data directory, or a short link to it where its path is too long for a socket. */
async function createAddress(dataDirectory: string): Promise<Address> {
  if (isShort(dataDirectory)) return { directory: dataDirectory, remove: async () => {} }
  const temporary = isShort(path.join(os.tmpdir(), 'mo-XXXXXX', 's')) ? os.tmpdir() : '/tmp'
  const parent = await mkdtemp(path.join(temporary, 'mo-'))
  const directory = path.join(parent, 's')
  await symlink(dataDirectory, directory)
  return { directory, remove: () => rm(parent, { recursive: true, force: true }) }
}

function isShort(directory: string): boolean {
  return Buffer.byteLength(directory) <= SOCKET_DIRECTORY_BYTES_MAX
}

function notPermitted(cause: unknown): AppError {
  return new AppError('STORE_START_FAILED', {
    message: 'the embedded database belongs to another user or cannot be written',
    expected: 'the user who made it, or root',
    got: cause instanceof Error ? cause.message : String(cause),
    next: 'run as that user, or set DATABASE_URL',
    retry: 'never',
    cause,
  })
}
