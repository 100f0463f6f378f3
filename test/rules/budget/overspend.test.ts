import { describe, expect, test } from 'vitest'

import { overspendFindings } from '#rules/budget/overspend.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext } from '#test/support/budget-input.ts'

import { reviewedLine, reviewedTotal } from './reviewed-line.ts'

const CONTEXT = budgetContext()
const LINE = reviewedLine('A')

/** A line planned at 100,000 that spent so much. */
const spending = (channelId: string, spent: number) =>
  reviewedLine(channelId, {
    line: { planned: measured(100_000) },
    review: { delivery: { ...LINE.delivery, spend: measured(spent) } },
  })

const totalOf = (spent: number, daysLeft = 0) =>
  reviewedTotal({
    planned: measured(100_000),
    delivery: { ...LINE.delivery, spend: measured(spent) },
    pace: { ...LINE.pace, daysLeft },
  })

describe('overspendFindings', () => {
  // 5 % and 10 % of 100,000 are the bounds of the policy.
  test.each([
    [100_000, null],
    [100_001, 'info'],
    [105_000, 'info'],
    [105_001, 'warning'],
    [110_000, 'warning'],
    [110_001, 'serious'],
  ])('of 100,000 planned, %i spent: %s', (spent, severity) => {
    const found = overspendFindings(totalOf(spent), [spending('A', spent)], CONTEXT)
    expect(found.map((finding) => [finding.id, finding.severity])).toEqual(
      severity === null
        ? []
        : [
            ['finding.budget.overspend', severity],
            ['finding.budget.overspend.C1/A', severity],
          ],
    )
  })

  test('says of what and how much', () => {
    expect(overspendFindings(totalOf(100_001), [spending('A', 100_001)], CONTEXT)).toEqual([
      {
        id: 'finding.budget.overspend',
        ruleId: 'budget.overspend',
        severity: 'info',
        subject: 'budget:total',
        title: 'More was spent than planned',
        detail:
          '{{budget.total.spend}} against {{budget.total.planned}} planned, {{budget.total.utilisation}} of it.',
      },
      {
        id: 'finding.budget.overspend.C1/A',
        ruleId: 'budget.overspend',
        severity: 'info',
        subject: 'line:C1/A',
        title: 'A in C1 spent more than planned',
        detail: expect.stringMatching(
          /^\{\{budget\.line\.\S+\.spend\}\} against \{\{budget\.line\.\S+\.planned\}\} planned\.$/,
        ),
      },
    ])
  })

  test('a line may hide behind another, and five are named', () => {
    const found = (count: number) =>
      overspendFindings(
        totalOf(100_000),
        [
          spending('Q', 99_999),
          ...Array.from({ length: count }, (_line, index) => spending(`L${index}`, 200_000)),
        ],
        CONTEXT,
      ).map((finding) => finding.subject)
    expect(found(1)).toEqual(['line:C1/L0'])
    expect(found(6)).toEqual([0, 1, 2, 3, 4].map((index) => `line:C1/L${index}`))
  })

  test('nothing before the month is over, and nothing that is not known', () => {
    expect(overspendFindings(totalOf(200_000, 1), [spending('A', 200_000)], CONTEXT)).toEqual([])
    const unknown = { ...LINE.delivery, spend: notMeasured('none') }
    expect(
      overspendFindings(
        { ...totalOf(200_000), planned: notMeasured('none') },
        [reviewedLine('A', { review: { delivery: unknown } })],
        CONTEXT,
      ),
    ).toEqual([])
  })
})
