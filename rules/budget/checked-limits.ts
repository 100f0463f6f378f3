import type { CheckedLine, CheckedPlan } from './certificate.ts'

/** What is wrong with a plan before anything is said of how good it is. */
export type LimitFault =
  | 'limit_invalid'
  | 'not_whole'
  | 'not_balanced'
  | 'line_out_of_bounds'
  | 'group_out_of_bounds'
  | 'turnover_exceeded'
  | 'move_below_least'
  | 'not_in_steps'

/**
 * Does a plan keep its bounds, budget, groups, turnover, least move and whole steps?
 *
 * A limit that is no number, or infinite, is a fault of its own: every comparison with it would come out as kept.
 */
export function limitFaults(plan: CheckedPlan): readonly LimitFault[] {
  const { lines, minMove = 0, steps = null } = plan
  const moves = lines.map(moveOf)
  const faults: readonly (readonly [LimitFault, boolean])[] = [
    ['limit_invalid', !hasValidLimits(plan)],
    ['not_whole', lines.some((line) => !Number.isSafeInteger(line.planned))],
    ['not_balanced', sumPlanned(lines) !== plan.budget],
    ['line_out_of_bounds', lines.some(isOutOfBounds)],
    ['group_out_of_bounds', groupSlacks(plan).some(([low, high]) => low < 0 || high < 0)],
    ['turnover_exceeded', turnoverOf(lines) > (plan.maxTurnover ?? Infinity)],
    ['move_below_least', moves.some((move) => move !== 0 && Math.abs(move) < minMove)],
    [
      'not_in_steps',
      steps !== null &&
        (moves.some((move) => move % steps.increment !== 0) ||
          moves.filter((move) => move !== 0).length > steps.maxLines),
    ],
  ]
  return faults.filter(([, holds]) => holds).map(([fault]) => fault)
}

/** Slack of each group above its lower and below its upper bound. */
export function groupSlacks({
  groups = [],
  lines,
}: CheckedPlan): readonly (readonly [number, number])[] {
  const sums = new Map<number | undefined, number>()
  for (const { group, planned } of lines) sums.set(group, (sums.get(group) ?? 0) + planned)
  return groups.map(({ lower, upper }, group) => {
    const sum = sums.get(group) ?? 0
    return [sum - lower, upper - sum] as const
  })
}

/**
 * What is left of the turnover, ≥ 0 for a plan that keeps it.
 *
 * Where the budget is today's, money that comes to one line leaves another, so a turnover of less than two least moves allows none at all.
 *
 * @returns Null without a limit.
 */
export function turnoverSlack({
  lines,
  budget,
  maxTurnover,
  minMove = 0,
  steps,
}: CheckedPlan): number | null {
  if (maxTurnover === undefined) return null
  const today = lines.reduce((sum, line) => sum + (line.current ?? NaN), 0)
  const least = Math.max(minMove, steps?.increment ?? 0)
  const isHeld = today === budget && maxTurnover < 2 * least
  return (isHeld ? 0 : maxTurnover) - turnoverOf(lines)
}

function hasValidLimits({
  lines,
  budget,
  groups = [],
  maxTurnover = 0,
  minMove = 0,
  steps,
}: CheckedPlan): boolean {
  const { increment = 1, maxLines = 0 } = steps ?? {}
  return (
    areNumbers(budget, maxTurnover, minMove, increment, maxLines) &&
    increment > 0 &&
    groups.every(({ lower, upper }) => areNumbers(lower, upper)) &&
    // Responses are defined from no spend on.
    lines.every(({ lower, upper, current = 0 }) => areNumbers(lower, upper, current) && lower >= 0)
  )
}

function areNumbers(...limits: readonly number[]): boolean {
  return limits.every(Number.isFinite)
}

function sumPlanned(lines: readonly CheckedLine[]): number {
  return lines.reduce((sum, line) => sum + line.planned, 0)
}

function isOutOfBounds({ planned, lower, upper }: CheckedLine): boolean {
  return planned < lower || planned > upper
}

function moveOf({ planned, current = planned }: CheckedLine): number {
  return planned - current
}

function turnoverOf(lines: readonly CheckedLine[]): number {
  return lines.reduce((sum, line) => sum + Math.abs(moveOf(line)), 0)
}
