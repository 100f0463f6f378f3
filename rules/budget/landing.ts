import { log } from '../kernel/elementary.ts'
import { power } from '../kernel/power.ts'
import { studentTCdf, studentTQuantile } from '../kernel/student-t.ts'
import { type PacePeriod, spentOf, sumWeights } from './pace.ts'
import { dayWeight, type DaySpend } from './weekday-weights.ts'

/** Where a period will land, with a 90 % interval; amounts in the period's units. */
export interface Landing {
  readonly method: 'drift' | 'recent'
  /** Spend of an average day now. */
  readonly level: number
  /** Standard deviation of one average day around its level. */
  readonly sigma: number
  /** Average days that the level was read from, later ones counting more. */
  readonly levelDays: number
  /** Standard deviation of the level's daily change, as a share of the level. */
  readonly dailyDrift: number
  readonly forecast: number
  readonly sd: number
  /** Degrees of freedom of Student's t that the interval is taken from; null for the normal distribution. */
  readonly degrees: number | null
  readonly low: number
  readonly high: number
  /** Probability of landing above budget × (1 + band), and below budget × (1 − band). */
  readonly probabilityOver: number
  readonly probabilityUnder: number
}

/** Age at which a day counts half for the level. */
export const HALF_LIFE_DAYS = 7
const NOISE_DAYS = 28
const RECENT_DAYS_MAX = 14
const RECENT_DAYS_MIN = 3
const TWO_SIDED_90 = 0.95

/**
 * Where does the period land if the level of spend keeps drifting as it did?
 *
 * level = Σ λᵃ·spend ÷ Σ λᵃ·weight over history and period, λ = ½^(1/7), a = age in days; forecast = spent + level × unseen weights.
 * sd² = σ²·(W + W² ÷ n) + level²·δ²·(m³/3 + m²·λ²/(1 − λ²)): noise of the days to come and of the level, and a random walk of the
 * level over the m days to come that also lags behind when smoothed. δ² is what weekly levels move beyond their noise, never below 0.
 *
 * @returns Null when the last 28 days have no spend: there is no level to carry on.
 * Source: exponential smoothing as the optimal filter of a local-level model (Muth 1960; Harvey, Forecasting, 1989, §4.1).
 */
export function landWithDrift(
  period: PacePeriod,
  history: readonly DaySpend[],
  band: number,
): Landing | null {
  const days = weighDays([...history, ...period.seen], period)
  const recent = days.slice(-NOISE_DAYS)
  if (recent.length < 2 || recent.every((day) => day.spend === 0)) return null
  const decay = power(0.5, 1 / HALF_LIFE_DAYS)
  const smoothed = smooth(days, decay)
  const sigma = noise(recent, smoothed.level)
  const dailyDrift = driftOf(days, sigma / smoothed.level)
  const { unseen } = sumWeights(period)
  const left = period.unseen.length
  const walk = (left * left * left) / 3 + (left * left * decay * decay) / (1 - decay * decay)
  const sd = Math.sqrt(
    sigma * sigma * (unseen + (unseen * unseen) / smoothed.effectiveDays) +
      (smoothed.level * dailyDrift) ** 2 * walk,
  )
  const base = {
    method: 'drift' as const,
    level: smoothed.level,
    sigma,
    levelDays: smoothed.effectiveDays,
    dailyDrift,
  }
  const forecast = spentOf(period) + smoothed.level * unseen
  return { ...base, ...interval({ forecast, sd, degrees: null }, period.budget, band) }
}

/**
 * Where does the period land if it goes on at the level of its last (up to 14) days? For periods without history.
 *
 * level = Σ spend ÷ Σ weight; sd² = σ²·(W + W² ÷ Σ weight), with Student's t on k − 1 degrees of freedom.
 *
 * @returns Null when fewer than three days are seen.
 */
export function landWithRecent(period: PacePeriod, band: number): Landing | null {
  const days = weighDays(period.seen, period).slice(-RECENT_DAYS_MAX)
  if (days.length < RECENT_DAYS_MIN) return null
  const weight = days.reduce((sum, day) => sum + day.weight, 0)
  const level = days.reduce((sum, day) => sum + day.spend, 0) / weight
  const sigma = noise(days, level)
  const { unseen } = sumWeights(period)
  const sd = sigma * Math.sqrt(unseen + (unseen * unseen) / weight)
  const base = { method: 'recent' as const, level, sigma, levelDays: weight, dailyDrift: 0 }
  const forecast = spentOf(period) + level * unseen
  return {
    ...base,
    ...interval({ forecast, sd, degrees: days.length - 1 }, period.budget, band),
  }
}

interface WeighedDay {
  readonly spend: number
  readonly weight: number
}

/** A day on which nothing is expected tells nothing of the level; what was spent on it counts as spent all the same. */
function weighDays(days: readonly DaySpend[], period: PacePeriod): readonly WeighedDay[] {
  return days
    .map(({ date, spend }) => ({
      spend,
      weight: dayWeight(date, period.weights, period.holidays),
    }))
    .filter(({ weight }) => weight > 0)
}

function smooth(
  days: readonly WeighedDay[],
  decay: number,
): { level: number; effectiveDays: number } {
  let [spend, weight, squares, factor] = [0, 0, 0, 1]
  for (const day of days.toReversed()) {
    spend += factor * day.spend
    weight += factor * day.weight
    squares += factor * factor * day.weight
    factor *= decay
  }
  return { level: spend / weight, effectiveDays: (weight * weight) / squares }
}

/** Spread of the days around their level, a day of weight w having variance w·σ². */
function noise(days: readonly WeighedDay[], level: number): number {
  const squares = days.reduce(
    (sum, day) => sum + (day.spend - level * day.weight) ** 2 / day.weight,
    0,
  )
  return Math.sqrt(squares / (days.length - 1))
}

/** Daily drift of the level: mean square of weekly log changes, less the 2·σ²/7 that noise alone gives, per day. */
function driftOf(days: readonly WeighedDay[], relativeNoise: number): number {
  const levels: number[] = []
  for (let end = days.length; end >= 7; end -= 7) {
    const week = days.slice(end - 7, end)
    levels.unshift(week.reduce((sum, day) => sum + day.spend / day.weight, 0))
  }
  const changes: number[] = []
  for (const [index, level] of levels.entries()) {
    const before = levels[index - 1] ?? 0
    if (before > 0 && level > 0) changes.push(log(level / before))
  }
  if (changes.length === 0) return 0
  const meanSquare = changes.reduce((sum, change) => sum + change * change, 0) / changes.length
  return Math.sqrt(Math.max(0, (meanSquare - (2 * relativeNoise * relativeNoise) / 7) / 7))
}

/** With infinite degrees of freedom Student's t is the normal distribution. */
function interval(
  { forecast, sd, degrees }: Pick<Landing, 'forecast' | 'sd' | 'degrees'>,
  budget: number,
  band: number,
): Omit<Landing, 'method' | 'level' | 'sigma' | 'levelDays' | 'dailyDrift'> {
  const freedom = degrees ?? Infinity
  const reach = sd * studentTQuantile(TWO_SIDED_90, freedom)
  const [floor, ceiling] = [budget * (1 - band), budget * (1 + band)]
  return {
    forecast,
    sd,
    degrees,
    low: forecast - reach,
    high: forecast + reach,
    probabilityOver:
      sd > 0 ? studentTCdf((forecast - ceiling) / sd, freedom) : Number(forecast > ceiling),
    probabilityUnder:
      sd > 0 ? studentTCdf((floor - forecast) / sd, freedom) : Number(forecast < floor),
  }
}
