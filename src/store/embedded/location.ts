import { chown, lstat, mkdir, mkdtemp, readFile, realpath, rm, rmdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

import { z } from 'zod'

import { AppError } from '#src/errors.ts'

import { sha256 } from '../hash.ts'
import { exists, hasCode, writeWhole } from './files.ts'
import { runProgram } from './run-program.ts'
import { findServerUser } from './server-user.ts'
import type { ServerUser } from './server-user.ts'

/** Where the embedded database of a workspace lives. */
export interface Location {
  /** Holds the data directory and the server's log. */
  readonly home: string
  readonly dataDirectory: string
  readonly logFile: string
  /** Undefined: the user of this process. */
  readonly serverUser: ServerUser | undefined
  /** True when the server's user cannot reach the workspace, so that the data are kept elsewhere. */
  readonly outsideWorkspace: boolean
}

/** Whose data a folder outside a workspace holds, and in the workspace where its data are. */
const Record = z.object({ workspace: z.string(), home: z.string() })

/** Where root keeps the data of workspaces that the server's user cannot reach. */
const HOMES_OUTSIDE = [
  '/var/lib/marketing-orchestrator',
  path.join(os.tmpdir(), 'marketing-orchestrator'),
]

/**
 * Finds or chooses the place of a workspace's database: `.orchestrator/` in the workspace, unless root lends the server to a user
 * who cannot reach that folder; then a folder named by a hash of the workspace's path. The choice is recorded in the workspace, so
 * that it is found again when the workspace is moved.
 *
 * @throws AppError `WORKSPACE_NOT_FOUND`, or `STORE_START_FAILED` when no place can be used.
 */
export async function findLocation(
  workspaceDirectory: string,
  homesOutside: readonly string[] = HOMES_OUTSIDE,
): Promise<Location> {
  const workspace = await resolveWorkspace(workspaceDirectory)
  const inside = path.join(workspace, '.orchestrator')
  const recorded = await recordedHome(workspace)
  if (recorded !== undefined) return locationIn(recorded, true)
  const location = await locationIn(inside, false)
  if (await canHold(location)) return location
  // Without another user to reach it, a workspace that cannot hold the data cannot hold the record of another place either.
  const candidates = location.serverUser === undefined ? [] : homesOutside
  for (const root of candidates) {
    const candidate = await locationIn(path.join(root, sha256(workspace).slice(0, 16)), true)
    if (!(await isOwn(root)) || !(await canHold(candidate))) continue
    await record(workspace, candidate.home)
    return candidate
  }
  throw new AppError('STORE_START_FAILED', {
    message: 'there is no place for the embedded database',
    expected: `a folder that ${location.serverUser?.name ?? 'this user'} can reach and write`,
    got: [inside, ...candidates].join(', '),
    next: 'run as another user, or set DATABASE_URL',
    retry: 'never',
  })
}

async function locationIn(home: string, outsideWorkspace: boolean): Promise<Location> {
  const dataDirectory = path.join(home, 'postgres')
  return {
    home,
    dataDirectory,
    logFile: path.join(home, 'postgres.log'),
    serverUser: await findServerUser(dataDirectory),
    outsideWorkspace,
  }
}

async function resolveWorkspace(directory: string): Promise<string> {
  try {
    return await realpath(directory)
  } catch (error) {
    throw new AppError('WORKSPACE_NOT_FOUND', {
      message: `the workspace ${directory} does not exist`,
      cause: error,
    })
  }
}

const REFUSED = ['EACCES', 'EPERM', 'EROFS', 'ENOTSUP', 'EINVAL', 'ENOTDIR'] as const

/** Tries it out: modes alone do not tell whether a user can get through every folder above, or whether a disk takes owners. */
async function canHold(location: Location): Promise<boolean> {
  if (await exists(location.dataDirectory)) return true
  try {
    await mkdir(location.home, { recursive: true })
    const trial = await mkdtemp(path.join(location.home, '.trial-'))
    try {
      return await canWrite(trial, location.serverUser)
    } finally {
      await rmdir(trial)
    }
  } catch (error) {
    if (hasCode(error, ...REFUSED)) return false
    throw error
  }
}

/** In a folder that all may write, such as the system's temporary one, somebody else may have taken the name. */
async function isOwn(root: string): Promise<boolean> {
  try {
    await mkdir(root, { recursive: true, mode: 0o755 })
    const found = await lstat(root)
    return found.isDirectory() && found.uid === process.getuid?.()
  } catch (error) {
    if (hasCode(error, ...REFUSED)) return false
    throw error
  }
}

async function canWrite(directory: string, user: ServerUser | undefined): Promise<boolean> {
  if (user === undefined) return true
  await chown(directory, user.uid, user.gid)
  const result = await runProgram({
    file: '/bin/sh',
    args: ['-c', 'cd "$1" && : > trial && rm trial', 'sh', directory],
    user,
  })
  return result.status === 0
}

const recordFile = (home: string): string => path.join(home, 'store.json')

async function record(workspace: string, home: string): Promise<void> {
  const text = `${JSON.stringify({ workspace, home }, undefined, 2)}\n`
  await writeWhole(recordFile(home), text)
  await writeWhole(recordFile(path.join(workspace, '.orchestrator')), text)
}

/**
 * The folder outside that this workspace's record names. When the workspace was moved, the record moves on with it; when it was
 * copied, the data stay with the original and the copy's record is dropped.
 */
async function recordedHome(workspace: string): Promise<string | undefined> {
  const inside = path.join(workspace, '.orchestrator')
  const known = await readRecord(inside)
  if (known === undefined) return undefined
  const owner = await readRecord(known.home)
  if (owner === undefined) return undefined
  if (owner.workspace === workspace) return known.home
  const original = await readRecord(path.join(owner.workspace, '.orchestrator'))
  if (original?.home === known.home) {
    await rm(recordFile(inside))
    return undefined
  }
  await record(workspace, known.home)
  return known.home
}

async function readRecord(home: string): Promise<z.infer<typeof Record> | undefined> {
  try {
    return Record.parse(JSON.parse(await readFile(recordFile(home), 'utf8')))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
