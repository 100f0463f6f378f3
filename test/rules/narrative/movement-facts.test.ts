import { describe, expect, it } from 'vitest'

import {
  movementFacts,
  movementId,
  numberOf,
  priorFactIds,
} from '#rules/narrative/movement-facts.ts'
import type { Fact } from '#rules/schema/review.ts'

const fact = (id: string, value: Fact['value'], changes: Partial<Fact> = {}): Fact => ({
  id,
  label: `Label of ${id}`,
  unit: 'count',
  status: value === 0 ? 'zero' : 'known',
  value,
  source: [],
  ...changes,
})

const usd = (minor: number): Fact['value'] => ({ currency: 'USD', minor })

describe('priorFactIds', () => {
  it('looks where facts of an earlier period may stand', () => {
    expect(priorFactIds('a.total.revenue')).toEqual([
      'a.total.revenue.previous',
      'a.total.prior_month.revenue',
    ])
    expect(priorFactIds('a.step.count')).toEqual([
      'a.step.count.previous',
      'a.step.prior_month',
      'a.step.prior_month.count',
    ])
    expect(priorFactIds('a.step.rate')).toEqual([
      'a.step.rate.previous',
      'a.step.prior_rate',
      'a.step.prior_month.rate',
    ])
  })
})

describe('movementFacts', () => {
  const sizeOf = (facts: Fact[]): Partial<Fact>[] =>
    movementFacts(facts).map(({ id, unit, status, value, formula, inputs }) => ({
      id,
      unit,
      status,
      value,
      ...(formula === undefined ? {} : { formula }),
      ...(inputs === undefined ? {} : { inputs }),
    }))

  it('holds the relative size of a movement, without a sign', () => {
    const pair = [fact('a.total.views', 60), fact('a.total.views.previous', 80)]
    expect(sizeOf(pair)).toEqual([
      {
        id: 'a.total.views.movement',
        unit: 'rate',
        status: 'known',
        value: 0.25,
        formula: '|now ÷ before − 1|',
        inputs: ['a.total.views', 'a.total.views.previous'],
      },
    ])
    expect(movementFacts(pair)[0]).toMatchObject({
      label: 'movement of Label of a.total.views',
      source: [],
    })
  })

  it('compares money by its minor units', () => {
    const pair = [fact('a.total.value', usd(150)), fact('a.total.value.previous', usd(100))]
    expect(sizeOf(pair)).toMatchObject([{ unit: 'rate', value: 0.5 }])
  })

  it.each(['rate', 'change', 'probability'] as const)('tells a %s in points, signed', (unit) => {
    const pair = [
      fact('a.total.ctr', 0.25, { unit }),
      fact('a.total.prior_month.ctr', 0.5, { unit }),
    ]
    expect(sizeOf(pair)).toEqual([
      {
        id: 'a.total.ctr.movement',
        unit: 'points',
        status: 'known',
        value: -0.25,
        formula: 'now − before',
        inputs: ['a.total.ctr', 'a.total.prior_month.ctr'],
      },
    ])
  })

  it('is zero where nothing moved', () => {
    const pair = [fact('a.total.views', 8), fact('a.total.views.previous', 8)]
    expect(sizeOf(pair)).toMatchObject([{ status: 'zero', value: 0 }])
  })

  it('is in points over zero, but not relative to it', () => {
    const rate = { unit: 'rate' } as const
    expect(
      sizeOf([fact('a.total.ctr', 0.1, rate), fact('a.total.ctr.previous', 0, rate)]),
    ).toMatchObject([{ value: 0.1 }])
    expect(movementFacts([fact('a.total.views', 1), fact('a.total.views.previous', 0)])).toEqual([])
  })

  it.each([
    ['no figure before', [fact('a.total.views', 1)]],
    ['a metric without words', [fact('a.total.evil', 1), fact('a.total.evil.previous', 2)]],
    [
      'another unit before',
      [fact('a.total.views', 1), fact('a.total.views.previous', 2, { unit: 'ratio' })],
    ],
    [
      'a figure that was not measured',
      [fact('a.total.views', null, { status: 'not_measured' }), fact('a.total.views.previous', 2)],
    ],
    [
      'a figure before that was not measured',
      [fact('a.total.views', 2), fact('a.total.views.previous', null, { status: 'unreadable' })],
    ],
    ['a text', [fact('a.total.views', 'many'), fact('a.total.views.previous', 2)]],
    [
      'a movement that is a fact already',
      [
        fact('a.total.views', 2),
        fact('a.total.views.previous', 1),
        fact('a.total.views.movement', 9),
      ],
    ],
  ])('knows none with %s', (_what, facts) => {
    expect(movementFacts(facts)).toEqual([])
  })
})

it('takes numbers and money of measured facts only', () => {
  expect(movementId('a.b')).toBe('a.b.movement')
  expect(numberOf(fact('a', 5))).toBe(5)
  expect(numberOf(fact('a', 0))).toBe(0)
  expect(numberOf(fact('a', usd(7)))).toBe(7)
  expect(numberOf(fact('a', 'x'))).toBeNull()
  expect(numberOf(fact('a', null))).toBeNull()
  expect(numberOf(fact('a', 5, { status: 'not_measured' }))).toBeNull()
})
