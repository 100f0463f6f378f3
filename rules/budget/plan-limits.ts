import { responseAt } from '../allocation/curve.ts'
import type { PlanLine, PlanRequest } from './optimal-plan.ts'

/** The part of a request that says which plans are allowed. */
export type PlanLimits = Pick<
  PlanRequest,
  'lines' | 'budget' | 'groups' | 'maxTurnover' | 'minMove' | 'steps'
>

/** Does a plan keep bounds, budget, groups, turnover, the least move and whole steps? */
export function keepsLimits(limits: PlanLimits, plan: readonly number[]): boolean {
  const { lines, budget, minMove, steps } = limits
  const moves = movesOf(lines, plan)
  if (plan.reduce((sum, amount) => sum + amount, 0) !== budget) return false
  if (lines.some((line, index) => !isWithin(line, plan[index] ?? line.current))) return false
  if (!moves.every((move) => isMoveEnough(move, minMove))) return false
  if (!keepsSums(limits, plan)) return false
  if (steps === null) return true
  return (
    moves.every((move) => move % steps.increment === 0) &&
    moves.filter((move) => move !== 0).length <= steps.maxLines
  )
}

/** Does a plan keep the limits on sums of lines: the turnover, Σ |planned − current|, and the bounds of every group? */
export function keepsSums(
  { lines, groups, maxTurnover }: PlanLimits,
  plan: readonly number[],
): boolean {
  return (
    turnoverOf(movesOf(lines, plan)) <= maxTurnover &&
    groups.every(({ lower, upper }, group) => {
      const sum = groupSum(lines, group, (_line, index) => plan[index] ?? 0)
      return sum >= lower && sum <= upper
    })
  )
}

export function isWithin({ lower, upper }: PlanLine, amount: number): boolean {
  return amount >= lower && amount <= upper
}

/** A line moves by the least move or not at all. */
export function isMoveEnough(move: number, minMove: number): boolean {
  return move === 0 || Math.abs(move) >= minMove
}

/** By how much a plan changes each line. */
export function movesOf(lines: readonly PlanLine[], plan: readonly number[]): readonly number[] {
  return lines.map((line, index) => (plan[index] ?? line.current) - line.current)
}

export function turnoverOf(moves: readonly number[]): number {
  return moves.reduce((sum, move) => sum + Math.abs(move), 0)
}

/** A quantity of the lines, summed over those of a group. */
export function groupSum(
  lines: readonly PlanLine[],
  group: number,
  pick: (line: PlanLine, index: number) => number,
): number {
  return lines.reduce(
    (sum, line, index) => (line.group === group ? sum + pick(line, index) : sum),
    0,
  )
}

/** What a plan brings, by the lines' curves. */
export function valueOfPlan(lines: readonly PlanLine[], plan: readonly number[]): number {
  return lines.reduce(
    (sum, line, index) => sum + responseAt(line.curve, plan[index] ?? line.current),
    0,
  )
}
