import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { arrange, envelope } from '#evals/models/arranger.ts'
import type { RandomSource } from '#rules/kernel/random.ts'
import { AppError } from '#src/errors.ts'
import { listDeadLetters, reviveBell } from '#src/queue/dead-letters.ts'
import { openQueue } from '#src/queue/open.ts'
import type { WorkQueue } from '#src/queue/queue.ts'
import { registerWorkspace } from '#src/schedule/workspaces.ts'
import { loadDecisions } from '#src/store/approval-decisions.ts'
import { listApprovals } from '#src/store/approvals.ts'
import { isConnectionFailure } from '#src/store/connection.ts'
import { listReviews } from '#src/store/reviews.ts'
import { loadStages, type StoredStage } from '#src/store/stage-results.ts'
import { openStore, type Store } from '#src/store/store.ts'
import { says, startLlmServer } from '#test/support/llm-server.ts'
import type { RestartedRedis } from '#test/support/redis-cluster.ts'
import { COMPANY_MONTH, createCompany, identityOf } from '#test/support/review-company.ts'
import { createReadyWorkspace } from '#test/support/store.ts'

import {
  killDatabase,
  startCommand,
  startWorkerProcess,
  type Place,
  type Victim,
} from './processes.ts'
import { CHAOS_TIMING } from './timing.ts'
import { findDamage, type Damage } from './verify.ts'

/** What was done to the processes of a round. */
export interface Tally {
  worker: number
  command: number
  database: number
  redis: number
  clockJumps: number
  bells: number
  deadLetters: number
  modelCalls: number
  /** Files of the company that somebody changed meanwhile. */
  edits: number
}

export interface RoundOptions {
  readonly random: RandomSource
  readonly redis: RestartedRedis | undefined
  /** No more than this many kills. */
  readonly killsMax: number
  readonly keep: (text: string) => void
}

const APPROVERS = ['finance.lead', 'cmo'] as const
const ROUND_MS_MAX = 900_000
const STEP_MS_MAX = 700
const HOUR_MS = 3_600_000
const NOTHING: Tally = {
  worker: 0,
  command: 0,
  database: 0,
  redis: 0,
  clockJumps: 0,
  bells: 0,
  deadLetters: 0,
  modelCalls: 0,
  edits: 0,
}

/** A round under way. */
interface Round extends RoundOptions {
  readonly place: Place
  readonly store: Store
  readonly queue: WorkQueue
  readonly dataDirectory: string
  readonly tally: Tally
  readonly workers: Victim[]
  command: Victim | undefined
  reviewId: string
  /** How far the review had come at the last look. */
  progress: number
  /** Finished stages as they were seen first, by `REVIEW STAGE`: they must stay as they are. */
  readonly finished: Map<string, StoredStage>
  /** Somebody changed a file, and nobody has begun the review on it yet. */
  isEdited: boolean
  /** Who was seen to have decided. */
  readonly decided: Set<string>
}

/** Kills among all processes of one review from its begin over its approvals to its end, then looks for damage. */
export async function playRound(options: RoundOptions): Promise<{ tally: Tally; damage: Damage }> {
  const temporary = await createReadyWorkspace()
  const { directory } = temporary
  const workspace = await createCompany(directory)
  const model = await startLlmServer((response, request) => {
    says(envelope(arrange(request)))(response, request)
  })
  const place: Place = {
    workspaceDir: directory,
    narratorUrl: model.baseUrl,
    redisUrl: options.redis?.url,
    log: join(directory, 'chaos.log'),
  }
  const store = await openStore({ workspaceDir: directory })
  const queue = await openQueue(store, { redisUrl: place.redisUrl, timing: CHAOS_TIMING })
  const round: Round = {
    ...options,
    place,
    store,
    queue,
    workers: [],
    command: undefined,
    reviewId: '',
    progress: 0,
    dataDirectory: store.description.dataDirectory ?? '',
    tally: { ...NOTHING },
    finished: new Map(),
    decided: new Set(),
    isEdited: false,
  }
  try {
    await registerWorkspace(store.pool, await identityOf(workspace))
    await play(round)
    const { reviewId, finished, decided } = round
    round.tally.modelCalls = model.received.length
    const { modelCalls } = round.tally
    const seen = { reviewId, finished, decided, modelCalls }
    const damage = await findDamage(store, workspace, seen)
    if (hasDamage(damage)) options.keep(await readFile(place.log, 'utf8'))
    return { tally: round.tally, damage }
  } finally {
    await Promise.all([...round.workers, round.command].map(async (victim) => victim?.kill()))
    await queue.close()
    await store.close()
    await model.close()
    await temporary.remove()
  }
}

async function play(round: Round): Promise<void> {
  const began = performance.now()
  for (const _ of [1, 2]) round.workers.push(startWorkerProcess(round.place, 0))
  while (performance.now() - began < ROUND_MS_MAX) {
    const status = await tolerant(() => look(round))
    if (status === 'completed' && round.command?.isAlive() !== true) return
    await tolerant(() => advance(round, status))
    await pause(round.random() * STEP_MS_MAX)
    if (killsOf(round.tally) < round.killsMax && isTime(round)) await strike(round)
    revive(round)
  }
}

/** Kills follow progress, so that they meet the whole life of a review and not only the start of its processes. */
function isTime(round: Round): boolean {
  const progress = round.finished.size + round.decided.size + (round.command === undefined ? 0 : 1)
  const moved = progress > round.progress
  round.progress = progress
  return round.random() < (moved ? 0.8 : 0.06)
}

/** What is asked of the store while its server may be dead: undefined then, and asked again later. */
async function tolerant<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof AppError && error.retry === 'later') return undefined
    if (isConnectionFailure(error)) return undefined
    throw error
  }
}

/** Where the review stands; what is finished and decided by now is remembered. */
async function look(round: Round): Promise<string | undefined> {
  const [review] = await listReviews(round.store.pool)
  if (review === undefined) return undefined
  round.reviewId = review.reviewId
  for (const stage of await loadStages(round.store.pool, review.reviewId)) {
    const key = `${review.reviewId} ${stage.stage}`
    if (stage.result !== null && !round.finished.has(key)) round.finished.set(key, stage)
  }
  for (const { approvalId } of await listApprovals(round.store.pool, {
    reviewId: review.reviewId,
  })) {
    for (const { person } of await loadDecisions(round.store.pool, approvalId)) {
      round.decided.add(`${approvalId} ${person}`)
    }
  }
  return review.status
}

/** Does what people do: begin the review, decide, look again; and has bells ring that nobody needs. */
async function advance(round: Round, status: string | undefined): Promise<void> {
  const { store, place, random, queue, tally } = round
  for (const letter of await listDeadLetters(store.pool)) {
    await reviveBell(store.pool, letter)
    tally.deadLetters += 1
  }
  if (round.reviewId !== '' && random() < 0.2) {
    await queue.ring(
      { kind: 'review', subject: round.reviewId },
      { turn: 1 + Math.floor(random() * 9) },
    )
    tally.bells += 1
  }
  if (round.command?.isAlive() === true) return
  if (status !== undefined && status !== 'completed') await meddle(round)
  const next = await nextCommand(round, status)
  if (next !== undefined) round.command = startCommand(place, ...next)
}

async function nextCommand(
  round: Round,
  status: string | undefined,
): Promise<readonly string[] | undefined> {
  const { store, reviewId, decided, random, isEdited } = round
  const again = random() < 0.5
  if (reviewId === '' || (isEdited && again)) {
    round.isEdited = false
    return ['review', '--month', COMPANY_MONTH]
  }
  const [asked] = await listApprovals(store.pool, { reviewId, statuses: ['pending'] })
  if (asked === undefined || status !== 'awaiting_approval') {
    return random() < 0.2 ? ['resume', reviewId] : undefined
  }
  const { approvalId } = asked
  const person = APPROVERS.find((each) => !decided.has(`${approvalId} ${each}`))
  return person === undefined
    ? undefined
    : ['approve', approvalId, '--as', person, '--reason', 'the loss must stop']
}

const EDITS_MAX = 3
/** At each look at an open review. */
const EDIT_CHANCE = 0.2

/**
 * Changes the policy or the data while a review rests on what they were: whoever goes on with it does so on the frozen copy, what was asked is
 * void and asked anew, and a review that is begun on the new files takes its place.
 */
async function meddle(round: Round): Promise<void> {
  const { random, tally, place } = round
  if (tally.edits >= EDITS_MAX || random() > EDIT_CHANCE) return
  tally.edits += 1
  round.isEdited = true
  const [file, from, to] = EDITS[Math.floor(random() * EDITS.length)] ?? EDITS[0]
  const path = join(place.workspaceDir, file)
  const text = await readFile(path, 'utf8')
  // At once, as an editor does: no process reads half a file.
  await writeFile(`${path}.new`, text.replace(from, to(tally.edits)))
  await rename(`${path}.new`, path)
}

/** The policy, a figure that no request rests on, and the proposal itself. */
const EDITS = [
  ['policy.yaml', /^version: .*$/m, (turn: number) => `version: edited-${turn}`],
  ['data/ad_performance.csv', /USD,16\d\.00/, (turn: number) => `USD,16${turn}.00`],
  ['data/budget_actions.csv', /USD,stop_loss/, () => 'USD,stop_loss_again'],
  [
    'data/budget_actions.csv',
    /CH_04,CH_02,1\d{3}\.00/,
    (turn: number) => `CH_04,CH_02,10${turn}0.00`,
  ],
] as const

/** Kills one process by chance; which one, too. */
async function strike(round: Round): Promise<void> {
  const chance = round.random()
  const [target] = TARGETS.find(([, below]) => chance < below) ?? []
  if (target !== undefined && (await hit(target, round))) round.tally[target] += 1
}

/** Each process with the part of chance that is below its number and not below the one before. */
const TARGETS = [
  ['worker', 0.45],
  ['command', 0.7],
  ['database', 0.82],
  ['redis', 0.9],
] as const

/** False: there was nothing to kill. */
async function hit(target: (typeof TARGETS)[number][0], round: Round): Promise<boolean> {
  const { random, workers, redis, command, dataDirectory } = round
  if (target === 'worker') return kill(workers[Math.floor(random() * workers.length)])
  if (target === 'command') return kill(command)
  if (target === 'database') return killDatabase(dataDirectory)
  await redis?.restart()
  return redis !== undefined
}

async function kill(victim: Victim | undefined): Promise<boolean> {
  return (await victim?.kill()) ?? false
}

/** Starts workers anew, now and then with a clock that is hours off. */
function revive({ workers, random, place, tally }: Round): void {
  for (const [index, worker] of workers.entries()) {
    if (worker.isAlive()) continue
    const jumps = random() < 0.2
    if (jumps) tally.clockJumps += 1
    const jumpMs = jumps ? Math.round((random() - 0.5) * 4 * HOUR_MS) : 0
    workers[index] = startWorkerProcess(place, jumpMs)
  }
}

export function killsOf({ worker, command, database, redis }: Tally): number {
  return worker + command + database + redis
}

export function hasDamage({
  lost,
  duplicated,
  recomputed,
  retold,
  auditBroken,
  notReplayed,
}: Damage): boolean {
  return lost + duplicated + recomputed + retold + auditBroken + notReplayed > 0
}
