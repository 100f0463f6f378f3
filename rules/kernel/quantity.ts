import { invariant } from './invariant.ts'

/** Why a figure has no value. `not_measured`: nobody looked, or there is nothing to divide by. `unreadable`: data came and could not be trusted. */
export type Missing = {
  readonly status: 'not_measured' | 'unreadable'
  readonly reason: string
}

/** A figure that was looked at. A true zero is a finding of its own and never stands for "no data". */
export type Measured =
  | { readonly status: 'known'; readonly value: number }
  | { readonly status: 'zero'; readonly value: 0 }

/** A figure in one of its four conditions: known, zero, not measured, unreadable. */
export type Quantity = Measured | Missing

/**
 * A measured figure; 0 (and −0) becomes `zero`.
 *
 * @throws InvariantError when `value` is NaN or infinite: such a number is a fault, not a reading.
 */
export function measured(value: number): Measured {
  invariant(Number.isFinite(value), `measured: expected a finite number, got ${value}`)
  return value === 0 ? { status: 'zero', value: 0 } : { status: 'known', value }
}

/** A figure nobody measured, with the reason in words a reader understands. */
export function notMeasured(reason: string): Missing {
  return { status: 'not_measured', reason }
}

/** A figure whose data came and could not be read or trusted. */
export function unreadable(reason: string): Missing {
  return { status: 'unreadable', reason }
}

/** True when the figure has a value, zero included. */
export function isMeasured(quantity: Quantity): quantity is Measured {
  return quantity.status === 'known' || quantity.status === 'zero'
}

/** The values of the figures that have one, zero included. */
export function knownValues(quantities: readonly Quantity[]): number[] {
  return quantities.filter(isMeasured).map(({ value }) => value)
}

/**
 * Applies `compute` when every figure is measured; otherwise the first unreadable one, else the first
 * not measured one, stands for the result, so a missing part is never read as zero.
 */
export function derive(
  parts: readonly Quantity[],
  compute: (values: readonly number[]) => number,
): Quantity {
  const missing = firstMissing(parts)
  return missing ?? measured(compute(knownValues(parts)))
}

/** Sum of the figures; missing when any part is. An empty list is a fault: a sum of nothing has no meaning here. */
export function sum(parts: readonly Quantity[]): Quantity {
  invariant(parts.length > 0, 'sum: expected at least one figure')
  return derive(parts, (values) => values.reduce((total, value) => total + value, 0))
}

/** `minuend − subtrahend`. */
export function difference(minuend: Quantity, subtrahend: Quantity): Quantity {
  return derive([minuend, subtrahend], ([left = 0, right = 0]) => left - right)
}

/** `numerator ÷ denominator`; a zero denominator leaves the ratio not measured, never 0 and never infinite. */
export function quotient(numerator: Quantity, denominator: Quantity, what: string): Quantity {
  if (denominator.status === 'zero' && isMeasured(numerator)) {
    return notMeasured(`${what} is zero, so there is nothing to divide by`)
  }
  return derive([numerator, denominator], ([top = 0, bottom = 1]) => top / bottom)
}

function firstMissing(parts: readonly Quantity[]): Missing | undefined {
  let found: Missing | undefined
  for (const part of parts) {
    if (part.status === 'unreadable') return part
    if (part.status === 'not_measured') found ??= part
  }
  return found
}
