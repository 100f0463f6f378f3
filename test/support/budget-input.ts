import type { BudgetContext, BudgetInput, DeliveryDay, PlanRow } from '#rules/budget/input.ts'
import { addDays } from '#rules/kernel/calendar.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { policyWith } from '#test/support/policy.ts'

/** A budget input with nothing in it but the given changes; every data set counts as present. */
export function budgetInput(changes: Partial<BudgetInput> = {}): BudgetInput {
  return {
    plans: [],
    delivery: [],
    campaigns: [],
    channels: [],
    media: [],
    actions: [],
    risks: [],
    usedLines: [],
    rejectedDelivery: 0,
    rejectedDays: [],
    books: { deals: null, values: null },
    presence: {
      budgets: 'present',
      ad_performance: 'present',
      cost_ledger: 'present',
      campaigns: 'present',
      budget_actions: 'present',
      risk_signals: 'present',
    },
    ...changes,
  }
}

/** October 2026, all of it over, under the default policy. */
export function budgetContext(changes: Partial<BudgetContext> = {}): BudgetContext {
  return { month: '2026-10', asOfOn: '2026-11-01', policy: policyWith(), ...changes }
}

/** A plan of the month in minor units. */
export function planRow(changes: Partial<PlanRow> = {}): PlanRow {
  return {
    campaignId: 'C1',
    channelId: null,
    plannedMinor: 100_000,
    committedMinor: null,
    minMinor: null,
    maxMinor: null,
    ...changes,
  }
}

/** One day of delivery in minor units. */
export function deliveryDay(changes: Partial<DeliveryDay> = {}): DeliveryDay {
  return {
    date: '2026-10-01',
    campaignId: 'C1',
    channelId: 'A',
    spendMinor: 10_000,
    impressions: 1000,
    clicks: 50,
    conversions: 5,
    valueMinor: 30_000,
    rows: 1,
    ...changes,
  }
}

/** How a generated line spends and responds. */
export interface GeneratedLine {
  readonly campaignId?: string
  readonly channelId: string
  /** Mean spend a day, in minor units. */
  readonly daily: number
  /** Weekly spend goes up and down by this factor around its mean; 1 keeps it even. */
  readonly swing: number
  /** value = returns × daily × (spend ÷ daily)^elasticity a day. */
  readonly returns: number
  readonly elasticity: number
}

/** Daily delivery of lines up to the end of October 2026, weeks differing by a fixed pattern and a little noise. */
export function generatedDelivery(lines: readonly GeneratedLine[], weeks: number): DeliveryDay[] {
  const random = createRandom(7)
  const first = addDays('2026-10-26', -7 * weeks)
  return lines.flatMap((line) =>
    Array.from({ length: weeks }, () => line.swing ** (2 * random() - 1)).flatMap((level, week) =>
      Array.from({ length: 7 }, (_day, weekday) => {
        const spend = Math.round(line.daily * level)
        const noise = 1 + 0.04 * (random() - 0.5)
        const value = line.returns * line.daily * (spend / line.daily) ** line.elasticity * noise
        return deliveryDay({
          date: addDays(first, 7 * week + weekday),
          campaignId: line.campaignId ?? 'C1',
          channelId: line.channelId,
          spendMinor: spend,
          conversions: Math.round(value / 5000),
          valueMinor: Math.round(value),
        })
      }),
    ),
  )
}
