import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { createRandom } from '#rules/kernel/random.ts'
import { startRedisCluster, type RestartedRedis } from '#test/support/redis-cluster.ts'
import { hasRedis, startRedis } from '#test/support/redis.ts'

import { hasDamage, killsOf, playRound, type Tally } from './round.ts'
import type { Damage } from './verify.ts'

/**
 * Kills processes of whole reviews at random moments and looks for damage.
 *
 * Usage: npm run chaos -- [--kills 25] [--seed N] [--backend postgres|redis|cluster|both|all] [--minutes 60]
 * Exit 1 when anything was lost, done twice, or does not replay. The seed decides what is killed and when it is tried; what is hit depends on
 * the machine as well.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '25' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    backend: { type: 'string', default: 'all' },
    minutes: { type: 'string', default: '60' },
  },
})
const KILLS_PER_ROUND = 20
const MINUTE_MS = 60_000

type Sums = Tally & Damage & { rounds: number }
const sums: Sums = {
  rounds: 0,
  worker: 0,
  command: 0,
  database: 0,
  redis: 0,
  clockJumps: 0,
  bells: 0,
  deadLetters: 0,
  modelCalls: 0,
  edits: 0,
  lost: 0,
  duplicated: 0,
  recomputed: 0,
  retold: 0,
  auditBroken: 0,
  notReplayed: 0,
}

const say = (text: string): boolean => process.stdout.write(`${text}\n`)

async function main(): Promise<void> {
  const [kills, seed, minutes] = [values.kills, values.seed, values.minutes].map(Number)
  if (![kills, seed, minutes].every(Number.isSafeInteger)) throw new TypeError('numbers are whole')
  if (!['all', 'both', ...BACKENDS.map(([name]) => name)].includes(values.backend)) {
    throw new TypeError('the queue lies on postgres, redis, cluster, or both or all in turns')
  }
  const random = createRandom(seed ?? 0)
  say(`chaos: ${kills} kills, seed ${seed}, queue on ${values.backend}`)
  const end = performance.now() + (minutes ?? 0) * MINUTE_MS
  while (killsOf(sums) < (kills ?? 0) && performance.now() < end) {
    await round(random, Math.min(KILLS_PER_ROUND, (kills ?? 0) - killsOf(sums)))
  }
  tell()
}

async function round(random: () => number, killsMax: number): Promise<void> {
  const [backend, start] = backendOf(sums.rounds)
  const redis = await start()
  try {
    const keep = (log: string): void => void keepLog(log)
    const { tally, damage } = await playRound({ random, redis, killsMax, keep })
    for (const [name, count] of Object.entries({ ...tally, ...damage, rounds: 1 })) {
      const key = Object.keys(sums).find((each): each is keyof Sums => each === name)
      if (key !== undefined) sums[key] += count
    }
    say(
      `round ${sums.rounds} (${backend}): ${killsOf(tally)} kills, ${hasDamage(damage) ? `DAMAGE ${JSON.stringify(damage)}` : 'no damage'}`,
    )
  } finally {
    await redis?.close()
  }
}

const BACKENDS = [
  ['postgres', async () => undefined],
  ['redis', () => startRedis()],
  ['cluster', startRedisCluster],
] as const satisfies readonly (readonly [string, () => Promise<RestartedRedis | undefined>])[]

/** Where the queue of a round lies: where it was asked for, else in each in turns; without a Redis here, in PostgreSQL. */
function backendOf(rounds: number): (typeof BACKENDS)[number] {
  const [onPostgres, onRedis, onCluster] = BACKENDS
  if (!hasRedis) return onPostgres
  const asked = BACKENDS.find(([name]) => name === values.backend)
  const turns = values.backend === 'both' ? [onPostgres, onRedis] : [onPostgres, onRedis, onCluster]
  return asked ?? turns[rounds % turns.length] ?? onPostgres
}

async function keepLog(log: string): Promise<void> {
  const directory = join(tmpdir(), 'mo-chaos')
  await mkdir(directory, { recursive: true })
  const file = join(directory, `round-${sums.rounds + 1}-seed-${values.seed}.log`)
  await writeFile(file, log)
  say(`what its processes said: ${file}`)
}

function tell(): void {
  const rows = [
    ['reviews brought to their end', sums.rounds - sums.lost],
    ['kills', killsOf(sums)],
    ['  of workers', sums.worker],
    ['  of commands (review, approve, resume)', sums.command],
    ['  of the database server', sums.database],
    ['  of Redis', sums.redis],
    ['workers with a clock hours off', sums.clockJumps],
    ['bells nobody needed', sums.bells],
    ['jobs given up and retried', sums.deadLetters],
    ['files changed under an open review', sums.edits],
    ['calls of the model that tells them', sums.modelCalls],
    ['LOST reviews or decisions', sums.lost],
    ['DUPLICATED decisions, effects or audit rows', sums.duplicated],
    ['finished stages computed again', sums.recomputed],
    ['calls of the model for finished stages', sums.retold],
    ['broken audit chains', sums.auditBroken],
    ['stages that do not replay', sums.notReplayed],
  ] as const
  for (const [name, count] of rows) say(`${name.padEnd(46)}${String(count).padStart(6)}`)
  if (hasDamage(sums)) process.exitCode = 1
}

await main()
