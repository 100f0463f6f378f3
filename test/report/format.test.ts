import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Fact } from '#rules/schema/review.ts'
import { fixed, formatFact, formatMoney, formatNumber } from '#src/report/format.ts'

const fact = (changes: Partial<Fact>): Fact => ({
  id: 'a.b',
  label: 'A figure',
  unit: 'count',
  status: 'known',
  value: 1,
  source: [],
  ...changes,
})
const UNITS: readonly Fact['unit'][] = [
  'money',
  'count',
  'rate',
  'change',
  'points',
  'ratio',
  'probability',
  'days',
  'hours',
  'minutes',
  'seconds',
  'score',
  'position',
  'number',
  'date',
  'text',
]

describe('a figure in its unit', () => {
  it.each([
    ['rate', 0.107, '10.7%'],
    ['rate', 0, '0.0%'],
    ['rate', 1, '100.0%'],
    ['rate', 0.0005, '0.1%'],
    ['rate', 0.000_49, 'under 0.1%'],
    // Half goes away from zero on the printed digits.
    ['rate', 0.0055, '0.6%'],
    ['rate', 0.0705, '7.1%'],
    ['rate', 1.005, '100.5%'],
    ['change', 0.726, '+72.6%'],
    ['change', -1, '−100.0%'],
    ['change', 0, '0.0%'],
    ['change', 0.0001, 'under 0.1%'],
    ['change', -0.0001, 'under 0.1%'],
    ['change', 12.5, '+1,250.0%'],
    ['points', 0.05, '+5.0 points'],
    ['points', -0.05, '−5.0 points'],
    ['points', 0, '0.0 points'],
    ['points', 0.0001, 'under 0.1 points'],
    ['points', -0.0001, 'under 0.1 points'],
    ['probability', 0.1289, '0.129'],
    ['probability', 0.0009, 'under 0.001'],
    ['probability', 0.001, '0.001'],
    ['probability', 0.999, '0.999'],
    ['probability', 0.9991, 'over 0.999'],
    ['probability', 0, '0.000'],
    ['probability', 1, '1.000'],
    ['count', 1_234_567, '1,234,567'],
    ['count', 999, '999'],
    ['count', 1000, '1,000'],
    ['count', 12.5, '12.5'],
    ['count', 0, '0'],
    ['count', -3, '−3'],
    ['ratio', 3.2, '3.20×'],
    ['ratio', 1.005, '1.01×'],
    ['ratio', -0.5, '−0.50×'],
    ['days', 1, '1 day'],
    ['days', 2, '2 days'],
    ['days', 0, '0 days'],
    ['days', 1.5, '1.5 days'],
    ['days', -1, '−1 day'],
    ['hours', 24, '24 hours'],
    ['minutes', 44, '44 min'],
    ['minutes', 43.5, '44 min'],
    ['seconds', 12.34, '12.3 s'],
    ['position', 8.04, '8.0'],
    ['score', 87.5, '87.5'],
    ['number', 0.12, '0.1200'],
    ['number', 12.345, '12.35'],
    ['number', 1234, '1,234'],
    ['number', 0.000_25, '0.00025'],
    ['number', -0.5, '−0.5000'],
  ] as const)('%s %d reads %s', (unit, value, text) => {
    expect(formatNumber(value, unit)).toBe(text)
  })

  it.each([
    ['USD', 1_109_755, '$11,097.55'],
    ['USD', 0, '$0.00'],
    ['USD', 5, '$0.05'],
    ['USD', -131_630, '−$1,316.30'],
    ['EUR', 100, '€1.00'],
    ['GBP', 99, '£0.99'],
    ['JPY', 1234, '¥1,234'],
    ['JPY', 0, '¥0'],
    ['KRW', 1_000_000, 'KRW 1,000,000'],
    ['KWD', 1234, 'KWD 1.234'],
    ['KWD', 5, 'KWD 0.005'],
    ['CHF', -50, '−CHF 0.50'],
    ['USD', 9_007_199_254_740_991, '$90,071,992,547,409.91'],
  ])('%s %d reads %s', (currency, minor, text) => {
    expect(formatMoney(currency, minor)).toBe(text)
  })

  it('is read as its value says', () => {
    expect(formatFact(fact({ unit: 'money', value: { currency: 'USD', minor: 5 } }))).toBe('$0.05')
    expect(formatFact(fact({ unit: 'date', value: '2026-03-31' }))).toBe('2026-03-31')
    expect(formatFact(fact({ unit: 'rate', value: 0.5 }))).toBe('50.0%')
  })
})

describe('a figure that is not there', () => {
  it.each([
    ['not_measured', 'not measured'],
    ['unreadable', 'unreadable'],
  ] as const)('that is %s never prints as a number, in any unit', (status, words) => {
    for (const unit of UNITS) {
      expect(formatFact(fact({ unit, status, value: null }))).toBe(words)
      expect(formatFact(fact({ unit, status, value: 0 }))).toBe(words)
    }
  })

  it('is not measured where a value is missing for another reason', () => {
    expect(formatFact(fact({ status: 'known', value: null }))).toBe('not measured')
  })
})

describe('digits', () => {
  it.each([
    [1.005, 2, '1.01'],
    [0.05, 1, '0.1'],
    [0.049, 1, '0.0'],
    [999.95, 1, '1,000.0'],
    [0, 0, '0'],
    [2.5, 0, '3'],
    [1e-7, 1, '0.0'],
    [1e15, 2, '1,000,000,000,000,000'],
  ])('%d with %d decimals are %s', (size, decimals, text) => {
    expect(fixed(size, decimals)).toBe(text)
  })

  it('of money read back as the amount', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
        const digits = formatMoney(currency, minor).replaceAll(/[^\d−]/g, '')
        expect(Number(digits.replace('−', '-'))).toBe(minor)
      }),
    )
  })

  it('below zero stand behind a minus sign, never behind a hyphen', () => {
    const size = fc.double({ min: 0.01, max: 1e6, noNaN: true })
    const unitBelowZero = fc.constantFrom(...UNITS.filter((unit) => unit !== 'probability'))
    fc.assert(
      fc.property(size, unitBelowZero, (value, unit) => {
        expect(formatNumber(-value, unit)).not.toContain('-')
        const text = formatNumber(value, unit)
        const negative = formatNumber(-value, unit)
        const same = unit === 'change' || unit === 'points'
        expect(same ? negative.replace('−', '+') : negative).toBe(same ? text : `−${text}`)
      }),
    )
  })
})
