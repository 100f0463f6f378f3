import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { fisherExactP } from '#rules/kernel/exact-test.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'
import { miettinenNurminenInterval } from '#rules/kernel/miettinen-nurminen.ts'
import { newcombeInterval, pooledZTest } from '#rules/kernel/two-proportions.ts'
import { compareRates } from '#rules/momentum/rates.ts'

const share = (successes: number, trials: number) => ({ successes, trials })

describe('a change of a rate', () => {
  it('has both rates and their difference', () => {
    const change = compareRates(share(20, 100), share(30, 100), 5)
    expect(change).toMatchObject({ previousRate: 0.2, currentRate: 0.3 })
    expect(change.difference).toBeCloseTo(0.1, 15)
  })

  it('is tested by the pooled score with Newcombe’s range', () => {
    const [previous, current] = [share(20, 100), share(30, 100)]
    const samples = { control: previous, treatment: current }
    const change = compareRates(previous, current, 5)
    expect(change.test).toBe('score')
    expect(change.p).toBe(pooledZTest(samples).pValue)
    expect(change.interval).toStrictEqual(newcombeInterval(samples, 0.95))
  })

  it('is tested exactly where the table is thin', () => {
    const [previous, current] = [share(1, 20), share(6, 20)]
    const samples = { control: previous, treatment: current }
    const change = compareRates(previous, current, 5)
    expect(change.test).toBe('exact')
    expect(change.p).toBe(fisherExactP(samples))
    expect(change.interval).toStrictEqual(miettinenNurminenInterval(samples, 0.95))
  })

  // Newcombe 1998, example (a): 56/70 − 48/80 = 0.2, 95 % 0.0524 to 0.3339.
  it('has the published range', () => {
    const { interval } = compareRates(share(48, 80), share(56, 70), 5)
    expect(interval.low).toBeCloseTo(0.0524, 4)
    expect(interval.high).toBeCloseTo(0.3339, 4)
  })
})

describe('a table is thin', () => {
  // Expected successes in the smaller period: (a + b) · min(n) ÷ (n₀ + n₁). On and one beside the bound of five.
  it.each([
    [share(5, 50), share(4, 50), 'exact'],
    [share(5, 50), share(5, 50), 'score'],
    [share(5, 50), share(6, 50), 'score'],
    [share(46, 50), share(45, 50), 'exact'],
    [share(45, 50), share(45, 50), 'score'],
    [share(20, 1000), share(2, 10), 'exact'],
    [share(2, 10), share(20, 1000), 'exact'],
    [share(0, 50), share(0, 50), 'exact'],
  ])('%j against %j: %s', (previous, current, test) => {
    expect(compareRates(previous, current, 5).test).toBe(test)
  })

  it('never when the policy says so', () => {
    expect(compareRates(share(0, 5), share(1, 5), 0).test).toBe('score')
  })
})

it.each([
  ['no trials before', share(0, 0), share(1, 2)],
  ['no trials now', share(1, 2), share(0, 0)],
  ['more successes than trials', share(3, 2), share(1, 2)],
  ['half a success', share(1, 2), share(0.5, 2)],
])('refuses %s', (_name, previous, current) => {
  expect(() => compareRates(previous, current, 5)).toThrow(InvariantError)
})

it('swapping the periods turns the difference and keeps p', () => {
  const rate = fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(60))
    .map(([n, k]) => share(Math.min(n, k), n))
  fc.assert(
    fc.property(rate, rate, (previous, current) => {
      const there = compareRates(previous, current, 5)
      const back = compareRates(current, previous, 5)
      expect(back.difference).toBeCloseTo(-there.difference, 12)
      expect(back.p).toBeCloseTo(there.p, 9)
      expect(back.test).toBe(there.test)
    }),
  )
})
