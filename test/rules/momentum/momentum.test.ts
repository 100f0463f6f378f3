import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { momentumEvidence } from '#rules/momentum/evidence.ts'
import { judgeMomentum, type MomentumCall } from '#rules/momentum/momentum.ts'
import type { MomentumSubject, Observation } from '#rules/momentum/observation.ts'
import { Momentum } from '#rules/policy/momentum.ts'

const POLICY = Momentum.parse({})
const subject = (
  observation: Observation,
  changes: Partial<MomentumSubject> = {},
): MomentumSubject => ({
  id: 'segment:a',
  observation,
  betterWhen: 'higher',
  complete: true,
  ...changes,
})
const judge = (
  observation: Observation,
  changes: Partial<MomentumSubject> = {},
  policy: Momentum = POLICY,
): MomentumCall => {
  const [call] = judgeMomentum([subject(observation, changes)], policy)
  if (call === undefined) throw new Error('one subject, one call')
  return call
}
const rate = (k0: number, n0: number, k1: number, n1: number): Observation => ({
  kind: 'rate',
  previous: { successes: k0, trials: n0 },
  current: { successes: k1, trials: n1 },
})
const count = (c0: number, c1: number): Observation => ({
  kind: 'count',
  previous: { count: c0, days: 30 },
  current: { count: c1, days: 30 },
})
const stated = (change: number): Observation => ({ kind: 'stated', change })
const callOf = ({ direction, reason }: MomentumCall): string => `${direction}: ${reason}`

describe('a rate at a business minimum of 5 %', () => {
  it.each([
    ['declining: significant_change', rate(200, 10_000, 150, 10_000), 0.007],
    ['undecided: within_chance', rate(20, 1000, 15, 1000), 0.394],
    ['stable: within_business_minimum', rate(200_000, 1_000_000, 201_000, 1_000_000), 0.077],
  ])('is %s', (expected, observation, p) => {
    const call = judge(observation)
    expect(callOf(call)).toBe(expected)
    expect(call.change.p).toBeCloseTo(p, 3)
  })
})

describe('a subject that is not looked at', () => {
  it('has no corrected p and takes none from the others', () => {
    const calls = judgeMomentum(
      [
        subject(rate(100, 1000, 160, 1000), { id: 'segment:young', complete: false }),
        subject(rate(100, 1000, 160, 1000), { id: 'segment:old' }),
      ],
      POLICY,
    )
    const alone = judge(rate(100, 1000, 160, 1000)).adjustedP
    expect(calls.map(({ adjustedP }) => adjustedP)).toStrictEqual([null, alone])
  })
})

describe('a ratio', () => {
  const units = Array.from({ length: 10 }, (_, index) => ({ numerator: index, denominator: 10 }))
  it.each([
    ['over as many units as the policy asks for', [units, units], 'within_chance'],
    ['over one less', [units, units.slice(1)], 'too_few_units'],
  ] as const)('%s is %s', (_name, [previous, current], reason) => {
    expect(judge({ kind: 'ratio', previous, current }).reason).toBe(reason)
  })
})

describe('a change from zero', () => {
  it('has a direction but no relative size', () => {
    expect(judge(rate(0, 1000, 40, 1000)).change).toMatchObject({
      previous: 0,
      relativeChange: null,
      direction: 1,
    })
  })
})

describe('a rate', () => {
  it.each([
    ['rises beyond chance', rate(100, 1000, 160, 1000), 'improving: significant_change'],
    ['falls beyond chance', rate(160, 1000, 100, 1000), 'declining: significant_change'],
    ['rises within chance', rate(100, 1000, 110, 1000), 'undecided: within_chance'],
    // 39 % less, p 0.086: no proof of a fall, and certainly none that nothing happened.
    ['falls by much within chance', rate(31, 1000, 19, 1000), 'undecided: within_chance'],
    ['is the same among too few to tell', rate(100, 1000, 100, 1000), 'undecided: within_chance'],
    // 0.2 % more, 95 % between 1.0 % less and 1.4 % more.
    [
      'is shown to be near the one before',
      rate(50_000, 1_000_000, 50_100, 1_000_000),
      'stable: within_business_minimum',
    ],
    [
      'rises beyond chance by too little',
      rate(50_000, 100_000, 52_000, 100_000),
      'stable: below_business_minimum',
    ],
    ['has too few conversions', rate(1, 1000, 18, 1000), 'unknown: too_few_conversions'],
    ['has no base before', rate(0, 0, 50, 100), 'unknown: not_comparable'],
    ['has no base now', rate(50, 100, 0, 0), 'unknown: not_comparable'],
    ['starts from zero', rate(0, 1000, 40, 1000), 'improving: significant_change'],
    ['ends at zero', rate(40, 1000, 0, 1000), 'declining: significant_change'],
  ])('%s', (_name, observation, expected) => {
    expect(callOf(judge(observation))).toBe(expected)
  })

  it('that falls is good where lower is better', () => {
    expect(judge(rate(160, 1000, 100, 1000), { betterWhen: 'lower' }).direction).toBe('improving')
    expect(judge(rate(100, 1000, 160, 1000), { betterWhen: 'lower' }).direction).toBe('declining')
  })

  it('of a running month is not called, however clear', () => {
    expect(callOf(judge(rate(100, 1000, 600, 1000), { complete: false }))).toBe(
      'unknown: incomplete_period',
    )
  })

  it('shows what it compared', () => {
    const { change, adjustedP, comparedChange } = judge(rate(100, 1000, 160, 1000))
    expect(change).toMatchObject({ test: 'score', previous: 0.1, current: 0.16, support: 260 })
    expect(change.relativeChange).toBeCloseTo(0.6, 12)
    expect(comparedChange).toBe(change.relativeChange)
    expect(adjustedP).toBe(change.p)
  })
})

describe('conversions needed', () => {
  // On and one beside the policy's 20 in both periods together.
  it.each([
    [0, 19, 'unknown: too_few_conversions'],
    [0, 20, 'improving: significant_change'],
    [0, 21, 'improving: significant_change'],
  ])('%d before and %d now: %s', (before, now, expected) => {
    expect(callOf(judge(rate(before, 1000, now, 1000)))).toBe(expected)
  })
})

describe('the level of the test', () => {
  const p = () => judge(rate(100, 1000, 130, 1000)).change.p ?? 0

  it('counts p at α as beyond chance', () => {
    const at = judge(rate(100, 1000, 130, 1000), {}, { ...POLICY, alpha: p() })
    expect(at.reason).toBe('significant_change')
  })

  it('and p above α as chance', () => {
    const below = judge(rate(100, 1000, 130, 1000), {}, { ...POLICY, alpha: p() - 1e-9 })
    expect(below.reason).toBe('within_chance')
  })
})

describe('a stated change is read against the business minimum alone', () => {
  // On and one step beside 0.05.
  it.each([
    [0.08, 'improving: stated_change'],
    [0.05, 'improving: stated_change'],
    [0.0499, 'stable: below_business_minimum'],
    [0, 'stable: below_business_minimum'],
    [-0.0499, 'stable: below_business_minimum'],
    [-0.05, 'declining: stated_change'],
    [-1, 'declining: stated_change'],
  ])('%d: %s', (change, expected) => {
    expect(callOf(judge(stated(change)))).toBe(expected)
  })

  it('takes any change where the minimum is zero, but not none', () => {
    const any = { ...POLICY, business_minimum: 0 }
    expect(judge(stated(0.0001), {}, any).direction).toBe('improving')
    expect(judge(stated(0), {}, any).direction).toBe('stable')
  })

  it('is not called for a running month', () => {
    expect(judge(stated(0.5), { complete: false }).direction).toBe('unknown')
  })

  it('has no p and no support', () => {
    const { change, adjustedP } = judge(stated(0.08))
    expect(change).toMatchObject({ test: 'stated', p: null, support: null, relativeChange: 0.08 })
    expect(adjustedP).toBeNull()
  })
})

describe('a count', () => {
  it.each([
    ['rises', count(100, 160), 'improving: significant_change'],
    ['stays', count(100, 104), 'undecided: within_chance'],
    ['stays, of very many', count(100_000, 100_100), 'stable: within_business_minimum'],
    ['is nothing in both', count(0, 0), 'unknown: not_comparable'],
    ['is few', count(3, 15), 'unknown: too_few_conversions'],
  ])('%s', (_name, observation, expected) => {
    expect(callOf(judge(observation))).toBe(expected)
  })

  it('that comes in clusters is no news', () => {
    const previous = Array.from({ length: 30 }, (_, day) => (day % 10 === 0 ? 40 : 0))
    const current = Array.from({ length: 30 }, (_, day) => (day % 10 === 0 ? 56 : 0))
    const observation: Observation = {
      kind: 'count',
      previous: { count: 120, days: 30 },
      current: { count: 168, days: 30 },
      daily: { previous, current },
    }
    expect(judge(count(120, 168)).direction).toBe('improving')
    expect(callOf(judge(observation))).toBe('undecided: within_chance')
    expect(judge(observation).change.test).toBe('quasi_poisson')
  })

  it('that comes one by one is tested as such, also when the days are known', () => {
    const days = Array.from({ length: 30 }, (_, day) => 3 + (day % 3))
    const observation: Observation = {
      kind: 'count',
      previous: { count: 120, days: 30 },
      current: { count: 120, days: 30 },
      daily: { previous: days, current: days },
    }
    expect(judge(observation).change.test).toBe('conditional_binomial')
  })
})

describe('revenue', () => {
  const amounts = (base: number, spread: number) =>
    Array.from({ length: 30 }, (_, i) => base + spread * ((i % 7) - 3))

  it('that rises for all deals improves', () => {
    const observation: Observation = {
      kind: 'revenue',
      previous: amounts(100, 5),
      current: amounts(150, 5),
    }
    expect(callOf(judge(observation))).toBe('improving: significant_change')
    expect(judge(observation).change).toMatchObject({ test: 'welch', support: 60, fragile: 'none' })
  })

  it('that one deal carries is undecided', () => {
    const observation: Observation = {
      kind: 'revenue',
      previous: amounts(100, 1),
      current: [...amounts(99, 1), 100_000],
    }
    const call = judge(observation, {}, { ...POLICY, alpha: 0.9 })
    expect(call.change.fragile).toBe('one_deal')
    expect(callOf(call)).toBe('undecided: carried_by_one_deal')
  })

  it('that the bootstrap does not confirm is within chance', () => {
    const observation: Observation = {
      kind: 'revenue',
      previous: amounts(100, 20),
      current: amounts(108, 20),
    }
    const call = judge(observation, {}, { ...POLICY, alpha: 0.9 })
    expect(call.change.fragile).toBe('bootstrap')
    expect(callOf(call)).toBe('undecided: within_chance')
  })

  it('of a single deal cannot be compared', () => {
    const observation: Observation = { kind: 'revenue', previous: [1], current: [1, 2, 3] }
    expect(callOf(judge(observation))).toBe('unknown: not_comparable')
  })

  it('without any scatter cannot be tested', () => {
    const observation: Observation = { kind: 'revenue', previous: [1, 1], current: [2, 2] }
    expect(callOf(judge(observation))).toBe('unknown: not_comparable')
  })
})

describe('a ratio', () => {
  const units = (numerator: number) =>
    Array.from({ length: 20 }, (_, i) => ({
      numerator: numerator + (i % 3),
      denominator: 100 + (i % 5),
    }))

  it('is tested over its units', () => {
    const observation: Observation = { kind: 'ratio', previous: units(10), current: units(20) }
    const call = judge(observation)
    expect(callOf(call)).toBe('improving: significant_change')
    expect(call.change).toMatchObject({ test: 'linearised_ratio', support: 40 })
    expect(judge(observation, { betterWhen: 'lower' }).direction).toBe('declining')
  })

  it.each([
    ['without a base', [{ numerator: 1, denominator: 0 }], units(3)],
    ['without units', units(3), []],
  ])('%s cannot be compared', (_name, previous, current) => {
    expect(callOf(judge({ kind: 'ratio', previous, current }))).toBe('unknown: not_comparable')
  })
})

describe('many looks', () => {
  const clear = subject(rate(100, 1000, 160, 1000), { id: 'clear' })
  const faint = subject(rate(100, 1000, 130, 1000), { id: 'faint' })
  const nothing = Array.from({ length: 9 }, (_, i) =>
    subject(rate(100, 1000, 101, 1000), { id: `nothing${i}` }),
  )
  const faintAmong = (others: readonly MomentumSubject[], policy: Momentum = POLICY) =>
    judgeMomentum([...others, faint], policy).at(-1)

  it('make a faint change chance', () => {
    expect(faintAmong([])?.reason).toBe('significant_change')
    expect(faintAmong(nothing)?.reason).toBe('within_chance')
  })

  it('do not where the policy corrects for none', () => {
    const call = faintAmong(nothing, { ...POLICY, correction: 'none' })
    expect(call?.adjustedP).toBe(call?.change.p)
  })

  it('are corrected by Benjamini and Hochberg or by Holm', () => {
    const smallest = (policy: Momentum) => judgeMomentum([...nothing, clear], policy).at(-1)
    const p = smallest(POLICY)?.change.p ?? 0
    expect(smallest(POLICY)?.adjustedP).toBeCloseTo(p * 10, 12)
    expect(smallest({ ...POLICY, correction: 'holm' })?.adjustedP).toBeCloseTo(p * 10, 12)
  })

  it('count only what is looked at', () => {
    const unlooked = [
      ...nothing.map((one) => ({ ...one, complete: false })),
      subject(rate(1, 500, 2, 500)),
      subject(stated(0.2)),
    ]
    expect(faintAmong(unlooked)?.adjustedP).toBe(faintAmong([])?.change.p)
  })

  it('keep the order of the subjects', () => {
    const calls = judgeMomentum([faint, ...nothing, clear], POLICY)
    expect(calls.map(({ id }) => id)).toStrictEqual([
      'faint',
      ...nothing.map(({ id }) => id),
      'clear',
    ])
    expect(calls[0]?.change.p).toBe(faintAmong([])?.change.p)
  })

  it('of none are none', () => {
    expect(judgeMomentum([], POLICY)).toStrictEqual([])
  })
})

describe('small segments among others', () => {
  const large = [1, 2, 3].map((i) =>
    subject(rate(1000 + i, 10_000, 1005 + i, 10_000), { id: `large${i}` }),
  )

  it('are drawn towards them', () => {
    const small = subject(rate(30, 300, 60, 300), { id: 'small' })
    const call = judgeMomentum([...large, small], POLICY).at(-1)
    expect(call?.change.relativeChange).toBeCloseTo(1, 12)
    expect(call?.shrunken?.relativeChange).toBeLessThan(1)
    expect(call?.comparedChange).toBe(call?.shrunken?.relativeChange)
  })

  it('need at least three rates to be drawn', () => {
    const two = judgeMomentum(large.slice(0, 2), POLICY)
    expect(two.map(({ shrunken }) => shrunken)).toStrictEqual([null, null])
    expect(judgeMomentum(large, POLICY)[0]?.shrunken).not.toBeNull()
  })

  it('do not draw counts or rates without a base', () => {
    const calls = judgeMomentum(
      [...large, subject(count(10, 30)), subject(rate(0, 0, 1, 2)), subject(rate(1, 2, 0, 0))],
      POLICY,
    )
    expect(calls.slice(3).map(({ shrunken }) => shrunken)).toStrictEqual([null, null, null])
    expect(calls[0]?.shrunken).toStrictEqual(judgeMomentum(large, POLICY)[0]?.shrunken)
  })
})

describe('a change beyond chance that is drawn to less than the business minimum', () => {
  // Four segments at 15 % of 100,000 and a small one, whose drawn change is within 5 % whatever its own is.
  const others = [1, 2, 3, 4].map((i) =>
    subject(rate(15_000, 100_000, 15_000, 100_000), { id: `other${i}` }),
  )
  const among = (observation: Observation, changes: Partial<MomentumSubject> = {}) =>
    judgeMomentum([...others, subject(observation, changes)], {
      ...POLICY,
      correction: 'none',
    }).at(-1)
  const callAmong = (observation: Observation) => {
    const call = among(observation)
    return call && callOf(call)
  }

  it.each([
    // Difference between −24.9 and −15.7 points, where 5 % of the rate before is one point.
    ['keeps its fall to nothing', rate(60, 300, 0, 300), 'declining: shown_beyond_minimum'],
    ['keeps its rise', rate(30, 300, 66, 300), 'improving: shown_beyond_minimum'],
    ['keeps its rise from zero', rate(0, 300, 40, 300), 'improving: shown_beyond_minimum'],
    // 35 % less, but perhaps by 0.6 points only, where 5 % is 0.9.
    ['is not decided across the minimum', rate(54, 300, 35, 300), 'undecided: size_not_shown'],
    // 1.7 % less, between 1.1 % and 2.3 %.
    [
      'is stable within the minimum',
      rate(200_000, 500_000, 196_600, 500_000),
      'stable: below_business_minimum',
    ],
  ])('%s', (_name, observation, expected) => {
    expect(Math.abs(among(observation)?.comparedChange ?? 1)).toBeLessThan(0.05)
    expect(among(observation)?.adjustedP).toBeLessThan(0.05)
    expect(callAmong(observation)).toBe(expected)
  })

  it('reads the direction as the figure asks', () => {
    const call = among(rate(60, 300, 0, 300), { betterWhen: 'lower' })
    expect(call?.direction).toBe('improving')
  })
})

it('a raw change beyond chance and below the minimum is not shown to be small', () => {
  // 4.5 % more, between 2.0 % and 7.0 %: more than chance, perhaps enough to act on.
  expect(callOf(judge(rate(10_000, 100_000, 10_450, 100_000)))).toBe('undecided: size_not_shown')
})

it('is deterministic, and turning every figure round turns every direction', () => {
  const cell = fc
    .tuple(fc.integer({ min: 1, max: 2000 }), fc.nat(2000))
    .map(([n, k]) => ({ successes: Math.min(n, k), trials: n }))
  const pairs = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 2 })
  const mirror = { improving: 'declining', declining: 'improving' } as const
  fc.assert(
    fc.property(pairs, (given) => {
      const subjects = given.map(([previous, current], i) =>
        subject({ kind: 'rate', previous, current }, { id: String(i) }),
      )
      const there = judgeMomentum(subjects, POLICY)
      expect(judgeMomentum(subjects, POLICY)).toStrictEqual(there)
      const turned = judgeMomentum(
        subjects.map((one) => ({ ...one, betterWhen: 'lower' as const })),
        POLICY,
      )
      for (const [i, call] of there.entries()) {
        const { direction } = call
        const expected =
          direction === 'improving' || direction === 'declining' ? mirror[direction] : direction
        expect(turned[i]?.direction).toBe(expected)
      }
    }),
  )
})

describe('tests of other stages', () => {
  // 110 of 1,000 after 80 of 1,000: pooled score, p = 0.0221. Alone it is beyond chance; as the smallest of three, 0.0221 · 3 = 0.066 is not.
  const observation = rate(80, 1000, 110, 1000)
  const among = (alongside: readonly number[], policy = POLICY) =>
    judgeMomentum([subject(observation)], policy, alongside).map((call) => [
      callOf(call),
      call.adjustedP?.toFixed(4),
    ])

  it('are counted by the correction', () => {
    expect(among([])).toEqual([['improving: significant_change', '0.0221']])
    expect(among([0.9])).toEqual([['improving: significant_change', '0.0443']])
    expect(among([0.4, 0.9])).toEqual([['undecided: within_chance', '0.0664']])
    // Two smaller ones make it the third of three.
    expect(among([1e-6, 1e-7])).toEqual([['improving: significant_change', '0.0221']])
  })

  it('count for nothing where the policy corrects nothing', () => {
    expect(among([0.4, 0.9], { ...POLICY, correction: 'none' })).toEqual([
      ['improving: significant_change', '0.0221'],
    ])
  })
})

describe('a rate with conversions still expected', () => {
  const late = (as: Observation, expected: Observation, changes = {}) =>
    judge(as, {
      pending: { observation: expected, missingShare: 0.09, settledOn: '2026-04-09' },
      ...changes,
    })
  const fallen = rate(3000, 60_000, 2725, 60_000)
  const steady = rate(3000, 60_000, 2725, 54_500)
  const lower = rate(3000, 60_000, 1500, 54_500)

  it.each([
    ['they could turn', late(fallen, steady), 'undecided: immature'],
    ['they leave as it is', late(fallen, lower), 'declining: significant_change'],
    ['they could make', late(steady, fallen), 'undecided: immature'],
    [
      'nobody calls in a running month',
      late(fallen, steady, { complete: false }),
      'unknown: incomplete_period',
    ],
    [
      'is too thin either way',
      late(rate(1, 10, 2, 10), rate(1, 10, 2, 9)),
      'unknown: too_few_conversions',
    ],
  ])('has a direction that %s', (_name, call, expected) => {
    expect(callOf(call)).toBe(expected)
  })

  it('keeps what was compared and shows what is expected beside it', () => {
    const call = late(fallen, steady)
    expect(call.change.current).toBe(2725 / 60_000)
    expect(call.pending).toMatchObject({
      missingShare: 0.09,
      settledOn: '2026-04-09',
      change: { current: 0.05 },
    })
    expect(momentumEvidence(call, POLICY)).toMatchObject({
      missingShare: 0.09,
      changeWhenReported: 0,
      settledOn: '2026-04-09',
    })
  })

  it('leaves the others as they are', () => {
    const subjects = [
      subject(fallen, {
        id: 'late',
        pending: { observation: steady, missingShare: 0.09, settledOn: null },
      }),
      subject(fallen, { id: 'whole' }),
    ]
    const calls = judgeMomentum(subjects, POLICY)
    expect(calls.map((call) => [call.id, callOf(call), call.pending?.settledOn])).toEqual([
      ['late', 'undecided: immature', null],
      ['whole', 'declining: significant_change', undefined],
    ])
  })
})
