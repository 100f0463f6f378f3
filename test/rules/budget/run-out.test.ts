import { describe, expect, test } from 'vitest'

import type { CampaignFlight } from '#rules/budget/campaign-flight.ts'
import type { PaceStatus } from '#rules/budget/pace-status.ts'
import { flightRunOuts, lineRunOuts } from '#rules/budget/run-out.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext } from '#test/support/budget-input.ts'

import { reviewedLine } from './reviewed-line.ts'

describe('a line that runs out of its plan', () => {
  const told = (status: PaceStatus, committed: number | null = null) =>
    lineRunOuts([
      reviewedLine('A'),
      reviewedLine('B', {
        pace: { status, daysLeft: 11 },
        line: committed === null ? {} : { committed: measured(committed) },
      }),
    ])
  const B = 'budget.line.C1.B'

  test('with nothing left is serious', () => {
    expect(told('exhausted')).toEqual([
      {
        id: 'finding.budget.run_out.C1/B',
        ruleId: 'budget.pacing',
        severity: 'serious',
        subject: 'line:C1/B',
        title: 'B in C1 has nothing left of its plan, and the month is not over',
        detail: `{{${B}.spend}} of {{${B}.planned}} planned is spent, with {{budget.total.days_left}} left.`,
      },
    ])
    expect(told('exhausted', 0)[0]?.detail).not.toContain('committed')
    expect(told('exhausted', 1)[0]?.detail).toContain(
      'is spent, and what is committed takes the rest, with',
    )
  })

  test.each(['over', 'critical_over'] as const)('that lands %s plan is a warning', (status) => {
    expect(told(status)).toEqual([
      {
        id: 'finding.budget.run_out.C1/B',
        ruleId: 'budget.pacing',
        severity: 'warning',
        subject: 'line:C1/B',
        title: 'B in C1 will run out of its plan before the month is over',
        detail: `It has spent {{${B}.spend}} and would land at {{${B}.forecast}} against {{${B}.planned}} planned, with {{budget.total.days_left}} left.`,
      },
    ])
  })

  test.each(['closed', 'critical_under', 'under', 'watch', 'on_track', 'unknown'] as const)(
    'that is %s is not told',
    (status) => {
      expect(told(status)).toEqual([])
    },
  )

  test('is told with the total where it is the whole budget, and five at most', () => {
    const line = (name: string) => reviewedLine(name, { pace: { status: 'exhausted' } })
    expect(lineRunOuts([line('A')])).toEqual([])
    expect(lineRunOuts(['A', 'B', 'C', 'D', 'E', 'F'].map(line))).toHaveLength(5)
  })
})

describe('a campaign that runs out of its flight budget', () => {
  const flight = (changes: Partial<CampaignFlight> = {}): CampaignFlight => ({
    campaignId: 'C1',
    name: 'Spring',
    budget: measured(1000),
    spend: measured(500),
    spendRows: 3,
    utilisation: measured(0.5),
    elapsed: measured(0.5),
    ...changes,
  })
  // Bounds of pacing by default: critical is 10 %.
  const severities = (changes: Partial<CampaignFlight>) =>
    flightRunOuts([flight(changes)], budgetContext()).map(({ severity }) => severity)

  test.each([
    ['at its pace', 500, 0.5, []],
    ['on the bound', 550, 0.5, []],
    ['a unit above the bound', 551, 0.5, ['warning']],
    ['fast, with less than half spent', 499, 0.1, []],
    ['fast, with half spent', 500, 0.1, ['warning']],
    ['nearly out', 999, 0.95, []],
    ['out', 1000, 0.95, ['serious']],
    ['beyond it', 1200, 0.95, ['serious']],
    ['out as the flight ends', 1000, 1, []],
  ])('%s: %i at %d of its days tells %j', (_name, spend, elapsed, expected) => {
    expect(severities({ spend: measured(spend), elapsed: measured(elapsed) })).toEqual(expected)
  })

  test.each(['budget', 'spend', 'elapsed'] as const)('without its %s is not told', (part) => {
    expect(severities({ spend: measured(2000), [part]: notMeasured('not said') })).toEqual([])
  })

  test('that never had one is not told', () => {
    expect(severities({ budget: measured(0) })).toEqual([])
  })

  test('is told with what is spent and how much of the flight is over', () => {
    const F = 'budget.flight.C1'
    expect(flightRunOuts([flight({ spend: measured(1000) })], budgetContext())).toEqual([
      {
        id: 'finding.budget.flight_run_out.C1',
        ruleId: 'budget.pacing',
        severity: 'serious',
        subject: 'campaign:C1',
        title: 'Spring has used up its flight budget before its flight ends',
        detail: `{{${F}.spend}} of {{${F}.budget}} is spent, {{${F}.utilisation}}, and {{${F}.elapsed}} of the flight’s days are over.`,
      },
    ])
    expect(flightRunOuts([flight({ spend: measured(900) })], budgetContext())[0]?.title).toBe(
      'Spring will run out of its flight budget before its flight ends',
    )
    const many = Array.from({ length: 6 }, () => flight({ spend: measured(1000) }))
    expect(flightRunOuts(many, budgetContext())).toHaveLength(5)
  })
})
