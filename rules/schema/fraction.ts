import type { Quantity } from '../kernel/quantity.ts'

/** Numerator and denominator of a ratio as a fact shows them, where both were measured; money in minor units. */
export function fraction(
  numerator: Quantity,
  denominator: Quantity,
): { numerator?: number; denominator?: number } {
  return 'value' in numerator && 'value' in denominator
    ? { numerator: numerator.value, denominator: denominator.value }
    : {}
}
