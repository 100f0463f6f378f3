import { describe, expect, test } from 'vitest'

import type { BudgetInput } from '#rules/budget/input.ts'
import type { LineReview, LineReviews } from '#rules/budget/line-review.ts'
import { reviewTotal, valueOrNull } from '#rules/budget/total-review.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'

import { reviewedLine } from './reviewed-line.ts'

const TARGET: LineReviews['target'] = { targetId: 'cpa', minor: 100 }

const review = (
  lines: readonly LineReview[],
  changes: { input?: Partial<BudgetInput>; target?: LineReviews['target'] } = {},
) =>
  reviewTotal(
    budgetInput({
      plans: [planRow({ channelId: 'A', plannedMinor: 1000 })],
      delivery: [
        deliveryDay({ date: '2026-09-30', spendMinor: 77 }),
        deliveryDay({ date: '2026-10-01', spendMinor: 300 }),
        deliveryDay({ date: '2026-10-31', channelId: 'B', spendMinor: 200 }),
      ],
      ...changes.input,
    }),
    {
      lines,
      reported: new Set(['2026-10-01', '2026-10-31']),
      target: changes.target === undefined ? TARGET : changes.target,
      minorPerUnit: 100,
    },
    budgetContext(),
  )

const wasting = (provable: number | null, estimated: number) =>
  reviewedLine('A', { review: { waste: { provable, estimated } } })

describe('the budget as a whole', () => {
  test('holds what the month spent against what it planned', () => {
    const total = review([reviewedLine('A')])
    expect(total).toMatchObject({
      planned: measured(1000),
      committed: notMeasured('no budget says what is committed'),
      delivery: { spend: measured(500), rows: 2 },
      available: measured(500),
      utilisation: measured(0.5),
      pace: { status: 'closed', daysElapsed: 31, daysReported: 2 },
    })
  })

  test('sums what lines have committed, where any line says', () => {
    const lines = [
      reviewedLine('A', { line: { committed: measured(100) } }),
      reviewedLine('B'),
      reviewedLine('C', { line: { committed: measured(50) } }),
    ]
    expect(review(lines)).toMatchObject({
      committed: measured(150),
      available: measured(350),
      utilisationWithCommitments: measured(0.65),
    })
  })

  test('sums the waste of its lines, the proven apart from the estimated', () => {
    expect(
      review([wasting(5, 9), reviewedLine('B'), wasting(7, 1), wasting(null, 2)]),
    ).toMatchObject({ wasteProvable: measured(12), wasteEstimated: measured(12) })
    expect(review([wasting(null, 2)])).toMatchObject({
      wasteProvable: notMeasured('no line has both spend and conversions'),
      wasteEstimated: measured(2),
    })
    expect(review([reviewedLine('A')], { target: null })).toMatchObject({
      wasteProvable: notMeasured('the policy sets no target cost per acquisition'),
      wasteEstimated: notMeasured('the policy sets no target cost per acquisition'),
    })
  })

  test('says why there is no spend', () => {
    const { presence } = budgetInput()
    const spend = (input: Partial<BudgetInput>) => review([], { input }).delivery.spend
    expect(spend({ delivery: [] })).toEqual(
      notMeasured('the ad performance has no row for it this month'),
    )
    expect(spend({ delivery: [], presence: { ...presence, ad_performance: 'absent' } })).toEqual(
      notMeasured('no ad performance was provided'),
    )
  })
})

test('a figure for evidence is null when it is not measured', () => {
  expect([valueOrNull(measured(0)), valueOrNull(notMeasured('?'))]).toEqual([0, null])
})
