import { spawn } from 'node:child_process'

import type { ServerUser } from './server-user.ts'

export interface ProgramRun {
  readonly file: string
  readonly args: readonly string[]
  /** Undefined: the user of this process. */
  readonly user: ServerUser | undefined
}

export interface ProgramResult {
  /** The exit code, or why there is none (a signal, or an error code such as ENOENT). */
  readonly status: number | string
  readonly errorOutput: string
}

/** What a server or a program of it gets to see of the environment: nothing of ours, and one locale everywhere. */
export const PROGRAM_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } as const

/** The identity to spawn with; empty for the user of this process. */
export function identity(user: ServerUser | undefined): { uid: number; gid: number } | object {
  return user === undefined ? {} : { uid: user.uid, gid: user.gid }
}

/** Runs a program to its end, without a shell; a program that cannot be started is a result, not an exception. */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
  const { promise, resolve } = Promise.withResolvers<ProgramResult>()
  const child = spawn(run.file, run.args, {
    ...identity(run.user),
    cwd: '/',
    env: PROGRAM_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errorOutput = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text
  })
  child.once('error', (error: NodeJS.ErrnoException) => {
    resolve({ status: error.code ?? error.message, errorOutput })
  })
  child.once('close', (code, signal) => {
    resolve({ status: code ?? signal ?? 'unknown', errorOutput })
  })
  return promise
}
