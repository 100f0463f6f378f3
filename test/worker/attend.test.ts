import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'

import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { sendMail } from '#src/notify/send-mail.ts'
import { createLog } from '#src/observe/log.ts'
import { createMetrics } from '#src/observe/metrics.ts'
import { createObserver } from '#src/observe/observer.ts'
import { openQueue } from '#src/queue/open.ts'
import type { WorkQueue } from '#src/queue/queue.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { openWorkspace } from '#src/runtime/workspace.ts'
import { registerWorkspace } from '#src/schedule/workspaces.ts'
import { loadReview } from '#src/store/reviews.ts'
import { createAttendant } from '#src/worker/attend.ts'
import type { WorkerDependencies } from '#src/worker/handle-bell.ts'
import { startWorker, type RunningWorker } from '#src/worker/start.ts'
import { GOVERNED_FILES } from '#test/support/governed-review.ts'
import { storeApproval, storeReview } from '#test/support/records.ts'
import { startSmtpServer } from '#test/support/smtp-server.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const MONTH = '2099-10'
/** Far ahead, so that by the database's clock nothing that is asked for is out of time. */
const MONDAY_AT_NINE = '2099-11-02T09:00:00Z'

const FILES = {
  ...GOVERNED_FILES,
  'policy.yaml': String(GOVERNED_FILES['policy.yaml'])
    .replace('name: Finance,', 'name: Finance, email: fin@example.com,')
    .replace('name: Chief,', 'name: Chief, email: cmo@example.com,')
    .replace('name: Vice,', 'name: Vice, email: vp@example.com,')
    .replace(
      'portfolio:',
      'distribution: [{ audience: leadership, to: [board@example.com], parts: [all] }]\nportfolio:',
    ),
  'data/ad_performance.csv': `${String(GOVERNED_FILES['data/ad_performance.csv'])}2099-10-05,C1,search,USD,500.00,1000,50,10,900.00\n`,
}

let shared: TestStore
let queue: WorkQueue
let smtp: Awaited<ReturnType<typeof startSmtpServer>>
let clock: Date
let logged: string
let dependencies: WorkerDependencies
const workers: RunningWorker[] = []

beforeEach(async () => {
  shared = await startTestStore()
  queue = await openQueue(shared.store, { redisUrl: undefined })
  smtp = await startSmtpServer()
  clock = new Date(MONDAY_AT_NINE)
  logged = ''
  const lines = new Writable({
    write: (line, _encoding, done) => {
      logged += String(line)
      done()
    },
  })
  const { store } = shared
  dependencies = {
    store,
    queue,
    observer: createObserver(createLog('warn', lines), createMetrics({ store, queue })),
    now: () => clock,
    databaseNow: () => Promise.resolve(clock),
  }
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()))
  await queue.close()
  await smtp.close()
  await shared.close()
})

function work(): void {
  workers.push(
    startWorker({
      ...dependencies,
      concurrency: 1,
      reconcileEveryMs: 50,
      sendMail: (signal) => sendMail(shared.store, smtp.url, signal),
    }),
  )
}

/** The company whose one request waits once a worker has driven its review. */
async function begin() {
  const directory = await mkdtemp(join(shared.workspaceDir, 'company-'))
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
  const workspace = await openWorkspace(directory)
  await registerWorkspace(shared.pool, { name: 'Governed', directory, timeZone: 'UTC' })
  const session = await beginReview(shared.store, workspace, {
    month: MONTH,
    asOf: undefined,
    now: clock,
  })
  await session.data.close()
  return { reviewId: session.review.reviewId, directory }
}

const mails = () =>
  smtp.mails
    .map(({ to, data }) => {
      const subject = /^Subject: ([^:\r\n]*)/m.exec(data)?.[1] ?? ''
      return `${/<(\w+)/.exec(to)?.[1] ?? ''}: ${subject}`
    })
    .toSorted()

const ASKED = ['cmo: Your approval is needed', 'fin: Your approval is needed']
const REMINDED = ['cmo: Reminder', 'fin: Reminder']

it('asks, reminds and escalates, and has the report go out for its meeting, each once by two workers', async () => {
  const { reviewId, directory } = await begin()
  work()
  work()
  const step = async (at: string, expected: readonly string[]): Promise<void> => {
    clock = new Date(at)
    await vi.waitFor(() => expect(mails()).toEqual(expected.toSorted()), PATIENCE)
  }
  await step(MONDAY_AT_NINE, ASKED)
  // Of 16 business hours to answer in, 8 are over on Tuesday at nine and 16 on Tuesday at five.
  await step('2099-11-03T09:00:00Z', [...ASKED, ...REMINDED])
  const escalated = [...ASKED, ...REMINDED, 'vp: Passed on to you']
  await step('2099-11-03T17:00:00Z', escalated)
  // The report must be shared a day before the meeting of the 6th at ten.
  const all = [...escalated, 'board: Marketing review 2099-10']
  clock = new Date('2099-11-05T09:59:00Z')
  expect((await loadReview(shared.pool, reviewId))?.status).toBe('awaiting_approval')
  const { rows } = await shared.pool.query('select from mo.effects where subject = $1', ['meeting'])
  expect(rows).toEqual([])
  clock = new Date('2099-11-05T10:00:00Z')
  await vi.waitFor(() => expect(mails()).toEqual(all.toSorted()), PATIENCE)
  await vi.waitFor(
    async () => expect((await loadReview(shared.pool, reviewId))?.status).toBe('awaiting_approval'),
    PATIENCE,
  )
  expect(await readFile(join(directory, 'reviews', MONTH, 'report.html'), 'utf8')).toContain(
    'issued for the meeting of 2099-11-06',
  )
  const isRung = () => queue.isRung({ kind: 'review', subject: reviewId })
  await vi.waitFor(async () => expect(await isRung()).toBe(false), PATIENCE)
  // Passes that come after say nothing more, and nothing is driven in vain.
  const fence = (await loadReview(shared.pool, reviewId))?.fence
  const attend = createAttendant(dependencies)
  for (const _ of [1, 2, 3]) await attend(new AbortController().signal)
  expect(mails()).toEqual(all.toSorted())
  expect((await loadReview(shared.pool, reviewId))?.fence).toBe(fence)
  expect(await isRung()).toBe(false)
  expect(logged).toBe('')
})

it('looks after the others when the workspace of one is broken, and says which it is', async () => {
  await registerWorkspace(shared.pool, { name: 'Broken', directory: '/nowhere', timeZone: 'UTC' })
  const broken = await storeReview(shared.pool, { workspace: 'Broken' })
  await storeApproval(shared.pool, { reviewId: broken })
  await shared.pool.query(
    `update mo.reviews set status = 'awaiting_approval' where review_id = $1`,
    [broken],
  )
  const { reviewId } = await begin()
  work()
  await vi.waitFor(() => expect(mails()).toEqual(ASKED), PATIENCE)
  // Once for the request and once for the report, however many passes there are.
  const attend = createAttendant(dependencies)
  logged = ''
  for (const _ of [1, 2, 3]) await attend(new AbortController().signal)
  const lines = logged.trim().split('\n')
  expect(lines).toHaveLength(2)
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      code: 'POLICY_INVALID',
      reviewId: broken,
      workspace: 'Broken',
    })
  }
  expect(reviewId).not.toBe(broken)
})
