import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

import { businessHoursOf } from '#rules/governance/business-hours.ts'
import { requestClock } from '#rules/governance/expiry.ts'
import type { ZoneOffset } from '#rules/governance/local-clock.ts'
import { tierOfMove, type MoveBooks } from '#rules/governance/move-request.ts'
import type { PastChange } from '#rules/governance/plan-size.ts'
import { daysBetween } from '#rules/kernel/calendar.ts'
import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { idPart } from '#rules/kernel/text-id.ts'
import { lineId, type BudgetMove, type BudgetStageResult } from '#rules/schema/budget-move.ts'

import type { NewApproval } from '../store/approvals.ts'
import { sha256 } from '../store/hash.ts'
import type { ReviewSession } from './session.ts'

/** Without a deadline in the policy a request lives this many business hours: silence must end somewhere. */
const FALLBACK_EXPIRY_HOURS = 40
const DAY_MS = 86_400_000
const OFFSET_HORIZON_DAYS = 400

/** Who proposes a move nobody else proposed. */
export const REVIEW_PROPOSER = 'system:budget-agent'

const ActionRow = z.object({
  action_id: z.string(),
  created_on: z.string(),
  campaign_id: z.string(),
  from_channel_id: z.string().nullable(),
  to_channel_id: z.string().nullable(),
  amount_minor: z.int(),
  proposed_by: z.string(),
  status: z.string(),
})
type ActionRow = z.infer<typeof ActionRow>

/**
 * The approval requests of a review's moves. The same review gives the same requests but for the instants they are filed and expire at; they
 * bind the exact move, the facts it rests on, and the policy.
 */
export async function approvalRequests(
  session: ReviewSession,
  budget: { readonly result: BudgetStageResult; readonly sha256: string },
  now: Date,
): Promise<NewApproval[]> {
  const { review, context, data } = session
  const actions = await data.warehouse.rows('budget/filed-actions', {}, ActionRow)
  return budget.result.moves.map((move, position) => {
    const books = booksOf(move, actions, { budget: budget.result, asOfOn: context.asOfOn })
    const ruling = tierOfMove(move, books, context.policy.approval)
    const proposer =
      actions.find((action) => action.action_id === move.actionId)?.proposed_by ?? REVIEW_PROPOSER
    return {
      approvalId: `${review.reviewId}-a${position + 1}`,
      reviewId: review.reviewId,
      move,
      tier: ruling.tierId,
      approversNeeded: ruling.approvers,
      roles: ruling.roles,
      proposer,
      barred: context.policy.edited_by,
      planSha256: sha256(canonicalJson(move)),
      factsSha256: budget.sha256,
      policySha256: review.policySha256,
      createdAt: now.toISOString(),
      expiresAt: expiryOf(session, ruling.expiresBusinessHours, now),
    }
  })
}

function booksOf(
  move: BudgetMove,
  actions: readonly ActionRow[],
  { budget, asOfOn }: { budget: BudgetStageResult; asOfOn: string },
): MoveBooks {
  const planned = (line: string): [string, number][] => {
    const fact = budget.facts.find((each) => each.id === `budget.line.${idPart(line)}.planned`)
    return typeof fact?.value === 'object' && fact.value !== null ? [[line, fact.value.minor]] : []
  }
  const others = actions.filter((action) => action.action_id !== move.actionId)
  const portfolio = budget.facts.find((fact) => fact.id === 'budget.total.planned')?.value
  return {
    budgetByLine: new Map(
      [move.fromLine, move.toLine].flatMap((line) => (line === null ? [] : planned(line))),
    ),
    history: others.flatMap((action) => pastChanges(action, asOfOn)),
    automaticThisMonthMinor: 0,
    portfolioMinor: typeof portfolio === 'object' && portfolio !== null ? portfolio.minor : null,
  }
}

const STATE_OF_STATUS: Readonly<Record<string, string>> = {
  executed: 'applied',
  applied: 'applied',
  approved: 'approved',
  proposed: 'pending',
  pending: 'pending',
}

function pastChanges(action: ActionRow, asOfOn: string): PastChange[] {
  const ageDays = Math.max(0, daysBetween(action.created_on, asOfOn))
  const state = STATE_OF_STATUS[action.status] ?? action.status
  const end = (channel: string | null, deltaMinor: number): PastChange[] =>
    channel === null
      ? []
      : [{ line: lineId(action.campaign_id, channel), deltaMinor, ageDays, state }]
  return [
    ...end(action.from_channel_id, -action.amount_minor),
    ...end(action.to_channel_id, action.amount_minor),
  ]
}

function expiryOf({ context }: ReviewSession, hours: number | null, now: Date): string {
  const { calendar, company } = context.policy
  const clock = requestClock(
    now.getTime(),
    { answerHours: undefined, expiryHours: hours ?? FALLBACK_EXPIRY_HOURS },
    { hours: businessHoursOf(calendar), offsets: offsetsAround(now, company.time_zone) },
  )
  return new Date(clock.expiresAtMs ?? now.getTime() + DAY_MS).toISOString()
}

/** Offsets of the zone from a day before `now` for the next year or so. */
function offsetsAround(now: Date, timeZone: string): ZoneOffset[] {
  const end = now.getTime() + OFFSET_HORIZON_DAYS * DAY_MS
  const offsets: ZoneOffset[] = []
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(
    now.getTime() - DAY_MS,
  ).toZonedDateTimeISO(timeZone)
  while (at !== null && at.epochMilliseconds < end) {
    offsets.push({
      fromMs: at.epochMilliseconds,
      offsetMinutes: Math.round(at.offsetNanoseconds / 60e9),
    })
    at = at.getTimeZoneTransition('next')
  }
  return offsets
}
