import { once } from 'node:events'

import { AppError } from '../errors.ts'
import { sendMail } from '../notify/send-mail.ts'
import { serveHealth } from '../observe/health.ts'
import { createLog, type Log } from '../observe/log.ts'
import { createMetrics, type Metrics } from '../observe/metrics.ts'
import { createObserver } from '../observe/observer.ts'
import { servePages, type PageServer } from '../observe/serve.ts'
import { startTracing } from '../observe/tracing.ts'
import { openQueue } from '../queue/open.ts'
import type { WorkQueue } from '../queue/queue.ts'
import { openWorkspace, workspacePolicy } from '../runtime/workspace.ts'
import { registerWorkspace } from '../schedule/workspaces.ts'
import { removeOldReplies } from '../store/llm-calls.ts'
import { openStore, type Store } from '../store/store.ts'
import { startWorker } from '../worker/start.ts'
import { keepDueHead } from './audit-heads.ts'
import type { CommandContext, CommandExit, CommonOptions } from './context.ts'

export interface WorkerCommandOptions extends CommonOptions {
  readonly concurrency: string
  readonly healthPort?: string
  readonly boardPort?: string
  readonly boardHost: string
}

/** Connections a worker needs beside those of the reviews it works on, each of which takes about three. */
const CONNECTIONS_BESIDE = 4
const CONNECTIONS_PER_REVIEW = 3

/**
 * `mo worker`: hears the queue's bells and works on reviews until it is asked to stop (SIGTERM, SIGINT); what runs is then handed back after
 * the stage it is in. With DATABASE_URL it serves every workspace that database knows, else the one it is started in.
 */
export async function runWorker(
  context: CommandContext,
  options: WorkerCommandOptions,
): Promise<CommandExit> {
  const concurrency = countOf(options.concurrency, '--concurrency')
  const { config } = context
  const log = createLog(config.logLevel === 'warn' ? 'info' : config.logLevel)
  const endTracing = await startTracing(config.tracingEndpoint)
  const store = await openWorkerStore(context, options, concurrency)
  try {
    const queue = await openQueue(store, { redisUrl: config.redisUrl })
    try {
      const metrics = createMetrics({ store, queue })
      await work(context, { ...options, concurrency, log, store, queue, metrics })
    } finally {
      await queue.close()
    }
  } finally {
    await store.close()
    await endTracing()
  }
  return 0
}

interface Working extends Omit<WorkerCommandOptions, 'concurrency'> {
  readonly concurrency: number
  readonly log: Log
  readonly store: Store
  readonly queue: WorkQueue
  readonly metrics: Metrics
}

async function work(context: CommandContext, options: Working): Promise<void> {
  const { store, queue, log, metrics, concurrency } = options
  const observer = createObserver(log, metrics)
  const { narratorUnset, smtpUrl } = context.config
  if (narratorUnset !== undefined) log.warn({}, narratorUnset)
  let stopping = false
  const worker = startWorker({
    store,
    queue,
    observer,
    now: context.now,
    narrator: context.config.narrator,
    concurrency,
    ...(smtpUrl === undefined
      ? {}
      : { sendMail: (signal) => mail(store, log, { smtpUrl, signal }) }),
    keepHead: async () => {
      await removeOldReplies(store.pool)
      await keepHeadOfWorker(context, options)
    },
  })
  const servers: PageServer[] = []
  try {
    for await (const server of servePagesOf(context, options, () => stopping)) servers.push(server)
    log.info({ backend: queue.backend, concurrency }, 'worker started')
    const signal = await stopSignal()
    stopping = true
    log.info({ signal }, 'asked to stop: what runs is handed back after its stage')
  } finally {
    await worker.close()
    for (const server of servers) await server.close()
  }
}

async function mail(
  store: Store,
  log: Log,
  { smtpUrl, signal }: { readonly smtpUrl: string; readonly signal: AbortSignal },
): Promise<void> {
  const { failed } = await sendMail(store, smtpUrl, signal)
  if (failed > 0)
    log.warn({ code: 'DELIVERY_FAILED' }, 'some mail was not taken and is tried again')
}

/**
 * The pages for machines and for operators, each where it was asked for.
 *
 * @yields Each as soon as it is served, so that it is closed even if the next cannot be.
 */
async function* servePagesOf(
  { now }: CommandContext,
  { store, queue, log, metrics, ...options }: Working,
  isStopping: () => boolean,
): AsyncGenerator<PageServer> {
  if (options.healthPort !== undefined) {
    const port = countOf(options.healthPort, '--health-port', 0)
    const server = await serveHealth({ store, queue, metrics, isStopping }, port)
    log.info({ port: server.port }, 'health pages are served')
    yield server
  }
  if (options.boardPort !== undefined) {
    // Loaded where it is asked for: the library's page is nothing a worker needs.
    const { createBoardApp } = await import('../board/board.ts')
    const option = '--board-port'
    const address = { port: countOf(options.boardPort, option, 0), host: options.boardHost, option }
    const server = await servePages(createBoardApp({ store, queue, log, now }), address)
    log.info({ port: server.port }, 'the page of the queue is served')
    yield server
  }
}

/** A worker that is started in a workspace keeps signed heads of the log, which all companies of a database share. */
async function keepHeadOfWorker(
  context: CommandContext,
  { workspace: directory, store, log }: Working,
): Promise<void> {
  const workspace = await openWorkspace(directory).catch(() => undefined)
  if (workspace === undefined) return
  const broken = await keepDueHead(context, store, workspace)
  if (broken !== undefined)
    log.error({ code: 'CHECK_FAILED', detail: broken }, 'the audit log was not sealed')
}

async function stopSignal(): Promise<string> {
  const [signal]: unknown[] = await Promise.race([
    once(process, 'SIGTERM'),
    once(process, 'SIGINT'),
  ])
  return String(signal)
}

/** The store of the worker, with the workspace it is started in made known; with DATABASE_URL it may be started anywhere. */
async function openWorkerStore(
  { config }: CommandContext,
  options: WorkerCommandOptions,
  concurrency: number,
): Promise<Store> {
  const workspace = await openWorkspace(options.workspace).catch((error: unknown) => {
    if (config.databaseUrl !== undefined && error instanceof AppError) return undefined
    throw error
  })
  const store = await openStore({
    workspaceDir: workspace?.directory ?? options.workspace,
    databaseUrl: config.databaseUrl,
    databaseOwnerUrl: config.databaseOwnerUrl,
    connectionsMax: CONNECTIONS_BESIDE + concurrency * CONNECTIONS_PER_REVIEW,
  })
  try {
    if (workspace !== undefined) {
      const { company } = (await workspacePolicy(workspace)).policy
      const { directory } = workspace
      await registerWorkspace(store.pool, {
        name: company.name,
        directory,
        timeZone: company.time_zone,
      })
    }
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

function countOf(text: string, option: string, least = 1): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= least && count <= 65_535) return count
  throw new AppError('USAGE', {
    message: `${option} is not readable`,
    expected: `a whole number from ${least}`,
    got: text,
  })
}
