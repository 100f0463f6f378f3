import { betaQuantile } from '../kernel/beta.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import { groupByText } from '../kernel/order.ts'
import { priorByMoments } from '../momentum/shrinkage.ts'
import type { JudgedTransition } from './drop-off.ts'

/** What a cell that goes on was held against, and lies below. */
export interface FarBelow {
  /** Chance of this few or fewer at the other cells' pooled rate, after Holm's correction over all cells looked at. */
  readonly pHolm: number
  /** The highest rate that the cell's own counts leave plausible at 95 %. */
  readonly highestPlausible: number
  /** The rate above which all cells like the others lie, but for alpha ÷ cells looked at. */
  readonly usualLow: number
}

interface Looked<Step extends JudgedTransition> {
  readonly entry: Step
  readonly pLower: number
  readonly highestPlausible: number
}

const OTHER_CELLS_MIN = 3

/**
 * Which cells go on, but far less than the same step does elsewhere?
 *
 * Both must hold: the chance of this few at the others' pooled rate is below alpha by Holm's correction, and the cell's highest plausible rate
 * (Clopper–Pearson, 95 %) is below the rate that all but alpha ÷ cells of the others' beta distribution exceed. Without the second, among very
 * many people every cell somewhat below the others would be a finding, though cells differ.
 *
 * @param judged Every judged transition of the review; zeros and steps with fewer than three other cells are left out.
 * Source: S. Holm (1979); Kleinman (1973) for the distribution of rates between cells.
 */
export function farBelowOthers<Step extends JudgedTransition>(
  judged: readonly Step[],
  alpha: number,
): ReadonlyMap<Step, FarBelow> {
  const groups = groupByText(
    judged.filter(({ rate }) => rate !== null),
    stepKey,
  )
  const looked = judged.flatMap((entry): Looked<Step>[] => {
    const others = (groups.get(stepKey(entry))?.length ?? 0) - 1
    const { status, pLower, exact } = entry
    if (status !== 'ok' || pLower === null || exact === null || others < OTHER_CELLS_MIN) return []
    return [{ entry, pLower, highestPlausible: exact.high }]
  })
  const adjusted = adjustPValues(
    looked.map(({ pLower }) => pLower),
    'holm',
  )
  const found = looked.flatMap(({ entry, highestPlausible }, index): [Step, FarBelow][] => {
    // A chance smaller than any double is no chance of 0.
    const pHolm = Math.max(adjusted[index] ?? 1, Number.MIN_VALUE)
    if (pHolm >= alpha) return []
    const others = (groups.get(stepKey(entry)) ?? []).filter((other) => other !== entry)
    const usualLow = lowRateOf(others, alpha / looked.length)
    return highestPlausible < usualLow ? [[entry, { pHolm, highestPlausible, usualLow }]] : []
  })
  return new Map(found)
}

function stepKey({ transition: { from, to } }: JudgedTransition): string {
  return `${from}\u0000${to}`
}

/** The rate that a share of cells like these lies below; where every entry went on nothing is known of how they differ, and it is 0. */
function lowRateOf(cells: readonly JudgedTransition[], share: number): number {
  const prior = priorByMoments(
    cells.map(({ transition }) => ({ successes: transition.reached, trials: transition.entered })),
  )
  if (prior === null) return 0
  return betaQuantile(share, prior.mean * prior.strength, (1 - prior.mean) * prior.strength)
}
