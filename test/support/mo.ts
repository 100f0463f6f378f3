import { execFile } from 'node:child_process'

import { environmentWith } from './environment.ts'

/** What a command ended with and wrote. */
export interface MoResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line as a user does, in a process of its own, with more in its environment. */
export async function mo(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<MoResult> {
  const { promise, resolve } = Promise.withResolvers<MoResult>()
  const options = { encoding: 'utf8', env: environmentWith(environment) } as const
  const child = execFile(process.execPath, ['bin/mo.mjs', ...args], options, (_, stdout, stderr) =>
    resolve({ status: child.exitCode ?? -1, stdout, stderr }),
  )
  return promise
}
