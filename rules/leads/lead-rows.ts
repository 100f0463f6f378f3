import { addDays, monthRange } from '../kernel/calendar.ts'
import type { FactSource, RowCondition } from '../schema/review.ts'
import type { BandCounts, LeadScoringContext } from './input.ts'

/** Which rows of the leads a figure counts. */
export type LeadRows = Pick<FactSource, 'where' | 'conditions'>

/** Scores are stored in millionths. */
const MICRO = 1_000_000

/** Columns of which the first that is filled shows that a lead got so far: who reached a later stage has reached the earlier ones. */
const REACHED = {
  salesQualified: ['sql_on', 'opportunity_on', 'won_on'],
  opportunities: ['opportunity_on', 'won_on'],
  wins: ['won_on'],
} as const

/** Stages after the MQL. */
export type LaterStage = keyof typeof REACHED

/** Leads created in a month. */
export function createdIn(month: string): LeadRows {
  return { where: { month_key: month } }
}

/** MQLs of the months from one to another, as far as the review looks. */
export function mqlsOf(
  { asOfOn }: Pick<LeadScoringContext, 'asOfOn'>,
  month: string,
  toMonth = month,
): RowCondition {
  return {
    anyOf: ['mql_on'],
    from: monthRange(month).from,
    to: earlier(monthRange(toMonth).to, asOfOn),
  }
}

/** MQLs of a month that are old enough for sales to have worked them. */
export function matureMqlsOf(
  { asOfOn, policy }: Pick<LeadScoringContext, 'asOfOn' | 'policy'>,
  month: string,
): RowCondition {
  return mqlsOf({ asOfOn: addDays(asOfOn, -policy.leads.sales_days) }, month)
}

/** MQLs of a month that are too young for that. */
export function youngMqlsOf(
  context: Pick<LeadScoringContext, 'asOfOn' | 'policy'>,
  month: string,
): RowCondition {
  const firstYoung = addDays(context.asOfOn, 1 - context.policy.leads.sales_days)
  const all = mqlsOf(context, month)
  return { ...all, from: later(monthRange(month).from, firstYoung) }
}

/** Leads that sales answered on. */
export const ANSWERED: RowCondition = { anyOf: ['sales_feedback'] }

/** Leads that have reached a stage when the review looks. */
export function reached(
  stage: LaterStage,
  { asOfOn }: Pick<LeadScoringContext, 'asOfOn'>,
): RowCondition {
  return { anyOf: [...REACHED[stage]], to: asOfOn }
}

/** Leads whose score lies in a band of the policy. */
export function inBand(
  band: BandCounts['band'],
  { policy }: Pick<LeadScoringContext, 'policy'>,
): RowCondition {
  const { hql, mql, mel } = policy.leads.bands
  const anyOf = ['score_e6']
  const [top, middle, low] = [hql, mql, mel].map((edge) => Math.round(edge * MICRO))
  const conditions: Readonly<Record<BandCounts['band'], RowCondition>> = {
    hql: { anyOf, from: top },
    mql: { anyOf, from: middle, to: below(top) },
    mel: { anyOf, from: low, to: below(middle) },
    below: { anyOf, to: below(low) },
    unscored: { anyOf, empty: true },
  }
  return conditions[band]
}

function below(edge = 0): number {
  return edge - 1
}

function earlier(left: string, right: string): string {
  return left < right ? left : right
}

function later(left: string, right: string): string {
  return left > right ? left : right
}
