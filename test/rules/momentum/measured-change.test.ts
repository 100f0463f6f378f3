import { describe, expect, test } from 'vitest'

import { judgeHistory } from '#rules/momentum/history-verdict.ts'
import { readHistory } from '#rules/momentum/history.ts'
import { measureChange } from '#rules/momentum/measured-change.ts'
import { splitMixAndRate } from '#rules/momentum/mix-rate.ts'
import { compareRatios } from '#rules/momentum/ratio-metric.ts'
import { compareRevenue, resampleMeans } from '#rules/momentum/revenue.ts'
import { priorByMoments, shrinkRate } from '#rules/momentum/shrinkage.ts'
import { shrunkenChanges } from '#rules/momentum/shrunken-change.ts'
import { policyWith } from '#test/support/policy.ts'

const momentum = (changes: Readonly<Record<string, unknown>> = {}) =>
  policyWith({ momentum: changes }).momentum

describe('a count that comes in clusters', () => {
  const daily = {
    previous: [2, 40, 1, 0, 38, 3, 1, 44, 2, 1],
    current: [3, 60, 0, 2, 55, 1, 2, 66, 3, 1],
  }
  const total = (days: readonly number[]): number => days.reduce((sum, day) => sum + day, 0)
  const found = measureChange(
    {
      kind: 'count',
      previous: { count: total(daily.previous), days: 10 },
      current: { count: total(daily.current), days: 10 },
      daily,
    },
    momentum(),
  )

  test('states the change of the rate, not the ratio', () => {
    expect(found.test).toBe('quasi_poisson')
    expect(found.relativeChange).toBeCloseTo(193 / 132 - 1, 9)
  })

  test('its interval is of the change and holds it', () => {
    const { low = Number.NaN, high = Number.NaN } = found.interval ?? {}
    expect(low).toBeGreaterThan(-1)
    expect(low).toBeLessThan(193 / 132 - 1)
    expect(high).toBeGreaterThan(193 / 132 - 1)
    // Symmetric about ln(193 ÷ 132) on the scale of logarithms.
    expect((1 + low) * (1 + high)).toBeCloseTo((193 / 132) ** 2, 9)
  })
})

describe('revenue of too few deals', () => {
  test.each([
    ['one before', [100], [90, 110, 120]],
    ['one now', [90, 110, 120], [100]],
    ['none now', [90, 110, 120], []],
  ])('is not compared: %s', (_name, previous, current) => {
    expect(measureChange({ kind: 'revenue', previous, current }, momentum())).toMatchObject({
      test: 'none',
      p: null,
      interval: null,
      relativeChange: null,
      direction: 0,
      support: previous.length + current.length,
    })
  })
})

describe('an even count', () => {
  test('has an interval of the change, one below the one of the ratio', () => {
    const counts = {
      kind: 'count',
      previous: { count: 100, days: 10 },
      current: { count: 150, days: 10 },
    } as const
    const { interval, relativeChange } = measureChange(counts, momentum())
    expect(relativeChange).toBeCloseTo(0.5, 12)
    // Clopper–Pearson ends of 150 in 250 as odds (SciPy beta.ppf).
    expect(interval?.low).toBeCloseTo(0.156_948, 6)
    expect(interval?.high).toBeCloseTo(0.951_745, 6)
  })
})

describe('a ratio without spread', () => {
  test('is stated and not tested', () => {
    const units = [{ numerator: 2, denominator: 4 }]
    const more = [{ numerator: 3, denominator: 4 }]
    expect(
      measureChange({ kind: 'ratio', previous: units, current: more }, momentum()),
    ).toMatchObject({
      test: 'none',
      p: null,
      previous: 0.5,
      current: 0.75,
      support: 2,
    })
  })

  test('an interval of the lift carries the relative error of both periods', () => {
    const unit = (numerator: number, denominator: number) => ({ numerator, denominator })
    const previous = [unit(10, 100), unit(14, 100), unit(12, 100)]
    const current = [unit(30, 100), unit(34, 100), unit(32, 100)]
    const { liftInterval } = compareRatios(previous, current)
    // Both periods: s = 2 ÷ 100, so SE = 0.02 ÷ √3; relative errors 0.011547 ÷ 0.12 and ÷ 0.32.
    const error = Math.hypot(0.02 / Math.sqrt(3) / 0.12, 0.02 / Math.sqrt(3) / 0.32)
    const width = 1.959_963_984_540_054 * error
    expect(liftInterval?.low).toBeCloseTo((0.32 / 0.12) * Math.exp(-width) - 1, 12)
    expect(liftInterval?.high).toBeCloseTo((0.32 / 0.12) * Math.exp(width) - 1, 12)
  })

  test('a ratio of zero has a binomial error of zero', () => {
    const nothing = [
      { numerator: 0, denominator: 50 },
      { numerator: 0, denominator: 70 },
    ]
    expect(compareRatios(nothing, nothing).previous.binomialStandardError).toBe(0)
  })
})

describe('revenue', () => {
  const measure = (previous: readonly number[], current: readonly number[]) =>
    measureChange({ kind: 'revenue', previous, current }, momentum())

  test.each([
    ['one deal before', [5], [1, 2], 'none'],
    ['one deal now', [1, 2], [5], 'none'],
    ['two and two', [1, 2], [5, 6], 'welch'],
  ])('%s', (_name, previous, current, expected) => {
    const found = measure(previous, current)
    expect(found.test).toBe(expected)
    expect(found.support).toBe(previous.length + current.length)
    expect(found.p === null).toBe(expected === 'none')
  })

  test('a fall that the resamples confirm is not in doubt', () => {
    const high = [90, 95, 100, 105, 110, 92, 104, 98]
    const low = high.map((amount) => amount / 2)
    expect(measure(high, low).fragile).toBe('none')
    expect(measure(low, high).fragile).toBe('none')
    expect(measure(high, [80, ...high.slice(1)]).fragile).toBe('bootstrap')
  })

  test.each([
    [[], [1]],
    [[1], []],
    [[], []],
  ])('refuses periods %j and %j', (previous, current) => {
    expect(() => compareRevenue(previous, current, { seed: 1, resamples: 100 })).toThrow(
      'expected an amount in each period',
    )
  })

  test('has lifts where the base is not zero, and none where it always is', () => {
    const { bootstrap } = compareRevenue([1, 1], [2, 2], { seed: 1, resamples: 100 })
    expect(bootstrap.lift).toEqual({ low: 1, high: 1 })
    expect(compareRevenue([0, 0], [2, 2], { seed: 1, resamples: 100 }).bootstrap.lift).toBeNull()
    expect(resampleMeans([0], [2], { seed: 1, resamples: 3 })).toEqual({
      differences: [2, 2, 2],
      lifts: [],
    })
  })
})

describe('the history of a figure', () => {
  test('refuses to read nothing', () => {
    expect(() => readHistory([], 3)).toThrow('expected at least one past month')
  })

  test('measures the distance in robust deviations', () => {
    // Median 12, absolute deviations 2, 1, 0, 1, 2: MAD 1.
    expect(readHistory([10, 11, 12, 13, 14], 15).robustZ).toBeCloseTo(3 / 1.4826, 4)
    // MAD 2, so the division shows.
    expect(readHistory([8, 10, 12, 14, 16], 18).robustZ).toBeCloseTo(6 / (2 * 1.4826), 4)
  })

  test('a month on the end of the range is usual, beyond it is not', () => {
    // Zeros rule out logarithms and fractions counts, so the normal range decides.
    const history = [0, 1.5, 2.5, 1.5, 2.5, 0.5]
    const high = readHistory(history, 0).prediction?.high ?? Number.NaN
    const at = (value: number) => judgeHistory(history, value, momentum())
    expect(at(high)).toMatchObject({ basis: 'normal_range', verdict: 'usual' })
    expect(at(high * (1 + 1e-12))).toMatchObject({ verdict: 'unusually_high' })
    const narrow = [0, 50.5, 51.5, 50.5, 51.5, 50.5, 51.5, 50.5, 51.5, 50.5, 51.5, 50.5, 51.5]
    const low = readHistory(narrow, 60).prediction?.low ?? Number.NaN
    expect(low).toBeGreaterThan(0)
    expect(judgeHistory(narrow, low, momentum()).verdict).toBe('usual')
    expect(judgeHistory(narrow, low * (1 - 1e-12), momentum()).verdict).toBe('unusually_low')
  })
})

describe('mix and rate', () => {
  const part = (id: string, before: [number, number], now: [number, number]) => ({
    id,
    previous: { entered: before[0], converted: before[1] },
    current: { entered: now[0], converted: now[1] },
  })

  test('a rate that stays is no reversal, whichever way the whole goes', () => {
    // The whole falls by mix alone while one rate rises and one stays.
    const falls = [part('a', [100, 50], [10, 6]), part('b', [100, 10], [190, 19])]
    expect(splitMixAndRate(falls)?.change).toBeLessThan(0)
    expect(splitMixAndRate(falls)?.simpsonReversal).toBe(false)
    const rises = [part('a', [10, 6], [100, 50]), part('b', [190, 19], [100, 10])]
    expect(splitMixAndRate(rises)?.change).toBeGreaterThan(0)
    expect(splitMixAndRate(rises)?.simpsonReversal).toBe(false)
  })

  test('every rate rises and the whole falls: a reversal; nothing changes: none', () => {
    const reversed = [part('a', [100, 50], [10, 6]), part('b', [100, 10], [190, 20])]
    expect(splitMixAndRate(reversed)?.simpsonReversal).toBe(true)
    const still = [part('a', [100, 50], [100, 50]), part('b', [100, 10], [100, 10])]
    expect(splitMixAndRate(still)?.simpsonReversal).toBe(false)
    // 50 and 10 of 100 each, then 51 and 9: both rates move, the whole does not.
    const swapped = [part('a', [100, 50], [100, 51]), part('b', [100, 10], [100, 9])]
    expect(splitMixAndRate(swapped)?.change).toBe(0)
    expect(splitMixAndRate(swapped)?.simpsonReversal).toBe(false)
  })
})

describe('drawing small cells in', () => {
  test('by moments, worked by hand for three cells', () => {
    // p = 60/300 = 0.2; scatter = 100(0.1² + 0 + 0.1²) = 2; v = 0.16; room = 0.16(300 − 100 − 2) = 31.68; rho = (2 − 0.32) ÷ 31.68.
    const cells = [10, 20, 30].map((successes) => ({ successes, trials: 100 }))
    const prior = priorByMoments(cells)
    expect(prior?.mean).toBeCloseTo(0.2, 12)
    expect(prior?.strength).toBeCloseTo(31.68 / 1.68 - 1, 9)
  })

  test('refuses an impossible cell', () => {
    expect(() =>
      shrinkRate({ successes: 3, trials: 2 }, { mean: 0.5, strength: Infinity }),
    ).toThrow('got 3 of 2')
  })

  test('the change of a drawn rate is current ÷ previous − 1', () => {
    const subject = (id: string, before: number, now: number) => ({
      id,
      observation: {
        kind: 'rate' as const,
        previous: { successes: before, trials: 200 },
        current: { successes: now, trials: 200 },
      },
      betterWhen: 'higher' as const,
      complete: true,
    })
    const found = shrunkenChanges([
      subject('a', 20, 40),
      subject('b', 30, 30),
      subject('c', 60, 20),
    ])
    for (const change of found) {
      expect(change?.relativeChange).toBeCloseTo(
        (change?.currentRate ?? 0) / (change?.previousRate ?? 1) - 1,
        12,
      )
    }
    expect(found[0]?.relativeChange).toBeGreaterThan(0)
    expect(found[2]?.relativeChange).toBeLessThan(0)
    expect(
      shrunkenChanges([subject('a', 20, 0), subject('b', 30, 0), subject('c', 60, 0)]),
    ).toEqual([null, null, null])
    expect(
      shrunkenChanges([subject('a', 0, 20), subject('b', 0, 30), subject('c', 0, 60)]),
    ).toEqual([null, null, null])
  })
})
