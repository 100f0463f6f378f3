import type { BudgetInput } from '#rules/budget/input.ts'
import type { PastChange } from '#rules/governance/plan-size.ts'
import { daysBetween } from '#rules/kernel/calendar.ts'
import { lineId, type BudgetMove } from '#rules/schema/budget-move.ts'

import type { PastRequest } from '../store/past-moves.ts'
import { localDateOf } from './local-time.ts'
import { moveOf } from './moves.ts'

const STATE_OF_STATUS: Readonly<Record<string, string>> = {
  executed: 'applied',
  applied: 'applied',
  approved: 'approved',
  proposed: 'pending',
  pending: 'pending',
}

/** What a new request is weighed together with. */
export interface PastScope {
  readonly move: BudgetMove
  readonly actions: BudgetInput['actions']
  readonly requests: readonly PastRequest[]
  /** Local date of the filing, and the zone in which other filings are dated. */
  readonly on: string
  readonly timeZone: string
}

/**
 * Every earlier change of the lines a move touches, whether the data or the records tell of it; each once. What was asked for, and amended, is
 * known by its request; the data may not have heard of it.
 */
export function pastChanges(scope: PastScope): PastChange[] {
  const { move, actions, on, requests } = scope
  const onRecord = new Set(requests.map((request) => moveOf(request).actionId))
  const fromData = actions
    .filter(({ actionId }) => actionId !== move.actionId && !onRecord.has(actionId))
    .flatMap((action) =>
      bothEnds(
        {
          fromLine:
            action.fromChannelId === null ? null : lineId(action.campaignId, action.fromChannelId),
          toLine:
            action.toChannelId === null ? null : lineId(action.campaignId, action.toChannelId),
        },
        {
          amountMinor: action.amountMinor,
          ageDays: Math.max(0, daysBetween(action.createdOn, on)),
          state: STATE_OF_STATUS[action.status] ?? action.status,
        },
      ),
    )
  return [...fromData, ...recordedChanges(scope)]
}

/** Money that passed by rule in the calendar month of the filing, in minor units. */
export function automaticThisMonth({ requests, on, timeZone }: PastScope): number {
  return requests
    .filter((request) => request.passedByRule)
    .filter((request) => localDateOf(request.createdAt, timeZone).slice(0, 7) === on.slice(0, 7))
    .reduce((sum, request) => sum + moveOf(request).amount.minor, 0)
}

/** Requests on record, but those of the move's own action. */
function recordedChanges({ move, requests, on, timeZone }: PastScope): PastChange[] {
  return requests.flatMap((request) => {
    const past = moveOf(request)
    if (past.actionId !== null && past.actionId === move.actionId) return []
    return bothEnds(past, {
      amountMinor: past.amount.minor,
      ageDays: Math.max(0, daysBetween(localDateOf(request.createdAt, timeZone), on)),
      state: request.status,
    })
  })
}

function bothEnds(
  ends: Pick<BudgetMove, 'fromLine' | 'toLine'>,
  {
    amountMinor,
    ageDays,
    state,
  }: { readonly amountMinor: number; readonly ageDays: number; readonly state: string },
): PastChange[] {
  const end = (line: string | null, deltaMinor: number): PastChange[] =>
    line === null ? [] : [{ line, deltaMinor, ageDays, state }]
  return [...end(ends.fromLine, -amountMinor), ...end(ends.toLine, amountMinor)]
}
