import { z } from 'zod'

import { dueNotices, holdersOf, NOTICE_KINDS, type Notice } from '#rules/governance/due-notices.ts'
import type { RequestClock } from '#rules/governance/expiry.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { appendAudit } from '../audit/append.ts'
import { auditEntry } from '../audit/entry.ts'
import { queueMessage } from '../notify/outbox.ts'
import { formatMoney } from '../report/format.ts'
import { loadDecisions } from '../store/approval-decisions.ts'
import { expireApprovals, lockApproval } from '../store/approval-steps.ts'
import { listApprovals, loadApproval, type Approval } from '../store/approvals.ts'
import { execute, query } from '../store/query.ts'
import { listReviews } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { inTransaction, type Queryable } from '../store/transaction.ts'
import { clockOfRequest } from './approval-clock.ts'
import { localDateOf } from './local-time.ts'
import { peopleWhoMayDecide } from './may-decide.ts'
import { moveOf } from './moves.ts'
import { policyOf } from './renew-approvals.ts'

/** In whose name people are asked, reminded and told that it is too late. */
export const NOTICES = { actor: 'system:notices', role: null, onBehalfOf: null } as const

/** A request with what was newly said about it, and with whom it is. */
export interface NoticedRequest {
  readonly approvalId: string
  readonly notices: readonly Notice[]
  readonly holders: readonly string[]
}

/**
 * Asks, reminds and escalates what waits in a workspace, as of now: each thing is said to a person once, however often and from however many
 * processes this is called. What is said is on the audit log; people with a mail address get a message. What nobody answered in time expires.
 */
export async function noticeApprovals(
  store: Store,
  { workspace, now }: { readonly workspace: string; readonly now: Date },
): Promise<NoticedRequest[]> {
  await expireApprovals(store.pool, NOTICES)
  const reviews = await listReviews(store.pool, {
    workspace,
    statuses: ['awaiting_approval', 'running'],
  })
  const noticed: NoticedRequest[] = []
  for (const { reviewId } of reviews) {
    const pending = await listApprovals(store.pool, { reviewId, statuses: ['pending'] })
    for (const { approvalId } of pending) {
      const one = await noticeRequest(store, { approvalId, workspace, now })
      if (one !== undefined) noticed.push(one.noticed)
    }
  }
  return noticed
}

/** What was said about a request, and when there may be more to say. */
export interface RequestNotice {
  readonly noticed: NoticedRequest
  /** Null: never, its clock has run out. */
  readonly nextAt: Date | null
}

/**
 * Asks, reminds and escalates one request, as `noticeApprovals` does.
 *
 * @returns Undefined when it is settled by now: nobody is bothered with it any more.
 */
export async function noticeRequest(
  store: Store,
  {
    approvalId,
    workspace,
    now,
  }: { readonly approvalId: string; readonly workspace: string; readonly now: Date },
): Promise<RequestNotice | undefined> {
  const known = await loadApproval(store.pool, approvalId)
  if (known === undefined) return undefined
  const { policy } = await policyOf(store, known)
  return inTransaction(store.pool, async (client) => {
    // Under its lock, so that nobody is asked about what is decided at this moment, nor two say different things at once.
    const approval = await lockApproval(client, approvalId)
    if (approval?.status !== 'pending') return undefined
    return noticeOne(client, { approval, policy, now, workspace })
  })
}

interface NoticeScene {
  readonly approval: Approval
  readonly policy: Policy
  readonly now: Date
  readonly workspace: string
}

async function noticeOne(client: Queryable, scene: NoticeScene): Promise<RequestNotice> {
  const { approval, policy, now } = scene
  const { approvalId } = approval
  const mayDecide = await peopleFor(client, scene)
  const given = await loadDecisions(client, approvalId)
  const said = await loadNotices(client, approvalId)
  const clock = clockOfRequest(policy, {
    tier: approval.tier,
    filedAt: new Date(approval.createdAt),
  })
  const due = dueNotices({
    clock,
    nowMs: now.getTime(),
    mayDecide,
    missing: approval.approversNeeded - given.length,
    said,
  })
  const notices: Notice[] = []
  for (const notice of due) if (await sayOnce(client, scene, notice)) notices.push(notice)
  const holders = holdersOf({ said: [...said, ...notices], mayDecide })
  return { noticed: { approvalId, notices, holders }, nextAt: nextAt(clock, now) }
}

function nextAt({ remindAtMs, escalateAtMs, expiresAtMs }: RequestClock, now: Date): Date | null {
  const ahead = [remindAtMs, escalateAtMs, expiresAtMs].filter(
    (at) => at !== null && at > now.getTime(),
  )
  return ahead.length === 0 ? null : new Date(Math.min(...ahead.map(Number)))
}

async function sayOnce(client: Queryable, scene: NoticeScene, notice: Notice): Promise<boolean> {
  const { approval, policy, workspace } = scene
  const isNew = await execute(client, {
    text: `insert into mo.approval_notices (approval_id, kind, person) values ($1, $2, $3)
           on conflict do nothing`,
    values: [approval.approvalId, notice.kind, notice.person],
  })
  if (isNew === 0) return false
  const person = policy.people.find((each) => each.id === notice.person)
  if (person?.email !== undefined) {
    await queueMessage(client, {
      key: `${approval.approvalId}:${notice.kind}:${notice.person}`,
      workspace,
      recipient: person.email,
      ...wordsOf(approval, notice),
    })
  }
  await appendAudit(
    client,
    auditEntry(NOTICES, {
      action: `approval.${notice.kind}`,
      subject: approval.approvalId,
      reviewId: approval.reviewId,
      ruleIds: ['governance.due_notices'],
      factsSha256: approval.factsSha256,
      after: { person: notice.person, mailed: person?.email !== undefined },
    }),
  )
  return true
}

const LEADS: Readonly<Record<Notice['kind'], string>> = {
  asked: 'Your approval is needed',
  reminded: 'Reminder: your approval is needed',
  escalated: 'Passed on to you: an approval is needed',
}

function wordsOf(approval: Approval, { kind }: Notice): { subject: string; body: string } {
  const move = moveOf(approval)
  const amount = formatMoney(move.amount.currency, move.amount.minor)
  const until = approval.expiresAt.slice(0, 16).replace('T', ' ')
  return {
    subject: `${LEADS[kind]}: ${amount} from ${move.fromName} to ${move.toName}`,
    body: [
      `${LEADS[kind]} (${approval.tier}).`,
      `${amount} from ${move.fromName} to ${move.toName}, proposed by ${approval.proposer}.`,
      `Until ${until} UTC; without an answer the request expires and nothing is moved.`,
      `npm run -s mo -- approvals show ${approval.approvalId}`,
      `npm run -s mo -- approve ${approval.approvalId} --as YOU --reason TEXT`,
      `npm run -s mo -- reject ${approval.approvalId} --as YOU --reason TEXT`,
    ].join('\n'),
  }
}

/** Who may decide a request today, in the order of the policy. */
async function peopleFor(
  client: Queryable,
  { approval, policy, now }: NoticeScene,
): Promise<string[]> {
  const given = await loadDecisions(client, approval.approvalId)
  const on = localDateOf(now.toISOString(), policy.company.time_zone)
  return peopleWhoMayDecide(approval, given, { policy, on }).map(({ id }) => id)
}

const NoticeRow = z.object({ kind: z.enum(NOTICE_KINDS), person: z.string() })

async function loadNotices(client: Queryable, approvalId: string): Promise<Notice[]> {
  return query(client, NoticeRow, {
    text: `select kind, person from mo.approval_notices where approval_id = $1
           order by noticed_at, person`,
    values: [approvalId],
  })
}
