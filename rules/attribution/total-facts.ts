import { measured, type Missing, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { enterCount, enterMoney, enterShare, type FactFrame } from './fact-frame.ts'
import type { ControlTotals } from './input.ts'
import type { Tally } from './journey.ts'
import type { Measurement, Reason } from './month-measurement.ts'

/** How the lines of the reconciliation are told. */
export const LINE_NAMES: Readonly<Record<Reason, string>> = {
  no_touch: 'No touch before the conversion',
  outside_window: 'Touches older than the lookback',
  used_by_earlier_conversion: 'Touches used by an earlier conversion',
  refund: 'Refunds',
  value_without_conversion: 'Value without a conversion',
}

/** A line of the reconciliation that holds something. */
export interface OpenLine {
  readonly line: Reason
  readonly conversions: number
  readonly valueMinor: number
}

/** The lines that hold a conversion or a value, in the order of the reasons. */
export function openLines(measurement: Measurement): OpenLine[] {
  return [...measurement.unattributed]
    .map(([line, tally]) => ({ line, ...tally }))
    .filter(({ conversions, valueMinor }) => conversions !== 0 || valueMinor !== 0)
}

/** The month's journeys beside its books. */
export interface Measured {
  readonly measurement: Measurement
  readonly control: ControlTotals
}

/** `touches`: why there were no touches to attribute to; undefined when they were read. */
export interface TotalFrame extends FactFrame {
  readonly touches: Missing | undefined
}

/** Enters totals, what was attributed, and every line that was not. */
export function enterTotals(
  book: FactBook,
  { measurement, control }: Measured,
  frame: TotalFrame,
): void {
  const { attributed } = measurement
  const lost = {
    conversions: control.conversions - attributed.conversions,
    valueMinor: control.valueMinor - attributed.valueMinor,
  }
  const lines = openLines(measurement).map((line) => ({
    id: `attribution.line.${line.line}`,
    label: LINE_NAMES[line.line],
    amount: line,
  }))
  const all = [
    { id: 'attribution.total', label: 'Conversions of the month', amount: control },
    { id: 'attribution.attributed', label: 'Conversions attributed', amount: attributed },
    { id: 'attribution.unattributed', label: 'Conversions in no model', amount: lost },
    ...lines,
  ]
  for (const { id, label, amount } of all) {
    const missing = amount === attributed ? frame.touches : undefined
    const count = missing ?? measured(amount.conversions)
    enterCount(book, frame, { id: `${id}.conversions`, label, count })
    const minor = missing ?? totalValue(control, amount)
    enterMoney(book, frame, { id: `${id}.value`, label: `${label}: value`, minor })
  }
  enterShare(book, frame, {
    id: 'attribution.unattributed.share',
    label: 'Share of conversions in no model',
    part: lost.conversions,
    whole: control.conversions,
    of: 'the number of conversions',
    formula: 'conversions in no model ÷ conversions of the month',
  })
}

/** Enters how well the conversions are described: without value, of zero value, in another currency, null journeys. */
export function enterQuality(
  book: FactBook,
  { measurement, control }: Measured,
  frame: TotalFrame,
): void {
  const counts = [
    ['without_value', 'Attributed conversions without a value', measurement.withoutValue],
    ['zero_value', 'Attributed conversions of zero value', measurement.zeroValue],
    ['foreign_currency', 'Conversions in another currency', control.foreignCurrency],
  ] as const
  for (const [metric, label, count] of counts) {
    if (count > 0) enterCount(book, frame, { id: `attribution.quality.${metric}`, label, count })
  }
  enterCount(book, frame, {
    id: 'attribution.null_journeys',
    label: 'Journeys that did not convert',
    count: frame.touches ?? nullJourneys(measurement),
  })
}

function nullJourneys({ nullsCounted, nullJourneys: count }: Measurement): Quantity {
  return nullsCounted
    ? measured(count)
    : notMeasured('some rows do not say how many journeys did not convert')
}

/** Value is missing where no conversion of the month states one; a month without conversions is worth zero. */
function totalValue(control: ControlTotals, amount: Tally): Quantity {
  return control.conversions > 0 && control.withoutValue === control.conversions
    ? notMeasured('no conversion states a value')
    : measured(amount.valueMinor)
}
