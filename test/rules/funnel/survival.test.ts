import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createCohortTally } from '#rules/funnel/cohort.ts'
import {
  convertedBy,
  convertedByIfWatched,
  kaplanMeier,
  logRank,
  timeToShare,
  type Waiting,
} from '#rules/funnel/survival.ts'

function waits(converted: readonly number[], open: readonly number[]): Waiting[] {
  return [
    ...converted.map((time) => ({ time, converted: 1, open: 0 })),
    ...open.map((time) => ({ time, converted: 0, open: 1 })),
  ]
}

/** Remission in weeks under 6-MP and under placebo, Freireich et al., Blood 21 (1963). */
const TREATED = waits(
  [6, 6, 6, 7, 10, 13, 16, 22, 23],
  [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
)
const PLACEBO = waits([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [])

describe('kaplanMeier', () => {
  test('gives the published curve of the 6-MP trial', () => {
    const curve = kaplanMeier(TREATED)
    // Cox and Oakes, Analysis of Survival Data (1984), table 1.1: 0.857, 0.807, 0.753, 0.690, 0.628, 0.538, 0.448.
    expect(curve.steps.map(({ time, atRisk, converted }) => [time, atRisk, converted])).toEqual([
      [6, 21, 3],
      [7, 17, 1],
      [10, 15, 1],
      [13, 12, 1],
      [16, 11, 1],
      [22, 7, 1],
      [23, 6, 1],
    ])
    expect(curve.steps.map(({ survival }) => Math.round(survival * 1000) / 1000)).toEqual([
      0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448,
    ])
    expect([curve.entered, curve.converted, curve.followUp]).toEqual([21, 9, 35])
    expect(timeToShare(curve, 0.5)).toBe(23)
    expect(timeToShare(curve, 0.9)).toBeNull()
  })

  test('without open ones it is the share converted so far', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 }),
        (times) => {
          const curve = kaplanMeier(waits(times, []))
          for (const at of [0, 5, 10, 20]) {
            const share = times.filter((time) => time <= at).length / times.length
            expect(convertedBy(curve, at)).toBeCloseTo(share, 12)
          }
        },
      ),
    )
  })

  test('someone still open lifts the share of those watched longer, never lowers it', () => {
    const without = kaplanMeier(waits([2, 8], [10, 10]))
    const young = kaplanMeier(waits([2, 8], [10, 10, 3, 3, 3]))
    expect(convertedBy(young, 10)).toBeGreaterThan(2 / 7)
    expect(convertedBy(young, 10)).toBeLessThan(convertedBy(without, 10) + 0.01)
  })

  test('who is open at a time counts as at risk at that time', () => {
    expect(kaplanMeier(waits([5], [5])).steps).toEqual([
      { time: 5, atRisk: 2, converted: 1, survival: 0.5 },
    ])
  })

  test('nobody has an empty curve', () => {
    const curve = kaplanMeier([])
    expect(curve).toEqual({ steps: [], entered: 0, converted: 0, followUp: 0 })
    expect(convertedBy(curve, 5)).toBe(0)
    expect(convertedByIfWatched(curve, 0)).toBeNull()
    expect(timeToShare(curve, 0.5)).toBeNull()
  })

  test('says nothing beyond the longest time watched', () => {
    const curve = kaplanMeier(waits([3], [9]))
    expect(convertedByIfWatched(curve, 9)).toBe(0.5)
    expect(convertedByIfWatched(curve, 10)).toBeNull()
    expect(convertedBy(curve, 10)).toBe(0.5)
    expect(convertedBy(curve, 2)).toBe(0)
    expect(convertedBy(curve, 3)).toBe(0.5)
  })

  test('a share that is reached exactly counts as reached, whatever the rounding', () => {
    // 3/4 × 2/3 is one half, but not in floating point.
    const curve = kaplanMeier(waits([1, 2], [3, 3]))
    expect(timeToShare(curve, 0.5)).toBe(2)
    const thirds = kaplanMeier(waits([1, 2, 3], [4, 4, 4, 4, 4, 4, 4]))
    expect(timeToShare(thirds, 0.3)).toBe(3)
  })

  test.each([-1, Number.NaN])('refuses a time of %s', (time) => {
    expect(() => kaplanMeier([{ time, converted: 1, open: 0 }])).toThrow('at least 0')
  })
})

describe('logRank', () => {
  test('gives the published test of the 6-MP trial', () => {
    // Kleinbaum and Klein, Survival Analysis, chapter 2: χ² = 16.79.
    const found = logRank(TREATED, PLACEBO)
    expect(found?.chiSquare).toBeCloseTo(16.793, 3)
    expect(found?.pValue).toBeCloseTo(4.17e-5, 7)
  })

  test('says how many more of the first group converted than if the groups were equal', () => {
    // The book's table of the 6-MP trial: 9 events observed, 19.25 expected under treatment.
    expect(logRank(TREATED, PLACEBO)?.excess).toBeCloseTo(9 - 19.25, 2)
    expect(logRank(PLACEBO, TREATED)?.excess).toBeCloseTo(21 - 10.75, 2)
  })

  test('does not depend on which group is first', () => {
    expect(logRank(PLACEBO, TREATED)?.chiSquare).toBeCloseTo(
      logRank(TREATED, PLACEBO)?.chiSquare ?? 0,
      10,
    )
  })

  test('two equal groups do not differ', () => {
    expect(logRank(TREATED, TREATED)).toMatchObject({ chiSquare: 0, pValue: 1 })
  })

  test.each([
    ['nobody', [], []],
    ['nobody converts', waits([], [3]), waits([], [4])],
    ['one group is empty', waits([1, 2], []), []],
    ['the last one alone converts', waits([5], []), waits([], [3])],
  ])('is undefined when %s', (_name, first, second) => {
    expect(logRank(first, second)).toBeNull()
  })
})

describe('createCohortTally', () => {
  test('keeps apart who had the whole horizon, who converted, and who is still inside', () => {
    const tally = createCohortTally(30)
    const members: [number, number | null][] = [
      [40, 10],
      [40, 35],
      [30, 30],
      [30, null],
      [29, 5],
      [29, null],
      [0, null],
      [10, 12],
    ]
    for (const [elapsedDays, convertedAfterDays] of members) {
      tally.enter({ elapsedDays, convertedAfterDays })
    }
    const cohort = tally.finish()
    expect(cohort).toMatchObject({
      entered: 8,
      converted: 4,
      matured: 4,
      maturedConverted: 2,
      // 29 and 0 days in without converting, and the one whose conversion lies after the look.
      open: 3,
    })
    expect(cohort.curve.followUp).toBe(35)
    expect(cohort.curve.steps.map((step) => step.time)).toEqual([5, 10, 30, 35])
  })

  test('the order of members does not matter', () => {
    const member = fc.record({
      elapsedDays: fc.integer({ min: 0, max: 60 }),
      convertedAfterDays: fc.option(fc.integer({ min: 0, max: 60 })),
    })
    fc.assert(
      fc.property(fc.array(member, { maxLength: 20 }), (members) => {
        const [forward, backward] = [members, members.toReversed()].map((order) => {
          const tally = createCohortTally(30)
          for (const each of order) tally.enter(each)
          return tally.finish()
        })
        expect(backward?.curve).toEqual(forward?.curve)
        expect(backward?.matured).toBe(forward?.matured)
        expect(forward?.entered).toBe(members.length)
      }),
    )
  })

  test.each([
    [-1, null],
    [3, -1],
  ])('refuses days below zero (%s, %s)', (elapsedDays, convertedAfterDays) => {
    expect(() => createCohortTally(30).enter({ elapsedDays, convertedAfterDays })).toThrow(
      'at least 0',
    )
  })

  test('a young month is not a collapse: its curve stands beside the month before', () => {
    const old = createCohortTally(30)
    const young = createCohortTally(30)
    // In both months one in ten converts on day 20; the young month has been watched for 5 to 24 days.
    for (let person = 0; person < 400; person++) {
      const converts = person % 10 === 0 ? 20 : null
      old.enter({ elapsedDays: 40, convertedAfterDays: converts })
      const elapsedDays = 5 + (Math.floor(person / 10) % 20)
      young.enter({ elapsedDays, convertedAfterDays: converts })
    }
    const [before, now] = [old.finish(), young.finish()]
    expect(now.converted / now.entered).toBeLessThan(0.06)
    expect(now.matured).toBe(0)
    expect(now.open).toBe(400 - now.converted)
    expect(logRank(before.waits, now.waits)?.pValue).toBeGreaterThan(0.05)
  })
})
