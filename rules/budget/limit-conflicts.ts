import { conflictsOf, type LimitConflict } from '../allocation/conflicts.ts'
import { curveColumns } from '../allocation/curve-columns.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import type { PlanRow } from './input.ts'
import type { BudgetLine } from './lines.ts'

/** Limits of the budget that no plan can keep, with the names of the lines and campaigns whose limits they are. */
export interface NamedConflict {
  readonly kind: LimitConflict['kind']
  readonly gapMinor: number
  readonly names: readonly string[]
}

/**
 * Do the limits that the budget states fit together?
 *
 * Each line's least and greatest budget (what is committed counts as least), the same of campaigns as a whole, and the total planned.
 */
export function limitConflicts(
  lines: readonly BudgetLine[],
  plans: readonly PlanRow[],
  total: Quantity,
): readonly NamedConflict[] {
  const planned = lines.filter((line) => isMeasured(line.planned))
  if (!isMeasured(total)) return []
  const campaigns = plans.filter((plan) => plan.campaignId !== null && plan.channelId === null)
  const groupOf = (line: BudgetLine): number => {
    const index = campaigns.findIndex((plan) => plan.campaignId === line.campaignId)
    return index < 0 ? campaigns.length : index
  }
  const conflicts = conflictsOf({
    curves: curveColumns([]),
    lower: Float64Array.from(planned, leastOf),
    upper: Float64Array.from(planned, (line) => line.maxMinor ?? Number.MAX_SAFE_INTEGER),
    budget: total.value,
    group: Int32Array.from(planned, groupOf),
    groupLower: [...campaigns.map((plan) => plan.minMinor ?? 0), 0],
    groupUpper: [
      ...campaigns.map((plan) => plan.maxMinor ?? Number.MAX_SAFE_INTEGER),
      Number.MAX_SAFE_INTEGER,
    ],
  })
  return conflicts.map(({ kind, gap, lines: own, groups }) => ({
    kind,
    gapMinor: Math.round(gap),
    names: [
      ...own.flatMap((index) => planned[index]?.name ?? []),
      ...groups.flatMap((index) => campaigns[index]?.campaignId ?? []),
    ],
  }))
}

function leastOf(line: BudgetLine): number {
  return Math.max(line.minMinor ?? 0, isMeasured(line.committed) ? line.committed.value : 0)
}
