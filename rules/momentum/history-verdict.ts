import type { Momentum } from '../policy/momentum.ts'
import { readHistory, type HistoryReading } from './history.ts'

/** How the month stands among the months before it. */
export interface HistoryVerdict {
  readonly verdict: 'too_short' | 'usual' | 'unusually_high' | 'unusually_low'
  /** Which reading decided; null while the history is too short. */
  readonly basis: 'poisson' | 'log_normal' | 'normal_range' | null
  readonly p: number | null
  readonly reading: HistoryReading | null
}

/** Variance ÷ mean up to which counts pass as Poisson. */
const POISSON_DISPERSION_MAX = 1.3

/**
 * Is this month unusual?
 *
 * Counts that scatter like Poisson are read as such; other figures above zero on logarithms; the rest by the normal range. Fewer past months
 * than the policy asks for give no verdict.
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
  const { basis, p, unusual } = decide(reading, current, policy.alpha)
  const away = current > reading.median ? 'unusually_high' : 'unusually_low'
  return { verdict: unusual ? away : 'usual', basis, p, reading }
}

function decide(reading: HistoryReading, current: number, alpha: number) {
  const { poissonP, poissonDispersion, logP, prediction } = reading
  if (poissonP !== null && (poissonDispersion ?? Infinity) <= POISSON_DISPERSION_MAX) {
    return { basis: 'poisson' as const, p: poissonP, unusual: poissonP <= alpha }
  }
  if (logP !== null) return { basis: 'log_normal' as const, p: logP, unusual: logP <= alpha }
  const outside = prediction !== null && (current < prediction.low || current > prediction.high)
  return { basis: 'normal_range' as const, p: null, unusual: outside }
}
