import { describe, expect, it } from 'vitest'

import { approvalStatistics } from '#rules/governance/approval-statistics.ts'
import { asDecidedHere } from '#rules/governance/decided-here.ts'
import { pastMoveFaults } from '#rules/governance/past-moves.ts'
import { APPROVAL_STATES, type ApprovalState } from '#rules/schema/approval-state.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

import { REFERENCE_ACTIONS } from './reference-actions.ts'

const waiting = REFERENCE_ACTIONS.find(({ status }) => status === 'proposed')
const carried: BudgetMove = {
  id: `MOVE:${waiting?.actionId ?? ''}`,
  origin: 'carried',
  actionId: waiting?.actionId ?? '',
  campaignId: 'CAMP_003',
  fromLine: 'CAMP_003/CH_04',
  toLine: 'CAMP_003/CH_02',
  fromName: 'Product UI',
  toName: 'Paid search',
  amount: { currency: 'USD', minor: 100_000 },
  reasonCode: 'stop_loss',
  basis: {},
  expectedImpact: null,
  impactNotMeasured: 'thin history',
  concerns: [],
  ruleId: 'budget.carried_move',
}
const after = (state: ApprovalState, moves: readonly BudgetMove[] = [carried]) =>
  asDecidedHere(REFERENCE_ACTIONS, moves, [{ moveId: carried.id, state }])
const statusAfter = (state: ApprovalState) =>
  after(state).find(({ actionId }) => actionId === waiting?.actionId)?.status

describe('asDecidedHere', () => {
  it('gives the carried action the end of its request and leaves every other as recorded', () => {
    expect(APPROVAL_STATES.map((state) => [state, statusAfter(state)])).toEqual([
      ['draft', 'proposed'],
      ['proposed', 'proposed'],
      ['pending', 'proposed'],
      ['approved', 'approved'],
      ['applying', 'approved'],
      ['applied', 'approved'],
      ['verified', 'approved'],
      ['rejected', 'rejected'],
      ['expired', 'expired'],
      ['superseded', 'proposed'],
      ['withdrawn', 'withdrawn'],
      ['failed', 'approved'],
      ['rolled_back', 'approved'],
    ])
    const others = (actions: typeof REFERENCE_ACTIONS) =>
      actions.filter(({ actionId }) => actionId !== waiting?.actionId)
    expect(others(after('rejected'))).toEqual(others(REFERENCE_ACTIONS))
  })

  it('counts a rejection of this review as one, without a waiting time', () => {
    const before = approvalStatistics(REFERENCE_ACTIONS)
    const now = approvalStatistics(after('rejected'))
    expect(before.rejected).toBe(0)
    expect(now).toMatchObject({
      rejected: 1,
      pending: before.pending - 1,
      decided: before.decided + 1,
      latencies: before.latencies,
    })
  })

  it('finds no fault in an action that was only approved: its money is moved by orders of their own', () => {
    const books = {
      currency: 'USD',
      usedLines: new Map<string, Set<string>>(),
      openRisks: [],
      blocksInflowFrom: 'high' as const,
    }
    const approved = after('applied').filter(({ actionId }) => actionId === waiting?.actionId)
    expect(approved.flatMap((action) => pastMoveFaults(action, books))).toEqual([])
  })

  it('leaves everything as recorded where no move carries it', () => {
    expect(after('rejected', [])).toEqual(REFERENCE_ACTIONS)
    expect(after('rejected', [{ ...carried, actionId: null }])).toEqual(REFERENCE_ACTIONS)
  })
})
