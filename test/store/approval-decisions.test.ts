import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { recordDecision } from '#src/store/approval-decisions.ts'
import { loadApproval } from '#src/store/approvals.ts'
import {
  decisionOn,
  hashOf,
  storeApproval,
  SYSTEM,
  withdrawApproval,
} from '#test/support/records.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

describe('recordDecision', () => {
  test('approves with the one person it needs, and says who and when', async () => {
    const request = await storeApproval(store.pool)
    expect(await recordDecision(store.pool, decisionOn(request))).toEqual({
      ok: true,
      status: 'approved',
      decisions: [
        {
          approvalId: request.approvalId,
          person: 'fay',
          onBehalfOf: null,
          decision: 'approve',
          reason: 'within the quarter plan',
          decidedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        },
      ],
    })
    const approval = await loadApproval(store.pool, request.approvalId)
    expect(approval?.status).toBe('approved')
    expect(Date.now() - Date.parse(approval?.settledAt ?? '')).toBeLessThan(60_000)
  })

  test('waits for the second person where two are needed', async () => {
    const request = await storeApproval(store.pool, { approversNeeded: 2 })
    const first = await recordDecision(store.pool, decisionOn(request))
    expect(first).toMatchObject({ ok: true, status: 'pending' })
    const second = await recordDecision(store.pool, decisionOn(request, { person: 'eve' }))
    expect(second).toMatchObject({ ok: true, status: 'approved' })
    expect(second.decisions.map((decision) => decision.person)).toEqual(['fay', 'eve'])
  })

  test('is rejected by one, whoever approved before', async () => {
    const request = await storeApproval(store.pool, { approversNeeded: 2 })
    await recordDecision(store.pool, decisionOn(request))
    const rejection = decisionOn(request, {
      person: 'eve',
      decision: 'reject',
      reason: 'too early',
    })
    expect(await recordDecision(store.pool, rejection)).toMatchObject({
      ok: true,
      status: 'rejected',
    })
  })

  test.each([
    ['the proposer', { person: 'mia' }, 'own-proposal'],
    ['a delegate of the proposer', { person: 'dan', onBehalfOf: 'mia' }, 'own-proposal'],
    ['the proposer as a delegate', { person: 'mia', onBehalfOf: 'fay' }, 'own-proposal'],
    ['a barred person', { person: 'pat' }, 'conflict-of-interest'],
    ['a delegate of a barred person', { person: 'dan', onBehalfOf: 'pat' }, 'conflict-of-interest'],
    ['who saw another plan', { planSha256: hashOf('9') }, 'changed-since'],
    ['who saw other facts', { factsSha256: hashOf('9') }, 'changed-since'],
    ['who saw another policy', { policySha256: hashOf('9') }, 'changed-since'],
    ['who gives no reason', { reason: '  ' }, 'no-reason'],
  ])('refuses %s', async (_, changes, reason) => {
    const request = await storeApproval(store.pool, { barred: ['pat'] })
    expect(await recordDecision(store.pool, decisionOn(request, changes))).toEqual({
      ok: false,
      reason,
      status: 'pending',
      decisions: [],
    })
  })

  test.each([
    ['again', { person: 'fay' }],
    ['again with another answer', { person: 'fay', decision: 'reject' as const }],
    ['again, now for somebody else', { person: 'fay', onBehalfOf: 'eve' }],
    ['through a delegate', { person: 'dan', onBehalfOf: 'fay' }],
  ])('refuses who decided already: %s', async (_, changes) => {
    const request = await storeApproval(store.pool, { approversNeeded: 2 })
    await recordDecision(store.pool, decisionOn(request))
    const outcome = await recordDecision(store.pool, decisionOn(request, changes))
    expect(outcome).toMatchObject({ ok: false, reason: 'already-decided', status: 'pending' })
    expect(outcome.decisions).toHaveLength(1)
  })

  test('counts a delegate as the principal: neither may decide once more', async () => {
    const request = await storeApproval(store.pool, { approversNeeded: 3 })
    await recordDecision(store.pool, decisionOn(request, { person: 'dan', onBehalfOf: 'fay' }))
    for (const changes of [
      { person: 'fay' },
      { person: 'dan' },
      { person: 'gus', onBehalfOf: 'dan' },
    ]) {
      const outcome = await recordDecision(store.pool, decisionOn(request, changes))
      expect(outcome).toMatchObject({ ok: false, reason: 'already-decided' })
    }
  })

  test('refuses a decision on what is settled, and shows the settlement', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request))
    expect(await recordDecision(store.pool, decisionOn(request, { person: 'eve' }))).toMatchObject({
      ok: false,
      reason: 'not-pending',
      status: 'approved',
      decisions: [{ person: 'fay' }],
    })
    const withdrawn = await storeApproval(store.pool)
    await withdrawApproval(
      store.pool,
      { approvalId: withdrawn.approvalId, status: 'withdrawn', reason: 'plan changed' },
      SYSTEM,
    )
    expect(await recordDecision(store.pool, decisionOn(withdrawn))).toMatchObject({
      ok: false,
      reason: 'not-pending',
      status: 'withdrawn',
    })
  })

  test('refuses a decision after the deadline and settles the request as expired', async () => {
    const request = await storeApproval(store.pool, { expiresAt: '2026-11-04T09:00:00Z' })
    const outcome = { ok: false, reason: 'expired', status: 'expired', decisions: [] }
    expect(await recordDecision(store.pool, decisionOn(request))).toEqual(outcome)
    expect(await recordDecision(store.pool, decisionOn(request))).toEqual(outcome)
  })

  test('says so when there is no such request', async () => {
    const request = await storeApproval(store.pool)
    const decision = { ...decisionOn(request), approvalId: 'nothing' }
    expect(await recordDecision(store.pool, decision)).toEqual({
      ok: false,
      reason: 'not-found',
      status: null,
      decisions: [],
    })
  })

  test('passes other failures on: they are not refusals', async () => {
    const request = await storeApproval(store.pool)
    const decision = decisionOn(request, { reason: 'not a text: \0' })
    await expect(recordDecision(store.pool, decision)).rejects.toMatchObject({ code: '22021' })
  })

  test('puts accepted and refused decisions on the audit log, with who, for whom, why and on which facts', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request, { person: 'mia' }))
    await recordDecision(store.pool, decisionOn(request, { person: 'dan', onBehalfOf: 'fay' }))
    const { rows } = await store.pool.query(
      `select entry::jsonb as entry from mo.audit_log where subject = $1 order by seq`,
      [request.approvalId],
    )
    const common = {
      role: 'finance',
      subject: request.approvalId,
      ruleIds: ['governance.decision_rights'],
      factsSha256: request.factsSha256,
      reason: 'within the quarter plan',
    }
    expect(rows.map((row) => row.entry)).toMatchObject([
      { action: 'approval.requested', after: { status: 'pending', tier: 'medium' } },
      {
        ...common,
        action: 'approval.refused',
        actor: 'mia',
        onBehalfOf: null,
        before: null,
        after: { decision: 'approve', refusal: 'own-proposal' },
      },
      {
        ...common,
        action: 'approval.decided',
        actor: 'dan',
        onBehalfOf: 'fay',
        reviewId: request.reviewId,
        before: { status: 'pending' },
        after: { decision: 'approve', status: 'approved', planSha256: request.planSha256 },
      },
    ])
  })
})

test('a decision under way makes the next one wait, also from another connection', async () => {
  const request = await storeApproval(store.pool)
  const first = new Client(store.store.connection)
  await first.connect()
  const values = [request.approvalId, request.planSha256, request.factsSha256, request.policySha256]
  await first.query('begin')
  await first.query(
    `insert into mo.approval_decisions (approval_id, person, decision, reason, plan_sha256, facts_sha256, policy_sha256)
     values ($1, 'eve', 'reject', 'no', $2, $3, $4)`,
    values,
  )
  const second = recordDecision(store.pool, decisionOn(request))
  await expect
    .poll(async () => {
      const { rows } = await store.pool.query(
        `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock'`,
      )
      return rows
    })
    .toEqual([{ waiting: 1 }])
  await first.query('rollback')
  await first.end()
  expect(await second).toMatchObject({ ok: true, status: 'approved' })
})
