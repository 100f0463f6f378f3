import { afterAll, beforeAll, expect, test } from 'vitest'

import { AppError } from '#src/errors.ts'
import { createHealthApp, serveHealth } from '#src/observe/health.ts'
import { createLog } from '#src/observe/log.ts'
import { createMetrics } from '#src/observe/metrics.ts'
import { createObserver } from '#src/observe/observer.ts'
import { buryBell } from '#src/queue/dead-letters.ts'
import { openQueue } from '#src/queue/open.ts'
import type { WorkQueue } from '#src/queue/queue.ts'
import { storeReview } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let shared: TestStore
let queue: WorkQueue
beforeAll(async () => {
  shared = await startTestStore()
  queue = await openQueue(shared.store, { redisUrl: undefined })
})
afterAll(async () => {
  await queue.close()
  await shared.close()
})

const sources = (changes: { queue?: WorkQueue; isStopping?: () => boolean } = {}) => {
  const used = { store: shared.store, queue: changes.queue ?? queue }
  return { ...used, metrics: createMetrics(used), isStopping: changes.isStopping ?? (() => false) }
}
const away: () => Promise<never> = async () => {
  throw new AppError('QUEUE_UNAVAILABLE')
}
const ready = { status: 'ready', checks: { store: true, queue: true, accepting: true } }

test('answers on its port, and a port that is taken is refused', async () => {
  const server = await serveHealth(sources(), 0)
  const answer = await fetch(`http://127.0.0.1:${server.port}/healthz`)
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  await expect(serveHealth(sources(), server.port)).rejects.toMatchObject({ code: 'USAGE' })
  await server.close()
})

test('is ready while store and queue answer and it was not asked to stop', async () => {
  const answer = await createHealthApp(sources()).request('/readyz')
  expect([answer.status, await answer.json()]).toEqual([200, ready])
})

test.each([
  ['the queue is away', { queue: true }, { queue: false }],
  ['it was asked to stop', { stopping: true }, { accepting: false }],
])(
  'is not ready when %s',
  async (_name, { queue: broken, stopping }: { queue?: boolean; stopping?: boolean }, checks) => {
    const app = createHealthApp(
      sources({
        ...(broken === true ? { queue: { ...queue, check: away } } : {}),
        isStopping: () => stopping === true,
      }),
    )
    const answer = await app.request('/readyz')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({
      status: 'not ready',
      checks: { ...ready.checks, ...checks },
    })
    expect((await app.request('/healthz')).status).toBe(200)
  },
)

test('counts jobs, stages, reviews and dead letters, and names no company or review', async () => {
  const reviewId = await storeReview(shared.pool, { workspace: 'Secret Company' })
  const bell = { kind: 'review', subject: reviewId } as const
  await buryBell(shared.pool, { bell, code: 'X', message: 'x', attempts: 1 }, 'Secret Company')
  const { metrics, ...rest } = sources()
  const observer = createObserver(createLog('silent'), metrics)
  const run = { signal: new AbortController().signal, turn: 1, jobId: 'j', attempt: 1 }
  await observer.job(bell, run, async () => ({ kind: 'done' }))
  await observer.job(bell, run, away).catch(() => undefined)
  const onStage = observer.stages({ reviewId, jobId: 'j' })
  onStage('budget', 'begins')
  onStage('budget', 'ends')
  onStage('never begun', 'ends')
  const text = await (await createHealthApp({ ...rest, metrics }).request('/metrics')).text()
  expect(text).toContain('mo_job_seconds_count{kind="review",outcome="done"} 1')
  expect(text).toContain('mo_job_seconds_count{kind="review",outcome="failed"} 1')
  expect(text).toContain('mo_stage_seconds_count{stage="budget"} 1')
  expect(text).toContain('mo_reviews{status="created"} 1')
  expect(text).toContain('mo_queue_jobs{state="waiting"} 0')
  expect(text).toContain('mo_dead_letters 1')
  expect(text).not.toMatch(/never begun|Secret/)
  expect(text).not.toContain(reviewId)
})

test('metrics come without the queue too, and say so', async () => {
  const text = await (
    await createHealthApp(sources({ queue: { ...queue, depth: away } })).request('/metrics')
  ).text()
  expect(text).toContain('mo_metrics_failures_total 1')
})
