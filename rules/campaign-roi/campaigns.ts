import { compareText, sortByText } from '../kernel/order.ts'
import { isMeasured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Decision, FactSource } from '../schema/review.ts'
import { rowsWithin } from './comparison.ts'
import { wholeCost, wholeValue } from './completeness.ts'
import { summariseDelivery, type Delivery } from './delivery.ts'
import { compareReturn, economics, type Economics } from './economics.ts'
import type { CampaignRoiContext, CampaignRoiInput } from './input.ts'
import { bookSources, summariseCost, summariseValue } from './ledger.ts'
import { judgePerformance } from './performance.ts'
import { periodsOf } from './periods.ts'
import { rejectedIn } from './rejected.ts'
import { enterDelivery, enterEconomics } from './subject-facts.ts'

/** One campaign of the month, with what was decided about it. */
export interface CampaignLine {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly economics: Economics
  readonly sources: readonly FactSource[]
  readonly delivery: Delivery
  readonly decision: Decision
}

/** Every campaign that has a name, a booking or a platform row in the month, by id. */
export function judgeCampaigns(
  input: CampaignRoiInput,
  { month, policy }: CampaignRoiContext,
): CampaignLine[] {
  const { current } = periodsOf(month)
  const rows = { ...rowsWithin(input, current) }
  const rejected = rejectedIn(input.rejected, current.months)
  const targetRoi = policy.targets.find((target) => target.id === 'roi')?.at_least
  return campaignIds(input, rows).map((id) => {
    const own = <Row extends { readonly campaignId: string | null }>(all: readonly Row[]): Row[] =>
      all.filter((row) => row.campaignId === id)
    const { presence } = input
    const cost = wholeCost(
      summariseCost(own(rows.costs), presence.cost_ledger),
      rejected.cost_ledger,
      [],
    )
    const booked = wholeValue(
      summariseValue(own(rows.values), own(rows.won), presence),
      rejected,
      [],
    )
    const figures = economics(cost.total, booked.value)
    const name = input.names.campaigns.get(id) ?? id
    return {
      id,
      name,
      prefix: `campaign_roi.campaign.${distinctPart(id)}`,
      economics: figures,
      sources: bookSources(cost, booked, { month_key: month, campaign_id: id }),
      delivery: summariseDelivery(own(rows.delivery), input.presence.ad_performance),
      decision: judgePerformance(
        { id, name, economics: figures },
        { targetRoi, policyVersion: policy.version },
      ),
    }
  })
}

/** Campaigns with a measured cost and value, best return first; ties by id. */
export function rankByReturn(lines: readonly CampaignLine[]): CampaignLine[] {
  const rankable = lines.flatMap((line) => {
    const { cost, value } = line.economics
    return isMeasured(cost) && isMeasured(value) && cost.value > 0
      ? [{ line, costMinor: cost.value, valueMinor: value.value }]
      : []
  })
  return rankable
    .toSorted(
      (left, right) => compareReturn(right, left) || compareText(left.line.id, right.line.id),
    )
    .map((entry) => entry.line)
}

/** Enters each campaign's money and delivery as facts. */
export function enterCampaigns(
  book: FactBook,
  lines: readonly CampaignLine[],
  { month, currency }: { readonly month: string; readonly currency: string },
): void {
  for (const line of lines) {
    const subject = { prefix: line.prefix, name: line.name, currency }
    const where = { month_key: month, campaign_id: line.id }
    enterEconomics(book, subject, {
      figures: line.economics,
      source: line.sources,
    })
    enterDelivery(book, subject, {
      figures: line.delivery,
      source: [{ dataset: 'ad_performance', rows: line.delivery.rows, where }],
    })
  }
}

function campaignIds(
  input: CampaignRoiInput,
  rows: Readonly<Record<string, readonly { readonly campaignId: string | null }[]>>,
): string[] {
  const ids = new Set(input.names.campaigns.keys())
  for (const row of Object.values(rows).flat()) if (row.campaignId !== null) ids.add(row.campaignId)
  return sortByText([...ids], (id) => id)
}
