import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { fiellerLift } from '#rules/kernel/lift-interval.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { studentTQuantile } from '#rules/kernel/student-t.ts'
import { judgeMomentum } from '#rules/momentum/momentum.ts'
import { compareRatios } from '#rules/momentum/ratio-metric.ts'
import { compareRepeatedRatios, type NamedUnit } from '#rules/momentum/repeated-ratio.ts'
import { policyWith } from '#test/support/policy.ts'

/** `['a', 19, 100]`: ad a with 19 clicks of 100 impressions. */
const ads = (...units: readonly (readonly [string, number, number])[]): NamedUnit[] =>
  units.map(([id, numerator, denominator]) => ({ id, numerator, denominator }))

describe('three ads of both months, by hand', () => {
  // The rule's own example: 60 ÷ 300 and 120 ÷ 300; clicks beyond the ratio −1, 0, 1 and −2, −1, 3, differences −1, −1, 2: SE² = 6 · (3 ÷ 2) ÷ 300² = 0.0001.
  const before = ads(['a', 19, 100], ['b', 20, 100], ['c', 21, 100])
  const now = ads(['a', 38, 100], ['b', 39, 100], ['c', 43, 100])
  const found = compareRepeatedRatios(before, now)

  it('have the error of their differences', () => {
    expect(found).toMatchObject({ previousRatio: 0.2, currentRatio: 0.4 })
    expect(found.standardError).toBeCloseTo(0.01, 14)
  })

  it('are tested by t with two degrees', () => {
    // t = 20; SciPy: 2 * t.sf(20, 2).
    expect(found.degrees).toBeCloseTo(2, 12)
    expect(found.p).toBeCloseTo(0.002_490_663_892_367, 12)
  })

  it('have Fieller’s range of the lift', () => {
    // ρ² (0.04 − t² ÷ 30,000) − 2ρ (0.08 − t² ÷ 12,000) + 0.16 − 7 t² ÷ 30,000 = 0 with t² = 18.51282 (numpy.roots).
    expect(found.liftInterval?.low).toBeCloseTo(0.866_744_32, 7)
    expect(found.liftInterval?.high).toBeCloseTo(1.117_586_6, 6)
  })

  it('whatever order they come in', () => {
    const turned = compareRepeatedRatios(before.toReversed(), now)
    expect(turned.standardError).toBeCloseTo(0.01, 14)
  })
})

describe('ads of one month only', () => {
  const before = ads(['a', 1, 10], ['b', 5, 20], ['c', 4, 10])
  const now = ads(['d', 6, 15], ['e', 9, 10], ['f', 2, 10], ['g', 5, 9])

  it('have the error of two independent groups', () => {
    const alone = compareRatios(before, now)
    const found = compareRepeatedRatios(before, now)
    const [left, right] = [alone.previous.standardError ?? 0, alone.current.standardError ?? 0]
    expect(found.standardError).toBeCloseTo(Math.hypot(left, right), 14)
    expect((found.currentRatio - found.previousRatio) / (found.standardError ?? 0)).toBeCloseTo(
      alone.z ?? 0,
      12,
    )
  })

  it('have the range of two independent estimates', () => {
    const steady = ads(['a', 40, 100], ['b', 42, 100], ['c', 41, 90])
    const other = ads(['d', 50, 100], ['e', 55, 110], ['f', 61, 120])
    const { previous, current } = compareRatios(steady, other)
    const estimate = ({ ratio, standardError }: typeof previous) => ({
      mean: ratio,
      variance: (standardError ?? 0) ** 2,
    })
    const found = compareRepeatedRatios(steady, other)
    const expected = fiellerLift(
      estimate(previous),
      estimate(current),
      studentTQuantile(0.975, found.degrees),
    )
    expect(found.liftInterval?.low).toBeCloseTo(expected?.low ?? 0, 12)
    expect(found.liftInterval?.high).toBeCloseTo(expected?.high ?? 0, 12)
  })

  it('stand beside ads of both: only what is shared drops out', () => {
    // a is in both: its linearised value is −1.5 ÷ 40 · √1.5 …; the shared part is 2 · value before · value now.
    const mixed = ads(['a', 3, 15], ['e', 9, 10], ['f', 2, 10], ['g', 5, 9])
    const apart = ads(['d', 3, 15], ['e', 9, 10], ['f', 2, 10], ['g', 5, 9])
    const shared = (1 - 0.25 * 10) * Math.sqrt(3 / 2) * (3 - (19 / 44) * 15) * Math.sqrt(4 / 3)
    const square = (now_: NamedUnit[]) =>
      (compareRepeatedRatios(before, now_).standardError ?? 0) ** 2
    expect(square(apart) - square(mixed)).toBeCloseTo((2 * shared) / (40 * 44), 14)
  })
})

describe('what the ads are worth', () => {
  it.each([
    ['as many as they are where they are alike', [10, 10, 10, 10], [10, 10, 10, 10], 3],
    // 22² ÷ (16² + 3 · 2²) = 484 ÷ 268.
    ['less than two where one has nearly all: one degree', [16, 2, 2, 2], [10, 10, 10, 10], 1],
    ['the month that is worth less decides', [10, 10, 10, 10], [10, 10, 10, 0], 2],
  ])('%s', (_name, before, now, degrees) => {
    const units = (sizes: number[]) =>
      ads(...sizes.map((size, index) => [`${index}`, size === 0 ? 0 : index, size] as const))
    expect(compareRepeatedRatios(units(before), units(now)).degrees).toBeCloseTo(degrees, 12)
    expect(compareRepeatedRatios(units(now), units(before)).degrees).toBeCloseTo(degrees, 12)
  })
})

describe('what cannot be said is null', () => {
  const nothing = { standardError: null, p: null, liftInterval: null }
  const two = ads(['a', 1, 5], ['b', 2, 5])
  it.each([
    ['one ad before', ads(['a', 1, 5]), two],
    ['one ad now', two, ads(['a', 1, 5])],
    ['no ad strays', two, ads(['a', 3, 5], ['b', 4, 5])],
    ['all are alike', ads(['a', 1, 5], ['b', 2, 10]), ads(['a', 2, 5], ['b', 4, 10])],
    ['no ad has any', ads(['a', 0, 5], ['b', 0, 5]), ads(['a', 0, 9], ['b', 0, 7])],
    ['all refunded alike', ads(['a', -1, 3], ['b', -3, 9]), ads(['a', -1, 7], ['b', -3, 21])],
    ['alike but for rounding', ads(['a', 1, 3], ['b', 3, 9]), ads(['a', 1, 7], ['b', 3, 21])],
  ])('%s', (_name, before, now) => {
    expect(compareRepeatedRatios(before, now)).toMatchObject(nothing)
  })

  it('the range from a zero, and from a ratio within chance of it', () => {
    const zero = compareRepeatedRatios(ads(['a', 0, 5], ['b', 0, 5]), two)
    expect(zero.p).not.toBeNull()
    expect(zero.liftInterval).toBeNull()
    const faint = ads(['a', 0, 5], ['b', 5, 5])
    expect(compareRepeatedRatios(faint, two).liftInterval).toBeNull()
  })

  it('refuses a month without a base, and a name that comes twice', () => {
    expect(() => compareRepeatedRatios(two, ads(['a', 1, 0], ['b', 0, 0]))).toThrow(
      'expected a denominator above zero',
    )
    expect(() => compareRepeatedRatios(ads(['a', 1, 5], ['a', 2, 5]), two)).toThrow(
      'a name came twice',
    )
  })
})

it('the range holds zero exactly when p is above 0.05', () => {
  const month = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 30, max: 60 })),
    {
      minLength: 4,
      maxLength: 9,
    },
  )
  fc.assert(
    fc.property(month, month, (before, now) => {
      const named = (units: [number, number][]) =>
        ads(...units.map(([top, bottom], index) => [`${index}`, top, bottom] as const))
      const { p, liftInterval } = compareRepeatedRatios(named(before), named(now))
      fc.pre(p !== null && liftInterval !== null && Math.abs(p - 0.05) > 1e-6)
      expect((liftInterval?.low ?? 0) <= 0 && (liftInterval?.high ?? 0) >= 0).toBe((p ?? 0) > 0.05)
    }),
  )
})

describe('twenty ads as unlike as ads are', () => {
  /** Impressions and CTR scatter by factors of e between ads; each month every ad’s own CTR strays by about 10 %. */
  const months = (seed: number, factor: number) => {
    const random = createRandom(seed)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const kinds = Array.from({ length: 20 }, () => ({
      impressions: 20_000 * Math.exp(normal()),
      ctr: 0.02 * Math.exp(0.7 * normal()),
    }))
    const month = (share: number) =>
      kinds.map(({ impressions, ctr }, index) => {
        const shown = Math.round(impressions * Math.exp(0.3 * normal()))
        const numerator = Math.round(shown * ctr * share * Math.exp(0.1 * normal()))
        return { id: `${index}`, numerator, denominator: shown }
      })
    return { kind: 'repeated_ratio' as const, previous: month(1), current: month(factor) }
  }
  const policy = policyWith().momentum
  const directions = (factor: number) =>
    Array.from({ length: 400 }, (_, seed) => {
      const subject = {
        id: 'ctr',
        observation: months(seed, factor),
        betterWhen: 'higher' as const,
        complete: true,
      }
      return judgeMomentum([subject], policy)[0]?.direction
    })
  const share = (factor: number, wanted: readonly string[]) =>
    directions(factor).filter((direction) => wanted.includes(direction ?? '')).length / 400

  it('show a fall of 20 % in every one of them', () => {
    expect(share(0.8, ['declining'])).toBeGreaterThan(0.5)
  })

  it('are called moving in at most alpha of the runs where nothing changed', () => {
    expect(share(1, ['improving', 'declining'])).toBeLessThanOrEqual(policy.alpha)
  })
})
