import { printedDecimal } from '../kernel/printed-decimal.ts'

/** A figure as a report prints it: the number, and half a unit of its last printed digit. */
export interface PrintedFigure {
  readonly value: number
  readonly halfUnit: number
}

const SIGN = '[+\\-−–]'
const NUMBER = new RegExp(
  `^\\s*(${SIGN}?)\\s*(?:[A-Z]{3}\\s*|[$€£¥]\\s*)?(${SIGN}?)\\s*(\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.(\\d+))?\\s*(%?)`,
)

/**
 * The number a printed figure stands for: `+39.3 %` is 0.393 ± 0.0005, `$10,500` is 10 500 ± 0.5, `0.0000` is 0 ± 0.00005.
 *
 * Thousands are set off by commas, decimals by a point; a unit after the number is passed over.
 *
 * @returns null when the text does not begin with a number.
 */
export function parsePrinted(printed: string): PrintedFigure | null {
  const match = NUMBER.exec(printed)
  if (match === null) return null
  const [, outer = '', inner = '', whole = '', decimals = '', percent = ''] = match
  const shift = percent === '%' ? 2 : 0
  const size = Number(`${whole.replaceAll(',', '')}.${decimals}e-${shift}`)
  const sign = /[-−–]/.test(outer + inner) ? -1 : 1
  return {
    value: size === 0 ? 0 : sign * size,
    halfUnit: 0.5 / 10 ** (decimals.length + shift),
  }
}

/** A number whose printed form is not known: taken as printed in full. */
export function printedInFull(value: number): PrintedFigure {
  const decimals = String(printedDecimal(value).scale).length - 1
  return { value, halfUnit: 0.5 / 10 ** decimals }
}

/** Does a printed figure stand for this number? Half a unit of its last digit either way, and the rounding of doubles. */
export function standsFor({ value, halfUnit }: PrintedFigure, actual: number): boolean {
  return Math.abs(actual - value) <= halfUnit * (1 + 1e-9)
}
