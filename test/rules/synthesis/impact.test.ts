import { describe, expect, it } from 'vitest'

import { savingOf, unknown } from '#rules/synthesis/impact.ts'

const about = {
  currency: 'USD',
  period: 'the month',
  inputs: { cost: 'the.cost', value: 'the.value' },
}
const usd = (minor: number) => ({ currency: 'USD', minor })

describe('savingOf', () => {
  it.each([
    [{ cost: 131_630, value: 0 }, 131_630],
    [{ cost: 100, value: 99 }, 1],
  ])('saves cost less value: %j', ({ cost, value }, mid) => {
    expect(savingOf({ cost, value }, about)).toEqual({
      impact: { low: usd(0), mid: usd(mid), high: usd(cost) },
      notMeasured: null,
      derivation: {
        low: {
          formula: '0: the money of one more period like the month is committed already',
          inputs: [],
        },
        mid: {
          formula: 'cost − value of one more period like the month',
          inputs: ['the.cost', 'the.value'],
        },
        high: {
          formula: 'cost of one more period like the month, where its value comes by another way',
          inputs: ['the.cost'],
        },
      },
    })
  })

  it.each([
    [{ cost: 100, value: 100 }, 'it returned at least its cost in the month'],
    [{ cost: 100, value: 101 }, 'it returned at least its cost in the month'],
    [{ cost: 0, value: 0 }, 'nothing was spent in the month, so nothing is saved'],
    [{ cost: null, value: 0 }, 'cost or value of the month was not measured'],
    [{ cost: 100, value: null }, 'cost or value of the month was not measured'],
  ])('expects nothing of %j', (figures, notMeasured) => {
    expect(savingOf(figures, about)).toEqual({ impact: null, notMeasured })
  })
})

describe('unknown', () => {
  it('carries its reason', () => {
    expect(unknown('why')).toEqual({ impact: null, notMeasured: 'why' })
  })
})
