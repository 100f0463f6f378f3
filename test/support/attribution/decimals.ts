/** Decimal texts as whole multiples of one unit, so that folds add whole numbers as they do with cents. */
export interface WholeUnits {
  readonly units: readonly number[]
  /** Units in 1. */
  readonly scale: number
}

/** The finest power of ten that holds all decimals, as long as the sum stays a safe integer. */
export function toWholeUnits(values: readonly (string | number)[]): WholeUnits {
  const texts = values.map((value) => plainDecimal(value))
  const wanted = Math.max(0, ...texts.map((text) => (text.split('.')[1] ?? '').length))
  const size = texts.reduce((total, text) => total + Math.abs(Number(text)), 0)
  let digits = wanted
  while (digits > 0 && size * 10 ** digits > Number.MAX_SAFE_INTEGER) digits--
  return { units: texts.map((text) => scaled(text, digits)), scale: 10 ** digits }
}

function plainDecimal(value: string | number): string {
  const text = String(value)
  return /e/i.test(text) ? Number(text).toFixed(20) : text
}

/** The decimal shifted by `digits` places, rounded once when it has more of them. */
function scaled(text: string, digits: number): number {
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const kept = Number(`${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`)
  const rest = Number(`0.${fraction.slice(digits)}0`)
  const size = kept + (rest >= 0.5 ? 1 : 0)
  return negative ? -size : size
}
