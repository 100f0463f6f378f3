import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import {
  DelayedError,
  UnrecoverableError,
  WaitingError,
  type BackendClasses,
  type IQueueBackend,
  type Job,
} from 'bullmq'

import { AppError } from '../errors.ts'
import { answered } from './answered.ts'
import { Bell, bellKey } from './bell.ts'
import { causeOfDeath } from './cause-of-death.ts'
import {
  DEFAULT_TIMING,
  type BellRun,
  type QueueSchedule,
  type QueueTiming,
  type QueueWorker,
  type WorkOptions,
  type WorkQueue,
} from './queue.ts'

const QUEUE_NAME = 'mo-work'
/** Keeps all keys of the queue in one slot of a Redis Cluster. */
const REDIS_PREFIX = '{mo}'
const DAY_S = 86_400
const CLOSE_MS = 15_000
/** A job that took this many workers down is taken for the cause. */
const STALLS_MAX = 10
const JITTER = 0.5

/** What differs between the backends of BullMQ. */
export interface BullBackend<Backend extends IQueueBackend, Connection> {
  readonly name: WorkQueue['backend']
  readonly classes: BackendClasses<Backend, Connection>
  readonly connection: Connection
  readonly check: () => Promise<void>
  /** Ends connections that BullMQ does not own. */
  readonly end: () => Promise<void>
}

/** A work queue over BullMQ, the same on every backend. */
export function createBullQueue<Backend extends IQueueBackend, Connection>(
  backend: BullBackend<Backend, Connection>,
  timing: QueueTiming = DEFAULT_TIMING,
): WorkQueue {
  const queue = new backend.classes.Queue<Bell>(QUEUE_NAME, {
    connection: backend.connection,
    prefix: REDIS_PREFIX,
    defaultJobOptions: {
      attempts: timing.attemptsMax,
      backoff: { type: 'exponential', delay: timing.backoffMs, jitter: JITTER },
      removeOnComplete: { age: DAY_S, count: 1000 },
      removeOnFail: { age: 30 * DAY_S, count: 1000 },
    },
  })
  // A lost connection is told by the call that needed it; without a listener it would end the process.
  queue.on('error', () => undefined)
  return {
    backend: backend.name,
    ring: async (bell, { turn }) => {
      await answered(
        queue.add(bell.kind, bell, {
          priority: turn,
          // Ids of our own: for its numbers BullMQ would create a sequence, which the application's role may not.
          jobId: `${bellKey(bell)}-${randomUUID()}`,
          deduplication: { id: bellKey(bell), keepLastIfActive: true },
        }),
      )
    },
    isRung: async (bell) => {
      const jobId = await answered(queue.getDeduplicationJobId(bellKey(bell)))
      return jobId !== null && jobId !== undefined
    },
    setSchedules: async (schedules) => {
      const standing = new Set(
        (await answered(queue.getJobSchedulers(0, -1))).map(({ key }) => key),
      )
      for (const [key, schedule] of schedules) {
        if (!standing.has(key)) await answered(queue.upsertJobScheduler(...entry(key, schedule)))
      }
      for (const key of standing) {
        if (!schedules.has(key)) await answered(queue.removeJobScheduler(key))
      }
    },
    scheduleKeys: async () =>
      (await answered(queue.getJobSchedulers(0, -1))).map(({ key }) => key).toSorted(),
    depth: async () => {
      const counts = await answered(queue.getJobCounts('wait', 'prioritized', 'active', 'delayed'))
      const of = (state: string): number => counts[state] ?? 0
      return {
        waiting: of('wait') + of('prioritized'),
        active: of('active'),
        delayed: of('delayed'),
      }
    },
    bellOf: async (jobId) => Bell.safeParse((await answered(queue.getJob(jobId)))?.data).data,
    bullQueue: queue,
    work: (options) => startWorker(backend, options),
    check: backend.check,
    close: async () => {
      await closedInTime(queue.close())
      await closedInTime(backend.end())
    },
  }
}

/** Ends the wait for a connection that answers no more: a server that is gone must not keep a process from ending. */
async function closedInTime(closing: Promise<unknown>): Promise<void> {
  const patience = new AbortController()
  const tooLong = pause(CLOSE_MS, undefined, { signal: patience.signal, ref: false })
  await Promise.race([closing, tooLong.catch(() => undefined)])
  patience.abort()
}

function entry(key: string, { bell, pattern, timeZone }: QueueSchedule) {
  const template = { name: bell.kind, data: bell, opts: { priority: 1 } }
  return [key, { pattern, tz: timeZone }, template] as const
}

function startWorker<Backend extends IQueueBackend, Connection>(
  { classes, connection }: BullBackend<Backend, Connection>,
  options: WorkOptions,
): QueueWorker {
  const { lockMs } = { ...DEFAULT_TIMING, ...options.timing }
  const stop = new AbortController()
  const running = new Set<Promise<void>>()
  const worker = new classes.Worker<Bell>(
    QUEUE_NAME,
    async (job, token, signal) => {
      const hearing = hear(job, { options, token, signals: [stop.signal, signal] })
      running.add(hearing)
      await hearing.finally(() => running.delete(hearing))
    },
    {
      connection,
      prefix: REDIS_PREFIX,
      concurrency: options.concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: STALLS_MAX,
      runRetryDelay: 1_000,
      drainDelay: 5,
    },
  )
  worker.on('error', options.onError)
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'its lock was lost')
  })
  worker.on('failed', (job, error) => {
    // What a handler refused has been told already; this is for jobs whose workers died.
    if (job === undefined || !/stalled more than/.test(error.message)) return
    const { message } = error
    const { attemptsStarted: attempts } = job
    options
      .onDead({ bell: Bell.parse(job.data), code: 'STALLED', message, attempts })
      .catch(options.onError)
  })
  return {
    close: async () => {
      stop.abort(new AppError('WORK_HANDED_BACK'))
      const closing = worker.close()
      // Work that is handed back may take its time; a connection may not.
      await Promise.allSettled(running)
      await closedInTime(closing)
    },
  }
}

interface Hearing {
  readonly options: WorkOptions
  readonly token: string | undefined
  readonly signals: readonly (AbortSignal | undefined)[]
}

/** One run of a job: what the handler says is turned into what BullMQ wants to hear. */
async function hear(job: Job<Bell>, { options, token, signals }: Hearing): Promise<void> {
  const run: BellRun = {
    signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
    turn: job.opts.priority ?? 1,
    jobId: job.id ?? '',
    attempt: job.attemptsMade + 1,
  }
  try {
    const handled = await options.handle(Bell.parse(job.data), run)
    if (handled.kind === 'done') return
    await job.moveToDelayed(Date.now() + handled.afterMs, token)
  } catch (error) {
    await refuse(error, { job, options, token })
  }
  throw new DelayedError()
}

async function refuse(
  error: unknown,
  { job, options, token }: { job: Job<Bell>; options: WorkOptions; token: string | undefined },
): Promise<never> {
  if (error instanceof AppError && error.code === 'WORK_HANDED_BACK') {
    await job.moveToWait(token)
    throw new WaitingError()
  }
  const attempts = job.attemptsMade + 1
  const last = attempts >= (job.opts.attempts ?? 1)
  if (error instanceof AppError && error.retry === 'later' && !last) throw error
  const cause = causeOfDeath(error)
  await options.onDead({ bell: Bell.parse(job.data), ...cause, attempts })
  throw new UnrecoverableError(cause.message)
}
