import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { z } from 'zod'

import { compareText } from '#rules/kernel/order.ts'
import { AppError } from '#src/errors.ts'

import { hasCode, syncDirectory } from './files.ts'
import type { Location } from './location.ts'
import { pause } from './pause.ts'
import { isAlive } from './process-state.ts'
import type { Programs } from './programs.ts'
import { runProgram } from './run-program.ts'

/** Passwords of the two roles. They lie inside the data directory, so that they go wherever the data go. */
export const Credentials = z.object({ owner: z.string(), application: z.string() })
export type Credentials = z.infer<typeof Credentials>

/** The superuser who owns the tables and runs migrations. */
export const OWNER_ROLE = 'mo_owner'

const CREDENTIALS_FILE = 'orchestrator-credentials.json'

/** What differs from PostgreSQL's defaults: a small server for one workspace that starts fast and keeps every promise of durability. */
const SETTINGS = [
  'shared_buffers=32MB',
  'max_connections=200',
  'max_wal_size=256MB',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_logical_replication_workers=0',
  // Workers for asynchronous reads cost three processes and pay off on large scans only.
  'io_method=sync',
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'log_checkpoints=off',
  'log_timezone=UTC',
  'timezone=UTC',
] as const

/** The cluster's credentials, or undefined when there is no cluster yet. */
export async function readCredentials(location: Location): Promise<Credentials | undefined> {
  try {
    const text = await readFile(path.join(location.dataDirectory, CREDENTIALS_FILE), 'utf8')
    return Credentials.parse(JSON.parse(text))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Creates the cluster. It is made under another name and appears whole, so that several commands may try at once and a process
 * killed half-way leaves nothing that looks like a cluster: the first rename wins. To spare the work, a process that finds another
 * one at it waits.
 *
 * @throws AppError `STORE_START_FAILED` when initdb fails.
 */
export async function createCluster(location: Location, programs: Programs): Promise<void> {
  await removeLeftovers(location.home)
  const workshop = await mkdtemp(path.join(location.home, `${WORKSHOP_PREFIX}${process.pid}-`))
  try {
    await othersDone(location, path.basename(workshop))
    if ((await readCredentials(location)) !== undefined) return
    const made = await makeCluster(location, programs, workshop)
    await rename(made, location.dataDirectory)
    await syncDirectory(location.home)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

const WORKSHOP_PREFIX = '.creating-'

/** Waits while a process whose workshop comes before ours by name is alive and has made no cluster yet. */
async function othersDone(location: Location, ours: string): Promise<void> {
  while ((await readCredentials(location)) === undefined) {
    const workshops = await findWorkshops(location.home)
    const before = workshops.filter((workshop) => compareText(workshop.name, ours) < 0)
    const working = await Promise.all(before.map((workshop) => isAlive(workshop.pid)))
    if (!working.includes(true)) return
    await pause(20)
  }
}

/** Removes workshops of processes that were killed while they created a cluster. */
async function removeLeftovers(home: string): Promise<void> {
  for (const workshop of await findWorkshops(home)) {
    if (await isAlive(workshop.pid)) continue
    await rm(path.join(home, workshop.name), { recursive: true, force: true })
  }
}

async function findWorkshops(home: string): Promise<{ name: string; pid: number }[]> {
  const names = (await readdir(home)).filter((name) => name.startsWith(WORKSHOP_PREFIX))
  return names.map((name) => ({
    name,
    pid: Number.parseInt(name.slice(WORKSHOP_PREFIX.length), 10),
  }))
}

async function makeCluster(
  location: Location,
  programs: Programs,
  workshop: string,
): Promise<string> {
  const user = location.serverUser
  const give = async (file: string): Promise<void> => {
    if (user !== undefined) await chown(file, user.uid, user.gid)
  }
  const data = path.join(workshop, 'data')
  const passwordFile = path.join(workshop, 'password')
  const credentials: Credentials = { owner: newPassword(), application: newPassword() }
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, credentials.owner, { mode: 0o600 })
  await Promise.all([workshop, data, passwordFile].map(give))
  const result = await runProgram({
    file: programs.initdb,
    args: initdbArguments(data, passwordFile),
    user,
  })
  if (result.status !== 0) throw initdbFailed(result.status, result.errorOutput)
  const credentialsFile = path.join(data, CREDENTIALS_FILE)
  await writeFile(credentialsFile, JSON.stringify(credentials), { mode: 0o600, flush: true })
  await give(credentialsFile)
  return data
}

function initdbArguments(data: string, passwordFile: string): string[] {
  const files = ['--pgdata', data, '--pwfile', passwordFile]
  const access = ['--username', OWNER_ROLE, '--auth', 'scram-sha-256']
  const text = ['--encoding', 'UTF8', '--locale', 'C', '--no-instructions']
  return [...files, ...access, ...text, ...SETTINGS.flatMap((setting) => ['--set', setting])]
}

function initdbFailed(status: number | string, errorOutput: string): AppError {
  return new AppError('STORE_START_FAILED', {
    message: 'the embedded database could not be created',
    expected: 'initdb to succeed',
    got: `${status}: ${errorOutput.trim().split('\n').slice(-3).join(' | ')}`,
    next: 'see that the disk has room and the folder can be written, then run again',
  })
}

function newPassword(): string {
  return randomBytes(24).toString('base64url')
}
