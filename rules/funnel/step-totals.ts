import type { Interval } from '../kernel/interval.ts'
import { compareText } from '../kernel/order.ts'
import { measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import { newcombeInterval, pooledZTest, rateDifference } from '../kernel/two-proportions.ts'
import { type MixRateSplit, type MixSegment, splitMixAndRate } from '../momentum/mix-rate.ts'
import type { CellStep } from './cell-steps.ts'
import type { Cell } from './cells.ts'
import type { Motion } from './motion.ts'

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
  /** The same points split into what cells do and which cells had the traffic. */
  readonly split: MixRateSplit
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
  /** null when nobody was before the step in either month, in cells where it can be read. */
  readonly change: StepChange | null
}

/** The month before, and the motions its cells were on. */
export interface Earlier {
  readonly cells: readonly Cell[]
  readonly motionOfCell: (cell: Cell) => Motion | undefined
}

const CONFIDENCE = 0.95

/**
 * How does each step of the funnel convert, over all cells? A step counts only cells whose motion leads through it, in which both stages
 * were measured and no more people came out than went in, so that neither a missing row nor a fault of tracking moves a rate; the month
 * before likewise.
 *
 * rate = reached ÷ entered.
 *
 * @returns Steps in the order of `lifecycle`.
 */
export function sumSteps(
  steps: readonly CellStep[],
  earlier: Earlier,
  lifecycle: readonly string[],
): StepTotal[] {
  const keys = new Map(steps.map((step) => [`${step.from}>${step.to}`, step]))
  return [...keys]
    .map(([id, { from, to }]): StepTotal => {
      const ofStep = steps.filter((step) => step.from === from && step.to === to)
      const now = usableCells(
        ofStep.map((step) => step.cell),
        { from, to },
      )
      const before = usableCells(
        earlier.cells.filter((cell) => hasStep(earlier.motionOfCell(cell), { from, to })),
        { from, to },
      )
      return {
        id,
        from,
        to,
        now: sumCells(now),
        before: before.length === 0 ? null : sumCells(before),
        rate: rateOfCells(now),
        rateBefore: rateOfCells(before),
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
    .filter(({ now }) => now.entered >= minEntries)
    .toSorted(
      (left, right) =>
        left.now.reached * right.now.entered - right.now.reached * left.now.entered ||
        right.now.entered - left.now.entered ||
        compareText(left.id, right.id),
    )
  return worst ?? null
}

/** A cell in which the step can be read. */
interface UsableCell {
  readonly id: string
  readonly entered: number
  readonly reached: number
  readonly rows: number
}

function usableCells(
  cells: readonly Cell[],
  { from, to }: { readonly from: string; readonly to: string },
): UsableCell[] {
  return cells.flatMap(({ id, stages }) => {
    const [before, after] = [stages.get(from), stages.get(to)]
    if (before === undefined || after === undefined || after.count > before.count) return []
    return [{ id, entered: before.count, reached: after.count, rows: before.rows + after.rows }]
  })
}

function hasStep(
  motion: Motion | undefined,
  { from, to }: { readonly from: string; readonly to: string },
): boolean {
  return motion?.stages.some((stage, at) => stage === from && motion.stages[at + 1] === to) ?? false
}

function sumCells(cells: readonly UsableCell[]): StepSum {
  return cells.reduce(
    (sum, { entered, reached, rows }) => ({
      entered: sum.entered + entered,
      reached: sum.reached + reached,
      cells: sum.cells + 1,
      rows: sum.rows + rows,
    }),
    { entered: 0, reached: 0, cells: 0, rows: 0 },
  )
}

function rateOfCells(cells: readonly UsableCell[]): Quantity {
  if (cells.length === 0) return notMeasured('no cell has usable rows for both stages')
  const { entered, reached } = sumCells(cells)
  return quotient(measured(reached), measured(entered), 'the traffic before the step')
}

function changeOf(now: readonly UsableCell[], before: readonly UsableCell[]): StepChange | null {
  const split = splitMixAndRate(pairCells(now, before))
  if (split === null) return null
  const [sumNow, sumBefore] = [sumCells(now), sumCells(before)]
  const samples = {
    control: { successes: sumBefore.reached, trials: sumBefore.entered },
    treatment: { successes: sumNow.reached, trials: sumNow.entered },
  }
  return {
    points: rateDifference(samples),
    interval: newcombeInterval(samples, CONFIDENCE),
    pValue: pooledZTest(samples).pValue,
    split,
  }
}

/** Every cell of either month, with nobody in the month it is not in. */
function pairCells(now: readonly UsableCell[], before: readonly UsableCell[]): MixSegment[] {
  const ids = [...new Set([...now, ...before].map((cell) => cell.id))].toSorted(compareText)
  return ids.map((id) => ({
    id,
    previous: partOf(before.find((cell) => cell.id === id)),
    current: partOf(now.find((cell) => cell.id === id)),
  }))
}

function partOf(cell: UsableCell | undefined): MixSegment['current'] {
  return { entered: cell?.entered ?? 0, converted: cell?.reached ?? 0 }
}
