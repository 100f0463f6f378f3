import { addMonths } from '../kernel/calendar.ts'
import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { fraction } from '../schema/fraction.ts'
import type { FactSource, Finding, Table, Unit } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import { wholeMinor } from './subject-facts.ts'
import type { Trend, TrendId, TrendSums } from './trend.ts'

interface Where {
  readonly month: string
  readonly currency: string
}

interface TrendShape {
  readonly unit: Extract<Unit, 'rate' | 'money'>
  readonly formula: string
  readonly dataset: Extract<FactSource['dataset'], 'ad_performance' | 'deals'>
}

const SHAPES: Readonly<Record<TrendId, TrendShape>> = {
  ctr: { unit: 'rate', formula: 'clicks ÷ impressions', dataset: 'ad_performance' },
  cpc: { unit: 'money', formula: 'spend ÷ clicks', dataset: 'ad_performance' },
  cpa: { unit: 'money', formula: 'spend ÷ conversions', dataset: 'ad_performance' },
  deal_value: { unit: 'money', formula: 'amount of won deals ÷ won deals', dataset: 'deals' },
}

/** Enters each figure of the month and of the month before, its change, and the chance of such a change if nothing had changed. */
export function enterTrends(book: FactBook, trends: readonly Trend[], where: Where): void {
  for (const trend of trends) {
    const id = `campaign_roi.trend.${trend.id}`
    enterSide(book, trend, { ...where, id, side: 'current' })
    enterSide(book, trend, {
      ...where,
      month: addMonths(where.month, -1),
      id: `${id}.previous`,
      side: 'previous',
    })
    enterChange(book, trend, { id, source: sourcesOf(trend, where.month) })
  }
}

function enterSide(
  book: FactBook,
  trend: Trend,
  { id, side, month, currency }: Where & { id: string; side: 'current' | 'previous' },
): void {
  const { unit, formula, dataset } = SHAPES[trend.id]
  const sums = trend[side]
  const value = valueOf(sums)
  book.add({
    id,
    label: `${trend.name}, ${month}`,
    unit,
    currency,
    quantity: unit === 'money' ? wholeMinor(value) : value,
    ...fraction(measured(sums.numerator), measured(sums.denominator)),
    formula,
    source: [{ dataset, rows: sums.rows, where: { month_key: month } }],
  })
}

function enterChange(
  book: FactBook,
  { name, call }: Trend,
  { id, source }: { readonly id: string; readonly source: readonly FactSource[] },
): void {
  const { relativeChange, p } = call.change
  book.add({
    id: `${id}.change`,
    label: `Change of ${name.toLowerCase()}`,
    unit: 'change',
    quantity:
      relativeChange === null
        ? notMeasured('there is nothing before it to compare with')
        : measured(relativeChange),
    formula: 'month ÷ month before − 1',
    inputs: [id, `${id}.previous`],
    source,
  })
  book.add({
    id: `${id}.p`,
    label: `${name}: chance of such a change if nothing had changed`,
    unit: 'probability',
    quantity: p === null ? notMeasured('the change could not be tested') : measured(p),
    source,
  })
}

function valueOf({ numerator, denominator }: TrendSums): Quantity {
  return quotient(measured(numerator), measured(denominator), 'the denominator')
}

function sourcesOf({ id, previous, current }: Trend, month: string): FactSource[] {
  const { dataset } = SHAPES[id]
  return [
    { dataset, rows: current.rows, where: { month_key: month } },
    { dataset, rows: previous.rows, where: { month_key: addMonths(month, -1) } },
  ]
}

/** Each figure beside the month before, with what may be said of its change. */
export function trendTable(trends: readonly Trend[]): Table {
  return {
    id: 'campaign_roi.trends',
    title: 'Did it really move?',
    columns: [
      { key: 'figure', label: 'Figure', numeric: false },
      { key: 'previous', label: 'Month before', numeric: true },
      { key: 'month', label: 'Month', numeric: true },
      { key: 'change', label: 'Change', numeric: true },
      { key: 'p', label: 'p', numeric: true },
      { key: 'call', label: 'Call', numeric: false },
    ],
    rows: trends.map(({ id, name, decision }) => [
      { text: name },
      ...['.previous', '', '.change', '.p'].map((suffix) => ({
        fact: `campaign_roi.trend.${id}${suffix}`,
      })),
      { decision: decision.id },
    ]),
    note: 'Rates and costs are tested with how unlike the ads changed, the value of a deal also without its largest one; the calls are corrected for one another.',
  }
}

/** A change beyond chance and beyond the business minimum is told. */
export function trendFindings(trends: readonly Trend[]): Finding[] {
  return trends.flatMap(({ id, name, call, decision }) => {
    const moved = call.direction === 'improving' || call.direction === 'declining'
    if (!moved) return []
    const fact = `campaign_roi.trend.${id}`
    return [
      {
        id: `finding.${decision.id}`,
        ruleId: decision.ruleId,
        subject: decision.subject,
        severity: call.direction === 'declining' ? ('warning' as const) : ('info' as const),
        title: `${name} ${call.change.direction > 0 ? 'rose' : 'fell'} beyond chance`,
        detail: `From ${token(`${fact}.previous`)} to ${token(fact)}, a change of ${token(`${fact}.change`)}; if nothing had changed, a change as large would come with a probability of ${token(`${fact}.p`)}.`,
      },
    ]
  })
}
