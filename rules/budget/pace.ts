import { dayWeight, type DaySpend } from './weekday-weights.ts'

/** A budget period under way: the days reported, and the days that are not (still to come, or never reported). */
export interface PacePeriod {
  readonly budget: number
  readonly committed: number
  readonly seen: readonly DaySpend[]
  readonly unseen: readonly string[]
  /** Mean-1 weights of the weekdays, Monday first. */
  readonly weights: readonly number[]
  /** Factor of a date against its weekday; absent dates have factor 1. */
  readonly holidays: Readonly<Record<string, number>>
}

/** A pace under one assumption of how spend spreads over the days; null where nothing can be divided. */
export interface Pace {
  /** Share of the period's spend that should have happened on the days seen. */
  readonly expectedShare: number
  /** spent ÷ (budget × expected share); 1 is on plan. */
  readonly paceIndex: number | null
  /** spent ÷ expected share. */
  readonly forecast: number | null
}

/** Pace if every day were alike. */
export function linearPace(period: PacePeriod): Pace {
  return paceOf(period, { seen: period.seen.length, unseen: period.unseen.length })
}

/** Pace with the weekday pattern and the holidays. */
export function weekdayPace(period: PacePeriod): Pace {
  return paceOf(period, sumWeights(period))
}

/** Sum of the day weights on the days seen and on those not seen. */
export function sumWeights(period: PacePeriod): { seen: number; unseen: number } {
  const weightOf = (date: string): number => dayWeight(date, period.weights, period.holidays)
  return {
    seen: period.seen.reduce((sum, day) => sum + weightOf(day.date), 0),
    unseen: period.unseen.reduce((sum, date) => sum + weightOf(date), 0),
  }
}

/** Spend of the days seen. */
export function spentOf(period: PacePeriod): number {
  return period.seen.reduce((sum, day) => sum + day.spend, 0)
}

/**
 * What each unseen day may spend so that the period lands on its budget: what is available, split by day weight. Zeros when the budget
 * is used up; empty when no day is left.
 */
export function requiredDaily(period: PacePeriod): readonly number[] {
  const available = Math.max(0, period.budget - spentOf(period) - period.committed)
  const { unseen } = sumWeights(period)
  return period.unseen.map((date) =>
    unseen > 0 ? (available * dayWeight(date, period.weights, period.holidays)) / unseen : 0,
  )
}

function paceOf(period: PacePeriod, days: { seen: number; unseen: number }): Pace {
  const whole = days.seen + days.unseen
  const expectedShare = whole > 0 ? days.seen / whole : 0
  const spent = spentOf(period)
  const planned = period.budget * expectedShare
  return {
    expectedShare,
    paceIndex: planned > 0 ? spent / planned : null,
    forecast: expectedShare > 0 ? spent / expectedShare : null,
  }
}
