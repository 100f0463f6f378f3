import { minorPerMajor } from '../kernel/currency.ts'
import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook, FactEntry } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { LeadRows } from './lead-rows.ts'

/** Enters figures of the leads data set under `lead_scoring.` and returns their ids; each says from how many leads it was read. */
export interface LeadFacts {
  /** `value` null: the column it is read from is empty. `of`: which leads it counts. */
  readonly count: (
    id: string,
    label: string,
    counted: { readonly value: number | null; readonly of?: LeadRows },
  ) => string
  readonly figure: (
    id: string,
    label: string,
    entry: Pick<FactEntry, 'unit' | 'quantity'> &
      Partial<FactEntry> & { readonly rows: number; readonly of?: LeadRows },
  ) => string
  /** numerator ÷ denominator; not measured, with the reason, without a denominator. */
  readonly rate: (
    id: string,
    label: string,
    parts: {
      readonly top: number
      readonly bottom: number
      readonly missing: string
      readonly of?: LeadRows
    },
  ) => string
}

/** The entry points above, over a fact book. */
export function leadFacts(book: FactBook): LeadFacts {
  const figure: LeadFacts['figure'] = (id, label, { rows, of, ...entry }) =>
    book.add({ source: [leadSource(rows, of)], ...entry, id: `lead_scoring.${id}`, label })
  return {
    figure,
    count: (id, label, { value, of = {} }) =>
      figure(id, label, {
        unit: 'count',
        quantity: orMissing(value, 'the leads do not record it'),
        rows: value ?? 0,
        of,
      }),
    rate: (id, label, { top, bottom, missing, of = {} }) =>
      figure(id, label, {
        unit: 'rate',
        quantity: bottom === 0 ? notMeasured(missing) : measured(top / bottom),
        ...(bottom === 0 ? {} : { numerator: top, denominator: bottom }),
        rows: bottom,
        of,
      }),
  }
}

/** Leads behind a figure: how many, and which. */
export function leadSource(rows: number, of: LeadRows = {}): FactSource {
  return { dataset: 'leads', rows, ...of }
}

/** A figure, or the reason why there is none. */
export function orMissing(value: number | null | undefined, reason: string): Quantity {
  return value === null || value === undefined ? notMeasured(reason) : measured(value)
}

/** An amount in whole currency units as minor units, rounded to the nearest. */
export function asMinor(major: number, currency: string): Quantity {
  return measured(Math.round(major * minorPerMajor(currency)))
}
