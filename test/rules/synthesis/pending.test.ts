import { describe, expect, it } from 'vitest'

import type { BudgetAction } from '#rules/governance/past-moves.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import {
  amendedAmount,
  enterPending,
  pendingMoves,
  type PendingMoves,
} from '#rules/synthesis/pending.ts'

const move = (changes: Partial<BudgetMove> = {}): BudgetMove => ({
  id: 'MOVE:BUD_0003',
  origin: 'carried',
  actionId: 'BUD_0003',
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
  ...changes,
})

const action = (actionId: string, changes: Partial<BudgetAction> = {}): BudgetAction => ({
  actionId,
  createdMs: 0,
  createdOn: '2026-03-18',
  campaignId: 'CAMP_003',
  fromChannelId: 'CH_04',
  toChannelId: 'CH_02',
  amountMinor: 100_000,
  currency: 'USD',
  reasonCode: 'stop_loss',
  proposedBy: 'orchestrator',
  approver: null,
  decidedMs: null,
  status: 'proposed',
  ...changes,
})

const proposed = move({ id: 'MOVE:a>b', origin: 'proposed', actionId: null })

describe('pendingMoves', () => {
  it('waits for a carried move until a request of the review decided it', () => {
    const waits = (state?: 'pending' | 'approved' | 'rejected' | 'expired'): number =>
      pendingMoves(
        [action('BUD_0003')],
        [move()],
        state === undefined ? [] : [{ moveId: 'MOVE:BUD_0003', state }],
      ).moves.length
    expect([waits(), waits('pending')]).toEqual([1, 1])
    expect([waits('approved'), waits('rejected'), waits('expired')]).toEqual([0, 0, 0])
  })

  it.each([
    [undefined, 0],
    ['draft', 1],
    ['proposed', 1],
    ['pending', 1],
    ['approved', 0],
    ['applied', 0],
  ] as const)('a move the review proposes waits once its request is open: %s', (state, count) => {
    const approvals = state === undefined ? [] : [{ moveId: proposed.id, state }]
    expect(pendingMoves([], [proposed], approvals).moves).toHaveLength(count)
  })

  it('counts a recorded action once: as the move that carries it, else as recorded', () => {
    const recorded = [action('BUD_0003'), action('BUD_0009')]
    expect(pendingMoves(recorded, [move()], []).actions.map((each) => each.actionId)).toEqual([
      'BUD_0009',
    ])
    expect(pendingMoves(recorded, [], []).actions).toHaveLength(2)
  })
})

describe('enterPending', () => {
  const enter = (
    pending: PendingMoves,
    presence: 'present' | 'absent' | 'empty' | 'unreadable' = 'present',
    hasRequests = false,
  ) => {
    const book = createFactBook()
    const count = enterPending(book, pending, { presence, currency: 'USD', hasRequests })
    const [counted, amount] = book.list()
    return { count, counted, amount }
  }

  it('counts and sums what waits, in the company’s currency', () => {
    const { count, counted, amount } = enter({
      moves: [move()],
      actions: [action('x', { amountMinor: 5 }), action('y', { currency: 'EUR' })],
    })
    expect(count).toBe(3)
    expect(counted).toMatchObject({
      value: 3,
      source: [{ dataset: 'budget_actions', rows: 3 }],
    })
    expect(amount?.source).toEqual(counted?.source)
    expect(amount?.value).toEqual({ currency: 'USD', minor: 100_005 })
  })

  it('tells none from not measured', () => {
    const none = { moves: [], actions: [] }
    expect(enter(none).counted?.status).toBe('zero')
    expect(enter(none).amount?.status).toBe('zero')
    expect(enter(none, 'absent').counted?.status).toBe('not_measured')
    expect(enter(none, 'absent').amount?.status).toBe('not_measured')
    expect(enter({ moves: [move()], actions: [] }, 'absent').counted?.value).toBe(1)
    expect(enter({ moves: [move()], actions: [] }, 'absent').count).toBe(1)
    expect(enter(none).count).toBe(0)
    expect(enter(none, 'absent').count).toBeNull()
  })

  it.each(['absent', 'empty'] as const)(
    'knows that none waits where every request of the review was decided and the record is %s',
    (presence) => {
      const { count, counted, amount } = enter({ moves: [], actions: [] }, presence, true)
      expect([count, counted?.status, amount?.status]).toEqual([0, 'zero', 'zero'])
    },
  )

  it('knows nothing of a record that could not be read, whatever the review decided itself', () => {
    const { count, counted, amount } = enter({ moves: [], actions: [] }, 'unreadable', true)
    expect([count, counted?.status, amount?.status]).toEqual([null, 'unreadable', 'unreadable'])
    expect(counted).toMatchObject({ reason: 'the budget actions could not be read' })
  })
})

describe('amended moves', () => {
  const entered = (waiting: BudgetMove) => {
    const book = createFactBook()
    enterPending(
      book,
      { moves: [waiting], actions: [] },
      { presence: 'present', currency: 'USD', hasRequests: false },
    )
    return book.list().find((fact) => fact.id === amendedAmount(waiting))
  }

  it('get a fact of what is asked for by now, the others none', () => {
    const amended = move({
      amount: { currency: 'USD', minor: 80_000 },
      basis: { amended_by: 'cmo', amended_from_minor: 100_000 },
    })
    expect(entered(amended)).toMatchObject({
      label: 'Product UI to Paid search: amount asked for after the amendment',
      value: { currency: 'USD', minor: 80_000 },
      source: [],
    })
    expect(entered(move())).toBeUndefined()
  })
})
