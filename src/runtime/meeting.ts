import { z } from 'zod'

import { meetingOf } from '#rules/governance/meeting.ts'
import type { Policy } from '#rules/policy/policy.ts'

import { auditEntry } from '../audit/entry.ts'
import { queueMessage } from '../notify/outbox.ts'
import { parsePolicy } from '../policy/load.ts'
import { instantOfWallClock } from '../schedule/local-clock.ts'
import { reviewCalendar } from '../schedule/tick.ts'
import { listApprovals } from '../store/approvals.ts'
import { applyOnce, loadEffects } from '../store/effects.ts'
import { query } from '../store/query.ts'
import type { Review } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import type { Queryable } from '../store/transaction.ts'
import type { ReviewSession } from './session.ts'

const HOUR_MS = 3_600_000
const EFFECT = { stage: 'publish', subject: 'meeting' } as const

/** That a report went out for its meeting while moves were still waiting. */
export const MeetingIssue = z.strictObject({
  meetingAt: z.string(),
  issuedAt: z.string(),
  /** Requests that were waiting. */
  pending: z.array(z.string()),
})
export type MeetingIssue = z.infer<typeof MeetingIssue>

/** When the report of a month must be with its readers, and when the meeting is; by the policy's calendar and time zone. */
export function meetingClock(month: string, { calendar, company, operating_model: model }: Policy) {
  const { business_day: businessDay, at } = calendar.review_meeting
  const meeting = meetingOf(month, { businessDay, at }, reviewCalendar(calendar))
  const meetingAt = instantOfWallClock(meeting, company.time_zone)
  return {
    meetingAt,
    shareBy: new Date(meetingAt.getTime() - model.sla.share_before_meeting_hours * HOUR_MS),
  }
}

/**
 * The report does not wait for ever: once it must be with its readers, it goes out with what still waits marked so, once. The review goes on
 * waiting, and its final report follows the last decision.
 */
export async function issueForMeeting(
  store: Store,
  { context, review }: ReviewSession,
  { now, fence }: { readonly now: Date; readonly fence: number },
): Promise<void> {
  const { reviewId, month, workspace } = review
  const { meetingAt, shareBy } = meetingClock(month, context.policy)
  if (now < shareBy) return
  const waiting = await listApprovals(store.pool, { reviewId, statuses: ['pending'] })
  if (waiting.length === 0) return
  const issue: MeetingIssue = {
    meetingAt: meetingAt.toISOString(),
    issuedAt: now.toISOString(),
    pending: waiting.map((approval) => approval.approvalId).toSorted(),
  }
  await applyOnce(
    store.pool,
    {
      reviewId,
      ...EFFECT,
      payload: issue,
      fence,
      audit: auditEntry(
        { actor: 'system:review', role: null, onBehalfOf: null },
        {
          action: 'report.issued_for_meeting',
          subject: reviewId,
          reviewId,
          reason: 'the report is due; what waits is marked',
          after: { ...issue },
        },
      ),
    },
    async (client) => {
      for (const recipient of new Set(context.policy.distribution.flatMap(({ to }) => to))) {
        await queueMessage(client, {
          key: `${reviewId}:meeting:${recipient}`,
          workspace,
          recipient,
          subject: `Marketing review ${month}: report for the meeting, ${waiting.length} pending`,
          body: [
            `The report of ${month} is ready: reviews/${month}/report.html`,
            'These moves still wait for approval and are marked so:',
            ...issue.pending,
          ].join('\n'),
        })
      }
    },
  )
}

const ToIssue = z
  .object({ review_id: z.string(), workspace: z.string() })
  .transform((row) => ({ reviewId: row.review_id, workspace: row.workspace }))

/** Reviews that wait for people and did not go out for their meeting yet, of workspaces some worker knows; none that was given up. */
export async function reviewsNotIssued(db: Queryable): Promise<z.output<typeof ToIssue>[]> {
  return query(db, ToIssue, {
    text: `select review_id, workspace from mo.reviews review join mo.workspaces using (workspace)
           where status = 'awaiting_approval'
             and exists (select from mo.approvals asked
               where asked.review_id = review.review_id and asked.status = 'pending')
             and not exists (select from mo.effects issued
               where issued.review_id = review.review_id and stage = $1 and subject = $2)
             and not exists (select from mo.dead_letters dead
               where dead.kind = 'review' and dead.subject = review.review_id)
           order by created_at, review_id`,
    values: [EFFECT.stage, EFFECT.subject],
  })
}

/** When the report of a review must be with its readers, by the policy it was begun under. */
export function shareByOf({ month, policy }: Pick<Review, 'month' | 'policy'>): Date {
  return meetingClock(month, parsePolicy(policy, 'policy.yaml').policy).shareBy
}

/** The issue for the meeting, when there was one. */
export async function loadMeetingIssue(
  { pool }: Pick<Store, 'pool'>,
  reviewId: string,
): Promise<MeetingIssue | undefined> {
  const effects = await loadEffects(pool, reviewId)
  const issued = effects.find(
    (effect) => effect.stage === EFFECT.stage && effect.subject === EFFECT.subject,
  )
  return issued === undefined ? undefined : MeetingIssue.parse(JSON.parse(issued.payload))
}
