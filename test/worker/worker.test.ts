import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

import { present } from '#rules/kernel/invariant.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { createLog } from '#src/observe/log.ts'
import { createMetrics } from '#src/observe/metrics.ts'
import { createObserver } from '#src/observe/observer.ts'
import type { Bell } from '#src/queue/bell.ts'
import { listDeadLetters, reviveBell } from '#src/queue/dead-letters.ts'
import { openQueue } from '#src/queue/open.ts'
import type { WorkQueue } from '#src/queue/queue.ts'
import { ringFairly } from '#src/queue/ring.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { tickWorkspace } from '#src/schedule/tick.ts'
import { listWorkspaces, registerWorkspace, setPlan } from '#src/schedule/workspaces.ts'
import { withReviewLock } from '#src/store/review-lock.ts'
import { listReviews, loadReview } from '#src/store/reviews.ts'
import { loadStages } from '#src/store/stage-results.ts'
import { createBellHandler, type WorkerDependencies } from '#src/worker/handle-bell.ts'
import { reconcile } from '#src/worker/reconcile.ts'
import { startWorker, type RunningWorker } from '#src/worker/start.ts'
import { GOVERNED_FILES } from '#test/support/governed-review.ts'
import { newReview, storeApproval, storeReview } from '#test/support/records.ts'
import { COMPANY_MONTH, createCompany, identityOf } from '#test/support/review-company.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

const PATIENCE = { timeout: 50_000, interval: 50 }
const TIMING = { lockMs: 2_000, backoffMs: 20, attemptsMax: 2 }
const RUN = { signal: new AbortController().signal, turn: 1, jobId: 'test', attempt: 1 }

let shared: TestStore
let queue: WorkQueue
let dependencies: WorkerDependencies
const workers: RunningWorker[] = []

beforeAll(async () => {
  shared = await startTestStore()
  queue = await openQueue(shared.store, { redisUrl: undefined, timing: TIMING })
  const { store } = shared
  const observer = createObserver(createLog('silent'), createMetrics({ store, queue }))
  // Requests filed on that day are out of time by the database's clock, so that a review ends by itself: silence approves nothing.
  dependencies = { store, queue, observer, now: () => new Date('2026-04-02T12:00:00Z') }
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()))
})
afterAll(async () => {
  await queue.close()
  await shared.close()
})

/** A company of its own on the shared store. */
async function company(name: string) {
  const directory = await mkdtemp(join(shared.workspaceDir, 'company-'))
  const workspace = await createCompany(directory, name)
  const identity = await identityOf(workspace)
  expect(identity.name).toBe(name)
  await registerWorkspace(shared.pool, identity)
  return { workspace, identity }
}

async function begin(name: string): Promise<string> {
  const { workspace } = await company(name)
  const session = await beginReview(shared.store, workspace, {
    month: COMPANY_MONTH,
    asOf: undefined,
    now: dependencies.now(),
  })
  await session.data.close()
  return session.review.reviewId
}

const work = (concurrency = 1): RunningWorker => {
  const worker = startWorker({
    ...dependencies,
    concurrency,
    timing: TIMING,
    reconcileEveryMs: 300,
  })
  workers.push(worker)
  return worker
}

const statusOf = async (reviewId: string) => (await loadReview(shared.pool, reviewId))?.status

describe('a worker', () => {
  test('finds a review that nobody rang for, and brings it to its end', async () => {
    const reviewId = await begin('Forgotten Ltd')
    work()
    await vi.waitFor(async () => expect(await statusOf(reviewId)).toBe('completed'), PATIENCE)
    const stages = await loadStages(shared.pool, reviewId)
    expect(stages.map(({ attempts }) => attempts)).toEqual(stages.map(() => 1))
  })

  test('two at once run each stage once', async () => {
    const reviewId = await begin('Twice Ltd')
    work(2)
    work(2)
    for (let ring = 0; ring < 5; ring++) {
      await ringFairly(dependencies, { kind: 'review', subject: reviewId }, 'Twice Ltd')
      await pause(50)
    }
    await vi.waitFor(async () => expect(await statusOf(reviewId)).toBe('completed'), PATIENCE)
    const stages = await loadStages(shared.pool, reviewId)
    expect(new Set(stages.map(({ attempts }) => attempts))).toEqual(new Set([1]))
  })

  test('that is asked to stop rests after a stage, and the next one goes on', async () => {
    const reviewId = await begin('Stopped Ltd')
    const first = work()
    await vi.waitFor(
      async () => expect((await loadStages(shared.pool, reviewId)).length).toBeGreaterThan(1),
      { timeout: 60_000, interval: 5 },
    )
    await first.close()
    workers.length = 0
    const rested = (await loadStages(shared.pool, reviewId)).filter(
      ({ finishedAt }) => finishedAt !== null,
    )
    expect(await queue.depth()).toMatchObject({ active: 0 })
    work()
    await vi.waitFor(async () => expect(await statusOf(reviewId)).toBe('completed'), PATIENCE)
    const after = await loadStages(shared.pool, reviewId)
    expect(after.slice(0, rested.length)).toEqual(rested)
    expect(new Set(after.map(({ attempts }) => attempts))).toEqual(new Set([1]))
  })

  test('gives up what cannot succeed, tells why, and tries again when it is told to', async () => {
    const { workspace } = await company('Lost Ltd')
    const reviewId = await storeReview(shared.pool, {
      workspace: 'Lost Ltd',
      manifest: '{"inputs":[]}',
    })
    work()
    await vi.waitFor(
      async () =>
        expect(await listDeadLetters(shared.pool, 'Lost Ltd')).toMatchObject([
          { kind: 'review', subject: reviewId, workspace: 'Lost Ltd', attempts: 1 },
        ]),
      PATIENCE,
    )
    expect((await reconcile(dependencies)).reviews).toBe(0)
    await reviveBell(shared.pool, { kind: 'review', subject: reviewId })
    expect(await listDeadLetters(shared.pool, 'Lost Ltd')).toEqual([])
    await vi.waitFor(
      async () => expect(await listDeadLetters(shared.pool, 'Lost Ltd')).toHaveLength(1),
      PATIENCE,
    )
    await expect(
      reviveBell(shared.pool, { kind: 'review', subject: 'none' }),
    ).rejects.toMatchObject({ code: 'ID_UNKNOWN' })
    expect(workspace.directory).not.toBe('')
  })
})

describe('a bell', () => {
  const hear = (bell: Bell) => createBellHandler(dependencies)(bell, RUN)

  test('for a review that is busy asks to be rung later', async () => {
    const reviewId = await begin('Busy Ltd')
    const outcome = await withReviewLock(shared.store, reviewId, () =>
      hear({ kind: 'review', subject: reviewId }),
    )
    expect(outcome).toEqual({ ok: true, value: { kind: 'again', afterMs: 5_000 } })
  })

  test('comes twice, late, in any order and at the same time, and each review is worked on once', async () => {
    const reviews = [await begin('Shuffled Ltd'), await begin('Reordered Ltd')]
    const random = createRandom(20_261_121)
    const late = reviews.flatMap((subject) =>
      Array.from({ length: 12 }, () => ({ subject, at: random() })),
    )
    const order = late.toSorted((left, right) => left.at - right.at)
    // Three at a time; whoever meets another at work is told to come again, and does.
    let waiting = order.map(({ subject }): Bell => ({ kind: 'review', subject }))
    while (waiting.length > 0) {
      const now = waiting.splice(0, 3)
      const outcomes = await Promise.all(now.map(hear))
      const again = now.filter((_, at) => outcomes[at]?.kind === 'again')
      waiting = [...waiting, ...again]
    }
    for (const reviewId of reviews) {
      expect(await statusOf(reviewId)).toBe('completed')
      const stages = await loadStages(shared.pool, reviewId)
      expect(new Set(stages.map(({ attempts }) => attempts))).toEqual(new Set([1]))
      const { rows } = await shared.pool.query(
        `select count(*)::int as rows, count(distinct (action, subject))::int as deeds
         from mo.audit_log where review_id = $1`,
        [reviewId],
      )
      expect(rows[0].rows).toBe(rows[0].deeds)
    }
  })

  test.each(['completed', 'withheld', 'failed'] as const)(
    'for a review that is %s does nothing',
    async (status) => {
      const review = newReview()
      await storeReview(shared.pool, review)
      await shared.pool.query('update mo.reviews set status = $2 where review_id = $1', [
        review.reviewId,
        status,
      ])
      expect(await hear({ kind: 'review', subject: review.reviewId })).toEqual({ kind: 'done' })
      expect(await loadReview(shared.pool, review.reviewId)).toMatchObject({ status, fence: 0 })
    },
  )

  test('for a review that waits for people does nothing', async () => {
    const reviewId = await storeReview(shared.pool, {
      policy: String(GOVERNED_FILES['policy.yaml']),
      // Its report is due when that month is over.
      month: '2099-10',
    })
    await storeApproval(shared.pool, { reviewId })
    await shared.pool.query(
      `update mo.reviews set status = 'awaiting_approval' where review_id = $1`,
      [reviewId],
    )
    expect(await hear({ kind: 'review', subject: reviewId })).toEqual({ kind: 'done' })
    expect(await loadReview(shared.pool, reviewId)).toMatchObject({ fence: 0 })
  })

  test('for what is not there does nothing', async () => {
    expect(await hear({ kind: 'review', subject: 'none' })).toEqual({ kind: 'done' })
    expect(await hear({ kind: 'tick', subject: 'nobody' })).toEqual({ kind: 'done' })
  })

  test('for a review of a workspace nobody knows fails for good', async () => {
    const reviewId = await storeReview(shared.pool, { workspace: 'Unknown Ltd' })
    await expect(hear({ kind: 'review', subject: reviewId })).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_FOUND',
      retry: 'never',
    })
  })
})

describe('the calendar', () => {
  const plan = { day: { kind: 'after_month_end', businessDay: 2 }, minute: 420 } as const
  const reviewsOf = async (workspace: string) => listReviews(shared.pool, { workspace })

  test('begins the review on its day, once, and has it worked on', async () => {
    const { identity } = await company('Punctual Ltd')
    await setPlan(shared.pool, identity.name, { plan, firstMonth: COMPANY_MONTH })
    work(2)
    work(2)
    await vi.waitFor(
      async () => expect(await reviewsOf('Punctual Ltd')).toMatchObject([{ status: 'completed' }]),
      PATIENCE,
    )
    const tick: Bell = { kind: 'tick', subject: 'Punctual Ltd' }
    await Promise.all([1, 2, 3].map(() => createBellHandler(dependencies)(tick, RUN)))
    expect(await reviewsOf('Punctual Ltd')).toHaveLength(1)
    expect(
      (await readFile(join(identity.directory, 'reviews', COMPANY_MONTH, 'review.json'))).length,
    ).toBeGreaterThan(1000)
    expect(await queue.scheduleKeys()).toHaveLength(1)
  })

  test('tells whose data they are, and who waits for the report, that a review is withheld, once', async () => {
    const { workspace, identity } = await company('Empty Ltd')
    const policy = await readFile(workspace.policyPath, 'utf8')
    const mail = 'distribution: [{ audience: board, to: [board@empty.test], parts: [all] }]\n'
    await writeFile(
      workspace.policyPath,
      policy.replace(/(id: analytics\.lead,)/, '$1 email: data@empty.test,') + mail,
    )
    // A month of which the company has no data.
    await setPlan(shared.pool, identity.name, { plan, firstMonth: '2026-02' })
    const later = { ...dependencies, now: () => new Date('2026-03-30T12:00:00Z') }
    await createBellHandler(later)({ kind: 'tick', subject: 'Empty Ltd' }, RUN)
    const [begun] = await reviewsOf('Empty Ltd')
    const bell: Bell = { kind: 'review', subject: begun?.reviewId ?? '' }
    await createBellHandler(later)(bell, RUN)
    // As if it had been killed right before its end was on record: it is driven again, and says nothing twice.
    await shared.store.asOwner((owner) =>
      owner.query(`alter table mo.reviews disable trigger keep_review;
        update mo.reviews set status = 'running' where review_id = '${bell.subject}';
        alter table mo.reviews enable trigger keep_review`),
    )
    await createBellHandler(later)(bell, RUN)
    expect(await statusOf(bell.subject)).toBe('withheld')
    const { rows } = await shared.pool.query(
      `select recipient, subject, body from mo.outbox where workspace = 'Empty Ltd' order by recipient`,
    )
    expect(rows).toEqual(
      ['board@empty.test', 'data@empty.test'].map((recipient) => ({
        recipient,
        subject: 'Marketing review 2026-02 of Empty Ltd is withheld: the data are graded E',
        body: expect.stringMatching(
          /^The review of 2026-02 is withheld; no stage was run and nothing was decided\.\n- [^]*--month 2026-02$/,
        ),
      })),
    )
    const log = await shared.pool.query(
      `select entry::jsonb -> 'after' as told from mo.audit_log where subject = $1 and action = 'review.withheld'`,
      [bell.subject],
    )
    expect(log.rows).toEqual([
      { told: { people: ['analytics.lead', 'board@empty.test'], mailed: 2 } },
    ])
  })

  test('says what is missing and how to mend it when it cannot copy the inputs', async () => {
    const { identity } = await company('Two Words Ltd')
    await setPlan(shared.pool, identity.name, { plan, firstMonth: COMPANY_MONTH })
    await mkdir(join(identity.directory, '.orchestrator'), { recursive: true })
    await writeFile(join(identity.directory, '.orchestrator', 'frozen'), 'no folder')
    work()
    await vi.waitFor(
      async () => expect(await listDeadLetters(shared.pool, 'Two Words Ltd')).toHaveLength(1),
      PATIENCE,
    )
    expect(await listDeadLetters(shared.pool, 'Two Words Ltd')).toMatchObject([
      {
        kind: 'tick',
        subject: 'Two Words Ltd',
        code: 'FILE_UNREADABLE',
        message: expect.stringMatching(
          /copies of its inputs \(\.orchestrator\/frozen\); expected: folders in .*; got: EEXIST; next: mend or remove/,
        ),
      },
    ])
  })

  test.each([
    ['2026-03-20', undefined, 1],
    ['2026-03-30', undefined, 1],
    ['2026-03-31', undefined, 0],
    ['2026-04-02', '2026-03-30', 1],
    ['2026-04-02', '2026-04-01', 0],
  ])('of a month reviewed on %s as of %s begins %i of the whole of it', async (on, asOf, begun) => {
    const name = `Hasty ${on} ${asOf ?? ''}`.trim()
    const { workspace, identity } = await company(name)
    const at = new Date(`${on}T12:00:00Z`)
    const request = { month: COMPANY_MONTH, asOf, now: at }
    const early = await beginReview(shared.store, workspace, request)
    await early.data.close()
    await setPlan(shared.pool, identity.name, { plan, firstMonth: COMPANY_MONTH })
    const { store } = dependencies
    const look = async () => {
      const [known] = (await listWorkspaces(shared.pool)).filter((each) => each.name === name)
      return tickWorkspace(store, present(known, name), dependencies.now())
    }
    const first = await look()
    expect(first.begun).toHaveLength(begun)
    expect((await look()).begun).toEqual([])
    expect(first.begun).not.toContain(early.review.reviewId)
    expect(await reviewsOf(name)).toHaveLength(1 + begun)
    for (const reviewId of first.begun) {
      // The last second of the month, in the company's time zone.
      expect((await loadReview(shared.pool, reviewId))?.asOf).toBe('2026-03-31T23:59:59Z')
    }
  })

  test('begins no month before its day for a worker whose clock is ahead of the database', async () => {
    const { identity } = await company('Ahead Ltd')
    await setPlan(shared.pool, identity.name, { plan, firstMonth: COMPANY_MONTH })
    const ahead = {
      ...dependencies,
      now: () => new Date('2026-04-17T06:50:00Z'),
      databaseNow: () => Promise.resolve(new Date('2026-04-02T06:50:00Z')),
    }
    await createBellHandler(ahead)({ kind: 'tick', subject: 'Ahead Ltd' }, RUN)
    expect(await reviewsOf('Ahead Ltd')).toEqual([])
    // Nor is it looked at again and again because that machine thinks it is time.
    await reconcile(ahead)
    expect(await queue.isRung({ kind: 'tick', subject: 'Ahead Ltd' })).toBe(false)
  })

  test('begins nothing before its day, and says when it is', async () => {
    const { identity } = await company('Early Ltd')
    await setPlan(shared.pool, identity.name, { plan, firstMonth: COMPANY_MONTH })
    const early = { ...dependencies, now: () => new Date('2026-04-02T06:59:00Z') }
    await createBellHandler(early)({ kind: 'tick', subject: 'Early Ltd' }, RUN)
    expect(await reviewsOf('Early Ltd')).toEqual([])
    const { rows } = await shared.pool.query<{ next_look_at: Date }>(
      `select next_look_at from mo.workspaces where workspace = 'Early Ltd'`,
    )
    expect(rows[0]?.next_look_at.toISOString()).toBe('2026-04-02T07:00:00.000Z')
  })
})

test('seals the audit log after its passes, and goes on when that fails', async () => {
  const keepHead = vi.fn<() => Promise<void>>(() => Promise.resolve())
  keepHead.mockRejectedValueOnce(new Error('no place for it'))
  workers.push(startWorker({ ...dependencies, concurrency: 1, reconcileEveryMs: 20, keepHead }))
  await expect.poll(() => keepHead.mock.calls.length, PATIENCE).toBeGreaterThanOrEqual(3)
})
