import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { auditEntry } from '#src/audit/entry.ts'
import { recordDecision } from '#src/store/approval-decisions.ts'
import { sha256 } from '#src/store/hash.ts'
import {
  decided,
  decisionOn,
  FACTS,
  hashOf,
  logged,
  MOVE,
  SYSTEM,
  storeApproval,
  storeReview,
} from '#test/support/records.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

/** What somebody could do who gets to send statements in the application's role: each was tried, and must be refused. */

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

/** A session of its own in the application's role, as of somebody who sends what statements they like. */
async function asIntruder<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(store.store.connection)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

describe('rights in the application’s role', () => {
  test('reach no function of the store, and each of these means its names by itself', async () => {
    const { rows } = await store.pool.query(
      `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = 'mo' and (has_function_privilege('mo_app', p.oid, 'execute')
         or not coalesce(p.proconfig, '{}') @> '{"search_path=pg_catalog, pg_temp"}')`,
    )
    expect(rows).toEqual([])
  })

  test('change no row of record but in the columns that move on, and take none away', async () => {
    const { rows } = await store.pool.query(
      `select c.relname as table, string_agg(a.attname, ',' order by a.attname) as changed
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where n.nspname = 'mo' and c.relkind = 'r' and has_column_privilege('mo_app', c.oid, a.attnum, 'update')
         and c.relname not in ('settings', 'workspaces', 'dead_letters', 'queue_turns', 'llm_calls') group by 1 order by 1`,
    )
    expect(rows).toEqual([
      { table: 'api_tokens', changed: 'last_used_at' },
      { table: 'approvals', changed: 'interrupt_id,status,status_reason' },
      { table: 'outbox', changed: 'attempts,last_error,sent_at' },
      { table: 'reviews', changed: 'fence,status,status_detail,updated_at' },
      { table: 'sessions', changed: 'ended_at' },
      {
        table: 'stage_results',
        changed: 'attempts,finished_at,program_sha256,result,result_sha256,started_at',
      },
    ])
    const taken = await store.pool.query(
      `select c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'mo' and has_table_privilege('mo_app', c.oid, 'delete, truncate, trigger, references, maintain')
       order by 1`,
    )
    expect(taken.rows).toEqual([{ table: 'dead_letters' }, { table: 'workspaces' }])
  })

  test.each([
    `set session_replication_role = 'replica'`,
    'alter table mo.approvals disable trigger all',
    'drop trigger chain on mo.audit_log',
    `create or replace function mo.refuse_change() returns trigger language plpgsql as 'begin return new; end'`,
    'alter function mo.refuse_change() owner to mo_app',
    'set role mo_owner',
    'set session authorization mo_owner',
    'grant mo_owner to mo_app',
    'alter role mo_app superuser',
    'create schema evil',
    'create table public.evil (a int)',
    'begin; lock table mo.audit_log in access exclusive mode',
    'select pg_read_file($$pg_hba.conf$$)',
    `copy (select 1) to program 'true'`,
    `insert into mo.migrations values ('9999', 'x')`,
    `insert into mo.approval_steps values ('rejected', 'x', 'approved')`,
    `update mo.reservations set status = 'released', ended_at = now()`,
    `update mo.reviews set policy = 'x'`,
    'delete from mo.stage_results',
    'delete from mo.llm_calls',
    `insert into mo.outbox (message_key, workspace, recipient, subject, body, created_at) values ('k', 'w', 'r', 's', 'b', '1999-01-01')`,
    `insert into mo.approval_notices (approval_id, kind, person, noticed_at) values ('a', 'asked', 'x', '1999-01-01')`,
    `insert into mo.order_receipts (order_id, kind, source, detail, received_at) values ('a', 'accepted', 'x', '{}', '1999-01-01')`,
    `select mo.book(a, 'move', 1) from mo.approvals a`,
    `select mo.settle_approval()`,
  ])('do not allow: %s', async (text) => {
    await asIntruder((client) =>
      expect(client.query(text)).rejects.toMatchObject({ code: '42501' }),
    )
  })
})

describe('functions of the owner', () => {
  test.each([
    'follow_status',
    'settle_approval',
    'reserve_money',
    'check_balance',
    'chain_audit_row',
  ])('cannot be made to run on a table of one’s own: %s', async (name) => {
    await asIntruder(async (client) => {
      // What the trigger would do with rows of one's own making it would do in the owner's name.
      await client.query('create temp table mine (like mo.approvals)')
      await expect(
        client.query(
          `create trigger mine after insert on mine for each row execute function mo.${name}()`,
        ),
      ).rejects.toMatchObject({ code: '42501' })
    })
  })

  test('mean PostgreSQL’s names, whatever stands in the search path', async () => {
    await asIntruder(async (client) => {
      await client.query(`create domain pg_temp.jsonb as text; create temp table approvals (a int);
        set search_path = pg_temp, mo, pg_catalog`)
      const request = await storeApproval(store.pool)
      const settled = client.query(
        `update mo.approvals set status = 'approved' where approval_id = $1`,
        [request.approvalId],
      )
      await expect(settled).rejects.toMatchObject({ constraint: 'status-not-borne-out' })
    })
  })
})

describe('a transaction that does not see what others wrote meanwhile', () => {
  const stale = { code: 'MO002', constraint: 'stale-view' }
  const decide = `insert into mo.approval_decisions
      (approval_id, person, on_behalf_of, decision, reason, plan_sha256, facts_sha256, policy_sha256)
    values ($1, $2, $3, 'approve', 'x', $4, $5, $6)`

  test.each(['repeatable read', 'serializable'])(
    'cannot count one person twice: %s',
    async (isolation) => {
      const request = await storeApproval(store.pool, { approversNeeded: 3 })
      const given = [request.planSha256, request.factsSha256, request.policySha256]
      await asIntruder(async (client) => {
        await client.query(`begin isolation level ${isolation}`)
        await client.query('select count(*) from mo.approvals')
        const first = decided(request, { person: 'dan', onBehalfOf: 'fay', reason: 'x' })
        await logged(store.pool, first, (other) =>
          other.query(decide, [request.approvalId, 'dan', 'fay', ...given]),
        )
        // The rule "nobody takes part twice" would look at the decisions of a moment ago.
        await expect(
          client.query(decide, [request.approvalId, 'fay', 'cfo', ...given]),
        ).rejects.toMatchObject(stale)
      })
    },
  )

  test('cannot reserve the same money twice', async () => {
    const [reviewId, move, facts] = [
      await storeReview(store.pool),
      canonicalJson({ ...MOVE, fromLine: 'C9/search' }),
      canonicalJson(FACTS),
    ]
    await asIntruder(async (client) => {
      await client.query('begin isolation level repeatable read')
      await client.query('select from mo.reservations')
      await expect(
        client.query(
          `insert into mo.approvals (approval_id, review_id, move, facts, tier, approvers_needed, roles, proposer,
             plan_sha256, facts_sha256, policy_sha256, expires_at, remainder_minor, planned_minor)
           values ('rr', $1, $2, $3, 'medium', 1, '{}', 'mia', $4, $5, $6, '2099-01-01', 120000, 120000)`,
          [reviewId, move, facts, sha256(move), sha256(facts), hashOf('3')],
        ),
      ).rejects.toMatchObject(stale)
    })
  })
})

describe('a deed and its row on the audit log', () => {
  const notLogged = { code: 'MO001', constraint: 'not-on-the-log' }
  const decide = `insert into mo.approval_decisions (approval_id, person, decision, reason, plan_sha256, facts_sha256, policy_sha256)
    select approval_id, 'fay', 'approve', 'x', plan_sha256, facts_sha256, policy_sha256 from mo.approvals where approval_id = $1`

  test('are not parted: a decision without one is refused', async () => {
    const request = await storeApproval(store.pool)
    await expect(store.pool.query(decide, [request.approvalId])).rejects.toMatchObject(notLogged)
    for (const [changes, reason] of [
      [{ person: 'dan' }, 'x'],
      [{ onBehalfOf: 'cfo' }, 'x'],
      [{}, 'y'],
    ] as const) {
      const entry = decided(request, { person: 'fay', reason, ...changes })
      const lying = logged(store.pool, entry, (client) =>
        client.query(decide, [request.approvalId]),
      )
      await expect(lying).rejects.toMatchObject({ code: 'MO001' })
    }
    const told = decided(request, { person: 'fay', reason: 'x' })
    await logged(store.pool, told, (client) => client.query(decide, [request.approvalId]))
  })

  test('are not parted: nor is a request taken back in silence, or filed', async () => {
    const { approvalId } = await storeApproval(store.pool)
    for (const status of ['withdrawn', 'superseded']) {
      const taken = store.pool.query('update mo.approvals set status = $2 where approval_id = $1', [
        approvalId,
        status,
      ])
      await expect(taken).rejects.toMatchObject(notLogged)
    }
    const filed = store.pool.query(
      `insert into mo.approvals (approval_id, review_id, move, facts, tier, approvers_needed, roles, proposer,
         plan_sha256, facts_sha256, policy_sha256, expires_at, deciders, status)
       select 'silent', review_id, move, facts, tier, approvers_needed, roles, proposer,
         plan_sha256, facts_sha256, policy_sha256, expires_at, deciders, 'draft' from mo.approvals where approval_id = $1`,
      [approvalId],
    )
    await expect(filed).rejects.toMatchObject(notLogged)
  })

  test.each([
    'approval.requested',
    'approval.decided',
    'token.created',
    'token.revoked',
    'narrative.approved',
    'narrative.rejected',
  ])('are not parted: a row that tells of one nobody did is refused: %s', async (action) => {
    const { approvalId } = await storeApproval(store.pool)
    const entry = {
      ...auditEntry(SYSTEM, {
        action,
        subject: action === 'approval.decided' ? approvalId : 'nothing',
      }),
      actor: 'cfo',
    }
    const told = store.pool.query('insert into mo.audit_log (entry) values ($1)', [
      canonicalJson(entry),
    ])
    await expect(told).rejects.toMatchObject({ code: 'MO001', constraint: 'not-done' })
  })

  test('are told of once', async () => {
    const request = await storeApproval(store.pool)
    await recordDecision(store.pool, decisionOn(request))
    for (const action of ['approval.requested', 'approval.decided']) {
      const again = store.pool.query(
        'insert into mo.audit_log (entry) select entry from mo.audit_log where subject = $1 and action = $2',
        [request.approvalId, action],
      )
      await expect(again).rejects.toMatchObject({ code: 'MO001', constraint: 'not-done' })
    }
  })
})

describe('a review', () => {
  test('keeps counting its locks up, and does not run again when it has ended', async () => {
    const reviewId = await storeReview(store.pool)
    const set = (text: string) =>
      store.pool.query(`update mo.reviews set ${text} where review_id = $1`, [reviewId])
    await set('fence = 1')
    await expect(set('fence = 0')).rejects.toMatchObject({ constraint: 'fence-grows' })
    await set(`status = 'completed'`)
    for (const status of ['created', 'running', 'awaiting_approval', 'withheld', 'failed']) {
      await expect(set(`status = '${status}'`)).rejects.toMatchObject({
        constraint: 'review-ended',
      })
    }
  })

  test('carries no hash but that of its policy, and of what its stages found', async () => {
    const review = store.pool.query(
      `insert into mo.reviews (review_id, workspace, month, as_of, policy, policy_sha256, manifest, input_sha256)
       values ('forged', 'acme', '2026-10', 'x', 'mine', $1, '{}', $1)`,
      [hashOf('c')],
    )
    await expect(review).rejects.toMatchObject({ constraint: 'policy_hash' })
    const stage = store.pool.query(
      `insert into mo.stage_results (review_id, stage, result, result_sha256, finished_at)
       values ($1, 'budget', '{}', $2, now())`,
      [await storeReview(store.pool), hashOf('e')],
    )
    await expect(stage).rejects.toMatchObject({ constraint: 'result_hash' })
  })
})
