import { measured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { FactBook, FactEntry } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'

/** What every fact of the stage shares. */
export interface FactFrame {
  readonly currency: string
  readonly source: readonly FactSource[]
}

/** An id and what it stands for. */
export interface FactName {
  readonly id: string
  readonly label: string
}

/** Enters a count and returns its id. */
export function enterCount(
  book: FactBook,
  { source }: FactFrame,
  { count, ...name }: FactName & { readonly count: number | Quantity },
): string {
  const quantity = typeof count === 'number' ? measured(count) : count
  return book.add({ ...name, unit: 'count', quantity, source })
}

/** Enters an amount in the company's currency. */
export function enterMoney(
  book: FactBook,
  { currency, source }: FactFrame,
  { minor, ...name }: FactName & { readonly minor: Quantity },
): string {
  return book.add({ ...name, unit: 'money', currency, quantity: minor, source })
}

/** Enters part ÷ whole of two counts; not measured where the whole is zero. */
export function enterShare(
  book: FactBook,
  { source }: FactFrame,
  share: FactName &
    Pick<FactEntry, 'formula'> & {
      readonly part: number
      readonly whole: number
      /** What the whole counts. */
      readonly of: string
    },
): string {
  const { part, whole, of, ...name } = share
  return book.add({
    ...name,
    unit: 'rate',
    quantity: quotient(measured(part), measured(whole), of),
    numerator: part,
    denominator: whole,
    source,
  })
}
