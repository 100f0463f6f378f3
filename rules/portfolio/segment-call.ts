import { present } from '../kernel/invariant.ts'
import { compareRatio, exactRatio } from '../kernel/printed-decimal.ts'
import type { Direction } from '../momentum/momentum.ts'
import type { PortfolioRow } from '../policy/verdict.ts'

/** A segment within a campaign as the table looks at it; money in minor units, null where not measured. */
export interface SegmentFacts {
  readonly momentum: Direction
  readonly costMinor: number | null
  readonly valueMinor: number | null
  readonly conversions: number | null
  readonly priority: string | null
}

/** What is to become of a segment. */
export interface SegmentRuling {
  readonly action: 'scale' | 'hold' | 'revise' | 'stop'
  readonly needsApproval: boolean
  /** The row of the table that matched, from 0. */
  readonly row: number
  /** The conditions of the row that matched, in words joined by `_and_`; `no_row_matched`; `data_grade_bars_scaling`. */
  readonly reason: string
}

/** The policy's table and what it refers to. */
export interface PortfolioPolicy {
  readonly table: readonly PortfolioRow[]
  /** The target ROI that a row calls `target`; 0 (earn back the cost) when the policy sets none. */
  readonly targetRoi: number
  /** True when the data's grade is too low to scale anything. */
  readonly scalingBarred: boolean
}

/**
 * What is to become of a segment: scale, hold, revise or stop?
 *
 * The first row whose every condition holds. A condition on a figure that was not measured does not hold, so that nothing is scaled or
 * stopped on missing data. ROI = (value − cost) ÷ cost, compared exactly; without cost there is no ROI. Where the data's grade bars
 * scaling, a segment that would be scaled is held.
 *
 * @throws InvariantError when the table does not end with a row that matches everything (held by the policy's schema).
 */
export function callSegment(
  facts: SegmentFacts,
  { table, targetRoi, scalingBarred }: PortfolioPolicy,
): SegmentRuling {
  const row = table.findIndex((entry) => 'otherwise' in entry || holds(entry, facts, targetRoi))
  const matched = present(table[row], 'the last row of the portfolio table')
  if ('otherwise' in matched) {
    return { action: matched.otherwise, needsApproval: false, row, reason: 'no_row_matched' }
  }
  if (matched.action === 'scale' && scalingBarred) {
    return { action: 'hold', needsApproval: false, row, reason: 'data_grade_bars_scaling' }
  }
  const needsApproval = matched.needs === 'approval'
  return { action: matched.action, needsApproval, row, reason: reasonOf(matched) }
}

/** What the row asked for: `declining_and_roi_below_bound`. */
function reasonOf({ when }: Conditional): string {
  const { momentum, priority, roi_at_least: floor, roi_below: ceiling } = when
  const few = when.conversions_at_most === 0 ? 'no_conversions' : 'few_conversions'
  const reasons = [
    ...(momentum === undefined ? [] : [momentum]),
    ...(floor === undefined ? [] : [floor === 'target' ? 'roi_at_target' : 'roi_at_bound']),
    ...(ceiling === undefined
      ? []
      : [ceiling === 'target' ? 'roi_below_target' : 'roi_below_bound']),
    ...(when.conversions_at_most === undefined ? [] : [few]),
    ...(priority === undefined ? [] : ['priority_segment']),
  ]
  return reasons.length === 0 ? 'row_without_condition' : reasons.join('_and_')
}

type Conditional = Exclude<PortfolioRow, { otherwise: SegmentRuling['action'] }>

function holds({ when }: Conditional, facts: SegmentFacts, targetRoi: number): boolean {
  const { momentum, priority, conversions_at_most: most } = when
  return (
    (momentum === undefined || facts.momentum === momentum) &&
    (priority === undefined || facts.priority === priority) &&
    (most === undefined || (facts.conversions !== null && facts.conversions <= most)) &&
    roiHolds(when, facts, targetRoi)
  )
}

function roiHolds(
  { roi_at_least: floor, roi_below: ceiling }: Conditional['when'],
  facts: SegmentFacts,
  targetRoi: number,
): boolean {
  const against = (bound: number | 'target'): -1 | 0 | 1 | null =>
    compareRoi(facts, bound === 'target' ? targetRoi : bound)
  return (
    (floor === undefined || (against(floor) ?? -1) >= 0) &&
    (ceiling === undefined || (against(ceiling) ?? 1) < 0)
  )
}

/** ROI against a bound: −1, 0 or 1; null when there is no ROI. */
export function compareRoi(
  { costMinor, valueMinor }: Pick<SegmentFacts, 'costMinor' | 'valueMinor'>,
  bound: number,
): -1 | 0 | 1 | null {
  if (costMinor === null || valueMinor === null || costMinor <= 0) return null
  return compareRatio(exactRatio(valueMinor - costMinor, costMinor), bound)
}
