import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A script of this folder running in a process of its own. */
export interface RunningScript {
  readonly child: ChildProcess
  /** The next line on stdout. */
  readonly line: () => Promise<string>
  /** Exit code (or signal) and everything it wrote to stderr. */
  readonly ended: Promise<{ readonly status: number | string; readonly errors: string }>
  /** Kills it without a chance to clean up, and waits until it is gone. */
  readonly kill: () => Promise<void>
}

/** Starts `test/support/NAME` with arguments, optionally as another user. */
export function startScript(
  name: string,
  args: readonly string[],
  user: { readonly uid?: number; readonly gid?: number } = {},
): RunningScript {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(process.execPath, [script, ...args], {
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.stdout.setEncoding('utf8')
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({
    status: typeof code === 'number' ? code : String(signal),
    errors,
  }))
  return {
    child,
    ended,
    line: async () => {
      const first = await Promise.race([once(child.stdout, 'data'), ended])
      if (!Array.isArray(first)) throw new Error(`${name} ended: ${errors}`)
      return String(first[0]).trim()
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
