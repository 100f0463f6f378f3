import { money } from '../kernel/money.ts'
import type { ExpectedImpact } from '../schema/synthesis.ts'

/** What an action is expected to bring, or why nobody can say. */
export type ImpactRuling =
  | { readonly impact: ExpectedImpact; readonly notMeasured: null }
  | { readonly impact: null; readonly notMeasured: string }

/**
 * What is saved when something that costs more than it returns is stopped?
 *
 * For one more period like the measured one: mid = cost − value, high = cost (its value was an estimate, or comes by another way), low = 0
 * (the money was committed already). Nothing is expected of stopping what earns its cost.
 *
 * @param cost, value In minor units; null where not measured.
 * @param period What the figures cover, e.g. "the month".
 */
export function savingOf(
  { cost, value }: { readonly cost: number | null; readonly value: number | null },
  { currency, period }: { readonly currency: string; readonly period: string },
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
  return { impact, notMeasured: null }
}

/** An impact that nobody can state, with the reason. */
export function unknown(notMeasured: string): ImpactRuling {
  return { impact: null, notMeasured }
}
