import { money } from '../kernel/money.ts'
import type { ExpectedImpact } from '../schema/synthesis.ts'

/** What an action is expected to bring, or why nobody can say. */
export type ImpactRuling =
  | { readonly impact: ExpectedImpact; readonly notMeasured: null; readonly derivation: Derivation }
  | { readonly impact: null; readonly notMeasured: string }

/** How each end of an impact comes about: the formula, and the facts it reads. */
export type Derivation = Readonly<
  Record<'low' | 'mid' | 'high', { readonly formula: string; readonly inputs: readonly string[] }>
>

/**
 * What is saved when something that costs more than it returns is stopped?
 *
 * For one more period like the measured one: mid = cost − value, high = cost (its value was an estimate, or comes by another way), low = 0
 * (the money was committed already). Nothing is expected of stopping what earns its cost.
 *
 * @param cost, value In minor units; null where not measured.
 * @param about.period What the figures cover, e.g. "the month".
 * @param about.inputs The facts that state them.
 */
export function savingOf(
  { cost, value }: { readonly cost: number | null; readonly value: number | null },
  {
    currency,
    period,
    inputs,
  }: {
    readonly currency: string
    readonly period: string
    readonly inputs: { readonly cost: string; readonly value: string }
  },
): ImpactRuling {
  if (cost === null || value === null) {
    return unknown(`cost or value of ${period} was not measured`)
  }
  if (cost === 0) return unknown(`nothing was spent in ${period}, so nothing is saved`)
  if (value >= cost) return unknown(`it returned at least its cost in ${period}`)
  const impact = {
    low: money(currency, 0),
    mid: money(currency, cost - value),
    high: money(currency, cost),
  }
  const derivation: Derivation = {
    low: {
      formula: `0: the money of one more period like ${period} is committed already`,
      inputs: [],
    },
    mid: {
      formula: `cost − value of one more period like ${period}`,
      inputs: [inputs.cost, inputs.value],
    },
    high: {
      formula: `cost of one more period like ${period}, where its value comes by another way`,
      inputs: [inputs.cost],
    },
  }
  return { impact, notMeasured: null, derivation }
}

/** An impact that nobody can state, with the reason. */
export function unknown(notMeasured: string): ImpactRuling {
  return { impact: null, notMeasured }
}
