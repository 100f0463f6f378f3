import { describe, expect, it } from 'vitest'

import { judgeTarget, ratioOf } from '#rules/health/target-status.ts'
import { Target } from '#rules/policy/verdict.ts'
import type { Fact } from '#rules/schema/review.ts'

const fact = (changes: Partial<Fact> = {}): Fact => ({
  id: 'a.fact',
  label: 'A fact',
  unit: 'rate',
  status: 'known',
  value: 4 / 6,
  numerator: 4,
  denominator: 6,
  source: [],
  ...changes,
})

const usd = (minor: number): Partial<Fact> => ({ unit: 'money', value: { currency: 'USD', minor } })
const plain = (value: number): Fact => {
  const { numerator: _top, denominator: _bottom, ...rest } = fact({ value })
  return rest
}

describe('judgeTarget', () => {
  it.each([
    // 66.7 % against at least 67 %: below, although both round to 67 %.
    [0.67, 'missed'],
    [0.66, 'met'],
  ])('holds 4 of 6 against at least %d: %s', (bound, status) => {
    expect(judgeTarget(Target.parse({ id: 't', at_least: bound }), fact()).status).toBe(status)
  })

  it.each([
    [{ at_least: 0.5 }, 0.5, 'met'],
    [{ at_least: 0.5 }, 0.499_999_9, 'missed'],
    [{ at_most: 0 }, 0, 'met'],
    [{ at_most: 0 }, 1, 'missed'],
    [{ at_most: 3 }, 3, 'met'],
    [{ at_most: 3 }, -4, 'met'],
  ])('holds %j against %d: %s', (bound, value, status) => {
    expect(judgeTarget(Target.parse({ id: 't', ...bound }), plain(value)).status).toBe(status)
  })

  it.each([
    // A customer acquisition cost of at most $180: 180.00, one cent more, and $180 + 1/3 cent.
    [{ ...usd(18_000), numerator: 36_000, denominator: 2 }, 'met'],
    [{ ...usd(18_001), numerator: 36_002, denominator: 2 }, 'missed'],
    [{ ...usd(18_000), numerator: 54_001, denominator: 3 }, 'missed'],
  ])('reads money in whole units: %j is %s', (cost, status) => {
    const target = Target.parse({ id: 'cac', at_most: 180, unit: 'money' })
    expect(judgeTarget(target, fact(cost)).status).toBe(status)
  })

  it('neither meets nor misses what was not measured', () => {
    const target = Target.parse({ id: 't', at_most: 0 })
    const missing = fact({ status: 'not_measured', value: null, reason: 'nobody looked' })
    expect(judgeTarget(target, missing)).toEqual({
      status: 'not_assessable',
      reason: 'actual_missing',
    })
    expect(judgeTarget(target, undefined).reason).toBe('actual_missing')
    expect(judgeTarget(target, fact({ unit: 'date', value: '2026-03-01' }))).toEqual({
      status: 'not_assessable',
      reason: 'actual_without_number',
    })
  })

  it('says why', () => {
    const target = Target.parse({ id: 't', at_least: 1 })
    expect(judgeTarget(target, plain(1)).reason).toBe('bound_held')
    expect(judgeTarget(target, plain(0)).reason).toBe('bound_broken')
  })
})

describe('ratioOf', () => {
  it('prefers the counts behind a rate to its rounded value', () => {
    expect(ratioOf(fact())).toEqual({ numerator: 4n, denominator: 6n })
  })

  it('falls back to the value where the counts cannot be divided', () => {
    const quarter = { numerator: 25n, denominator: 100n }
    expect(ratioOf(fact({ value: 0.25, numerator: 1, denominator: 0 }))).toEqual(quarter)
    expect(ratioOf({ ...plain(0.25), numerator: 1 })).toEqual(quarter)
    expect(ratioOf({ ...plain(0.25), denominator: 2 })).toEqual(quarter)
  })

  it('has nothing to read where nothing was measured, or no number', () => {
    const { value: _value, ...rest } = fact()
    expect(ratioOf({ ...rest, status: 'not_measured', value: null })).toBeNull()
    expect(ratioOf({ ...rest, unit: 'text', value: '4 of 6' })).toBeNull()
  })

  it('reads yen as whole yen', () => {
    const yen = plain(0)
    expect(ratioOf({ ...yen, unit: 'money', value: { currency: 'JPY', minor: 500 } })).toEqual({
      numerator: 500n,
      denominator: 1n,
    })
  })
})
