import { randomUUID } from 'node:crypto'

import type { Pool, PoolClient, QueryResult } from 'pg'
import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { BoundFacts } from '#rules/schema/bound-facts.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import { appendAudit } from '#src/audit/append.ts'
import { auditEntry, type Actor, type AuditEntry } from '#src/audit/entry.ts'
import type { NewDecision } from '#src/store/approval-decisions.ts'
import { stepApproval } from '#src/store/approval-steps.ts'
import { requestApprovals } from '#src/store/approvals.ts'
import type { Deciders, NewApproval } from '#src/store/approvals.ts'
import type { NewOrder } from '#src/store/change-orders.ts'
import { sha256 } from '#src/store/hash.ts'
import { keepPolicy } from '#src/store/policies.ts'
import { createReview, loadReview } from '#src/store/reviews.ts'
import type { NewReview } from '#src/store/reviews.ts'
import { inTransaction } from '#src/store/transaction.ts'

import { storeOf } from './store.ts'

/** Records as a review makes them, each with ids of its own, so that tests of one file do not meet. */

export const SYSTEM: Actor = { actor: 'system:test', role: null, onBehalfOf: null }

export const hashOf = (digit: string): string => digit.repeat(64)

export function newReview(changes: Partial<NewReview> = {}): NewReview {
  return {
    reviewId: `review-${randomUUID()}`,
    workspace: 'acme',
    month: '2026-10',
    asOf: '2026-11-03T09:00:00Z',
    policy: '{"version":"1"}',
    manifest: '{"inputs":[]}',
    inputSha256: hashOf('a'),
    ...changes,
  }
}

/** A review on record; returns its id. Its policy is admitted, and lets decide on prose who the review says. */
export async function storeReview(pool: Pool, changes: Partial<NewReview> = {}): Promise<string> {
  const policy = await admitted(pool, {
    workspace: changes.workspace ?? 'acme',
    rights: { wordsApprovers: changes.wordsApprovers, requireToken: changes.tokenRequired },
  })
  const review = newReview({ policy, ...changes })
  await createReview(pool, review)
  return review.reviewId
}

/** Puts a policy on record that says so of rights, as the program does with one of a workspace. Returns its text. */
async function admitted(
  pool: Pool,
  {
    workspace,
    rights,
  }: { readonly workspace: string; readonly rights: Readonly<Record<string, unknown>> },
): Promise<string> {
  const given = Object.fromEntries(
    Object.entries(rights).filter(([, value]) => value !== undefined),
  )
  const text = canonicalJson({
    workspace,
    timeZone: 'UTC',
    requireToken: false,
    editedBy: [],
    wordsApprovers: [],
    rollbackDays: 90,
    windowDays: 30,
    people: [],
    delegations: [],
    tiers: [],
    ...given,
  })
  const store = storeOf(pool)
  if (store !== undefined)
    await keepPolicy(store, { sha256: sha256(text), text, workspace, rights: text })
  return text
}

/** People who decide in tests, in the own name and for others, as if the policy said so. */
const PEOPLE = [
  'fay',
  'dan',
  'eve',
  'pat',
  'cfo',
  ...Array.from({ length: 10 }, (_, at) => `person-${at}`),
]
const LENT = [
  ['dan', 'fay'],
  ['dan', 'mia'],
  ['fay', 'cfo'],
  ...Array.from({ length: 10 }, (_, at) => [`person-${at}`, `person-${(at + 1) % 10}`]),
] as const

function decidersBut(barred: readonly string[]): Deciders {
  const may = PEOPLE.filter((each) => !barred.includes(each))
  const lent = LENT.filter(([, from]) => may.includes(from))
  return {
    timeZone: 'UTC',
    people: [
      ...may.map((person) => ({ person, principal: person, from: null, to: null })),
      ...lent.map(([to, from]) => ({
        person: to,
        principal: from,
        from: '2000-01-01',
        to: '2098-12-31',
      })),
    ],
  }
}

/** A policy that bears out exactly what the request says. */
async function policyFor(
  pool: Pool,
  {
    tier,
    approversNeeded,
    roles,
    tokenRequired,
    deciders,
  }: NewApproval & { readonly deciders: Deciders },
  workspace: string,
): Promise<string> {
  const { timeZone, people } = deciders
  return admitted(pool, {
    workspace,
    rights: {
      timeZone,
      requireToken: tokenRequired,
      tiers: [{ id: tier, approvers: approversNeeded, roles, maxAmount: null, monthlyCap: null }],
      people: [...new Set(people.flatMap(({ principal }) => principal))].map((id) => ({
        id,
        roles,
        mayApprove: [tier, 'increase'],
        limit: null,
      })),
      delegations: people
        .filter(({ person, principal }) => person !== principal)
        .map(({ person: to, principal: from, from: startOn, to: endOn }) => ({
          from,
          to,
          scope: [tier, 'increase'],
          limit: 1e9,
          startOn,
          endOn,
        })),
    },
  })
}

/** A move of 1,200.00 USD from search to social. */
export const MOVE: BudgetMove = {
  id: 'MOVE:A-1',
  origin: 'carried',
  actionId: 'A-1',
  campaignId: 'C1',
  fromLine: 'C1/search',
  toLine: 'C1/social',
  fromName: 'Search in C1',
  toName: 'Social in C1',
  amount: { currency: 'USD', minor: 120_000 },
  reasonCode: 'scale_winner',
  basis: {},
  expectedImpact: null,
  impactNotMeasured: 'not estimated',
  concerns: [],
  ruleId: 'budget.carried_move',
}

/** What `MOVE` rests on: nothing measured, nothing in the way. */
export const FACTS: BoundFacts = {
  giver_planned_minor: null,
  giver_committed_minor: null,
  giver_covers_amount: null,
  giver_stopped: false,
  receiver_planned_minor: null,
  receiver_committed_minor: null,
  receiver_stopped: false,
  receiver_under_risk: false,
  receiver_risks: [],
  campaign_status: 'active',
  proposal_status: 'proposed',
}

/** A request for approval on record, of a review of its own unless one is named. */
export async function storeApproval(
  pool: Pool,
  changes: Partial<NewApproval> = {},
): Promise<NewApproval> {
  const plan = changes.move ?? MOVE
  const basis = changes.facts ?? FACTS
  const reviewId = changes.reviewId ?? (await storeReview(pool))
  const proposer = changes.proposer ?? 'mia'
  const barred = changes.barred ?? []
  const plain = {
    approvalId: `approval-${randomUUID()}`,
    reviewId,
    move: plan,
    facts: basis,
    tier: 'medium',
    approversNeeded: 1,
    roles: ['finance'],
    proposer,
    barred,
    deciders: decidersBut([proposer, ...barred]),
    tokenRequired: false,
    planSha256: sha256(canonicalJson(plan)),
    factsSha256: sha256(canonicalJson(basis)),
    policySha256: hashOf('3'),
    remainderMinor: null,
    plannedMinor: null,
    rollback: { withinDays: 14 },
    createdAt: '2026-11-03T09:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
    ...changes,
  }
  const review = await loadReview(pool, reviewId)
  const policy = await policyFor(pool, plain, review?.workspace ?? 'acme')
  const request: NewApproval = { ...plain, policySha256: changes.policySha256 ?? sha256(policy) }
  await requestApprovals(pool, [request], SYSTEM)
  return request
}

/** Takes a request back unless nothing can be taken back any more. Returns whether it was. */
export async function withdrawApproval(
  pool: Pool,
  {
    approvalId,
    status,
    reason,
  }: {
    readonly approvalId: string
    readonly status: 'superseded' | 'withdrawn'
    readonly reason: string
  },
  actor: Actor,
): Promise<boolean> {
  const event = status === 'superseded' ? 'supersede' : 'withdraw'
  const outcome = await inTransaction(pool, (client) =>
    stepApproval(client, { approvalId, event, reason }, actor),
  )
  return outcome.ok
}

/** A decision of `fay` in favour of the request, bound to what it says. */
export function decisionOn(request: NewApproval, changes: Partial<NewDecision> = {}): NewDecision {
  return {
    approvalId: request.approvalId,
    person: 'fay',
    role: 'finance',
    onBehalfOf: null,
    decision: 'approve',
    reason: 'within the quarter plan',
    ruleIds: ['governance.decision_rights'],
    planSha256: request.planSha256,
    factsSha256: request.factsSha256,
    policySha256: request.policySha256,
    ...changes,
  }
}

/**
 * Runs a statement past the program, with the row of the log without which the database would refuse it at the end. What is left out of a row
 * about a request is as the tables have it.
 */
export async function logged(
  pool: Pool,
  what: Pick<AuditEntry, 'action' | 'subject'> & Partial<AuditEntry>,
  statement: (client: PoolClient) => Promise<QueryResult>,
): Promise<QueryResult> {
  return inTransaction(pool, async (client) => {
    const [before] = await rowsAbout(client, what)
    const result = await statement(client)
    await tell(client, what, before)
    return result
  })
}

/** Appends the row of the log, with what is left out of it as the tables have it. */
export async function tell(
  client: Pick<PoolClient, 'query'>,
  what: Pick<AuditEntry, 'action' | 'subject'> & Partial<AuditEntry>,
  before?: Told,
): Promise<void> {
  const [row] = await rowsAbout(client, what)
  const whole = row === undefined ? what : toldOf(what, { before, row })
  await appendAudit(client, auditEntry(SYSTEM, whole))
}

interface Told {
  readonly review_id: string
  readonly facts_sha256: string
  readonly status: string
  readonly status_reason: string | null
  readonly requested: { readonly before: AuditEntry['before']; readonly after: AuditEntry['after'] }
}

async function rowsAbout(
  client: Pick<PoolClient, 'query'>,
  { subject }: Pick<AuditEntry, 'subject'>,
): Promise<Told[]> {
  const { rows } = await client.query<Told>(
    `select review_id, facts_sha256, status, status_reason, jsonb_build_object(
       'before', jsonb_build_object('supersedes', supersedes, 'remainderMinor', remainder_minor, 'plannedMinor', planned_minor),
       'after', jsonb_build_object('status', status, 'tier', tier, 'planSha256', plan_sha256, 'policySha256', policy_sha256,
         'reserved', true, 'difference', difference::jsonb)) as requested
     from mo.approvals where approval_id = $1`,
    [subject],
  )
  return rows
}

function toldOf(
  what: Pick<AuditEntry, 'action' | 'subject'> & Partial<AuditEntry>,
  { before, row }: { readonly before: Told | undefined; readonly row: Told },
): typeof what {
  const common = { reviewId: row.review_id, factsSha256: row.facts_sha256 }
  if (what.action === 'approval.requested') return { ...common, ...row.requested, ...what }
  if (what.action !== 'approval.decided') {
    const steps = { before: { status: before?.status ?? null }, after: { status: row.status } }
    return { ...common, reason: row.status_reason, ...steps, ...what }
  }
  const planSha256 = z.object({ planSha256: z.string() }).parse(row.requested.after).planSha256
  const after = { decision: 'approve', planSha256, tokenId: null, status: row.status }
  return {
    ...what,
    reviewId: what.reviewId ?? row.review_id,
    factsSha256: what.factsSha256 ?? row.facts_sha256,
    before: what.before ?? { status: 'pending' },
    after: { ...after, ...z.record(z.string(), z.json()).parse(what.after ?? {}) },
  }
}

/** The row of the log for a decision of `fay` or another on the request, as `decisionOn` makes it. */
export function decided(
  { approvalId }: Pick<NewApproval, 'approvalId'>,
  given: { readonly person: string; readonly onBehalfOf?: string | null; readonly reason: string },
): AuditEntry {
  const who = { actor: given.person, role: null, onBehalfOf: given.onBehalfOf ?? null }
  const after = { decision: 'approve' }
  return auditEntry(who, {
    action: 'approval.decided',
    subject: approvalId,
    reason: given.reason,
    after,
  })
}

/** The order that takes what `MOVE` takes from its giver, or gives it back. */
export function giverOrder({
  approvalId,
  planSha256 = sha256(canonicalJson(MOVE)),
  ...changes
}: Partial<NewOrder> & { readonly approvalId: string; readonly planSha256?: string }): NewOrder {
  const { purpose = 'move', position = 0, line = 'C1/search' } = changes
  const [campaignId = '', channelId = ''] = line.split('/')
  return {
    orderId: `${approvalId}:${purpose}:${position}`,
    approvalId,
    purpose,
    position,
    line,
    deltaMinor: -120_000,
    oldMinor: null,
    newMinor: null,
    details: {
      reviewId: 'r',
      moveId: MOVE.id,
      campaignId,
      campaignName: 'Campaign one',
      channelId,
      channelName: 'Search',
      platform: 'Google Ads',
      currency: 'USD',
      planSha256,
    },
    ...changes,
  }
}
