import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { appendAudit } from '#src/audit/append.ts'
import { auditEntry } from '#src/audit/entry.ts'
import { beginReview } from '#src/runtime/begin.ts'
import { driveReview } from '#src/runtime/drive.ts'
import { publishAtRest } from '#src/runtime/publish.ts'
import type { Workspace } from '#src/runtime/workspace.ts'
import { loadStages, type StoredStage } from '#src/store/stage-results.ts'
import { inTransaction } from '#src/store/transaction.ts'
import { SYSTEM } from '#test/support/records.ts'
import { COMPANY_MONTH, createCompany } from '#test/support/review-company.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

import { findDamage, type Damage } from './verify.ts'

const NONE: Damage = {
  lost: 0,
  duplicated: 0,
  recomputed: 0,
  retold: 0,
  auditBroken: 0,
  notReplayed: 0,
}
/** On this day requests are out of time by the database's clock, so that the review ends by itself. */
const now = (): Date => new Date('2026-04-02T12:00:00Z')

let shared: TestStore
let workspace: Workspace
let reviewId = ''
let finished: ReadonlyMap<string, StoredStage>

beforeAll(async () => {
  shared = await startTestStore()
  const { store } = shared
  workspace = await createCompany(shared.workspaceDir)
  const session = await beginReview(store, workspace, {
    month: COMPANY_MONTH,
    asOf: undefined,
    now: now(),
  })
  reviewId = session.review.reviewId
  await driveReview({
    store,
    session,
    now,
    publish: publishAtRest(store, session),
    onStage: () => undefined,
  })
  await session.data.close()
  finished = new Map(
    (await loadStages(store.pool, reviewId)).map((stage) => [`${reviewId} ${stage.stage}`, stage]),
  )
})
afterAll(() => shared.close())

const damage = (changes: Partial<Parameters<typeof findDamage>[2]> = {}) =>
  findDamage(shared.store, workspace, {
    reviewId,
    finished,
    decided: new Set(),
    modelCalls: 0,
    ...changes,
  })

/** Does what no role of the program may do. */
const asSuperuser = (text: string) =>
  shared.store.asOwner(async (owner) => {
    await owner.query(
      `set session_replication_role = replica; ${text}; reset session_replication_role`,
    )
  })

test('a review that went well shows no damage', async () => {
  expect(await damage()).toEqual(NONE)
})

test('sees a decision that is gone, and a review that is', async () => {
  expect(await damage({ decided: new Set(['a1 cmo', 'a1 finance.lead']) })).toEqual({
    ...NONE,
    lost: 2,
  })
  expect(await damage({ reviewId: 'none' })).toEqual({ ...NONE, lost: 1, notReplayed: 1 })
})

test('sees a report that was not brought to its end', async () => {
  const file = join(workspace.reviewsDirectory, COMPANY_MONTH, 'review.json')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('"status": "completed"', '"status": "running"'))
  expect(await damage()).toEqual({ ...NONE, lost: 1 })
  await rm(file)
  expect(await damage()).toEqual({ ...NONE, lost: 1 })
  await writeFile(file, text)
  expect(await damage()).toEqual(NONE)
})

test('sees a stage that was computed again', async () => {
  const before = new Map(finished)
  for (const [key, stage] of finished) before.set(key, { ...stage, attempts: 7 })
  expect(await damage({ finished: before })).toEqual({ ...NONE, recomputed: finished.size })
})

test('sees a call of the model that nobody knows of, and one for a finished stage', async () => {
  expect(await damage({ modelCalls: 2 })).toEqual({ ...NONE, retold: 2 })
  await shared.pool.query(
    `insert into mo.llm_calls (review_id, stage, attempt, format, request_sha256, prompt_version, prompt_sha256,
       catalogue_sha256, requested_model, reserved_tokens, reserved_ms)
     select $1, 'funnel', 1, 'none', repeat('0', 64), '1', repeat('0', 64), repeat('0', 64), 'm', 0, 0`,
    [reviewId],
  )
  expect(await damage({ modelCalls: 1 })).toEqual({ ...NONE, retold: 1 })
  await asSuperuser('delete from mo.llm_calls')
})

test('takes two people who were told for two steps, and one who was told twice for damage', async () => {
  const tell = (person: string) =>
    inTransaction(shared.pool, (client) =>
      appendAudit(
        client,
        auditEntry(SYSTEM, { action: 'words.told', subject: 'n1', reviewId, after: { person } }),
      ),
    )
  await tell('cmo')
  await tell('finance.lead')
  expect(await damage()).toEqual(NONE)
  await tell('cmo')
  expect(await damage()).toEqual({ ...NONE, duplicated: 1 })
  await asSuperuser(`delete from mo.audit_log where subject = 'n1'`)
})

test('sees a step that was taken twice', async () => {
  const entry = auditEntry(SYSTEM, { action: 'move.ordered', subject: 'm1', reviewId })
  const append = () => inTransaction(shared.pool, (client) => appendAudit(client, entry))
  await append()
  expect(await damage()).toEqual(NONE)
  await append()
  expect(await damage()).toEqual({ ...NONE, duplicated: 1 })
  await asSuperuser('delete from mo.audit_log where seq = (select max(seq) from mo.audit_log)')
})

test('sees an action that is asked for twice, and a month with two open reviews', async () => {
  const copy = (table: string, changes: Readonly<Record<string, string | null>>) =>
    asSuperuser(
      `insert into mo.${table}
       select (jsonb_populate_record(null::mo.${table}, to_jsonb(a) || '${JSON.stringify(changes)}')).* from mo.${table} a
       where a.${table === 'reviews' ? 'review_id' : 'approval_id'} not like 'copy%' limit 1`,
    )
  await copy('reviews', { review_id: 'copy-1', status: 'running' })
  // The first is settled and stands no more.
  const asked = { review_id: 'copy-1', status: 'pending', settled_at: null }
  await copy('approvals', { ...asked, approval_id: 'copy-1' })
  expect(await damage()).toEqual(NONE)
  await copy('approvals', { ...asked, approval_id: 'copy-2' })
  expect(await damage()).toEqual({ ...NONE, duplicated: 1 })
  await copy('reviews', { review_id: 'copy-2', status: 'created' })
  expect(await damage()).toEqual({ ...NONE, duplicated: 2 })
  await asSuperuser(
    `delete from mo.approvals where approval_id like 'copy%'; delete from mo.reviews where review_id like 'copy%'`,
  )
  expect(await damage()).toEqual(NONE)
})

test('sees a broken chain', async () => {
  await asSuperuser(
    `update mo.audit_log set entry = replace(entry, 'system', 'sÿstem') where seq = 1`,
  )
  expect(await damage()).toEqual({ ...NONE, auditBroken: 1 })
  await asSuperuser(
    `update mo.audit_log set entry = replace(entry, 'sÿstem', 'system') where seq = 1`,
  )
})

test('sees a stage that does not replay', async () => {
  await asSuperuser(
    `update mo.stage_results set result = result || ' ',
       result_sha256 = encode(sha256(convert_to(result || ' ', 'UTF8')), 'hex') where stage = 'funnel'`,
  )
  expect(await damage()).toEqual({ ...NONE, recomputed: 1, notReplayed: 1 })
})
