import { readFile, stat } from 'node:fs/promises'

import { AppError } from '#src/errors.ts'

/** The operating system user the server runs as, when that is not the user of this process. */
export interface ServerUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Whom the server runs as. PostgreSQL refuses to run as root, so root lends it the owner of the existing data, else the user
 * `postgres`, else `nobody`. Undefined: the user of this process.
 *
 * @throws AppError `STORE_START_FAILED` for root on a system with neither user.
 */
export async function findServerUser(dataDirectory: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = parseUsers(await readFile('/etc/passwd', 'utf8'))
  const owner = await stat(dataDirectory).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) {
    const name = users.find((user) => user.uid === owner.uid)?.name ?? `user ${owner.uid}`
    return { name, uid: owner.uid, gid: owner.gid }
  }
  const user =
    users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody')
  if (user !== undefined) return user
  throw new AppError('STORE_START_FAILED', {
    message: 'the embedded database cannot run as root',
    expected: 'a system user named postgres or nobody',
    got: 'neither in /etc/passwd',
    next: 'run as another user, or set DATABASE_URL',
    retry: 'never',
  })
}

function parseUsers(passwd: string): ServerUser[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (name === undefined || uid === undefined || gid === undefined) return []
    return [{ name, uid: Number(uid), gid: Number(gid) }]
  })
}
