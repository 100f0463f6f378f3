import { Hono } from 'hono'

import type { WorkQueue } from '../queue/queue.ts'
import { execute } from '../store/query.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from './metrics.ts'
import { servePages, type PageServer } from './serve.ts'

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

/**
 * Serves the pages on all addresses, because whoever asks for them is outside the container.
 *
 * @param port 0 for any free one.
 * @throws AppError `USAGE` when the port cannot be had.
 */
export async function serveHealth(sources: HealthSources, port: number): Promise<PageServer> {
  return servePages(createHealthApp(sources), { port, option: '--health-port' })
}
