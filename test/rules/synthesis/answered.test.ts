import { describe, expect, it } from 'vitest'

import { APPROVAL_STATES, type ApprovalState } from '#rules/schema/approval-state.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import type { Finding } from '#rules/schema/review.ts'
import { unanswered } from '#rules/synthesis/answered.ts'
import { carriedMove } from '#test/rules/budget/recorded-move.ts'

const STOP: BudgetMove = carriedMove({
  id: 'MOVE:stop',
  origin: 'proposed',
  actionId: null,
  fromLine: 'C1/A',
  toLine: null,
  reasonCode: 'stop_loss',
})
const CARRIED = carriedMove({ id: 'MOVE:A1' })

const finding = (ruleId: string, subject: string): Finding => ({
  id: `finding.${ruleId}.${subject}`,
  ruleId,
  severity: 'serious',
  subject,
  title: 'told',
  detail: 'told',
})
const LINE = finding('budget.stop_loss', 'line:C1/A')
const WAITS = finding('budget.carried_move', 'move:MOVE:A1')
const OTHERS = [
  finding('budget.stop_loss', 'line:C1/B'),
  finding('budget.pacing', 'line:C1/A'),
  finding('budget.carried_move', 'move:MOVE:A2'),
]

/** What is left to tell of the stopped line and the waiting proposal once their requests stand in a state. */
function left(state: ApprovalState | undefined): string[] {
  const approvals =
    state === undefined ? [] : ['MOVE:stop', 'MOVE:A1'].map((moveId) => ({ moveId, state }))
  return unanswered(
    [LINE, WAITS, ...OTHERS].map((told) => ({ stage: 'budget', finding: told })),
    { moves: [STOP, CARRIED], approvals },
  ).map((told) => told.finding.subject)
}

const REST = OTHERS.map(({ subject }) => subject)

describe('what is still asked once people were asked', () => {
  it.each(APPROVAL_STATES)('of a request that is %s', (state) => {
    const expected: Record<ApprovalState, string[]> = {
      // Not put before anybody yet.
      draft: ['line:C1/A', 'move:MOVE:A1'],
      // The decision is asked for; the stop is not asked for beside it.
      proposed: ['move:MOVE:A1'],
      pending: ['move:MOVE:A1'],
      approved: [],
      applying: [],
      applied: [],
      verified: [],
      rejected: [],
      // Decided, and not done: the line is as it was.
      failed: ['line:C1/A'],
      rolled_back: ['line:C1/A'],
      // Nobody answered: the line is as it was.
      expired: ['line:C1/A'],
      superseded: ['line:C1/A'],
      withdrawn: ['line:C1/A'],
    }
    expect(left(state)).toEqual([...expected[state], ...REST])
  })

  it('without a request is all of it', () => {
    expect(left(undefined)).toEqual(['line:C1/A', 'move:MOVE:A1', ...REST])
  })

  it('is not settled by another move out of the line', () => {
    const moves = [{ ...STOP, reasonCode: 'optimal_plan' }]
    const approvals = [{ moveId: 'MOVE:stop', state: 'applied' as const }]
    expect(unanswered([{ stage: 'budget', finding: LINE }], { moves, approvals })).toHaveLength(1)
  })
})
