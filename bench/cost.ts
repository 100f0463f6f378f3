import { spawnSync } from 'node:child_process'

/** What a piece of work cost, as a process of its own from its start to its end. */
export interface ProcessCost {
  readonly wallSeconds: number
  /** All threads of the process; a database server it starts is not part of it. */
  readonly cpuSeconds: number
  /** Highest resident memory of the process. */
  readonly peakMegabytes: number
}

/** Runs a script of this folder as a process of its own; its last line says what it cost. */
export function costOf(script: string, ...parameters: readonly string[]): ProcessCost {
  return outputOf(script, ...parameters)
}

/** Runs a script of this folder as a process of its own; what its last line, which is JSON, says. Its stderr is shown. */
export function outputOf(script: string, ...parameters: readonly string[]) {
  const run = spawnSync(process.execPath, [`${import.meta.dirname}/${script}`, ...parameters], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (run.status !== 0) throw new TypeError(`${script} failed`)
  return JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '')
}

/** What this process has cost so far, start-up included. */
export function ownCost(): ProcessCost {
  const { user, system } = process.cpuUsage()
  return {
    wallSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}
