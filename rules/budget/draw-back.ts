import { groupSum, movesOf, type PlanLimits, turnoverOf } from './plan-limits.ts'

/**
 * The point on the straight way from today's plan to another beyond which its turnover or a group's bound would be broken: every move is made by
 * the same share. A plan that moves 300 where 100 may move is drawn back to a third of each move.
 *
 * @param plan Amounts, within the lines' own bounds.
 */
export function drawBack(
  { lines, groups, maxTurnover }: PlanLimits,
  plan: readonly number[],
): readonly number[] {
  const moves = movesOf(lines, plan)
  const turnover = turnoverOf(moves)
  let share = turnover > maxTurnover ? maxTurnover / turnover : 1
  for (const [group, { lower, upper }] of groups.entries()) {
    const from = groupSum(lines, group, (line) => line.current)
    const change = groupSum(lines, group, (_line, index) => moves[index] ?? 0)
    const room = change > 0 ? upper - from : from - lower
    if (change !== 0) share = Math.min(share, Math.max(0, room) / Math.abs(change))
  }
  return share === 1 ? plan : lines.map((line, index) => line.current + share * (moves[index] ?? 0))
}
