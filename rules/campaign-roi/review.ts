import { isMonthOver } from '../kernel/calendar.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import { fraction } from '../schema/fraction.ts'
import type { StageResult } from '../schema/review.ts'
import { bookFindings } from './book-findings.ts'
import { enterCampaigns, judgeCampaigns, rankByReturn } from './campaigns.ts'
import { enterDimension, summariseDimension } from './dimensions.ts'
import { campaignRoiFindings } from './findings.ts'
import type { CampaignRoiContext, CampaignRoiInput } from './input.ts'
import { kindSource } from './ledger.ts'
import { periodsOf, within } from './periods.ts'
import { judgeClaims, judgeSpendTrace, traceSpend, type SpendTrace } from './reconciliation.ts'
import { rejectedIn } from './rejected.ts'
import { campaignRoiSummary, estimateWords } from './summary.ts'
import {
  campaignChart,
  campaignTable,
  comparisonTable,
  costTable,
  dimensionTable,
} from './tables.ts'
import { enterTotals, summariseTotals, type Totals } from './totals.ts'
import { enterTrends, trendFindings, trendTable } from './trend-section.ts'
import { readTrends } from './trend.ts'

/**
 * What did each campaign, channel and segment cost and return this month, against target and earlier periods, and do the books agree?
 *
 * @param input Sums of ledgers, platforms and CRM, parsed where they were read; reaches back thirteen months.
 */
export function reviewCampaignRoi(
  input: CampaignRoiInput,
  context: CampaignRoiContext,
): StageResult {
  const { month, policy } = context
  const where = { month, currency: policy.company.currency }
  const book = createFactBook()
  const totals = summariseTotals(input, context)
  enterTotals(book, totals, where)
  enterValueBasis(book, totals, month)
  const campaigns = judgeCampaigns(input, context)
  enterCampaigns(book, campaigns, where)
  const delivery = within(input.delivery, periodsOf(month).current)
  const channels = summariseDimension(delivery, 'channel', input.names.channels)
  const segments = summariseDimension(delivery, 'segment', input.names.segments)
  enterDimension(book, channels, { ...where, column: 'channel_id' })
  enterDimension(book, segments, { ...where, column: 'segment_id' })
  const judged = judgeBooks(book, totals, context)
  const trends = readTrends(input, context)
  enterTrends(book, trends, where)
  const ranked = rankByReturn(campaigns)
  return {
    stage: 'campaign_roi',
    status: stageStatus(totals),
    facts: book.list(),
    decisions: [
      ...campaigns.map((line) => line.decision),
      judged.spend,
      judged.claims,
      ...trends.map(({ decision }) => decision),
    ],
    findings: [
      ...bookFindings(totals, campaigns, {
        rejected: rejectedIn(input.rejected, periodsOf(month).current.months),
        isOver: isMonthOver(month, context.asOfOn),
      }),
      ...campaignRoiFindings(campaigns, judged),
      ...trendFindings(trends),
    ],
    tables: [
      campaignTable(ranked, campaigns),
      costTable(totals),
      dimensionTable('channel', channels),
      dimensionTable('segment', segments),
      comparisonTable(totals),
      trendTable(trends),
    ].filter((table) => table.rows.length > 0),
    charts: ranked.length > 0 ? [campaignChart(ranked)] : [],
    summary: campaignRoiSummary(totals, ranked, judged.spend.action),
  }
}

/** Where a value is an estimate, its reader must know before using it; nothing is entered where it is booked. */
function enterValueBasis(book: FactBook, { booked }: Totals, month: string): void {
  const value = estimateWords(booked)
  if (value === undefined) return
  book.addText({
    id: 'campaign_roi.total.value_basis',
    label: 'All campaigns: what the value rests on',
    unit: 'text',
    value,
    source: [{ dataset: 'value_ledger', rows: booked.rows, where: { month_key: month } }],
  })
}

function judgeBooks(book: FactBook, totals: Totals, { month, policy }: CampaignRoiContext) {
  const trace = traceSpend(totals.cost.byType.media, totals.delivery.spend)
  enterTrace(book, trace, { currency: policy.company.currency, totals, month })
  const { claimRatio, decision: claims } = judgeClaims(
    { platformConversions: totals.delivery.conversions, wins: totals.wins },
    { claimRatioWarn: policy.trust.claim_ratio_warn, version: policy.version },
  )
  const deals = [{ dataset: 'deals' as const, rows: totals.wonRows, where: { month_key: month } }]
  book.add({
    id: 'campaign_roi.total.wins',
    label: 'Won deals',
    unit: 'count',
    quantity: totals.wins,
    source: deals,
  })
  book.add({
    id: 'campaign_roi.claim_ratio',
    label: 'Platform conversions for each won deal',
    unit: 'ratio',
    quantity: claimRatio,
    ...fraction(totals.delivery.conversions, totals.wins),
    formula: 'platform conversions ÷ won deals',
    inputs: ['campaign_roi.total.conversions', 'campaign_roi.total.wins'],
    source: deals,
  })
  const spend = judgeSpendTrace(trace, {
    trust: policy.trust,
    toleranceShare: policy.campaign_roi.reconciliation_tolerance_share,
    version: policy.version,
  })
  return { spend, claims }
}

function enterTrace(
  book: FactBook,
  trace: SpendTrace,
  { currency, totals, month }: { currency: string; totals: Totals; month: string },
): void {
  const source = [
    kindSource(totals.cost, 'media', month),
    { dataset: 'ad_performance' as const, rows: totals.delivery.rows, where: { month_key: month } },
  ]
  book.add({
    id: 'campaign_roi.spend_trace.untraceable',
    label: 'Media spend without a platform row',
    unit: 'money',
    currency,
    quantity: trace.untraceable,
    formula: 'max(0, media in the ledger − spend in the platforms)',
    inputs: ['campaign_roi.total.cost.media', 'campaign_roi.total.platform_spend'],
    source,
  })
  book.add({
    id: 'campaign_roi.spend_trace.untraceable_share',
    label: 'Share of media spend without a platform row',
    unit: 'rate',
    quantity: trace.untraceableShare,
    ...fraction(trace.untraceable, trace.ledgerMedia),
    formula: 'untraceable ÷ media in the ledger',
    inputs: ['campaign_roi.spend_trace.untraceable', 'campaign_roi.total.cost.media'],
    source,
  })
}

function stageStatus({ economics, delivery }: Totals): StageResult['status'] {
  const parts: readonly Quantity[] = [economics.cost, economics.value, delivery.spend]
  const known = parts.filter(isMeasured).length
  if (known === parts.length) return 'assessed'
  return known === 0 ? 'not_measured' : 'partial'
}
