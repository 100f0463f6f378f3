import type { Interval } from '../kernel/interval.ts'
import { compareText } from '../kernel/order.ts'
import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import { newcombeInterval, pooledZTest, rateDifference } from '../kernel/two-proportions.ts'
import type { CellStep } from './cell-steps.ts'
import type { Cell } from './cells.ts'

/** A step over all cells that measured both of its stages in a month. */
export interface StepSum {
  readonly entered: number
  readonly reached: number
  readonly cells: number
  readonly rows: number
}

/** How the rate of a step moved against the month before. */
export interface StepChange {
  /** Difference of two shares of 1. */
  readonly points: number
  /** Newcombe's interval at 95 %. */
  readonly interval: Interval
  /** Two-sided, pooled z test. */
  readonly pValue: number
}

/** A step of the funnel in the review month, beside the month before. */
export interface StepTotal {
  /** `visit>signup`. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly now: StepSum
  readonly before: StepSum | null
  readonly rate: Quantity
  readonly rateBefore: Quantity
  /** null when either month has no usable step. */
  readonly change: StepChange | null
}

const CONFIDENCE = 0.95

/**
 * How does each step of the funnel convert, over all cells? A step counts only cells in which both stages were measured, so that a missing
 * row cannot pull a rate down; the month before is summed over its own measured cells.
 *
 * rate = reached ÷ entered.
 *
 * @returns Steps in the order of `lifecycle`.
 */
export function sumSteps(
  steps: readonly CellStep[],
  earlier: readonly Cell[],
  lifecycle: readonly string[],
): StepTotal[] {
  const keys = new Map(steps.map((step) => [`${step.from}>${step.to}`, step]))
  return [...keys]
    .map(([id, { from, to }]): StepTotal => {
      const now = sumCells(
        steps.filter((step) => step.from === from && step.to === to).map((step) => step.cell),
        { from, to },
      )
      const before = sumCells(earlier, { from, to })
      return {
        id,
        from,
        to,
        now: now ?? { entered: 0, reached: 0, cells: 0, rows: 0 },
        before,
        rate: rateOfSum(now),
        rateBefore: rateOfSum(before),
        change: changeOf(now, before),
      }
    })
    .toSorted(
      (left, right) =>
        lifecycle.indexOf(left.from) - lifecycle.indexOf(right.from) ||
        lifecycle.indexOf(left.to) - lifecycle.indexOf(right.to) ||
        compareText(left.id, right.id),
    )
}

/**
 * Where does the funnel lose most? The step with the lowest rate among those with at least `minEntries` entries; of equal rates the one
 * that loses more people.
 */
export function bottleneck(totals: readonly StepTotal[], minEntries: number): StepTotal | null {
  const [worst] = totals
    .filter(({ now }) => now.entered >= minEntries && now.reached <= now.entered)
    .toSorted(
      (left, right) =>
        left.now.reached * right.now.entered - right.now.reached * left.now.entered ||
        right.now.entered - left.now.entered ||
        compareText(left.id, right.id),
    )
  return worst ?? null
}

function sumCells(
  cells: readonly Cell[],
  { from, to }: { from: string; to: string },
): StepSum | null {
  const both = cells.flatMap((cell) => {
    const [before, after] = [cell.stages.get(from), cell.stages.get(to)]
    return before === undefined || after === undefined ? [] : [{ before, after }]
  })
  if (both.length === 0) return null
  return both.reduce(
    (sum, { before, after }) => ({
      entered: sum.entered + before.count,
      reached: sum.reached + after.count,
      cells: sum.cells + 1,
      rows: sum.rows + before.rows + after.rows,
    }),
    { entered: 0, reached: 0, cells: 0, rows: 0 },
  )
}

function rateOfSum(sum: StepSum | null): Quantity {
  if (sum === null) return notMeasured('no cell has a row for both stages')
  if (sum.reached > sum.entered) {
    return notMeasured('more people were counted after the step than before it')
  }
  return quotient(measured(sum.reached), measured(sum.entered), 'the traffic before the step')
}

function changeOf(now: StepSum | null, before: StepSum | null): StepChange | null {
  if (now === null || before === null || !isRate(now) || !isRate(before)) return null
  const samples = {
    control: { successes: before.reached, trials: before.entered },
    treatment: { successes: now.reached, trials: now.entered },
  }
  return {
    points: rateDifference(samples),
    interval: newcombeInterval(samples, CONFIDENCE),
    pValue: pooledZTest(samples).pValue,
  }
}

function isRate({ entered, reached }: StepSum): boolean {
  return entered > 0 && reached <= entered
}
