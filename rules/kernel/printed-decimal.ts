import { invariant } from './invariant.ts'

/** Over what a finite number prints, which is whole. */
const DECIMAL = /(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?/

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
  const [, whole = '', fraction = '', exponent = '0'] = match
  const digits = BigInt(`${whole}${fraction}`)
  const shift = Number(exponent) - fraction.length
  return shift >= 0
    ? { digits: digits * 10n ** BigInt(shift), scale: 1n }
    : { digits, scale: 10n ** BigInt(-shift) }
}

/** An exact quotient; `denominator` is positive. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

/**
 * The exact quotient of two numbers as printed: 1.5 ÷ 0.1 is 15.
 *
 * @throws InvariantError on a part that is not finite, or a denominator that is not above 0.
 */
export function exactRatio(numerator: number, denominator: number): Ratio {
  invariant(denominator > 0, `exactRatio: expected a denominator above 0, got ${denominator}`)
  const [top, bottom] = [printedDecimal(numerator), printedDecimal(denominator)]
  return { numerator: top.digits * bottom.scale, denominator: top.scale * bottom.digits }
}

/** Is an exact quotient below (−1), at (0) or above (1) a bound as printed? */
export function compareRatio({ numerator, denominator }: Ratio, bound: number): -1 | 0 | 1 {
  const { digits, scale } = printedDecimal(bound)
  return order(numerator * scale, digits * denominator)
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
  return compareRatio({ numerator: BigInt(numerator), denominator: BigInt(denominator) }, bound)
}

function order(left: bigint, right: bigint): -1 | 0 | 1 {
  if (left === right) return 0
  return left < right ? -1 : 1
}
