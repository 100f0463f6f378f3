import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { environmentWith } from '#test/support/environment.ts'

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const NARRATOR = 'stand-in'

/** A process that may be killed at any moment. */
export interface Victim {
  readonly isAlive: () => boolean
  /** kill -9, and waits until it is gone. False: it had ended before. */
  readonly kill: () => Promise<boolean>
  /** Its exit code, or null when it was killed. */
  readonly ended: Promise<number | null>
}

/** Starts a program of the project; what it says goes to the log of the round. */
function start(args: readonly string[], place: Place): Victim {
  const out = openSync(place.log, 'a')
  const child = spawn(process.execPath, ['--import', here('clock-jump.ts'), ...args], {
    stdio: ['ignore', out, out],
    env: environmentWith({ OPENAI_BASE_URL: place.narratorUrl, NARRATOR_MODEL: NARRATOR }),
  })
  closeSync(out)
  return victimOf(child)
}

function victimOf(child: ChildProcess): Victim {
  const ended = once(child, 'exit').then(([code]: unknown[]) =>
    typeof code === 'number' ? code : null,
  )
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null
  return {
    isAlive,
    ended,
    kill: async () => {
      const was = isAlive() && child.kill('SIGKILL')
      await ended
      return was
    },
  }
}

/** Where a round's processes work. */
export interface Place {
  readonly workspaceDir: string
  readonly redisUrl: string | undefined
  /** Where the model answers that tells the reviews. */
  readonly narratorUrl: string
  readonly log: string
}

export function startWorkerProcess(place: Place, jumpMs: number): Victim {
  return start(
    [
      here('worker-process.ts'),
      place.workspaceDir,
      place.redisUrl ?? '-',
      `--clock-jump=${jumpMs}`,
    ],
    place,
  )
}

/** Starts a command of `mo` on the round's workspace. */
export function startCommand(place: Place, ...args: readonly string[]): Victim {
  return start([here('../../src/cli.ts'), ...args, '--workspace', place.workspaceDir], place)
}

/** kill -9 of the database server: its first process, as a machine without memory would. False: there was none. */
export async function killDatabase(dataDirectory: string): Promise<boolean> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  if (!Number.isSafeInteger(pid) || pid <= 1) return false
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // It went between the look and the kill.
    return false
  }
}
