import { exactSum } from './curve-columns.ts'
import { type GroupedProblem, groupRanges } from './group-fill.ts'

/** Limits that cannot hold together, and by how much; `lines` and `groups` name the limits that make the sum. */
export interface LimitConflict {
  readonly kind:
    | 'line_lower_above_upper'
    | 'group_lower_above_lines'
    | 'group_upper_below_lines'
    | 'lowers_above_budget'
    | 'uppers_below_budget'
  readonly gap: number
  readonly lines: readonly number[]
  readonly groups: readonly number[]
}

const ROUNDING = 1e-12

/**
 * Which limits conflict? Empty when a plan exists.
 *
 * Lines lie in groups and groups in the budget, so a plan exists exactly when every line's range is not empty, every group's range is not empty,
 * and the sum of the groups' ranges holds the budget. Each conflict names the limits whose sum does not fit; loosening any of them by the gap
 * resolves it.
 */
export function conflictsOf(problem: GroupedProblem): readonly LimitConflict[] {
  const own = [...lineConflicts(problem), ...groupConflicts(problem)]
  return own.length > 0 ? own : budgetConflicts(problem)
}

function lineConflicts({ lower, upper }: GroupedProblem): readonly LimitConflict[] {
  return Array.from(lower.entries()).flatMap(([line, low]) => {
    const gap = low - (upper[line] ?? 0)
    return gap > 0 ? [{ kind: 'line_lower_above_upper', gap, lines: [line], groups: [] }] : []
  })
}

function groupConflicts(problem: GroupedProblem): readonly LimitConflict[] {
  return problem.groupLower.flatMap((groupLow, group) => {
    const groupHigh = problem.groupUpper[group] ?? 0
    const members = Array.from(problem.group.keys()).filter((line) => problem.group[line] === group)
    const low = sumOf(problem.lower, members)
    const high = sumOf(problem.upper, members)
    const short = groupLow - high
    const over = low - groupHigh
    return [
      ...(short > ROUNDING * groupLow
        ? [conflict('group_lower_above_lines', short, { lines: members, groups: [group] })]
        : []),
      ...(over > ROUNDING * low
        ? [conflict('group_upper_below_lines', over, { lines: members, groups: [group] })]
        : []),
    ]
  })
}

function budgetConflicts(problem: GroupedProblem): readonly LimitConflict[] {
  const ranges = groupRanges(problem)
  const { budget } = problem
  const low = ranges.reduce((sum, range) => sum + range.low, 0)
  const high = ranges.reduce((sum, range) => sum + range.high, 0)
  const slack = ROUNDING * Math.abs(budget)
  if (low > budget + slack) {
    return [conflict('lowers_above_budget', low - budget, binding(problem, 'lower'))]
  }
  if (high < budget - slack) {
    return [conflict('uppers_below_budget', budget - high, binding(problem, 'upper'))]
  }
  return []
}

/** The limits that make the sum of one side: a group's own bound where it is tighter than its lines', else those lines. */
function binding(
  problem: GroupedProblem,
  side: 'lower' | 'upper',
): Pick<LimitConflict, 'lines' | 'groups'> {
  const [own, bounds] =
    side === 'lower' ? [problem.groupLower, problem.lower] : [problem.groupUpper, problem.upper]
  const groups: number[] = []
  const lines: number[] = []
  for (const [group, limit] of own.entries()) {
    const members = Array.from(problem.group.keys()).filter((line) => problem.group[line] === group)
    const sum = sumOf(bounds, members)
    const isTighter = side === 'lower' ? limit > sum : limit < sum
    if (isTighter) groups.push(group)
    else lines.push(...members.filter((line) => side === 'upper' || (bounds[line] ?? 0) > 0))
  }
  return { lines: lines.toSorted((left, right) => left - right), groups }
}

function sumOf(values: Float64Array, lines: readonly number[]): number {
  return exactSum(Float64Array.from(lines, (line) => values[line] ?? 0))
}

function conflict(
  kind: LimitConflict['kind'],
  gap: number,
  limits: Pick<LimitConflict, 'lines' | 'groups'>,
): LimitConflict {
  return { kind, gap, ...limits }
}
