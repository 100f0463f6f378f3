import { describe, expect, test } from 'vitest'

import type { BudgetContext, BudgetInput } from '#rules/budget/input.ts'
import { reviewLines } from '#rules/budget/line-review.ts'
import { measured, notMeasured } from '#rules/kernel/quantity.ts'
import { budgetContext, budgetInput, deliveryDay, planRow } from '#test/support/budget-input.ts'
import { policyWith } from '#test/support/policy.ts'

const reviews = (input: Partial<BudgetInput>, context: Partial<BudgetContext> = {}) =>
  reviewLines(budgetInput(input), budgetContext(context))

describe('the lines of a budget', () => {
  test('stand largest first: by plan, else by spend', () => {
    const { lines } = reviews({
      plans: [
        planRow({ channelId: 'A', plannedMinor: 1000 }),
        planRow({ channelId: 'B', plannedMinor: 3000 }),
        planRow({ channelId: 'Q', plannedMinor: 3000 }),
      ],
      delivery: [
        deliveryDay({ channelId: 'A', spendMinor: 9000 }),
        deliveryDay({ channelId: 'Z', spendMinor: 2000 }),
      ],
    })
    expect(lines.map(({ line }) => line.channelId)).toEqual(['B', 'Q', 'Z', 'A'])
  })

  test('have the delivery of the month, and a reason where there is none', () => {
    const input = {
      plans: [planRow({ channelId: 'A' }), planRow({ channelId: 'B' })],
      delivery: [
        deliveryDay({ channelId: 'A', spendMinor: 300 }),
        deliveryDay({ channelId: 'A', date: '2026-09-30', spendMinor: 7 }),
      ],
    }
    const [a, b] = reviews(input).lines
    expect(a?.delivery.spend).toEqual(measured(300))
    expect(b?.delivery.spend).toEqual(
      notMeasured('the ad performance has no row for it this month'),
    )
  })

  test('know which days are reported and what a target costs', () => {
    const found = reviews(
      { delivery: [deliveryDay(), deliveryDay({ date: '2026-09-30' })] },
      { policy: policyWith({ targets: [{ id: 'cpa', at_most: 20 }] }) },
    )
    expect(found.reported).toEqual(new Set(['2026-10-01', '2026-09-30']))
    expect(found.target?.minor).toBe(2000)
    expect(found.minorPerUnit).toBe(100)
    expect(reviews({}).target).toBeNull()
  })

  test('pace by the platform that their channel belongs to', () => {
    const days = Array.from({ length: 29 }, (_day, index) =>
      deliveryDay({ date: `2026-10-${String(index + 1).padStart(2, '0')}`, spendMinor: 1 }),
    )
    const room = (platform: string) =>
      reviews(
        {
          plans: [planRow({ channelId: 'A', plannedMinor: 31_000 })],
          delivery: days,
          channels: [{ channelId: 'A', name: 'Search', platform }],
        },
        { asOfOn: '2026-10-30' },
      ).lines[0]?.room
    // Twice the daily average of 1,000 is what Google charges at most.
    expect(room('Google Ads')).toMatchObject({
      platform: 'google_ads',
      maxDay: 2000,
      // Of 31,000 all but 29 are left for two days.
      requiredDay: 15_485.5,
      canCatchUp: false,
    })
    expect(room('a newspaper')).toBeNull()
  })
})

describe('the waste of a line', () => {
  // 900·x ÷ (100 + x) a week breaks even at √90,000 − 100 = 200; a month of 31 days has 31/7 weeks.
  const policy = policyWith({
    budget: {
      response_curves: [
        {
          campaign_id: 'C1',
          channel_id: 'A',
          family: 'saturating',
          scale: 900,
          shape: 100,
          log_sd: 0.1,
          source: 'mix model',
        },
      ],
    },
  })
  // A whole week from Monday, 28 September; of October the first four days, 2,000 in all.
  const delivery = ['09-28', '09-29', '09-30', '10-01', '10-02', '10-03', '10-04'].map((day) =>
    deliveryDay({ date: `2026-${day}`, spendMinor: 50_000, conversions: null }),
  )
  const waste = (context: Partial<BudgetContext>) =>
    reviews({ delivery }, { policy, ...context }).lines[0]?.waste

  test('is what spend beyond break-even lost over the days so far', () => {
    const weeks = 31 / 7
    const weekly = 2000 / weeks
    const lost = weekly - 200 - ((900 * weekly) / (100 + weekly) - 600)
    expect(waste({})).toEqual({ provable: null, estimated: Math.round(weeks * lost * 100) })
    // A week of October is over: 2,000 in a week bring 857.14, 257.14 more than 200 do.
    expect(waste({ asOfOn: '2026-10-08' })).toEqual({ provable: null, estimated: 154_286 })
  })

  test('half of the response kept breaks even sooner', () => {
    // ½·90,000 ÷ (100 + x)² = 1 at 112.13; there 475.74 came back, and 857.14 for 2,000.
    const half = policyWith({
      budget: { margin: 0.5, response_curves: policy.budget.response_curves },
    })
    const even = Math.sqrt(45_000) - 100
    const lost = 2000 - even - 0.5 * ((900 * 2000) / 2100 - (900 * even) / (100 + even))
    expect(waste({ asOfOn: '2026-10-08', policy: half })?.estimated).toBe(Math.round(lost * 100))
  })

  test('is not known before the month begins, or without curve and target', () => {
    expect(waste({ asOfOn: '2026-10-01' })).toBeNull()
    expect(waste({ policy: policyWith() })).toBeNull()
  })

  test('is over target where the stop-loss proves it', () => {
    const found = reviews(
      { delivery: [deliveryDay({ spendMinor: 50_000, conversions: 0 })] },
      {
        policy: policyWith({
          targets: [{ id: 'cpa', at_most: 10 }],
          stop_loss: { lag_half_life_days: 0, assumed_dispersion: 1 },
        }),
      },
    ).lines[0]
    expect(found?.stop.action).toBe('stop')
    // Of 50 targets without a conversion 4.189 are not ruled out by any look.
    expect(found?.waste).toEqual({ provable: 45_810, estimated: 4190 })
  })
})
