import { present } from '../kernel/invariant.ts'
import { compareText, groupByText } from '../kernel/order.ts'
import { measured, type Missing, notMeasured, type Quantity } from '../kernel/quantity.ts'
import { lineId } from '../schema/budget-move.ts'
import {
  absence,
  type BudgetInput,
  type DeliveryDay,
  knownDelivery,
  noDelivery,
  type PlanRow,
} from './input.ts'

/** A line of the budget: the most specific part of it that a plan or spend names. Amounts in minor units. */
export interface BudgetLine {
  readonly id: string
  readonly campaignId: string | null
  readonly channelId: string | null
  readonly name: string
  readonly planned: Quantity
  readonly committed: Quantity
  readonly minMinor: number | null
  readonly maxMinor: number | null
  /** Complete days of the month, and of the evidence window before it. */
  readonly days: readonly DeliveryDay[]
  readonly history: readonly DeliveryDay[]
  /** Why the line has no delivery, where it has none. */
  readonly noDelivery: Missing
}

/** Names of campaigns and channels by id. */
export interface LineNames {
  readonly campaigns: ReadonlyMap<string, string>
  readonly channels: ReadonlyMap<string, string>
}

/**
 * Which lines does the budget have, and which spend belongs to which?
 *
 * A line is the most specific plan row that covers the spend: channel within campaign, then campaign, then channel, then the company.
 * Where a campaign has a plan of its own and plans for channels, what the channels leave of it is a line too. Spend that no plan covers
 * is a line of its own, without a plan. Every day of delivery belongs to exactly one line.
 */
export function budgetLines(input: BudgetInput, month: string): readonly BudgetLine[] {
  const names = lineNames(input)
  const leaves = input.plans.filter((plan) => !isCovered(plan, input.plans))
  const plans = new Set(leaves.map(planId))
  const lineOf = (day: DeliveryDay): string =>
    [
      lineId(day.campaignId, day.channelId),
      lineId(day.campaignId, null),
      lineId(null, day.channelId),
      lineId(null, null),
    ].find((id) => plans.has(id)) ?? lineId(day.campaignId, day.channelId)
  // The rows still name the line, but where some were rejected what is left adds up to nothing known.
  const spend = groupByText(input.delivery, lineOf)
  const known = groupByText(knownDelivery(input), lineOf)
  const planned = leaves.map((plan) =>
    toLine(planId(plan), {
      plan,
      rest: restOf(plan, input.plans),
      sample: undefined,
      delivery: known.get(planId(plan)) ?? [],
      names,
      month,
      input,
    }),
  )
  const unplanned = [...spend]
    .filter(([id, days]) => !plans.has(id) && days.some((day) => inMonth(day, month)))
    .map(([id, [sample]]) =>
      toLine(id, {
        plan: null,
        rest: null,
        sample,
        delivery: known.get(id) ?? [],
        names,
        month,
        input,
      }),
    )
  return [...planned, ...unplanned].toSorted((left, right) => compareText(left.id, right.id))
}

/** Names by id, for lines and moves. */
export function lineNames(input: BudgetInput): LineNames {
  return {
    campaigns: new Map(input.campaigns.map((row) => [row.campaignId, row.name])),
    channels: new Map(input.channels.map((row) => [row.channelId, row.name])),
  }
}

/** A line as a reader knows it: "Channel in Campaign", by name where one is known. */
export function lineName(
  campaignId: string | null,
  channelId: string | null,
  names: LineNames,
): string {
  const campaign = nameOf(campaignId, names.campaigns)
  const channel = nameOf(channelId, names.channels)
  if (campaign === null) return channel ?? 'All campaigns'
  return channel === null ? campaign : `${channel} in ${campaign}`
}

function nameOf(id: string | null, names: ReadonlyMap<string, string>): string | null {
  return id === null ? null : (names.get(id) ?? id)
}

/** The planned budget of the company, from the broadest rows that cut it one way only. */
export function plannedTotal(input: BudgetInput): Quantity {
  if (input.plans.length === 0) {
    return notMeasured(absence('budgets', input.presence.budgets))
  }
  const all = input.plans.find((plan) => plan.campaignId === null && plan.channelId === null)
  if (all !== undefined) return measured(all.plannedMinor)
  const scoped = input.plans.filter((plan) => plan.campaignId !== null)
  const cut = scoped.length > 0 ? scoped : input.plans
  const top = cut.filter(
    (plan) =>
      plan.channelId === null ||
      !cut.some((other) => other.channelId === null && other.campaignId === plan.campaignId),
  )
  return measured(top.reduce((sum, plan) => sum + plan.plannedMinor, 0))
}

function planId(plan: PlanRow): string {
  return lineId(plan.campaignId, plan.channelId)
}

/** A plan that is only the sum of others, or a second cut of money that campaigns cut already, makes no line. */
function isCovered(plan: PlanRow, plans: readonly PlanRow[]): boolean {
  if (plan.campaignId !== null) return (restOf(plan, plans) ?? 1) <= 0
  return plans.some(
    (other) => other.campaignId !== null || (plan.channelId === null && other.channelId !== null),
  )
}

/** What a plan without a channel leaves beside the plans of its channels; null when it has none. */
function restOf(plan: PlanRow, plans: readonly PlanRow[]): number | null {
  if (plan.channelId !== null) return null
  const channels = plans.filter(
    (other) => other.campaignId === plan.campaignId && other.channelId !== null,
  )
  if (channels.length === 0) return null
  return plan.plannedMinor - channels.reduce((sum, other) => sum + other.plannedMinor, 0)
}

function inMonth(day: DeliveryDay, month: string): boolean {
  return day.date.startsWith(month)
}

interface LineParts {
  readonly plan: PlanRow | null
  readonly rest: number | null
  /** Any row of a line without a plan, which names it. */
  readonly sample: DeliveryDay | undefined
  readonly delivery: readonly DeliveryDay[]
  readonly names: LineNames
  readonly month: string
  readonly input: BudgetInput
}

function toLine(id: string, parts: LineParts): BudgetLine {
  const { plan, rest, sample, delivery, names, month, input } = parts
  const { campaignId, channelId } = plan ?? present(sample, 'spend of a line without a plan')
  const name = lineName(campaignId, channelId, names)
  return {
    id,
    campaignId,
    channelId,
    name: rest === null ? name : `${name}, not assigned to a channel`,
    planned: plan === null ? noPlan(input) : measured(rest ?? plan.plannedMinor),
    committed: committedOf(plan),
    minMinor: plan?.minMinor ?? null,
    maxMinor: plan?.maxMinor ?? null,
    days: delivery.filter((day) => inMonth(day, month)),
    history: delivery.filter((day) => day.date < `${month}-01`),
    noDelivery: noDelivery(input),
  }
}

function noPlan(input: BudgetInput): Quantity {
  return notMeasured(
    input.plans.length === 0
      ? absence('budgets', input.presence.budgets)
      : 'no budget was planned for it',
  )
}

function committedOf(plan: PlanRow | null): Quantity {
  if (plan === null) return notMeasured('no budget was planned for it')
  return plan.committedMinor === null
    ? notMeasured('the budget does not say what is committed')
    : measured(plan.committedMinor)
}
