import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { verifyAudit } from '#src/audit/verify.ts'
import { recordDecision } from '#src/store/approval-decisions.ts'
import {
  decided,
  decisionOn,
  logged,
  storeApproval,
  SYSTEM,
  withdrawApproval,
} from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

/** Rows of the audit log about requests tell of the very deed, once, in the words of the tables. */

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

const notDone = { code: 'MO001', constraint: 'not-done' }

/** Tells the log something by hand. */
const tell = (entry: Readonly<Record<string, unknown>>) =>
  store.pool.query('insert into mo.audit_log (entry) values ($1)', [canonicalJson(entry)])

async function toldOf(approvalId: string, action: string): Promise<Record<string, unknown>> {
  const { rows } = await store.pool.query(
    'select entry from mo.audit_log where subject = $1 and action = $2',
    [approvalId, action],
  )
  return JSON.parse(rows[0].entry)
}

/** Something an entry could say of a request that waits. */
const lie = (request: Awaited<ReturnType<typeof storeApproval>>, status: string) => ({
  action: `approval.${status}`,
  actor: 'cmo',
  role: 'executive',
  onBehalfOf: null,
  reviewId: request.reviewId,
  subject: request.approvalId,
  ruleIds: [],
  factsSha256: request.factsSha256,
  reason: null,
  before: { status: 'pending' },
  after: { status },
})

describe('a row that tells of a request', () => {
  it.each([
    'draft',
    'proposed',
    'pending',
    'approved',
    'applying',
    'applied',
    'verified',
    'failed',
    'rejected',
    'expired',
    'withdrawn',
    'rolled_back',
    'superseded',
    'refused',
    'refused_by_books',
    'asked',
    'reminded',
    'escalated',
    'decided',
    'requested',
    'crowned',
  ])('that waits is refused: %s', async (status) => {
    await expect(tell(lie(await storeApproval(store.pool), status))).rejects.toMatchObject(notDone)
  })

  it('tells of its filing once, whatever else it says', async () => {
    const { approvalId } = await storeApproval(store.pool)
    const filed = await toldOf(approvalId, 'approval.requested')
    for (const after of [filed['after'], { ...Object(filed['after']), tier: 'low' }]) {
      await expect(tell({ ...filed, after })).rejects.toMatchObject(notDone)
    }
  })

  it('tells of a decision once, whatever else it says', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request))
    const told = await toldOf(request.approvalId, 'approval.decided')
    await expect(tell(told)).rejects.toMatchObject(notDone)
    await expect(
      tell({ ...told, after: { ...Object(told['after']), more: true } }),
    ).rejects.toMatchObject(notDone)
    await expect(tell(lie(request, 'approved'))).rejects.toMatchObject(notDone)
  })

  it('tells of a step once', async () => {
    const { approvalId } = await storeApproval(store.pool)
    await withdrawApproval(store.pool, { approvalId, status: 'withdrawn', reason: 'x' }, SYSTEM)
    const told = await toldOf(approvalId, 'approval.withdrawn')
    await expect(tell({ ...told, actor: 'cmo' })).rejects.toMatchObject(notDone)
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['role', { role: 'EMPEROR' }],
    ['facts', { factsSha256: 'f'.repeat(64) }],
    ['review', { reviewId: 'another' }],
    ['reason', { reason: 'another' }],
    ['person', { actor: 'dan' }],
    ['principal', { onBehalfOf: 'cfo' }],
    ['state before', { before: { status: 'draft' } }],
    ['plan', { after: { planSha256: 'f'.repeat(64) } }],
    ['token', { after: { tokenId: 'another' } }],
    ['decision', { after: { decision: 'reject' } }],
    ['state after', { after: { status: 'pending' } }],
  ])('of a decision has its own %s', async (_, changes) => {
    const request = await storeApproval(store.pool)
    const { after, ...rest } = changes
    const entry = decided(request, { person: 'fay', reason: 'x' })
    const lying = logged(store.pool, { ...entry, ...rest, after: Object(after) }, (client) =>
      client.query(
        `insert into mo.approval_decisions (approval_id, person, decision, reason, plan_sha256, facts_sha256, policy_sha256)
         select approval_id, 'fay', 'approve', 'x', plan_sha256, facts_sha256, policy_sha256
         from mo.approvals where approval_id = $1`,
        [request.approvalId],
      ),
    )
    await expect(lying).rejects.toMatchObject({ code: 'MO001' })
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['reason', { reason: 'another' }],
    ['facts', { factsSha256: 'f'.repeat(64) }],
    ['state before', { before: { status: 'applied' } }],
    ['state after', { after: { status: 'superseded' } }],
  ])('of a step has its own %s', async (_, changes) => {
    const { approvalId } = await storeApproval(store.pool)
    const step = {
      action: 'approval.withdrawn',
      subject: approvalId,
      before: { status: 'pending' },
    }
    const take = (what: Readonly<Record<string, unknown>>) =>
      logged(store.pool, { ...step, ...what }, (client) =>
        client.query(
          `update mo.approvals set status = 'withdrawn', status_reason = 'x' where approval_id = $1`,
          [approvalId],
        ),
      )
    await expect(take(changes)).rejects.toMatchObject(notDone)
    await take({})
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true })
  })
})
