import type { Policy } from '../policy/policy.ts'
import type { Evidence } from '../schema/review.ts'
import { HALF_LIFE_DAYS, type Landing } from './landing.ts'
import type { LinePace } from './line-pace.ts'

type PacingBounds = Policy['budget']['pacing']

/**
 * What a pace is made of, so that the landing, its interval and the verdict can be worked out again. Amounts in minor units.
 *
 * With W the day weights left (of each unseen date its weekday's weight × its factor), m their number, n the days of the level and λ = ½^(1/half-life):
 * forecast = seen spend + level × W; sd² = sigma²·(W + W² ÷ n) + (level × daily drift)²·(m³/3 + m²·λ²/(1 − λ²)); low and high bound 90 % of Student's t
 * with these degrees (null: of the normal distribution). See `landWithDrift`, `landWithRecent`, `judgePace`.
 */
export function paceEvidence(pace: LinePace, bounds: PacingBounds): Evidence {
  return {
    seen_spend_minor: pace.spent,
    committed_minor: pace.committed,
    available_minor: pace.available,
    days_elapsed: pace.daysElapsed,
    days_reported: pace.daysReported,
    days_left: pace.daysLeft,
    days_covered: pace.daysCovered,
    min_day_coverage: bounds.min_day_coverage,
    weekday_weights: [...pace.weights],
    unseen_dates: pace.unseen.map(({ date }) => date),
    unseen_factors: pace.unseen.map(({ factor }) => factor),
    ...(pace.landing === null ? { forecast_minor: null } : landingEvidence(pace.landing)),
    deviation: pace.deviation,
    watch: bounds.watch,
    critical: bounds.critical,
    probability: bounds.probability,
  }
}

function landingEvidence(landing: Landing): Evidence {
  return {
    method: landing.method,
    level_minor: landing.level,
    level_days: landing.levelDays,
    level_half_life_days: HALF_LIFE_DAYS,
    sigma_minor: landing.sigma,
    daily_drift: landing.dailyDrift,
    forecast_minor: landing.forecast,
    forecast_sd_minor: landing.sd,
    degrees_of_freedom: landing.degrees,
    forecast_low_minor: landing.low,
    forecast_high_minor: landing.high,
    probability_over: landing.probabilityOver,
    probability_under: landing.probabilityUnder,
  }
}

/** The same of a line beside its other evidence, where days are left to be forecast: of a month that is over the landing is what was spent. */
export function linePaceEvidence(pace: LinePace, bounds: PacingBounds): Evidence {
  const own: Evidence =
    pace.daysLeft === 0
      ? { days_left: 0 }
      : { planned_minor: pace.budget, ...paceEvidence(pace, bounds) }
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [`pace_${name}`, value]))
}
