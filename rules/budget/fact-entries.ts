import { isMeasured, measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook, FactEntry } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'

/** Enters figures of one subject under one prefix. */
export interface SubjectFacts {
  readonly prefix: string
  readonly enter: (
    metric: string,
    entry: Omit<FactEntry, 'id' | 'label' | 'source'> & {
      readonly label: string
      readonly source?: readonly FactSource[]
    },
  ) => string
}

/** A writer of facts `PREFIX.METRIC`, labelled `NAME: …`, from one source unless an entry names another. */
export function subjectFacts(
  book: FactBook,
  subject: { readonly prefix: string; readonly name: string; readonly currency: string },
  source: readonly FactSource[],
): SubjectFacts {
  return {
    prefix: subject.prefix,
    enter: (metric, entry) =>
      book.add({
        ...entry,
        id: `${subject.prefix}.${metric}`,
        label: `${subject.name}: ${entry.label}`,
        source: entry.source ?? source,
        currency: subject.currency,
      }),
  }
}

/** A figure that may be null, in whole minor units. */
export function wholeMinor(value: number | null, reason: string): Quantity {
  return value === null ? notMeasured(reason) : measured(Math.round(value))
}

/** A figure that may be null. */
export function figure(value: number | null, reason: string): Quantity {
  return value === null ? notMeasured(reason) : measured(value)
}

/** Numerator and denominator of a ratio fact, when both are measured. */
export function fraction(
  numerator: Quantity,
  denominator: Quantity,
): { numerator?: number; denominator?: number } {
  return isMeasured(numerator) && isMeasured(denominator)
    ? { numerator: numerator.value, denominator: denominator.value }
    : {}
}
