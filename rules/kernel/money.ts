import { invariant } from './invariant.ts'

/** An amount in whole minor units (cents for USD, yen for JPY); `minor` is a safe integer. */
export interface Money {
  readonly currency: string
  readonly minor: number
}

/**
 * An amount of money.
 *
 * @throws InvariantError when `minor` is not a safe integer.
 */
export function money(currency: string, minor: number): Money {
  invariant(Number.isSafeInteger(minor), `money: expected whole minor units, got ${minor}`)
  return { currency, minor }
}

/**
 * Splits `totalMinor` in proportion to `weights` so that the parts equal the whole (largest remainder; ties go to
 * the earlier part). A negative total is split as its mirror image.
 *
 * 7 cents by 2 : 3 : 5 are 1.4, 2.1 and 3.5: whole parts 1, 2 and 3, and the cent left goes to .5: 1, 2 and 4.
 *
 * @param weights Finite, ≥ 0, at least one positive.
 * @returns Integer minor units, one per weight; their sum is `totalMinor`.
 * @throws InvariantError on a fractional total, or weights that are negative or sum to zero.
 * Source: Hamilton's method of apportionment.
 */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  invariant(Number.isSafeInteger(totalMinor), 'allocate: the total must be whole minor units')
  invariant(
    weights.every((weight) => Number.isFinite(weight) && weight >= 0),
    'allocate: weights must be finite and not negative',
  )
  const weightSum = weights.reduce((total, weight) => total + weight, 0)
  invariant(weightSum > 0, 'allocate: weights must have a positive sum')
  const size = Math.abs(totalMinor)
  const exact = weights.map((weight) => (size * weight) / weightSum)
  const parts = exact.map((share) => Math.floor(share))
  const left = size - parts.reduce((total, part) => total + part, 0)
  const order = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder)
  spread(
    parts,
    order.map((entry) => entry.index),
    left,
  )
  return totalMinor < 0 ? parts.map((part) => (part === 0 ? 0 : -part)) : parts
}

/** Adds `left` single units to the parts in the given order (takes them away when rounding gave one too many). */
function spread(parts: number[], order: readonly number[], left: number): void {
  const step = left < 0 ? -1 : 1
  for (let given = 0; given < Math.abs(left); given++) {
    const index = order[given % order.length] ?? 0
    parts[index] = (parts[index] ?? 0) + step
  }
}
