import type { Momentum } from '../policy/momentum.ts'
import { POISSON_DISPERSION_MAX } from './clustered-counts.ts'
import { readHistory, type HistoryReading } from './history.ts'

/** How the month stands among the months before it. */
export interface HistoryVerdict {
  readonly verdict: 'too_short' | 'no_scatter' | 'usual' | 'unusually_high' | 'unusually_low'
  /** Which reading decided; null while the history is too short, or does not scatter. */
  readonly basis: 'poisson' | 'log_normal' | 'normal_range' | null
  readonly p: number | null
  readonly reading: HistoryReading | null
}

/**
 * Is this month unusual?
 *
 * Counts that scatter like Poisson, or were zero throughout, are read as such; other figures above zero on logarithms; the rest by the normal
 * range. Unusual at p ≤ alpha, or strictly outside the normal range. Fewer past months than the policy asks for give no verdict, and neither
 * do equal figures that are no counts: their usual range would be a point, and the least change unusual.
 *
 * @param history Complete past months, ≥ 0.
 * @param current The complete current month, ≥ 0.
 */
export function judgeHistory(
  history: readonly number[],
  current: number,
  policy: Momentum,
): HistoryVerdict {
  if (history.length < policy.min_history_months) {
    return { verdict: 'too_short', basis: null, p: null, reading: null }
  }
  const reading = readHistory(history, current)
  const scatters = history.some((value) => value !== history[0])
  if (!scatters && reading.poissonP === null) {
    return { verdict: 'no_scatter', basis: null, p: null, reading }
  }
  const { basis, p, unusual } = decide(reading, current, policy.alpha)
  const away = current > reading.median ? 'unusually_high' : 'unusually_low'
  return { verdict: unusual ? away : 'usual', basis, p, reading }
}

function decide(reading: HistoryReading, current: number, alpha: number) {
  const { poissonP, poissonDispersion, logP, prediction } = reading
  // Months of nothing have no ratio of variance to mean; they do not scatter more than Poisson.
  if (poissonP !== null && (poissonDispersion ?? 0) <= POISSON_DISPERSION_MAX) {
    return { basis: 'poisson' as const, p: poissonP, unusual: poissonP <= alpha }
  }
  if (logP !== null) return { basis: 'log_normal' as const, p: logP, unusual: logP <= alpha }
  const outside = prediction !== null && (current < prediction.low || current > prediction.high)
  return { basis: 'normal_range' as const, p: null, unusual: outside }
}
