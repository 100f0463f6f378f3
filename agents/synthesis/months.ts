import { addMonths } from '#rules/kernel/calendar.ts'
import type { Policy } from '#rules/policy/policy.ts'
import type { StageResult } from '#rules/schema/review.ts'
import type { MonthSums } from '#rules/synthesis/input.ts'

import type { MonthRow } from './rows.ts'

/** How many months the health table looks back on, the reviewed one included. */
export function monthsAsked({ health }: Policy): number {
  return Math.max(
    1,
    ...health.map((row) => ('when' in row && row.when === 'roi_below' ? row.for_months : 1)),
  )
}

/**
 * Cost and value of the reviewed month and those before it, newest first. The reviewed month and the one before come from campaign ROI, so
 * that the verdict rests on the figures the report shows; earlier ones from the ledgers.
 */
export function monthSums(
  rows: readonly MonthRow[],
  stages: readonly StageResult[],
  { month, count }: { readonly month: string; readonly count: number },
): MonthSums[] {
  const facts = new Map(stages.flatMap((stage) => stage.facts).map((fact) => [fact.id, fact]))
  const shown = (id: string): number | null => {
    const value = facts.get(id)?.value
    return typeof value === 'object' && value !== null ? value.minor : null
  }
  const booked = (side: MonthRow['side'], at: string): number | null =>
    rows.find((row) => row.side === side && row.month === at)?.amount_minor ?? null
  return Array.from({ length: count }, (_, back) => {
    const at = addMonths(month, -back)
    const prefix = `campaign_roi.total${back === 0 ? '' : '.prior_month'}`
    return back < 2 && facts.has(`${prefix}.cost`)
      ? { month: at, costMinor: shown(`${prefix}.cost`), valueMinor: shown(`${prefix}.value`) }
      : { month: at, costMinor: booked('cost', at), valueMinor: booked('value', at) }
  })
}
