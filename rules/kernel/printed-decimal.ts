import { invariant } from './invariant.ts'

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/

/** A number exactly as it is printed: `digits ÷ scale`, `scale` a power of ten. */
export interface PrintedDecimal {
  readonly digits: bigint
  readonly scale: bigint
}

/** Two whole numbers whose quotient is meant; `denominator` is positive. */
export interface Fraction {
  readonly numerator: number
  readonly denominator: number
}

/**
 * The decimal a reader sees when a number is printed: 0.67 becomes 67 ÷ 100, not the nearest double.
 *
 * @param value Finite.
 * @throws InvariantError on NaN or an infinity.
 * Source: ECMAScript Number::toString gives the shortest decimal that reads back as the same double.
 */
export function printedDecimal(value: number): PrintedDecimal {
  const match = DECIMAL.exec(String(value))
  invariant(match !== null, `printedDecimal: expected a finite number, got ${value}`)
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  const shift = Number(exponent) - fraction.length
  return shift >= 0
    ? { digits: digits * 10n ** BigInt(shift), scale: 1n }
    : { digits, scale: 10n ** BigInt(-shift) }
}

/**
 * Is a fraction below, at or above a bound as printed? Cross-multiplied in whole numbers, so 2 ÷ 3 is below 0.67 and nothing is rounded.
 *
 * @returns −1 below, 0 equal, 1 above.
 * @throws InvariantError when a part is no safe integer or the denominator is not positive.
 */
export function compareToPrinted({ numerator, denominator }: Fraction, bound: number): -1 | 0 | 1 {
  invariant(
    Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator) && denominator > 0,
    `compareToPrinted: expected whole numbers with a positive denominator, got ${numerator} ÷ ${denominator}`,
  )
  const { digits, scale } = printedDecimal(bound)
  return order(BigInt(numerator) * scale, digits * BigInt(denominator))
}

function order(left: bigint, right: bigint): -1 | 0 | 1 {
  if (left === right) return 0
  return left < right ? -1 : 1
}
