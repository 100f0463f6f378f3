import type { MetricUnit } from './state.ts'

/** A figure as it stands in a text: what it shows, to how many decimals, in which unit. */
export interface ShownFigure {
  readonly value: number
  /** Decimals of the shown digits; of `$192.8K` one, with a scale of 1000. */
  readonly decimals: number
  readonly scale: number
  readonly unit: 'money' | 'pct' | 'pp' | 'x' | 'plain'
  /** `+` or `−` where written. */
  readonly sign: '+' | '-' | ''
}

const SCALES: ReadonlyMap<string, number> = new Map([
  ['k', 1e3],
  ['thousand', 1e3],
  ['m', 1e6],
  ['million', 1e6],
])

const FIGURE =
  /^(?<sign>[-+−]?)(?<money>[$€£]|[A-Z]{3} )?(?<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?<scale>[KkM](?![A-Za-z])| (?:thousand|million)\b)?(?<unit>%| pp\b| percentage points\b| points\b|x(?![A-Za-z])|×)?(?<code> dollars\b| euros\b| pounds\b)?/

/** A currency by its sign and its code. */
interface Currency {
  readonly sign: string
  readonly code: string
}

/** A figure at the start of a text; of money in the state's currency only. */
export function readFigure(
  text: string,
  currency: Currency,
): { readonly figure: ShownFigure; readonly length: number } | null {
  const match = FIGURE.exec(text)
  if (match === null) return null
  const part = (name: string): string => match.groups?.[name]?.trim() ?? ''
  const [money, code, digits] = [part('money'), part('code'), part('digits').replaceAll(',', '')]
  const scale = SCALES.get(part('scale').toLowerCase()) ?? 1
  if (!isCurrency(money, code, currency) || hidesTooMuch(digits, scale)) return null
  return {
    length: match[0].length,
    figure: {
      value: Number(digits) * scale,
      decimals: digits.split('.')[1]?.length ?? 0,
      scale,
      unit: unitOf(money !== '' || code !== '', part('unit')),
      sign: signOf(part('sign')),
    },
  }
}

function isCurrency(money: string, words: string, { sign, code }: Currency): boolean {
  return ['', sign, code].includes(money) && (words === '' || words === WORDS_OF_CURRENCY.get(code))
}

/** A scale with one digit hides too much: $2M may be anything from 1.5 to 2.5. */
function hidesTooMuch(digits: string, scale: number): boolean {
  return scale > 1 && digits.replace('.', '').replace(/^0+/, '').length < 2
}

const WORDS_OF_CURRENCY: ReadonlyMap<string, string> = new Map([
  ['USD', 'dollars'],
  ['EUR', 'euros'],
  ['GBP', 'pounds'],
])

function signOf(text: string): ShownFigure['sign'] {
  if (text === '+') return '+'
  return text === '-' || text === '−' ? '-' : ''
}

function unitOf(money: boolean, unit: string): ShownFigure['unit'] {
  if (money) return unit === '' ? 'money' : 'plain'
  if (unit === '%') return 'pct'
  if (unit === 'x' || unit === '×') return 'x'
  return unit === '' ? 'plain' : 'pp'
}

/** Whether a shown figure is a value rounded half away from zero to the digits shown. The sign is compared by whoever knows its meaning. */
export function shows(figure: ShownFigure, value: number): boolean {
  const step = figure.scale / 10 ** figure.decimals
  const steps = Math.abs(value) / step
  // Binary fractions: 2.675 is stored a hair below itself, and half a unit in the ninth place is no difference a reader can see.
  const rounded = Math.floor(steps + 0.5 + 1e-9)
  return Math.abs(rounded * step - figure.value) < step * 1e-6
}

/** Whether a figure is written as a metric of this unit is. */
export function fitsUnit(figure: ShownFigure, unit: MetricUnit): boolean {
  const wanted = { money: 'money', pct: 'pct', x: 'x', count: 'plain', score: 'plain' } as const
  return figure.unit === wanted[unit]
}
