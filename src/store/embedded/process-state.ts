import { link, readFile, readlink, realpath, rename, rm } from 'node:fs/promises'
import path from 'node:path'

import { hasCode } from './files.ts'

/** Whether a process runs. One that ended and was never reaped (a zombie) answers to signals but does not run. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, as somebody else.
    if (!hasCode(error, 'EPERM')) return false
  }
  return !(await isZombie(pid))
}

/** The server's process as its lock file names it; undefined when there is no such file. */
export async function readServerPid(dataDirectory: string): Promise<number | undefined> {
  try {
    const text = await readFile(path.join(dataDirectory, 'postmaster.pid'), 'utf8')
    const pid = Number.parseInt(text, 10)
    return Number.isSafeInteger(pid) ? pid : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Removes the lock files of a server that is gone when PostgreSQL would not: the number of its process is taken, by the zombie that
 * the server became or by another program since the machine or container was restarted. A lock that names no process is left to
 * PostgreSQL.
 */
export async function removeStaleLock(dataDirectory: string): Promise<void> {
  const pid = await readServerPid(dataDirectory)
  if (pid === undefined || !(await isTakenNumber(pid, dataDirectory))) return
  const removed = path.join(dataDirectory, `postmaster.pid.stale-${process.pid}`)
  try {
    await rename(path.join(dataDirectory, 'postmaster.pid'), removed)
    await rename(path.join(dataDirectory, SOCKET_LOCK), `${removed}-socket`)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  await putBackWhenNew(removed, pid, dataDirectory)
  await rm(removed, { force: true })
  await rm(`${removed}-socket`, { force: true })
}

const SOCKET_LOCK = '.s.PGSQL.5432.lock'

/** Another process may have removed the stale lock first and started a server, whose locks we have now taken away. */
async function putBackWhenNew(
  removed: string,
  stalePid: number,
  dataDirectory: string,
): Promise<void> {
  const text = await readFile(removed, 'utf8').catch(() => undefined)
  if (text === undefined || Number.parseInt(text, 10) === stalePid) return
  await link(removed, path.join(dataDirectory, 'postmaster.pid')).catch(ignoreExisting)
  await link(`${removed}-socket`, path.join(dataDirectory, SOCKET_LOCK)).catch(ignoreExisting)
}

function ignoreExisting(error: unknown): void {
  if (!hasCode(error, 'EEXIST', 'ENOENT')) throw error
}

/** True when the number surely belongs to a zombie or to a process that is not the server of this data directory. */
async function isTakenNumber(pid: number, dataDirectory: string): Promise<boolean> {
  if (await isZombie(pid)) return true
  try {
    // A server works inside its data directory for as long as it runs.
    return (await readlink(`/proc/${pid}/cwd`)) !== (await realpath(dataDirectory))
  } catch (error) {
    // No such process, a process of another user (PostgreSQL knows that it is not its own), or a system without /proc.
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ESRCH')) return false
    throw error
  }
}

async function isZombie(pid: number): Promise<boolean> {
  try {
    return /^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8'))
  } catch (error) {
    // No such file: the system keeps none (macOS), or the process has just gone.
    if (hasCode(error, 'ENOENT', 'ESRCH', 'ENOTDIR')) return false
    throw error
  }
}
