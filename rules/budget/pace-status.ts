import type { Landing } from './landing.ts'

/** How a budget period is doing. `exhausted`: nothing is left for the days to come. `closed`: no day is left. */
export type PaceStatus =
  | 'closed'
  | 'exhausted'
  | 'critical_over'
  | 'critical_under'
  | 'over'
  | 'under'
  | 'watch'
  | 'on_track'
  | 'unknown'

/** Bounds of the pacing verdict, as shares of the budget, and how sure one must be. */
export interface PaceBounds {
  readonly watch: number
  readonly critical: number
  readonly probability: number
}

/** What the pacing verdict compares. */
export interface PaceReading {
  readonly budget: number
  readonly available: number
  readonly daysLeft: number
  readonly landing: Landing | null
}

/** Forecast ÷ budget − 1; null without a forecast or a budget. */
export function landingDeviation({ budget, landing }: PaceReading): number | null {
  return landing === null || budget <= 0 ? null : landing.forecast / budget - 1
}

/**
 * Is the period on plan, and if not, how sure is that?
 *
 * First match: no day left → closed; nothing available → exhausted; no forecast → unknown; |deviation| ≤ watch → on track;
 * less sure than `probability` of landing outside the watch band → watch; |deviation| > critical → critical; else over or under.
 */
export function judgePace(reading: PaceReading, bounds: PaceBounds): PaceStatus {
  if (reading.daysLeft === 0) return 'closed'
  if (reading.available <= 0) return 'exhausted'
  const { landing, budget } = reading
  if (landing === null || budget <= 0) return 'unknown'
  // Compared as amounts: a quotient such as 1050 ÷ 1000 − 1 is a hair beside 0.05.
  const size = Math.abs(landing.forecast - budget)
  if (size <= bounds.watch * budget) return 'on_track'
  const [side, sure] =
    landing.forecast > budget
      ? (['over', landing.probabilityOver] as const)
      : (['under', landing.probabilityUnder] as const)
  if (sure < bounds.probability) return 'watch'
  return size > bounds.critical * budget ? `critical_${side}` : side
}
