import { describe, expect, it } from 'vitest'

import { measured, notMeasured, type Quantity, unreadable } from '#rules/kernel/quantity.ts'
import { createFactBook, type FactEntry } from '#rules/schema/fact-book.ts'
import { fraction } from '#rules/schema/fraction.ts'
import { Fact } from '#rules/schema/review.ts'

const SOURCE = [{ dataset: 'leads' as const, rows: 3, where: { month_key: '2026-03' } }]
const entry = (changes: Partial<FactEntry> = {}): FactEntry => ({
  id: 'lead_scoring.total.wins',
  label: 'Wins',
  unit: 'count',
  quantity: measured(12),
  source: SOURCE,
  ...changes,
})
const entered = (changes: Partial<FactEntry>) => {
  const book = createFactBook()
  book.add(entry(changes))
  return book.list()[0]
}

describe('a fact', () => {
  it.each([
    ['known', measured(12), { status: 'known', value: 12 }],
    ['zero', measured(0), { status: 'zero', value: 0 }],
    [
      'not measured',
      notMeasured('nobody looked'),
      { status: 'not_measured', value: null, reason: 'nobody looked' },
    ],
    ['unreadable', unreadable('spoilt'), { status: 'unreadable', value: null, reason: 'spoilt' }],
  ] as const)('that is %s says so', (_name, quantity, expected) => {
    const { id, label, unit } = entry()
    expect(entered({ quantity })).toStrictEqual({ id, label, unit, ...expected, source: SOURCE })
  })

  it.each([
    [measured(1250), { currency: 'EUR', minor: 1250 }],
    [measured(0), { currency: 'EUR', minor: 0 }],
    [measured(-3), { currency: 'EUR', minor: -3 }],
    [notMeasured('nobody looked'), null],
  ])('of money holds minor units of its currency: %o', (quantity, value) => {
    expect(entered({ unit: 'money', currency: 'EUR', quantity })?.value).toStrictEqual(value)
  })

  it('keeps both sides, formula and inputs where there are any', () => {
    const derived = { numerator: 0, denominator: 4, formula: 'a ÷ b', inputs: ['a', 'b'] }
    expect(entered(derived)).toMatchObject(derived)
    const plain = entered({})
    for (const key of ['numerator', 'denominator', 'formula', 'inputs', 'reason']) {
      expect(plain).not.toHaveProperty(key)
    }
  })

  it('fits the schema of the document', () => {
    for (const quantity of [measured(1), measured(0), notMeasured('x'), unreadable('y')]) {
      const fact = entered({ quantity, numerator: 1, denominator: 2 })
      expect(Fact.parse(fact)).toStrictEqual(fact)
    }
  })
})

describe('a fact book', () => {
  it('returns the id of what is entered, and lists it in that order', () => {
    const book = createFactBook()
    expect(book.add(entry({ id: 'z' }))).toBe('z')
    const said = {
      id: 'a',
      label: 'As of',
      unit: 'date',
      value: '2026-03-31',
      source: SOURCE,
    } as const
    expect(book.addText(said)).toBe('a')
    expect(book.list().map(({ id }) => id)).toStrictEqual(['z', 'a'])
    expect(book.list()[1]).toStrictEqual({ ...said, status: 'known' })
    expect([book.has('z'), book.has('q')]).toStrictEqual([true, false])
  })

  it('holds nothing at first, and hands out copies', () => {
    const book = createFactBook()
    expect(book.list()).toStrictEqual([])
    book.list().push(...[entered({})].flatMap((fact) => fact ?? []))
    expect(book.list()).toStrictEqual([])
  })

  it.each([
    ['an id entered already', () => entry(), 'lead_scoring.total.wins is entered already'],
    [
      'money without a currency',
      () => entry({ id: 'm', unit: 'money' }),
      'm is money and has no currency',
    ],
    [
      'money that is not whole',
      () => entry({ id: 'm', unit: 'money', currency: 'USD', quantity: measured(0.5) }),
      'expected whole minor units, got 0.5',
    ],
  ])('refuses %s', (_what, second, message) => {
    const book = createFactBook()
    book.add(entry())
    expect(() => book.add(second())).toThrow(message)
  })

  it('refuses a text under an id of a figure', () => {
    const book = createFactBook()
    book.add(entry())
    const { id, label } = entry()
    expect(() => book.addText({ id, label, unit: 'text', value: 'x', source: [] })).toThrow(
      'entered already',
    )
  })
})

describe('a fraction', () => {
  const gone: Quantity = notMeasured('nobody looked')

  it.each([
    [measured(1), measured(2), { numerator: 1, denominator: 2 }],
    [measured(0), measured(2), { numerator: 0, denominator: 2 }],
    [gone, measured(2), {}],
    [measured(1), gone, {}],
  ])('of %o and %o', (top, bottom, expected) => {
    expect(fraction(top, bottom)).toStrictEqual(expected)
  })
})
