import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { runQueueDead } from '#src/commands/queue.ts'
import { AppError } from '#src/errors.ts'
import { createToken } from '#src/people/tokens.ts'
import { causeOfDeath } from '#src/queue/cause-of-death.ts'
import { buryBell, listDeadLetters, reviveBell } from '#src/queue/dead-letters.ts'
import { openQueue } from '#src/queue/open.ts'
import { openReview } from '#src/runtime/supersede.ts'
import { noteLook } from '#src/schedule/workspaces.ts'
import { startGovernedReview } from '#test/support/governed-review.ts'
import { inProcess } from '#test/support/in-process.ts'
import { newReview, storeReview, SYSTEM } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

const POLICY = `version: 2026.10.0
effective_from: 2026-10-01
company: { name: Harbour, currency: USD, time_zone: UTC }
people:
  - { id: ops, name: Operations, roles: [operator] }
security: { require_token: true }
targets: []
portfolio: [{ otherwise: hold }]
`

let shared: TestStore
beforeAll(async () => {
  shared = await startTestStore()
  await writeFile(join(shared.workspaceDir, 'policy.yaml'), POLICY)
})
afterAll(() => shared.close())

test('the list ends with commands that can be typed, also for a company of two words', async () => {
  const bell = { kind: 'tick', subject: 'Two Words' } as const
  const cause = causeOfDeath(
    new AppError('FILE_UNREADABLE', {
      message: 'no copies',
      expected: 'a folder',
      got: 'EEXIST',
      where: { file: 'frozen' },
      next: 'mend it',
    }),
  )
  await buryBell(shared.pool, { bell, ...cause, attempts: 1 }, 'Two Words')
  const options = { workspace: shared.workspaceDir }
  const list = await inProcess((context) => runQueueDead(context, { ...options, action: 'list' }))
  expect(list.stdout).toContain(
    `Why: npm run -s mo -- queue dead show --workspace ${shared.workspaceDir} 'Two Words'\nAnother try: npm run -s mo -- queue dead retry --workspace ${shared.workspaceDir} 'Two Words'`,
  )
  const asked = { ...options, action: 'show', id: 'Two Words' }
  const shown = await inProcess((context) => runQueueDead(context, asked))
  expect(JSON.parse(shown.stdout)).toMatchObject({
    code: 'FILE_UNREADABLE',
    message: 'no copies (frozen); expected: a folder; got: EEXIST; next: mend it',
  })
  expect(causeOfDeath(new Error('boom'))).toEqual({ code: 'INTERNAL', message: 'boom' })
  await reviveBell(shared.pool, bell)
})

test('a job that was given up is tried again by whoever has a token for it, and the log says who', async () => {
  const subject = await storeReview(shared.pool, { workspace: 'Harbour' })
  const bell = { kind: 'review', subject } as const
  await buryBell(shared.pool, { bell, code: 'INTERNAL', message: 'x', attempts: 3 }, 'Harbour')
  const tokenOf = async (scope: 'read' | 'operate') => {
    const request = { workspace: 'Harbour', person: 'ops', label: '', scopes: [scope], days: 1 }
    return (await createToken(shared.store, request, SYSTEM)).text
  }
  const options = { workspace: shared.workspaceDir, action: 'retry', id: subject }
  const retry = (token?: string) => inProcess((context) => runQueueDead(context, options), token)

  for (const token of [undefined, await tokenOf('read')]) {
    expect(await retry(token)).toMatchObject({ status: 1, stdout: '' })
  }
  expect(await listDeadLetters(shared.pool)).toHaveLength(1)
  expect(await retry(await tokenOf('operate'))).toMatchObject({ status: 0, stderr: '' })
  expect(await listDeadLetters(shared.pool)).toEqual([])
  const { rows } = await shared.pool.query(
    `select actor, subject, entry::jsonb -> 'before' as before from mo.audit_log
     where action = 'queue.retry'`,
  )
  expect(rows).toEqual([{ actor: 'ops', subject, before: { code: 'INTERNAL', attempts: 3 } }])
  const queue = await openQueue(shared.store, { redisUrl: undefined })
  expect(await queue.isRung(bell)).toBe(true)
  await queue.close()
})

const DEATH = { code: 'INTERNAL', message: 'x', attempts: 3 }

/** What the log says of a job that is given up no more, whoever mended it. */
async function healed(pool: TestStore['pool'], subject: string) {
  const { rows } = await pool.query(
    `select actor, entry::jsonb ->> 'reason' as reason from mo.audit_log
     where action = 'queue.healed' and subject = $1`,
    [subject],
  )
  return rows
}

test('a review that went on another way is given up no more, and the log says how', async () => {
  const { store, session, drive } = await startGovernedReview()
  const { reviewId } = session.review
  const bell = { kind: 'review', subject: reviewId } as const
  await buryBell(store.pool, { bell, ...DEATH }, 'Governed')
  expect(await drive()).toBe('awaiting_approval')
  expect(await listDeadLetters(store.pool)).toEqual([])
  expect(await healed(store.pool, reviewId)).toEqual([
    { actor: 'system:review', reason: 'the review went on: awaiting_approval' },
  ])
  await drive()
  expect(await healed(store.pool, reviewId)).toHaveLength(1)
})

test('a review whose month another one took over is given up no more', async () => {
  const { store, pool } = shared
  const [first, second] = [newReview(), newReview()]
  await openReview(store, () => first)
  const bell = { kind: 'review', subject: first.reviewId } as const
  await buryBell(pool, { bell, ...DEATH }, 'acme')
  await openReview(store, () => second)
  expect(await listDeadLetters(pool)).toEqual([])
  expect(await healed(pool, first.reviewId)).toEqual([
    { actor: 'system:review', reason: `superseded by review ${second.reviewId}` },
  ])
  // Nor is it given up by a worker that still had it.
  await buryBell(pool, { bell, ...DEATH }, 'acme')
  expect(await listDeadLetters(pool)).toEqual([])
})

test('a calendar that was looked at since is given up no more', async () => {
  const bell = { kind: 'tick', subject: 'Harbour' } as const
  await buryBell(shared.pool, { bell, ...DEATH }, 'Harbour')
  await noteLook(shared.store, 'Harbour', new Date())
  expect(await listDeadLetters(shared.pool)).toEqual([])
  expect(await healed(shared.pool, 'Harbour')).toEqual([
    { actor: 'system:schedule', reason: 'the calendar was looked at' },
  ])
})
