import { daysBetween } from '../kernel/calendar.ts'
import { compareText } from '../kernel/order.ts'
import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import { absence, type BudgetContext, type BudgetInput, type CampaignRow } from './input.ts'

/** Where a campaign's flight budget stands; amounts in minor units. */
export interface CampaignFlight {
  readonly campaignId: string
  readonly name: string
  readonly budget: Quantity
  readonly spend: Quantity
  readonly spendRows: number
  readonly utilisation: Quantity
  /** Share of the flight's days that are over on the review's date. */
  readonly elapsed: Quantity
}

/**
 * How much of each campaign's flight budget is spent, and how much of the flight is over?
 *
 * Spend is media in the cost ledger from the flight's first month on, because finance answers for it. Campaigns without a budget and without
 * media spend are left out.
 */
export function campaignFlights(
  input: BudgetInput,
  context: BudgetContext,
): readonly CampaignFlight[] {
  return input.campaigns
    .map((campaign) => flightOf(campaign, input, context))
    .filter((flight) => flight.budget.status !== 'not_measured' || flight.spendRows > 0)
    .toSorted((left, right) => compareText(left.campaignId, right.campaignId))
}

function flightOf(
  campaign: CampaignRow,
  input: BudgetInput,
  { asOfOn }: BudgetContext,
): CampaignFlight {
  const start = campaign.startOn ?? ''
  const rows = input.media.filter(
    (row) => row.campaignId === campaign.campaignId && row.month >= start.slice(0, 7),
  )
  const budget =
    campaign.budgetMinor === null
      ? notMeasured('the campaign has no budget')
      : measured(campaign.budgetMinor)
  const spend = mediaSpend(input, rows)
  return {
    campaignId: campaign.campaignId,
    name: campaign.name,
    budget,
    spend,
    spendRows: rows.reduce((sum, row) => sum + row.rows, 0),
    utilisation: quotient(spend, budget, 'the budget'),
    elapsed: elapsedShare(campaign, asOfOn),
  }
}

function mediaSpend(input: BudgetInput, rows: BudgetInput['media']): Quantity {
  if (input.presence.cost_ledger !== 'present') {
    return notMeasured(absence('cost_ledger', input.presence.cost_ledger))
  }
  if (rows.length === 0) return notMeasured('the cost ledger books no media for it')
  return measured(rows.reduce((sum, row) => sum + row.amountMinor, 0))
}

function elapsedShare({ startOn, endOn }: CampaignRow, asOfOn: string): Quantity {
  if (startOn === null || endOn === null) {
    return notMeasured('the campaign has no start or end date')
  }
  const days = daysBetween(startOn, endOn) + 1
  if (days <= 0) return notMeasured('the campaign ends before it starts')
  return measured(Math.min(days, Math.max(0, daysBetween(startOn, asOfOn))) / days)
}
