import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'

import { AppError } from '../errors.ts'
import type { WorkQueue } from '../queue/queue.ts'
import { execute } from '../store/query.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from './metrics.ts'

/** What the pages for machines are about. */
export interface HealthSources {
  readonly store: Store
  readonly queue: WorkQueue
  readonly metrics: Metrics
  /** True once the process was asked to stop: it then takes no new work. */
  readonly isStopping: () => boolean
}

/**
 * `/healthz`: the process lives. `/readyz`: it can work, that is, store and queue answer and it was not asked to stop. `/metrics`: for
 * Prometheus. None says anything about a company, a review or a person.
 */
export function createHealthApp({ store, queue, metrics, isStopping }: HealthSources): Hono {
  const app = new Hono()
  app.get('/healthz', (context) => context.json({ status: 'ok' }))
  app.get('/readyz', async (context) => {
    const checks = {
      store: await answers(() => execute(store.pool, { text: 'select 1' })),
      queue: await answers(() => queue.check()),
      accepting: !isStopping(),
    }
    const ready = Object.values(checks).every(Boolean)
    return context.json({ status: ready ? 'ready' : 'not ready', checks }, ready ? 200 : 503)
  })
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )
  return app
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return true
  } catch {
    // Why it does not answer stands in the log of whoever needs it; here only the fact counts.
    return false
  }
}

/** A server that listens. */
export interface HealthServer {
  readonly port: number
  readonly close: () => Promise<void>
}

/**
 * Serves the pages on all addresses, because whoever asks for them is outside the container.
 *
 * @param port 0 for any free one.
 * @throws AppError `USAGE` when the port cannot be had.
 */
export async function serveHealth(sources: HealthSources, port: number): Promise<HealthServer> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = serve({ fetch: createHealthApp(sources).fetch, port }, (address) => {
    resolve(address.port)
  })
  server.once('error', (cause: Error) => {
    reject(
      new AppError('USAGE', {
        message: 'the health port cannot be had',
        expected: 'a free port',
        got: `${port}: ${cause.message}`,
        cause,
      }),
    )
  })
  return { port: await promise, close: () => closed(server) }
}

async function closed(server: ServerType): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  return promise
}
