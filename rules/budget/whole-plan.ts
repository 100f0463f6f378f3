import { responseAt } from '../allocation/curve.ts'
import type { PlanLine, PlanRequest } from './optimal-plan.ts'

/** The part of a request that says which plans are allowed. */
export type PlanLimits = Pick<
  PlanRequest,
  'lines' | 'budget' | 'groups' | 'maxTurnover' | 'minMove' | 'steps'
>

/** Units by which a plan may miss a whole one through rounding of its sums. */
const HAIR = 1e-6

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

/** The point on the way from today's plan to another beyond which its turnover or a group's bound would be broken. */
export function drawBack(
  { lines, groups, maxTurnover }: PlanLimits,
  plan: readonly number[],
): readonly number[] {
  const moves = movesOf(lines, plan)
  const turnover = moves.reduce((sum, move) => sum + Math.abs(move), 0)
  let share = turnover > maxTurnover ? maxTurnover / turnover : 1
  for (const [group, { lower, upper }] of groups.entries()) {
    const from = groupSum(lines, group, (line) => line.current)
    const change = groupSum(lines, group, (_line, index) => moves[index] ?? 0)
    const room = change > 0 ? upper - from : from - lower
    if (change !== 0) share = Math.min(share, Math.max(0, room) / Math.abs(change))
  }
  return share === 1 ? plan : lines.map((line, index) => line.current + share * (moves[index] ?? 0))
}

/**
 * A plan in whole units that keeps every limit: moves cut down to whole units, then what is left given where most was cut off, as far as bounds, groups
 * and turnover leave room. What least moves leave can be many units, so it is given in large parts first, to lines that move already; the parts are
 * halved while enough is left to level out what they overshot, so the plan is that of single units, whatever the currency counts.
 *
 * @param plan Within the limits up to rounding.
 * @returns Null when the units left over fit nowhere.
 */
export function wholePlan(limits: PlanLimits, plan: readonly number[]): readonly number[] | null {
  const { lines, budget, minMove, steps } = limits
  const unit = steps?.increment ?? 1
  const cut = movesOf(lines, plan).map((move) => {
    const whole = Math.sign(move) * Math.floor(Math.abs(move) / unit + HAIR) * unit
    return Math.abs(whole) < minMove ? 0 : whole
  })
  const whole = lines.map((line, index) => line.current + (cut[index] ?? 0))
  let left = budget - whole.reduce((sum, amount) => sum + amount, 0)
  const level = 2 * lines.length
  let part = unit
  while (2 * part * level <= Math.abs(left)) part *= 2
  for (; part >= unit; part /= 2) {
    const least = part === unit ? 0 : part * level
    while (Math.abs(left) > least) {
      const given = Math.sign(left) * Math.min(part, Math.abs(left))
      const found = neediest(limits, { whole, plan, given, isPart: part > unit })
      if (found === undefined) break
      whole[found.index] = found.changed
      left -= given
    }
  }
  return keepsLimits(limits, whole) ? whole : null
}

/** What a plan brings, by the lines' curves. */
export function valueOfPlan(lines: readonly PlanLine[], plan: readonly number[]): number {
  return lines.reduce(
    (sum, line, index) => sum + responseAt(line.curve, plan[index] ?? line.current),
    0,
  )
}

/** The line furthest from its unrounded plan in the direction of what is given, among those that can take it; ties to the earlier line. */
function neediest(
  limits: PlanLimits,
  state: {
    readonly whole: readonly number[]
    readonly plan: readonly number[]
    readonly given: number
    /** More than a unit: it starts no move that the least move would forbid by the unit, and turns none around. */
    readonly isPart: boolean
  },
): { readonly index: number; readonly changed: number } | undefined {
  const { whole, plan, given, isPart } = state
  return limits.lines
    .map((line, index) => {
      const amount = whole[index] ?? line.current
      const want = ((plan[index] ?? line.current) - amount) * Math.sign(given)
      return { line, index, changed: amount + given, want, move: amount - line.current }
    })
    .toSorted((left, right) => right.want - left.want)
    .find(
      ({ line, index, changed, move }) =>
        isWithin(line, changed) &&
        isMoveEnough(changed - line.current, limits.minMove) &&
        (!isPart || continues(limits, move, changed - line.current)) &&
        keepsSums(limits, whole.with(index, changed)),
    )
}

/** Could single units lead from one move to another? */
function continues({ minMove, steps }: PlanLimits, from: number, to: number): boolean {
  return from === 0 ? minMove <= (steps?.increment ?? 1) : from * to > 0
}

/** A line moves by the least move or not at all. */
function isMoveEnough(move: number, minMove: number): boolean {
  return move === 0 || Math.abs(move) >= minMove
}

function keepsSums({ lines, groups, maxTurnover }: PlanLimits, plan: readonly number[]): boolean {
  const turnover = movesOf(lines, plan).reduce((sum, move) => sum + Math.abs(move), 0)
  return (
    turnover <= maxTurnover &&
    groups.every(({ lower, upper }, group) => {
      const sum = groupSum(lines, group, (_line, index) => plan[index] ?? 0)
      return sum >= lower && sum <= upper
    })
  )
}

function isWithin({ lower, upper }: PlanLine, amount: number): boolean {
  return amount >= lower && amount <= upper
}

function movesOf(lines: readonly PlanLine[], plan: readonly number[]): readonly number[] {
  return lines.map((line, index) => (plan[index] ?? line.current) - line.current)
}

function groupSum(
  lines: readonly PlanLine[],
  group: number,
  pick: (line: PlanLine, index: number) => number,
): number {
  return lines.reduce(
    (sum, line, index) => (line.group === group ? sum + pick(line, index) : sum),
    0,
  )
}
