import { present } from '../kernel/invariant.ts'
import { allocate } from '../kernel/money.ts'

/** A line's bounds in whole minor units. */
export interface BaselineLine {
  readonly current: number
  readonly lower: number
  readonly upper: number
}

/** The budget split in proportion to what the lines have today; with an unchanged budget, today's plan. Bounds are kept. */
export function proRataPlan(lines: readonly BaselineLine[], budget: number): readonly number[] {
  return proportionalPlan(
    lines,
    lines.map((line) => line.current),
    budget,
  )
}

/**
 * The budget split in proportion to today's spend times the average return, as dashboards suggest: it takes past averages for what the next unit
 * will bring. Bounds are kept.
 */
export function averageReturnPlan(
  lines: readonly BaselineLine[],
  averageReturns: readonly number[],
  budget: number,
): readonly number[] {
  return proportionalPlan(
    lines,
    lines.map((line, index) => line.current * (averageReturns[index] ?? 0)),
    budget,
  )
}

/** Proportional shares; lines that would leave their bounds stand at them and the others share the rest, until all fit. */
function proportionalPlan(
  lines: readonly BaselineLine[],
  weights: readonly number[],
  budget: number,
): readonly number[] {
  const fixed = new Map<number, number>()
  for (;;) {
    const left = budget - [...fixed.values()].reduce((sum, amount) => sum + amount, 0)
    const open = lines.flatMap((_line, index) => (fixed.has(index) ? [] : [index]))
    const own = open.map((index) => weights[index] ?? 0)
    if (own.every((weight) => weight === 0)) {
      return lines.map((line, index) => fixed.get(index) ?? line.current)
    }
    const shares = allocate(Math.max(0, left), own)
    const outside = open.flatMap((index, place) => {
      const { lower, upper } = present(lines[index], 'a line with a share')
      const share = shares[place] ?? 0
      const bound = Math.min(upper, Math.max(lower, share))
      return bound === share ? [] : [{ index, bound }]
    })
    if (outside.length === 0) {
      for (const [place, index] of open.entries()) fixed.set(index, shares[place] ?? 0)
      return lines.map((_line, index) => fixed.get(index) ?? 0)
    }
    for (const { index, bound } of outside) fixed.set(index, bound)
  }
}
