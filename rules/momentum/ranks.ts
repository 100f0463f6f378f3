import { normalTwoSided } from '../kernel/normal.ts'

/** Mann–Whitney: how often a value of one sample exceeds one of the other. */
export interface RankTest {
  /** Pairs in which the first sample's value is the larger, ties counting half. */
  readonly u: number
  /** Two-sided p, normal with tie and continuity correction. */
  readonly p: number
}

/**
 * Do typical values of two samples differ?
 *
 * z = (|U − nm/2| − ½) ÷ √(nm/12 · (N + 1 − Σ (t³ − t) ÷ (N(N − 1)))), N = n + m, t the sizes of groups of equal values.
 *
 * 1, 1, 3, 3 against 2, 2, 3, 3: of 16 pairs the first wins 4 and ties 4, U = 6; z = (|6 − 8| − ½) ÷ √(16/12 · (9 − 72/56)) = 0.47, p = 0.64.
 *
 * @param first, second At least one value each.
 * @returns null when all values are equal: ranks then say nothing.
 * Source: Mann and Whitney (1947); tie correction as in SciPy's mannwhitneyu(method='asymptotic').
 */
export function compareRanks(first: readonly number[], second: readonly number[]): RankTest | null {
  const [n, m] = [first.length, second.length]
  const { rankSum, ties } = rankFirst(first, second)
  const total = n + m
  const u = rankSum - (n * (n + 1)) / 2
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)))
  if (variance <= 0) return null
  const distance = Math.max(u, n * m - u) - (n * m) / 2 - 0.5
  return { u, p: normalTwoSided(Math.max(0, distance) / Math.sqrt(variance)) }
}

/** Sum of the first sample's mid-ranks, and Σ (t³ − t) over groups of t equal values. */
function rankFirst(first: readonly number[], second: readonly number[]) {
  const values = [
    ...first.map((value) => ({ value, isFirst: 1 })),
    ...second.map((value) => ({ value, isFirst: 0 })),
  ].toSorted((left, right) => left.value - right.value)
  let [rankSum, ties, start] = [0, 0, 0]
  while (start < values.length) {
    const value = values[start]?.value
    let [end, ofFirst] = [start, 0]
    for (; values[end]?.value === value; end++) {
      ofFirst += values[end]?.isFirst ?? 0
    }
    const size = end - start
    rankSum += (ofFirst * (start + 1 + end)) / 2
    ties += size * size * size - size
    start = end
  }
  return { rankSum, ties }
}
