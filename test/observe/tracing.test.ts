import { afterEach, beforeEach, expect, test } from 'vitest'

import { arrange, envelope } from '#evals/models/arranger.ts'
import { AppError } from '#src/errors.ts'
import { createLog } from '#src/observe/log.ts'
import { createMetrics } from '#src/observe/metrics.ts'
import { createObserver } from '#src/observe/observer.ts'
import { openQueue } from '#src/queue/open.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import { narratorOf } from '#src/runtime/review-narrator.ts'
import { says, startLlmServer } from '#test/support/llm-server.ts'
import { COMPANY_MONTH, createCompany } from '#test/support/review-company.ts'
import { collectSpans } from '#test/support/spans.ts'
import { startTestStore } from '#test/support/store.ts'

let spans: ReturnType<typeof collectSpans>
beforeEach(() => {
  spans = collectSpans()
})
afterEach(() => spans.stop())

const bell = { kind: 'review', subject: 'r1' } as const
const run = { signal: new AbortController().signal, turn: 1, jobId: 'j1', attempt: 1 }
const now = (): Date => new Date('2026-04-02T12:00:00Z')

test('a job is traced down to its queries and the calls of the model, without a word of them', async () => {
  const { store, workspaceDir, close } = await startTestStore()
  const queue = await openQueue(store, { redisUrl: undefined })
  const model = await startLlmServer((response, request) => {
    says(envelope(arrange(request)))(response, request)
  })
  try {
    const workspace = await createCompany(workspaceDir)
    const month = COMPANY_MONTH
    const session = await beginReview(store, workspace, { month, asOf: undefined, now: now() })
    const settings = {
      baseUrl: model.baseUrl,
      model: 'm',
      apiKey: 'very-secret',
      archiveKey: undefined,
    }
    const observer = createObserver(createLog('silent'), createMetrics({ store, queue }))
    await observer.job(bell, run, async () => {
      await driveReview({
        store,
        session,
        now,
        narrator: narratorOf(settings, store, session),
        publish: publishAtRest(store, session),
        onStage: () => undefined,
      })
      return { kind: 'done' }
    })
    await session.data.close()
    const found = new Set(spans.ended.map(({ name, parent }) => `${parent} > ${name}`))
    for (const path of [
      'undefined > job review',
      'job review > graph',
      'graph > step intake',
      'step intake > query intake/spend',
      'graph > stage attribution',
      'stage budget > model call',
      'graph > step publish',
    ]) {
      expect(found).toContain(path)
    }
    const { reviewId } = session.review
    expect(spans.ended.find(({ name }) => name === 'graph')?.attributes).toEqual({
      'mo.review': reviewId,
    })
    expect(spans.ended.find(({ name }) => name === 'model call')?.attributes).toMatchObject({
      'mo.model': 'm',
      'http.response.status_code': 200,
      'mo.input_tokens': 100,
      'mo.output_tokens': 20,
    })
    expect(spans.ended.some(({ failed }) => failed)).toBe(false)
    // Ids, counts and words of closed sets: nothing that could be a sentence or a secret.
    const values = spans.ended.flatMap(({ attributes }) => Object.values(attributes).map(String))
    expect(values.filter((value) => value.length > 40 || /\s|secret/.test(value))).toEqual([])
  } finally {
    await queue.close()
    await model.close()
    await close()
  }
})

test.each([
  ['that failed is marked so', new AppError('STORE_UNAVAILABLE'), true],
  ['that was handed back has not failed', new AppError('WORK_HANDED_BACK'), false],
])('a job %s', async (_name, error, failed) => {
  const { store, close } = await startTestStore()
  const queue = await openQueue(store, { redisUrl: undefined })
  const observer = createObserver(createLog('silent'), createMetrics({ store, queue }))
  await expect(observer.job(bell, run, () => Promise.reject(error))).rejects.toBe(error)
  expect(spans.ended).toEqual([
    {
      name: 'job review',
      parent: undefined,
      attributes: { 'mo.job': 'j1', 'mo.kind': 'review', 'mo.subject': 'r1' },
      failed,
    },
  ])
  await queue.close()
  await close()
})
