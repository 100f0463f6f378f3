import { binomialLogPmf } from './binomial.ts'

/** An urn and how many are drawn from it without putting back. All whole and ≥ 0, draws ≤ marked + unmarked. */
export interface Urn {
  readonly marked: number
  readonly unmarked: number
  readonly draws: number
}

/**
 * ln P(X = count) of marked ones among the draws, for a possible count.
 *
 * Source: C. Loader, 2000: the product of two binomial probabilities over a third.
 */
export function hypergeometricLogPmf(count: number, { marked, unmarked, draws }: Urn): number {
  const total = marked + unmarked
  const share = draws / total
  return (
    binomialLogPmf(count, marked, share) +
    binomialLogPmf(draws - count, unmarked, share) -
    binomialLogPmf(draws, total, share)
  )
}

/** P(X = count + 1) ÷ P(X = count). */
export function hypergeometricOdds(count: number, { marked, unmarked, draws }: Urn): number {
  return ((marked - count) * (draws - count)) / ((count + 1) * (unmarked - draws + count + 1))
}
