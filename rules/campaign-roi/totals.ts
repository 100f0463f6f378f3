import { countedIn } from '../kernel/presence.ts'
import { isMeasured, measured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { fraction } from '../schema/fraction.ts'
import type { FactSource } from '../schema/review.ts'
import { comparePeriods, rowsWithin, type Comparison } from './comparison.ts'
import {
  findBookGaps,
  wholeCost,
  wholeDelivery,
  wholeValue,
  withoutRejects,
  type BookGaps,
} from './completeness.ts'
import { summariseDelivery, type Delivery } from './delivery.ts'
import { economics, type Economics } from './economics.ts'
import type { CampaignRoiContext, CampaignRoiInput } from './input.ts'
import {
  bookSources,
  COST_LABELS,
  COST_TYPES,
  kindSource,
  summariseCost,
  summariseValue,
  type BookedValue,
  type LedgerCost,
} from './ledger.ts'
import { periodsOf } from './periods.ts'
import { rejectedIn } from './rejected.ts'
import { enterDelivery, enterEconomics } from './subject-facts.ts'

/** The portfolio of the month as a whole. */
export interface Totals {
  readonly cost: LedgerCost
  readonly booked: BookedValue
  readonly gaps: BookGaps
  /** What the books say where they leave something out; no total of the month. */
  readonly inBooks: { readonly cost: Quantity; readonly value: Quantity }
  readonly economics: Economics
  readonly delivery: Delivery
  readonly wins: Quantity
  readonly wonRows: number
  readonly comparisons: readonly Comparison[]
}

const PREFIX = 'campaign_roi.total'

/** What did the month cost, return and deliver in all? */
export function summariseTotals(
  input: CampaignRoiInput,
  { month, asOfOn }: CampaignRoiContext,
): Totals {
  const { current } = periodsOf(month)
  const rows = rowsWithin(input, current)
  const { won } = rows
  const gaps = findBookGaps(rows, input.presence)
  const rejected = rejectedIn(input.rejected, current.months)
  const bookedCost = summariseCost(rows.costs, input.presence.cost_ledger)
  const bookedValue = summariseValue(rows.values, won, input.presence)
  const cost = wholeCost(bookedCost, rejected.cost_ledger, gaps.cost)
  const booked = wholeValue(bookedValue, rejected, gaps.value)
  const figures = economics(cost.total, booked.value)
  return {
    cost,
    booked,
    gaps,
    inBooks: { cost: bookedCost.total, value: bookedValue.value },
    economics: figures,
    delivery: wholeDelivery(
      summariseDelivery(rows.delivery, input.presence.ad_performance),
      rejected.ad_performance,
    ),
    wins: withoutRejects(
      countedIn(
        input.presence.deals,
        'deals',
        won.reduce((sum, row) => sum + row.wins, 0),
      ),
      rejected.deals,
      'deals',
    ),
    wonRows: won.reduce((sum, row) => sum + row.rows, 0),
    comparisons: comparePeriods(figures, input, { month, asOfOn }),
  }
}

/** Enters the totals as facts `campaign_roi.total.*`. */
export function enterTotals(
  book: FactBook,
  totals: Totals,
  { month, currency }: { readonly month: string; readonly currency: string },
): void {
  const source = bookSources(totals.cost, totals.booked, { month_key: month })
  const subject = { prefix: PREFIX, name: 'All campaigns', currency }
  for (const type of COST_TYPES) {
    book.add({
      id: `${PREFIX}.cost.${type}`,
      label: `All campaigns: ${COST_LABELS[type]} cost`,
      unit: 'money',
      currency,
      quantity: totals.cost.byType[type],
      source: [kindSource(totals.cost, type, month)],
    })
  }
  enterEconomics(book, subject, { figures: totals.economics, source })
  enterInBooks(book, totals, { currency, source })
  enterDelivery(book, subject, {
    figures: totals.delivery,
    source: [
      { dataset: 'ad_performance', rows: totals.delivery.rows, where: { month_key: month } },
    ],
  })
  const cac = quotient(totals.economics.cost, totals.wins, 'won deals')
  book.add({
    id: `${PREFIX}.cac`,
    label: 'All campaigns: customer acquisition cost',
    unit: 'money',
    currency,
    quantity: 'value' in cac ? measured(Math.round(cac.value)) : cac,
    ...fraction(totals.economics.cost, totals.wins),
    formula: 'full cost ÷ won deals',
    source: [...source, { dataset: 'deals', rows: totals.wonRows, where: { month_key: month } }],
  })
  for (const comparison of totals.comparisons)
    enterComparison(book, comparison, { currency, source })
}

/** Is a total not stated, although a part of it could be read? */
export function isPartlyBooked(
  { economics: figures, inBooks }: Totals,
  metric: 'cost' | 'value',
): boolean {
  return !isMeasured(figures[metric]) && isMeasured(inBooks[metric])
}

/** What is booked where the books leave something out: enough to find the gap, too little for a return. */
function enterInBooks(
  book: FactBook,
  totals: Totals,
  { currency, source }: { currency: string; source: readonly FactSource[] },
): void {
  for (const metric of ['cost', 'value'] as const) {
    if (!isPartlyBooked(totals, metric)) continue
    book.add({
      id: `${PREFIX}.booked_${metric}`,
      label: `All campaigns: ${metric} in the rows that could be read`,
      unit: 'money',
      currency,
      quantity: totals.inBooks[metric],
      source: metric === 'cost' ? source.slice(0, 1) : source.slice(1),
    })
  }
}

function enterComparison(
  book: FactBook,
  { period, economics: earlier, sources, costChange, valueChange, roiChange }: Comparison,
  { currency, source }: { currency: string; source: readonly FactSource[] },
): void {
  const prefix = `${PREFIX}.${period.id}`
  const label = (what: string): string => `${what}, ${period.label}`
  book.add({
    id: `${prefix}.cost`,
    label: label('Full cost'),
    unit: 'money',
    currency,
    quantity: earlier.cost,
    source: sources,
  })
  book.add({
    id: `${prefix}.value`,
    label: label('Value'),
    unit: 'money',
    currency,
    quantity: earlier.value,
    source: sources,
  })
  book.add({
    id: `${prefix}.cost_change`,
    label: label('Change of full cost against'),
    unit: 'change',
    quantity: costChange,
    formula: '(now − before) ÷ |before|',
    inputs: [`${PREFIX}.cost`, `${prefix}.cost`],
    source: [...source, ...sources],
  })
  book.add({
    id: `${prefix}.value_change`,
    label: label('Change of value against'),
    unit: 'change',
    quantity: valueChange,
    formula: '(now − before) ÷ |before|',
    inputs: [`${PREFIX}.value`, `${prefix}.value`],
    source: [...source, ...sources],
  })
  book.add({
    id: `${prefix}.roi_change`,
    label: label('Change of ROI against'),
    unit: 'points',
    quantity: roiChange,
    formula: 'ROI now − ROI before',
    source: [...source, ...sources],
  })
}
