import type { FunnelPlan } from './definition.ts'
import type { PersonReader } from './event-fold.ts'
import { createMatcher } from './match.ts'
import type { PersonEvents } from './person-events.ts'

/** One period of a trend. Persons are booked on the period they entered in, also when they convert later. */
export interface TrendPoint {
  readonly period: number
  readonly entered: number
  readonly converted: number
  /** null where nobody entered: no traffic is no rate of zero. */
  readonly rate: number | null
}

/** Counts a trend in an event fold. */
export interface TrendTally {
  readonly read: PersonReader
  /** Points of the periods given, in that order; a period without entries has zero entered. */
  readonly finish: (periods: readonly number[]) => TrendPoint[]
}

/**
 * How do entries and conversions develop by period of entry? A person counts once in a period, and in every period with an entry, so
 * periods do not add up to persons. Of the entries of a period the best attempt counts.
 *
 * @param fromStep Index of the step that makes a person count as entered; 0 is the entry itself.
 * Source: PostHog's funnel trends, from the asserted cases of test_funnel_trends.py.
 */
export function createTrendTally(plan: FunnelPlan, fromStep = 0): TrendTally {
  const match = createMatcher(plan)
  const entered = new Map<number, number>()
  const converted = new Map<number, number>()
  return {
    read: (person) => {
      for (const period of entryPeriods(plan, person)) {
        person.openPeriod = period
        const { depth } = match(person)
        if (depth > fromStep) increase(entered, period)
        if (depth === plan.kindOfStep.length) increase(converted, period)
      }
    },
    finish: (periods) =>
      periods.map((period) => {
        const entries = entered.get(period) ?? 0
        const conversions = converted.get(period) ?? 0
        return {
          period,
          entered: entries,
          converted: conversions,
          rate: entries === 0 ? null : conversions / entries,
        }
      }),
  }
}

function entryPeriods(plan: FunnelPlan, person: PersonEvents): ReadonlySet<number> {
  const periods = new Set<number>()
  for (let index = person.from; index < person.to; index++) {
    if (person.kinds[index] === plan.kindOfStep[0]) periods.add(person.periods[index] ?? 0)
  }
  return periods
}

function increase(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
