import { randomUUID } from 'node:crypto'

import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { loadDecisions, recordDecision } from '#src/store/approval-decisions.ts'
import { loadApproval } from '#src/store/approvals.ts'
import { decisionOn, hashOf, logged, storeApproval } from '#test/support/records.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

describe('many at once, over 50 connections', () => {
  let pool: Pool
  beforeAll(async () => {
    pool = new Pool({ ...store.store.connection, max: 50 })
    // Open before the first attempt, so that attempts meet and do not queue up behind log-ins.
    const clients = await Promise.all(Array.from({ length: 50 }, () => pool.connect()))
    for (const client of clients) client.release()
  })
  afterAll(() => pool.end())

  test('of 200 attempts by 200 people on one request exactly one stands, and every other is told why', async () => {
    const all = Array.from({ length: 200 }, (_, index) => `person-${index}`)
    const people = all.map((person) => ({ person, principal: person, from: null, to: null }))
    const request = await storeApproval(store.pool, { deciders: { timeZone: 'UTC', people } })
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        recordDecision(
          pool,
          decisionOn(request, {
            person: `person-${index}`,
            decision: index % 2 === 0 ? 'approve' : 'reject',
          }),
        ),
      ),
    )
    const accepted = outcomes.filter((outcome) => outcome.ok)
    const refused = outcomes.filter((outcome) => !outcome.ok)
    expect(accepted).toHaveLength(1)
    expect(new Set(refused.map((outcome) => outcome.reason))).toEqual(new Set(['not-pending']))
    expect(await loadDecisions(store.pool, request.approvalId)).toHaveLength(1)
    const settled = accepted[0]?.decisions[0]?.decision === 'approve' ? 'approved' : 'rejected'
    expect(await loadApproval(store.pool, request.approvalId)).toMatchObject({ status: settled })
    const { rows } = await store.pool.query(
      `select action, count(*)::int from mo.audit_log where subject = $1 group by action order by action`,
      [request.approvalId],
    )
    expect(rows).toEqual([
      { action: 'approval.decided', count: 1 },
      { action: 'approval.refused', count: 199 },
      { action: 'approval.requested', count: 1 },
    ])
  })

  test('one person who asks 50 times at once is counted once', async () => {
    const request = await storeApproval(store.pool, { approversNeeded: 2 })
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => recordDecision(pool, decisionOn(request))),
    )
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1)
    expect(await loadApproval(store.pool, request.approvalId)).toMatchObject({ status: 'pending' })
  })

  test('where two must agree, two different people of 200 attempts do, and nobody twice', async () => {
    const request = await storeApproval(store.pool, { approversNeeded: 2, barred: ['person-3'] })
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        recordDecision(
          pool,
          decisionOn(request, {
            person: `person-${index % 10}`,
            // Every other attempt is made for the person beside: a delegate counts as the principal.
            onBehalfOf: index % 20 < 10 ? null : `person-${(index + 1) % 10}`,
          }),
        ),
      ),
    )
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(2)
    const decisions = await loadDecisions(store.pool, request.approvalId)
    const involved = decisions.flatMap(({ person, onBehalfOf }) => [
      ...new Set([person, onBehalfOf ?? person]),
    ])
    expect(decisions).toHaveLength(2)
    expect(new Set(involved).size).toBe(involved.length)
    expect(involved).not.toContain('person-3')
    expect(await loadApproval(store.pool, request.approvalId)).toMatchObject({ status: 'approved' })
  })

  test('one person’s rejections among 200 attempts leave one outcome that fits what is on record', async () => {
    const request = await storeApproval(store.pool, { approversNeeded: 10 })
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        recordDecision(
          pool,
          decisionOn(request, {
            person: `person-${index % 10}`,
            decision: index % 10 === 7 ? 'reject' : 'approve',
          }),
        ),
      ),
    )
    const approval = await loadApproval(store.pool, request.approvalId)
    const decisions = await loadDecisions(store.pool, request.approvalId)
    expect(approval?.status).toBe('rejected')
    expect(decisions.at(-1)).toMatchObject({ person: 'person-7', decision: 'reject' })
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(decisions.length)
  })
})

describe("direct SQL in the application's role", () => {
  const insert = `insert into mo.approval_decisions
      (approval_id, person, on_behalf_of, decision, reason, plan_sha256, facts_sha256, policy_sha256)
    values ($1, $2, null, 'approve', 'forged', $3, $4, $5)`

  test.each([
    ['on one’s own proposal', { proposer: 'fay' }, 'own-proposal'],
    ['after the deadline', { expiresAt: '2026-11-04T09:00:00Z' }, 'expired'],
  ])('cannot decide %s', async (_, changes, constraint) => {
    const request = await storeApproval(store.pool, changes)
    await expect(
      store.pool.query(insert, [
        request.approvalId,
        'fay',
        request.planSha256,
        request.factsSha256,
        request.policySha256,
      ]),
    ).rejects.toMatchObject({ code: 'MO002', constraint })
  })

  test('cannot date a decision', async () => {
    const request = await storeApproval(store.pool)
    await expect(
      store.pool.query(
        `insert into mo.approval_decisions
           (approval_id, person, decision, reason, plan_sha256, facts_sha256, policy_sha256, decided_at)
         values ($1, 'fay', 'approve', 'forged', $2, $3, $4, '2026-11-03T10:00:00Z')`,
        [request.approvalId, request.planSha256, request.factsSha256, request.policySha256],
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test.each([
    ['of another plan, forged', { plan: hashOf('9') }, 'changed-since'],
    ['on other facts, forged', { facts: hashOf('9') }, 'changed-since'],
    ['under another policy, forged', { policy: hashOf('9') }, 'changed-since'],
    ['somebody gave before, replayed', { person: 'fay' }, 'already-decided'],
    ['in the name of somebody who decided', { person: 'dan', for: 'fay' }, 'already-decided'],
    ['by a delegate of the proposer', { person: 'dan', for: 'mia' }, 'own-proposal'],
    ['by somebody barred', { person: 'pat' }, 'conflict-of-interest'],
    ['on a request that is none', { id: 'nothing' }, 'not-found'],
  ])('cannot add a decision %s', async (_, given, constraint) => {
    const request = await storeApproval(store.pool, { approversNeeded: 3, barred: ['pat'] })
    await recordDecision(store.pool, decisionOn(request))
    const row = {
      id: request.approvalId,
      person: 'eve',
      for: null,
      plan: request.planSha256,
      facts: request.factsSha256,
      policy: request.policySha256,
      ...given,
    }
    const added = store.pool.query(
      `insert into mo.approval_decisions
         (approval_id, person, on_behalf_of, decision, reason, plan_sha256, facts_sha256, policy_sha256)
       values ($1, $2, $3, 'approve', 'forged', $4, $5, $6)`,
      [row.id, row.person, row.for, row.plan, row.facts, row.policy],
    )
    await expect(added).rejects.toMatchObject({ code: 'MO002', constraint })
  })

  test('cannot replay a decision on a request that is settled by it', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request))
    const replay = store.pool.query(
      `insert into mo.approval_decisions
         (approval_id, person, decision, reason, plan_sha256, facts_sha256, policy_sha256)
       select approval_id, 'eve', decision, reason, plan_sha256, facts_sha256, policy_sha256
       from mo.approval_decisions where approval_id = $1`,
      [request.approvalId],
    )
    await expect(replay).rejects.toMatchObject({ code: 'MO002', constraint: 'not-pending' })
  })

  test('cannot settle a request without decisions, nor reopen it, nor make it larger', async () => {
    const request = await storeApproval(store.pool)
    const settled = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(settled, { decision: 'reject' }))
    const change = (text: string, id: string) =>
      store.pool.query(`update mo.approvals set ${text} where approval_id = $1`, [id])
    const id = request.approvalId
    const notBorneOut = { code: 'MO002', constraint: 'status-not-borne-out' }
    for (const status of ['approved', 'rejected', 'expired']) {
      await expect(change(`status = '${status}'`, id)).rejects.toMatchObject(notBorneOut)
    }
    for (const text of [`status = 'pending'`, `status = 'approved'`, `status_reason = 'another'`]) {
      await expect(change(text, settled.approvalId)).rejects.toMatchObject(notBorneOut)
    }
    for (const text of [
      `move = '{}'`,
      `expires_at = now()`,
      `approvers_needed = 0`,
      `proposer = 'x'`,
      `settled_at = now()`,
    ]) {
      await expect(change(text, id)).rejects.toMatchObject({ code: '42501' })
    }
    await change(`interrupt_id = 'i-1'`, id)
    await expect(change(`interrupt_id = 'i-2'`, id)).rejects.toMatchObject({ code: 'MO001' })
  })

  test('cannot put an approved request on record, unless the policy asks nobody', async () => {
    const copied = randomUUID()
    const entry = { action: 'approval.requested', subject: copied }
    const copy = (id: string, status: string) =>
      logged(store.pool, entry, (client) =>
        client.query(
          `insert into mo.approvals (approval_id, review_id, move, facts, tier, approvers_needed, roles, proposer,
           plan_sha256, facts_sha256, policy_sha256, expires_at, status, remainder_minor, planned_minor, deciders)
         select $3, review_id, move, facts, tier, approvers_needed, roles, proposer,
           plan_sha256, facts_sha256, policy_sha256, expires_at, $2, 1000000000, 1000000000, deciders
         from mo.approvals where approval_id = $1`,
          [id, status, copied],
        ),
      )
    const asked = await storeApproval(store.pool)
    await expect(copy(asked.approvalId, 'approved')).rejects.toMatchObject({
      constraint: 'status-not-borne-out',
    })
    const covered = { remainderMinor: 1_000_000_000, plannedMinor: 1_000_000_000 }
    const passed = await storeApproval(store.pool, { approversNeeded: 0, ...covered })
    expect((await copy(passed.approvalId, 'approved')).rowCount).toBe(1)
  })

  test('cannot change or delete a decision or a request', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request))
    for (const text of [
      `update mo.approval_decisions set decision = 'reject'`,
      'delete from mo.approval_decisions',
      'truncate mo.approval_decisions cascade',
      'delete from mo.approvals',
      'alter table mo.approval_decisions disable trigger all',
      'drop table mo.approvals cascade',
      `set session_replication_role = 'replica'`,
      'set role mo_owner',
    ]) {
      await expect(store.pool.query(text)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('is refused by triggers where rights do not reach: to the owner too', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request))
    await store.store.asOwner(async (owner) => {
      for (const text of [
        `update mo.approval_decisions set decision = 'reject'`,
        'delete from mo.approval_decisions',
        'truncate mo.approval_decisions',
        'delete from mo.approvals',
        `update mo.approvals set move = '{}'`,
      ]) {
        await expect(owner.query(text)).rejects.toMatchObject({ code: 'MO001' })
      }
    })
  })
})
