import { describe, expect, test } from 'vitest'

import type { BlockReason } from '#rules/budget/candidate.ts'
import {
  blockedLines,
  enterBlocked,
  enterLostDays,
  holdSentence,
  lostDaysFinding,
  noMoveFindings,
} from '#rules/budget/hold-finding.ts'
import { createFactBook } from '#rules/schema/fact-book.ts'
import { budgetInput } from '#test/support/budget-input.ts'

import { carriedMove } from './recorded-move.ts'

const blocked = (...reasons: readonly BlockReason[]) =>
  reasons.map((reason, index) => ({ lineId: `C1/${index}`, reason }))
const proposed = carriedMove({ id: 'MOVE:C1/A>C1/B', origin: 'proposed', actionId: null })

const THIN =
  'No new move is proposed: {{budget.evidence.held_lines}} of {{budget.evidence.lines}} lines have too thin a history to say what more or less spend would bring'
const NEEDED =
  'A line can be judged from {{budget.evidence.min_weeks}} complete weeks with spend and {{budget.evidence.min_conversions}} conversions.'

describe('why no line moves', () => {
  test.each<[string, readonly BlockReason[], string]>([
    ['thin history alone', ['thin_evidence', 'thin_evidence'], `${THIN}.`],
    [
      'every reason, the thin history first',
      ['stopped', 'thin_evidence', 'no_budget', 'no_budget', 'nothing_left_to_give'],
      `${THIN}; {{budget.blocked.stopped}} is to be stopped and can give nothing back; {{budget.blocked.no_budget}} are without a budget; {{budget.blocked.nothing_left_to_give}} has nothing left to give.`,
    ],
    [
      'without a thin history',
      ['no_surer_partner', 'no_surer_partner', 'learning'],
      'No new move is proposed: {{budget.blocked.learning}} of {{budget.evidence.lines}} lines are still learning; {{budget.blocked.no_surer_partner}} have no partner that surely does better or worse.',
    ],
    [
      'the others',
      ['at_its_best', 'below_hurdle', 'declining', 'under_open_risk'],
      'No new move is proposed: {{budget.blocked.under_open_risk}} of {{budget.evidence.lines}} lines are under a grave open risk; {{budget.blocked.declining}} is declining; {{budget.blocked.below_hurdle}} is below the return asked of the next unit of spend; {{budget.blocked.at_its_best}} is in a plan that leaves it as it is.',
    ],
  ])('%s', (_name, reasons, sentence) => {
    expect(holdSentence(blocked(...reasons), [carriedMove()])).toBe(sentence)
  })

  test('nothing is told where something new is proposed or no line is blocked', () => {
    expect(holdSentence(blocked('stopped'), [carriedMove(), proposed])).toBeNull()
    expect(holdSentence([], [])).toBeNull()
    expect(noMoveFindings(budgetInput(), blocked('stopped'), [proposed])).toEqual([])
  })

  test('what a line of thin history needs is told where one has it', () => {
    const finding = {
      id: 'finding.budget.hold',
      ruleId: 'budget.evidence',
      severity: 'info',
      subject: 'budget:lines',
    }
    expect(noMoveFindings(budgetInput(), blocked('thin_evidence'), [])).toEqual([
      {
        ...finding,
        title: 'No new move is proposed: the evidence does not carry one',
        detail: `${THIN}. ${NEEDED}`,
      },
    ])
    expect(noMoveFindings(budgetInput(), blocked('thin_evidence', 'stopped'), [])).toEqual([
      {
        ...finding,
        title: 'No new move is proposed',
        detail: `${THIN}; {{budget.blocked.stopped}} is to be stopped and can give nothing back. ${NEEDED}`,
      },
    ])
    expect(noMoveFindings(budgetInput(), blocked('learning'), [])[0]?.detail).toBe(
      'No new move is proposed: {{budget.blocked.learning}} of {{budget.evidence.lines}} lines are still learning.',
    )
  })

  test('rows that were rejected are the one reason for all', () => {
    const input = budgetInput({ rejectedDelivery: 1 })
    const reallocation = { moves: [], plan: null, blocked: blocked('thin_evidence') }
    expect(blockedLines(input, reallocation)).toEqual([])
    expect(blockedLines(budgetInput(), reallocation)).toEqual(reallocation.blocked)
    expect(noMoveFindings(input, [], [])).toMatchObject([
      { id: 'finding.budget.rejected_delivery', severity: 'serious', subject: 'budget:total' },
    ])
  })

  test('rows of earlier days that were rejected are told, where the month itself is read', () => {
    const input = budgetInput({ rejectedDays: ['2026-09-03', '2026-09-09'] })
    const book = createFactBook()
    enterLostDays(book, input)
    expect(book.list()).toMatchObject([
      { id: 'budget.evidence.lost_days', unit: 'count', value: 2, source: [] },
    ])
    expect(lostDaysFinding(input)).toMatchObject([
      {
        id: 'finding.budget.lost_days',
        severity: 'warning',
        detail: expect.stringContaining('{{budget.evidence.lost_days}}'),
      },
    ])
    for (const other of [budgetInput(), { ...input, rejectedDelivery: 1 }]) {
      const none = createFactBook()
      enterLostDays(none, other)
      expect(none.list()).toEqual([])
      expect(lostDaysFinding(other)).toEqual([])
    }
  })

  test('counts are entered for the reasons there are, those of thin history among the evidence', () => {
    const book = createFactBook()
    enterBlocked(book, blocked('stopped', 'thin_evidence', 'no_budget', 'no_budget'))
    expect(book.list()).toMatchObject([
      {
        id: 'budget.blocked.stopped',
        label: 'Budget lines without a move: stopped',
        unit: 'count',
        value: 1,
        source: [],
      },
      { id: 'budget.blocked.no_budget', label: 'Budget lines without a move: no budget', value: 2 },
    ])
  })
})
