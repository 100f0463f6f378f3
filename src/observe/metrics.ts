import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { z } from 'zod'

import type { WorkQueue } from '../queue/queue.ts'
import { query } from '../store/query.ts'
import type { Store } from '../store/store.ts'

/** What is counted. Labels are words of closed sets, never a review or a company: each value of a label is a series for ever. */
export interface Metrics {
  readonly jobEnded: (job: {
    readonly kind: string
    readonly outcome: string
    readonly ms: number
  }) => void
  readonly stageEnded: (stage: string, ms: number) => void
  /** The text a scraper reads; asks the store and the queue how they stand. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

const SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300]
const MS = 1000

/** Metrics of one process. `sources` are asked when somebody reads. */
export function createMetrics(sources: {
  readonly store: Store
  readonly queue: WorkQueue
}): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const jobs = new Histogram({
    name: 'mo_job_seconds',
    help: 'Time a job took, by kind and how it ended',
    labelNames: ['kind', 'outcome'],
    buckets: SECONDS,
    registers,
  })
  const stages = new Histogram({
    name: 'mo_stage_seconds',
    help: 'Time a stage of a review took',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers,
  })
  const gauges = createGauges(registers)
  return {
    jobEnded: ({ kind, outcome, ms }) => jobs.observe({ kind, outcome }, ms / MS),
    stageEnded: (stage, ms) => stages.observe({ stage }, ms / MS),
    text: async () => {
      await refresh(gauges, sources)
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

function createGauges(registers: Registry[]) {
  return {
    queue: new Gauge({
      name: 'mo_queue_jobs',
      help: 'Jobs in the queue by state',
      labelNames: ['state'],
      registers,
    }),
    reviews: new Gauge({
      name: 'mo_reviews',
      help: 'Reviews by where they stand',
      labelNames: ['status'],
      registers,
    }),
    dead: new Gauge({ name: 'mo_dead_letters', help: 'Jobs that were given up', registers }),
    failures: new Counter({
      name: 'mo_metrics_failures_total',
      help: 'Times the store or the queue did not answer when metrics were read',
      registers,
    }),
  }
}

const StatusCount = z.object({ status: z.string(), count: z.int() })

async function refresh(
  gauges: ReturnType<typeof createGauges>,
  { store, queue }: { readonly store: Store; readonly queue: WorkQueue },
): Promise<void> {
  try {
    for (const [state, count] of Object.entries(await queue.depth())) {
      gauges.queue.set({ state }, Number(count))
    }
    gauges.reviews.reset()
    const counts = await query(store.pool, StatusCount, {
      text: `select status, count(*)::int as count from mo.reviews group by status
             union all select 'dead', count(*)::int from mo.dead_letters`,
    })
    for (const { status, count } of counts) {
      if (status === 'dead') gauges.dead.set(count)
      else gauges.reviews.set({ status }, count)
    }
  } catch {
    // A scraper must get what there is, and see that something is amiss.
    gauges.failures.inc()
  }
}
