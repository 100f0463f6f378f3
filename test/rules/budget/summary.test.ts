import { describe, expect, test } from 'vitest'

import { budgetSummary } from '#rules/budget/summary.ts'
import type { TotalReview } from '#rules/budget/total-review.ts'
import { notMeasured } from '#rules/kernel/quantity.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

import { carriedMove } from './recorded-move.ts'
import { LANDING, reviewedLine, reviewedTotal } from './reviewed-line.ts'

const USED =
  '{{budget.total.spend}} of {{budget.total.planned}} planned is spent ({{budget.total.utilisation}}).'
const FORECAST =
  'The month is forecast to land at {{budget.total.forecast}}, between {{budget.total.forecast_low}} and {{budget.total.forecast_high}}.'
const WASTE =
  'Waste of {{budget.total.waste_provable}} is proven; up to {{budget.total.waste_estimated}} more is estimated and may be chance.'

const proposed = carriedMove({ id: 'MOVE:C1/A>C1/B', origin: 'proposed', actionId: null })
const { pace } = reviewedLine('A')

const told = (
  changes: Partial<TotalReview> = {},
  moves: readonly BudgetMove[] = [],
  lines = [reviewedLine('A')],
) => budgetSummary(reviewedTotal(changes), lines, { moves, held: null })

describe('the sentences of the stage', () => {
  test('what is used, where nothing else is to be said', () => {
    expect(told()).toEqual([USED])
  })

  test.each([
    [
      'one that waits',
      [carriedMove()],
      '{{budget.moves.carried}} move proposed earlier, {{budget.moves.carried_amount}} in all, waits for a decision.',
    ],
    [
      'two that wait',
      [carriedMove(), carriedMove()],
      '{{budget.moves.carried}} moves proposed earlier, {{budget.moves.carried_amount}} in all, wait for a decision.',
    ],
    [
      'one of this review',
      [proposed],
      'This review proposes {{budget.moves.proposed}} move, {{budget.moves.proposed_amount}} in all.',
    ],
    [
      'two of this review',
      [proposed, proposed],
      'This review proposes {{budget.moves.proposed}} moves, {{budget.moves.proposed_amount}} in all.',
    ],
  ])('moves come first: %s', (_name, moves, sentence) => {
    expect(told({}, moves)).toEqual([sentence, USED])
  })

  test('those that wait come before those of this review', () => {
    const sentences = told({}, [proposed, carriedMove()])
    expect(sentences).toHaveLength(3)
    expect(sentences[0]).toContain('proposed earlier')
    expect(sentences[1]).toContain('This review proposes')
  })

  test('without a plan the spend is told, if there is any', () => {
    const planned = notMeasured('none')
    const missing = 'No monthly budget was provided, so utilisation and pacing are not measured;'
    expect(told({ planned })).toEqual([
      `${missing} the platforms report {{budget.total.spend}} of media spend.`,
    ])
    const delivery = { ...reviewedLine('A').delivery, spend: notMeasured('none') }
    expect(told({ planned, delivery })).toEqual([
      `${missing} media spend by line is not measured either.`,
    ])
  })

  test('a forecast, while there are days left and something to forecast from', () => {
    const of = (changes: object) => told({ pace: { ...pace, ...changes } })
    expect(of({ landing: LANDING, daysLeft: 1 })).toEqual([USED, FORECAST])
    expect(of({ landing: LANDING, daysLeft: 0 })).toEqual([USED])
    expect(of({ landing: null, daysLeft: 1 })).toEqual([USED])
  })

  test('waste, where a line’s is proven', () => {
    const wasting = (provable: number | null) => [
      reviewedLine('A'),
      reviewedLine('B', { review: { waste: { provable, estimated: 9 } } }),
    ]
    expect(told({}, [], wasting(1))).toEqual([USED, WASTE])
    expect(told({}, [], wasting(0))).toEqual([USED])
    expect(told({}, [], wasting(null))).toEqual([USED])
  })

  test('why no move is proposed comes last', () => {
    const held = 'No new move is proposed: no line may.'
    expect(budgetSummary(reviewedTotal(), [], { moves: [], held })).toEqual([USED, held])
  })
})
