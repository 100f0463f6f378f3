import { invariant } from '../kernel/invariant.ts'
import { money } from '../kernel/money.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import type { Fact, FactSource, Unit } from './review.ts'

/** How a fact is entered; the quantity of a money fact is in minor units. */
export interface FactEntry {
  readonly id: string
  readonly label: string
  readonly unit: Exclude<Unit, 'date' | 'text'>
  readonly quantity: Quantity
  readonly currency?: string
  readonly numerator?: number
  readonly denominator?: number
  readonly formula?: string
  readonly inputs?: readonly string[]
  readonly source: readonly FactSource[]
}

/** The facts of one stage as they are gathered; entering an id twice is a fault. */
export interface FactBook {
  /** Enters a figure and returns its id, so that a table or sentence can refer to it at once. */
  readonly add: (entry: FactEntry) => string
  /** Enters a date or text that a sentence needs. */
  readonly addText: (entry: {
    id: string
    label: string
    unit: 'date' | 'text'
    value: string
    source: readonly FactSource[]
  }) => string
  readonly has: (id: string) => boolean
  /** Every fact entered, in the order entered. */
  readonly list: () => Fact[]
}

/** An empty fact book. @throws InvariantError from `add` on an id already taken, or on money without a currency. */
export function createFactBook(): FactBook {
  const facts = new Map<string, Fact>()
  const enter = (fact: Fact): string => {
    invariant(!facts.has(fact.id), `fact book: ${fact.id} is entered already`)
    facts.set(fact.id, fact)
    return fact.id
  }
  return {
    add: (entry) => enter(toFact(entry)),
    addText: (entry) => enter({ ...entry, source: [...entry.source], status: 'known' }),
    has: (id) => facts.has(id),
    list: () => [...facts.values()],
  }
}

function toFact(entry: FactEntry): Fact {
  const { id, label, unit, quantity, source } = entry
  return {
    id,
    label,
    unit,
    status: quantity.status,
    value: valueOf(entry),
    ...(isMeasured(quantity) ? {} : { reason: quantity.reason }),
    ...(entry.numerator === undefined ? {} : { numerator: entry.numerator }),
    ...(entry.denominator === undefined ? {} : { denominator: entry.denominator }),
    ...(entry.formula === undefined ? {} : { formula: entry.formula }),
    ...(entry.inputs === undefined ? {} : { inputs: [...entry.inputs] }),
    source: [...source],
  }
}

function valueOf({ unit, quantity, currency, id }: FactEntry): Fact['value'] {
  if (!isMeasured(quantity)) return null
  if (unit !== 'money') return quantity.value
  invariant(currency !== undefined, `fact book: ${id} is money and has no currency`)
  return money(currency, quantity.value)
}
