import { allocate } from '../kernel/money.ts'

/** A line's bounds in whole minor units, 0 ≤ lower ≤ upper. */
export interface BaselineLine {
  readonly current: number
  readonly lower: number
  readonly upper: number
}

/**
 * The budget split in proportion to what the lines have today; with an unchanged budget, today's plan. Bounds are kept.
 *
 * @returns Null where no proportional split keeps them.
 */
export function proRataPlan(
  lines: readonly BaselineLine[],
  budget: number,
): readonly number[] | null {
  return proportionalPlan(
    lines,
    lines.map((line) => line.current),
    budget,
  )
}

/**
 * The budget split in proportion to today's spend times the average return, as dashboards suggest: it takes past averages for what the next unit
 * will bring. Bounds are kept.
 *
 * @returns Null where no proportional split keeps them.
 */
export function averageReturnPlan(
  lines: readonly BaselineLine[],
  averageReturns: readonly number[],
  budget: number,
): readonly number[] | null {
  return proportionalPlan(
    lines,
    lines.map((line, index) => line.current * (averageReturns[index] ?? 0)),
    budget,
  )
}

interface WeightedLine extends BaselineLine {
  readonly weight: number
}

/**
 * Each line has m × weight, or the bound nearest to that, with the one m that spends the budget; in whole units by largest remainder. A line without
 * weight has its least.
 *
 * The sum never falls as m grows and bends only where a line meets a bound, so m lies between two neighbours of those points, where it is known which
 * lines stand at a bound: the others share the rest.
 *
 * Source: the bounded proportional allocation; H. Luss and S. Gupta, Operations Research 23 (1975) 360.
 */
function proportionalPlan(
  lines: readonly BaselineLine[],
  weights: readonly number[],
  budget: number,
): readonly number[] | null {
  const weighted = lines.map((line, index) => ({ ...line, weight: weights[index] ?? 0 }))
  const bends = weighted
    .filter(({ weight }) => weight > 0)
    .flatMap(({ lower, upper, weight }) => [lower / weight, upper / weight])
    .toSorted((left, right) => left - right)
  const place = bends.findIndex((bend) => sumOf(weighted.map((line) => at(line, bend))) >= budget)
  const [from, to] = [bends[place - 1] ?? 0, bends[place]]
  if (to === undefined) return null
  const plan = weighted.map((line) => heldBetween(line, from, to))
  const open = weighted.flatMap(({ weight }, index) => (plan[index] === null ? [weight] : []))
  const left = budget - sumOf(plan.map((amount) => amount ?? 0))
  if (open.length === 0) return left === 0 ? plan.map((amount) => amount ?? 0) : null
  const shares = allocate(left, open).values()
  return plan.map((amount) => amount ?? shares.next().value ?? 0)
}

/** What a line has at a multiplier. At the one where it meets its greatest it has that, whatever rounding says. */
function at({ lower, upper, weight }: WeightedLine, multiplier: number): number {
  return upper / weight <= multiplier ? upper : Math.max(lower, multiplier * weight)
}

/** The bound at which a line stands for all multipliers between two bends; null where it follows the multiplier. */
function heldBetween(
  { lower, upper, weight }: WeightedLine,
  from: number,
  to: number,
): number | null {
  if (weight === 0 || lower / weight >= to) return lower
  return upper / weight <= from ? upper : null
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0)
}
