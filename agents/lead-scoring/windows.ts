import { addDays, addMonths, monthRange } from '#rules/kernel/calendar.ts'

import type { ReviewContext } from '../ports.ts'

const DAY_MS = 86_400_000
/** Scores are stored in millionths. */
export const MICRO = 1_000_000

/** The dates, months and durations that the queries are bound to. */
export interface Windows {
  readonly month: string
  readonly previous_month: string
  /** First month of the history. */
  readonly from_month: string
  readonly as_of_on: string
  /** MQLs up to this day are old enough to have been worked. */
  readonly mature_on: string
  readonly sales_ms: number
  /** Leads created from `from_on` to `settled_on` are settled. */
  readonly from_on: string
  readonly settled_on: string
  readonly outcome_ms: number
}

/** When the stage looks, given the review's month and date. Facts after the date are not looked at, whatever the files hold. */
export function windowsOf({ month, asOfOn, policy }: ReviewContext): Windows {
  const { history_months, sales_days, outcome_days } = policy.leads
  const settledOn = addDays(asOfOn, -outcome_days)
  return {
    month,
    previous_month: addMonths(month, -1),
    from_month: addMonths(month, -history_months),
    as_of_on: asOfOn,
    mature_on: addDays(asOfOn, -sales_days),
    sales_ms: sales_days * DAY_MS,
    from_on: monthRange(addMonths(settledOn.slice(0, 7), -history_months)).from,
    settled_on: settledOn,
    outcome_ms: outcome_days * DAY_MS,
  }
}
