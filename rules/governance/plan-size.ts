import { groupByText } from '../kernel/order.ts'
import type { Fraction } from '../kernel/printed-decimal.ts'
import { isBalanced } from './double-entry.ts'

/** What a plan does to one budget line; minor units, `deltaMinor` negative for the giver. */
export interface LineChange {
  readonly line: string
  /** The line's budget before the plan, ≥ 0. */
  readonly currentMinor: number
  readonly deltaMinor: number
}

/** An earlier change of a line. */
export interface PastChange {
  readonly line: string
  readonly deltaMinor: number
  /** Whole days since it was filed, ≥ 0. */
  readonly ageDays: number
  readonly state: string
}

/** How much is changed: money in minor units, and as a share of the line, null where the line had no budget. */
export interface Size {
  readonly minor: number
  readonly share: Fraction | null
}

/** States in which an earlier change took effect or still may. */
const COUNTED = new Set(['pending', 'approved', 'applying', 'applied', 'verified'])

/**
 * How large is a plan?
 *
 * Money = the inflow of a balanced plan; of a plan that does not balance, the sum of all absolute changes, since money that appears or
 * vanishes weighs in full. Share = the largest |change| ÷ budget of a line.
 */
export function planSize(changes: readonly LineChange[]): Size {
  const gross = changes.reduce((sum, change) => sum + Math.abs(change.deltaMinor), 0)
  return { minor: isBalanced(changes, 0) ? gross / 2 : gross, share: largestShare(changes) }
}

/**
 * How much was each line of a plan changed within the window, the plan included? Absolute changes add up, so that neither splitting a
 * move nor moving money back and forth makes it look small. Rejected, expired and withdrawn changes do not count.
 *
 * @param windowDays A change filed exactly this many days ago still counts.
 */
export function lineSizes(
  changes: readonly LineChange[],
  history: readonly PastChange[],
  windowDays: number,
): (Size & { readonly line: string })[] {
  const counted = history.filter((past) => past.ageDays <= windowDays && COUNTED.has(past.state))
  const byLine = groupByText(counted, (past) => past.line)
  return changes.map(({ line, currentMinor, deltaMinor }) => {
    const past = (byLine.get(line) ?? []).reduce((sum, row) => sum + Math.abs(row.deltaMinor), 0)
    const minor = Math.abs(deltaMinor) + past
    return { line, minor, share: shareOf(minor, currentMinor) }
  })
}

function shareOf(minor: number, currentMinor: number): Fraction | null {
  return currentMinor === 0 ? null : { numerator: minor, denominator: currentMinor }
}

function largestShare(changes: readonly LineChange[]): Fraction | null {
  let largest: Fraction = { numerator: 0, denominator: 1 }
  for (const { currentMinor, deltaMinor } of changes) {
    const share = shareOf(Math.abs(deltaMinor), currentMinor)
    if (share === null) return null
    if (isLarger(share, largest)) largest = share
  }
  return largest
}

function isLarger(left: Fraction, right: Fraction): boolean {
  return (
    BigInt(left.numerator) * BigInt(right.denominator) >
    BigInt(right.numerator) * BigInt(left.denominator)
  )
}
