import { isMeasured, measured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { fraction } from '../schema/fraction.ts'
import type { FactSource, Unit } from '../schema/review.ts'
import type { Delivery } from './delivery.ts'
import type { Economics } from './economics.ts'

/** Whose figures are entered: `prefix` opens the fact ids, `name` the labels. */
export interface FactSubject {
  readonly prefix: string
  readonly name: string
  readonly currency: string
}

/** Enters cost, value, net and ROI of a subject; returns nothing, the ids follow from the prefix. */
export function enterEconomics(
  book: FactBook,
  subject: FactSubject,
  { figures, source }: { figures: Economics; source: readonly FactSource[] },
): void {
  const { prefix, name, currency } = subject
  const id = (metric: string): string => `${prefix}.${metric}`
  book.add({
    id: id('cost'),
    label: `${name}: full cost`,
    unit: 'money',
    currency,
    quantity: figures.cost,
    source: source.filter(({ dataset }) => dataset === 'cost_ledger'),
  })
  book.add({
    id: id('value'),
    label: `${name}: value`,
    unit: 'money',
    currency,
    quantity: figures.value,
    source: source.filter(({ dataset }) => dataset !== 'cost_ledger'),
  })
  book.add({
    id: id('net'),
    label: `${name}: net`,
    unit: 'money',
    currency,
    quantity: figures.net,
    formula: 'value − cost',
    inputs: [id('value'), id('cost')],
    source,
  })
  book.add({
    id: id('roi'),
    label: `${name}: ROI`,
    unit: 'change',
    quantity: figures.roi,
    ...fraction(figures.net, figures.cost),
    formula: 'net ÷ cost',
    inputs: [id('net'), id('cost')],
    source,
  })
}

type Sum = keyof Omit<Delivery, 'rows'>
type Rate = readonly [numerator: Sum, denominator: Sum]

interface DeliveryMetric {
  readonly metric: Sum
  readonly idPart: string
  readonly label: string
  readonly unit: Exclude<Unit, 'date' | 'text'>
  readonly over?: Rate
}

const DELIVERY_METRICS: readonly DeliveryMetric[] = [
  {
    metric: 'spend',
    idPart: 'platform_spend',
    label: 'spend reported by platforms',
    unit: 'money',
  },
  { metric: 'impressions', idPart: 'impressions', label: 'impressions', unit: 'count' },
  { metric: 'clicks', idPart: 'clicks', label: 'clicks', unit: 'count' },
  {
    metric: 'conversions',
    idPart: 'conversions',
    label: 'conversions reported by platforms',
    unit: 'count',
  },
  {
    metric: 'conversionValue',
    idPart: 'conversion_value',
    label: 'conversion value reported by platforms',
    unit: 'money',
  },
  {
    metric: 'ctr',
    idPart: 'ctr',
    label: 'click-through rate',
    unit: 'rate',
    over: ['clicks', 'impressions'],
  },
  {
    metric: 'cpc',
    idPart: 'cpc',
    label: 'cost per click',
    unit: 'money',
    over: ['spend', 'clicks'],
  },
  {
    metric: 'cpa',
    idPart: 'cpa',
    label: 'cost per conversion',
    unit: 'money',
    over: ['spend', 'conversions'],
  },
  {
    metric: 'conversionRate',
    idPart: 'conversion_rate',
    label: 'conversion rate of clicks',
    unit: 'rate',
    over: ['conversions', 'clicks'],
  },
  {
    metric: 'roas',
    idPart: 'roas',
    label: 'return on ad spend',
    unit: 'ratio',
    over: ['conversionValue', 'spend'],
  },
]

/** Enters what the platforms delivered for a subject, with the rates read from it. */
export function enterDelivery(
  book: FactBook,
  { prefix, name, currency }: FactSubject,
  { figures, source }: { figures: Delivery; source: readonly FactSource[] },
): void {
  for (const { metric, idPart, label, unit, over } of DELIVERY_METRICS) {
    const figure = figures[metric]
    book.add({
      id: `${prefix}.${idPart}`,
      label: `${name}: ${label}`,
      unit,
      currency,
      quantity: unit === 'money' ? wholeMinor(figure) : figure,
      ...(over === undefined ? {} : rateOf(figures, over)),
      source,
    })
  }
}

function rateOf(figures: Delivery, [top, bottom]: Rate) {
  return {
    ...fraction(figures[top], figures[bottom]),
    formula: `${words(top)} ÷ ${words(bottom)}`,
  }
}

/** Money per unit is shown in whole minor units, half away from zero; the exact fraction stands beside it. */
export function wholeMinor(quantity: Quantity): Quantity {
  if (!isMeasured(quantity)) return quantity
  return measured(Math.sign(quantity.value) * Math.round(Math.abs(quantity.value)))
}

function words(metric: string): string {
  return metric === 'conversionValue' ? 'conversion value' : metric
}
