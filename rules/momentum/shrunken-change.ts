import type { Proportion } from '../kernel/proportion.ts'
import type { MomentumSubject } from './observation.ts'
import { priorByMoments, shrunkenMean, type RatePrior } from './shrinkage.ts'

/** A subject's rates in two periods, each drawn towards the rates of all subjects of that period. */
export interface ShrunkenChange {
  readonly previousRate: number
  readonly currentRate: number
  /** currentRate ÷ previousRate − 1. */
  readonly relativeChange: number
}

/** Two rates cannot show how rates differ. */
const MIN_SUBJECTS = 3

/**
 * How large is each change once small subjects are not taken at their word?
 *
 * Among many small segments the largest raw change is mostly luck; the drawn rates are those to rank by.
 *
 * @returns One entry for each subject, in order; null for figures that are no rates, and for all while fewer than three rates are compared.
 * Source: Efron and Morris (1975), empirical Bayes; see shrinkage.ts.
 */
export function shrunkenChanges(subjects: readonly MomentumSubject[]): (ShrunkenChange | null)[] {
  const rates = subjects.map(({ observation }) =>
    observation.kind === 'rate' && observation.previous.trials > 0 && observation.current.trials > 0
      ? observation
      : null,
  )
  const compared = rates.filter((rate) => rate !== null)
  const previous = priorOf(compared.map((rate) => rate.previous))
  const current = priorOf(compared.map((rate) => rate.current))
  return rates.map((rate) => {
    if (rate === null || previous === null || current === null) return null
    const previousRate = shrunkenMean(rate.previous, previous)
    const currentRate = shrunkenMean(rate.current, current)
    return { previousRate, currentRate, relativeChange: currentRate / previousRate - 1 }
  })
}

function priorOf(cells: readonly Proportion[]): RatePrior | null {
  return cells.length < MIN_SUBJECTS ? null : priorByMoments(cells)
}
