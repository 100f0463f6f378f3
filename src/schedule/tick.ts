import type { Client } from 'pg'
import { z } from 'zod'

import { businessHoursOf } from '#rules/governance/business-hours.ts'
import { isMonthOver } from '#rules/kernel/calendar.ts'
import type { CalendarPolicy } from '#rules/policy/organisation.ts'
import { judgeSchedule } from '#rules/schedule/due.ts'
import type { ReviewCalendar } from '#rules/schedule/start-day.ts'

import { beginReview } from '../runtime/begin.ts'
import { localDateOf } from '../runtime/local-time.ts'
import { openWorkspace, workspacePolicy } from '../runtime/workspace.ts'
import { REVIEW_LOCK_SEED } from '../store/advisory-locks.ts'
import { ignoreLoss } from '../store/connection.ts'
import { query } from '../store/query.ts'
import { listReviews, type ReviewSummary } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { instantOfWallClock, wallClock } from './local-clock.ts'
import { noteLook, type KnownWorkspace } from './workspaces.ts'

/** Holidays and meetings may be edited any day, so a calendar is looked at again after a day at the latest. */
const LOOK_AGAIN_MS = 86_400_000

/** Days that count in the company, and its meeting, as the policy says. */
export function reviewCalendar(calendar: CalendarPolicy): ReviewCalendar {
  const { workingDays, holidays } = businessHoursOf(calendar)
  return { workingDays, holidays, meetingBusinessDay: calendar.review_meeting.business_day }
}

/** What a look at the calendar led to. */
export interface TickOutcome {
  /** Ids of the reviews begun now, oldest month first. */
  readonly begun: readonly string[]
  readonly nextLookAt: Date
}

/**
 * Looks at a workspace's calendar and begins the reviews that are due. Asked again, or by several at once, it begins none twice: a month
 * that has a review of the whole of it is not due, and only one process looks at a workspace at a time.
 *
 * @throws AppError as `beginReview` does; the calendar is then looked at again with the next ring.
 */
export async function tickWorkspace(
  store: Store,
  known: KnownWorkspace,
  now: Date,
): Promise<TickOutcome> {
  return withWorkspaceLock(store, known.name, async () => {
    const workspace = await openWorkspace(known.directory)
    const { policy } = await workspacePolicy(workspace)
    const { plan, firstMonth } = known
    if (plan === null || firstMonth === null) return lookedAt(store, known.name, tomorrow(now))
    const timeZone = policy.company.time_zone
    const reviews = await listReviews(store.pool, { workspace: policy.company.name })
    const { due, next } = judgeSchedule({
      plan,
      calendar: reviewCalendar(policy.calendar),
      now: wallClock(now, timeZone),
      firstMonth,
      begun: monthsReviewed(reviews, timeZone),
    })
    const begun: string[] = []
    for (const month of due) {
      const session = await beginReview(store, workspace, { month, asOf: undefined, now })
      begun.push(session.review.reviewId)
      await session.data.close()
    }
    const dueAt = instantOfWallClock(next.at, timeZone)
    return { ...(await lookedAt(store, known.name, earlier(dueAt, tomorrow(now)))), begun }
  })
}

/** Months of which a review speaks for the whole; one that was begun while its month ran speaks for some days of it only. */
function monthsReviewed(reviews: readonly ReviewSummary[], timeZone: string): ReadonlySet<string> {
  const whole = reviews.filter(({ month, asOf }) => isMonthOver(month, localDateOf(asOf, timeZone)))
  return new Set(whole.map(({ month }) => month))
}

async function lookedAt(store: Store, name: string, nextLookAt: Date): Promise<TickOutcome> {
  await noteLook(store, name, nextLookAt)
  return { begun: [], nextLookAt }
}

function tomorrow(now: Date): Date {
  return new Date(now.getTime() + LOOK_AGAIN_MS)
}

function earlier(left: Date, right: Date): Date {
  return left < right ? left : right
}

async function withWorkspaceLock<Result>(
  store: Store,
  name: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await store.connect()
  try {
    await query(client, z.unknown(), {
      text: 'select pg_advisory_lock(hashtextextended($1, $2))',
      values: [`workspace:${name}`, REVIEW_LOCK_SEED],
    })
    return await work(client)
  } finally {
    await client.end().catch(ignoreLoss)
  }
}
