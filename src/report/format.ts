import { minorPerMajor } from '#rules/kernel/currency.ts'
import type { Fact } from '#rules/schema/review.ts'

/** U+2212: a hyphen is too short to be seen before a figure. */
const MINUS = '−'

const CURRENCY_SIGNS: Readonly<Record<string, string>> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥' }
/** Words that stand where a figure would, so that a missing value is never read as zero. */
const MISSING_WORDS = { not_measured: 'not measured', unreadable: 'unreadable' } as const

/** A fact as a reader sees it: `$11,097.55`, `+72.6%`, `10.7%`, `44 min`, or the words for a missing figure. */
export function formatFact(fact: Fact): string {
  if (fact.status === 'not_measured' || fact.status === 'unreadable') {
    return MISSING_WORDS[fact.status]
  }
  const { value } = fact
  if (value === null) return MISSING_WORDS.not_measured
  if (typeof value === 'string') return value
  if (typeof value === 'object') return formatMoney(value.currency, value.minor)
  return formatNumber(value, fact.unit)
}

/** An amount in minor units with its sign and thousands separators: `−$1,316.30`; a currency without a sign stands as its code. */
export function formatMoney(currency: string, minor: number): string {
  const digits = String(minorPerMajor(currency)).length - 1
  const symbol = CURRENCY_SIGNS[currency] ?? `${currency} `
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const whole = grouped(text.slice(0, text.length - digits))
  const amount = digits === 0 ? whole : `${whole}.${text.slice(text.length - digits)}`
  return `${minor < 0 ? MINUS : ''}${symbol}${amount}`
}

type Formatter = (value: number) => string

const FORMATTERS: Readonly<Record<Fact['unit'], Formatter>> = {
  rate: (value) => sign(value, percent(Math.abs(value))),
  probability: chance,
  change: (value) => signed(value, percent),
  points: (value) => signed(value, pointsOf),
  count: (value) => sign(value, wholeOr(Math.abs(value), 1)),
  ratio: (value) => `${sign(value, fixed(Math.abs(value), 2))}×`,
  days: (value) => withUnit(value, 'day'),
  hours: (value) => withUnit(value, 'hour'),
  minutes: (value) => `${sign(value, fixed(Math.abs(value), 0))} min`,
  seconds: (value) => `${sign(value, fixed(Math.abs(value), 1))} s`,
  position: (value) => sign(value, fixed(Math.abs(value), 1)),
  score: (value) => sign(value, fixed(Math.abs(value), 1)),
  number: (value) => sign(value, trimmed(Math.abs(value))),
  money: (value) => sign(value, trimmed(Math.abs(value))),
  date: (value) => sign(value, trimmed(Math.abs(value))),
  text: (value) => sign(value, trimmed(Math.abs(value))),
}

/** A plain number in its unit. */
export function formatNumber(value: number, unit: Fact['unit']): string {
  return FORMATTERS[unit](value)
}

/** Decimals by rounding half away from zero on the decimal digits that JavaScript prints, so that 1.005 shows as 1.01. */
export function fixed(size: number, decimals: number): string {
  if (size >= 1e15) return grouped(String(Math.round(size)))
  const scaled = Math.round(Number(`${size}e${decimals}`))
  if (!Number.isFinite(scaled)) return size.toFixed(decimals)
  const text = String(scaled).padStart(decimals + 1, '0')
  const whole = grouped(text.slice(0, text.length - decimals))
  return decimals === 0 ? whole : `${whole}.${text.slice(text.length - decimals)}`
}

/** A p-value or chance in the notation of statistics: three decimals, never a rounded zero or one. */
function chance(value: number): string {
  if (value > 0 && value < 0.001) return 'under 0.001'
  if (value < 1 && value > 0.999) return 'over 0.999'
  return fixed(value, 3)
}

/** A share above zero that would print as 0.0% says so: a small thing is not nothing. */
function percent(size: number): string {
  if (size > 0 && size < 0.0005) return 'under 0.1%'
  return `${fixed(hundredfold(size), 1)}%`
}

function pointsOf(size: number): string {
  if (size > 0 && size < 0.0005) return 'under 0.1 points'
  return `${fixed(hundredfold(size), 1)} points`
}

/** A share as per cent on the digits that JavaScript prints: 0.0055 times 100 is 0.5499999999999999 in doubles. */
function hundredfold(size: number): number {
  const shifted = Number(`${size}e2`)
  return Number.isFinite(shifted) ? shifted : size * 100
}

function signed(value: number, format: (size: number) => string): string {
  const text = format(Math.abs(value))
  if (value === 0 || text.startsWith('under')) return text
  return `${value > 0 ? '+' : MINUS}${text}`
}

function sign(value: number, text: string): string {
  return value < 0 ? `${MINUS}${text}` : text
}

function withUnit(value: number, unit: string): string {
  const text = Number.isInteger(value)
    ? grouped(String(Math.abs(value)))
    : fixed(Math.abs(value), 1)
  return `${sign(value, text)} ${unit}${text === '1' ? '' : 's'}`
}

function wholeOr(size: number, decimals: number): string {
  return Number.isInteger(size) ? grouped(String(size)) : fixed(size, decimals)
}

function trimmed(size: number): string {
  if (Number.isInteger(size)) return grouped(String(size))
  if (size < 0.001) return size.toPrecision(2)
  return fixed(size, size < 1 ? 4 : 2)
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
