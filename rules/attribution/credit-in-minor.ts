import { invariant } from '../kernel/invariant.ts'

/**
 * Credit in whole minor units that add up to the total: each part is rounded down, and the units left over go to the largest remainders,
 * ties to the earlier channel. Parts may be negative (Shapley).
 *
 * @param exact Unrounded credit whose sum is the total up to floating-point error.
 * @param totalMinor A safe integer.
 * @throws InvariantError when the parts are more than one unit each away from the total: then a model has lost or invented money.
 * Source: Hamilton's method of apportionment.
 */
export function creditInMinor(exact: readonly number[], totalMinor: number): number[] {
  const parts = exact.map((amount) => Math.floor(amount))
  const left = totalMinor - parts.reduce((sum, part) => sum + part, 0)
  invariant(
    left >= -exact.length && left <= exact.length,
    `creditInMinor: parts miss the total by ${left} minor units`,
  )
  const byRemainder = exact
    .map((amount, channel) => ({ channel, remainder: amount - Math.floor(amount) }))
    .toSorted((one, other) => other.remainder - one.remainder)
  const [step, order] = left < 0 ? [-1, byRemainder.toReversed()] : [1, byRemainder]
  for (const { channel } of order.slice(0, Math.abs(left))) {
    parts[channel] = (parts[channel] ?? 0) + step
  }
  return parts
}
