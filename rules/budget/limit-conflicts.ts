import { conflictsOf, type LimitConflict } from '../allocation/conflicts.ts'
import { curveColumns } from '../allocation/curve-columns.ts'
import { present } from '../kernel/invariant.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import { lineId } from '../schema/budget-move.ts'
import type { BudgetInput } from './input.ts'
import { type BudgetLine, lineName, lineNames } from './lines.ts'

/** Limits of the budget that no plan can keep, with the names of the lines and campaigns whose limits they are. */
export interface NamedConflict {
  readonly kind: LimitConflict['kind']
  readonly gapMinor: number
  /** The lines and campaigns by their line ids and, in the same order, by name: two campaigns may share a name. */
  readonly ids: readonly string[]
  readonly names: readonly string[]
}

/**
 * Do the limits that the budget states fit together?
 *
 * Each line's least and greatest budget (what is committed counts as least), the same of campaigns as a whole, and the total planned. Lines
 * without a plan have no limits and take no part.
 */
export function limitConflicts(
  lines: readonly BudgetLine[],
  input: BudgetInput,
  total: Quantity,
): readonly NamedConflict[] {
  const planned = lines.filter((line) => isMeasured(line.planned))
  if (!isMeasured(total)) return []
  const campaigns = input.plans.filter(
    (plan) => plan.campaignId !== null && plan.channelId === null,
  )
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
  const names = lineNames(input)
  return conflicts.map(({ kind, gap, lines: own, groups }) => {
    const held = own.map((index) => present(planned[index], 'a line in conflict'))
    // Lines without a campaign lie in a group without limits, which conflicts with nothing.
    const whole = groups.map((index) => present(campaigns[index], 'a campaign in conflict'))
    return {
      kind,
      gapMinor: Math.round(gap),
      ids: [
        ...held.map(({ id }) => id),
        ...whole.map(({ campaignId }) => lineId(campaignId, null)),
      ],
      names: [
        ...held.map(({ name }) => name),
        ...whole.map(({ campaignId }) => lineName(campaignId, null, names)),
      ],
    }
  })
}

function leastOf(line: BudgetLine): number {
  return Math.max(line.minMinor ?? 0, isMeasured(line.committed) ? line.committed.value : 0)
}
