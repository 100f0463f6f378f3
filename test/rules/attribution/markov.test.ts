import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createChainSolver } from '#rules/attribution/absorbing-chain.ts'
import { inProportion, markovAttribution } from '#rules/attribution/markov.ts'
import { transitionRows } from '#rules/attribution/transitions.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { anyPaths, count, settled, sum, totals, type PathCase } from './paths.ts'

function markov(paths: readonly PathCase[], withNulls = true, channelCount = 5) {
  const { transitions } = count(paths, channelCount)
  return markovAttribution(transitions, totals(paths), { withNulls })
}

describe('markovAttribution', () => {
  // The three journeys of S. Bryl, "Marketing Multi-Channel Attribution model with R" (analyzecore.com, 2016):
  // removal effects 0.5, 1, 1 and shares 0.2, 0.4, 0.4.
  const bryl: PathCase[] = [
    { path: 'A B C', valueMinor: 900 },
    { path: 'A', conversions: 0, nulls: 1, valueMinor: 0 },
    { path: 'B C', conversions: 0, nulls: 1, valueMinor: 0 },
  ]

  it('finds the published removal effects', () => {
    const result = markov(bryl, true, 3)
    expect(result.pConversion).toBeCloseTo(1 / 3, 14)
    expect(result.expectedValueMinor).toBeCloseTo(300, 12)
    expect(result.removalEffect?.map((effect) => effect.toFixed(12))).toStrictEqual([
      '0.500000000000',
      '1.000000000000',
      '1.000000000000',
    ])
    const shares = result.credit?.conversions ?? []
    expect(shares[0]).toBeCloseTo(0.2, 14)
    expect(shares[1]).toBeCloseTo(0.4, 14)
    expect(shares[2]).toBeCloseTo(0.4, 14)
    expect(result.credit?.valueMinor[1]).toBeCloseTo(360, 10)
  })

  it('converts always where journeys that did not convert are left out', () => {
    const result = markov(bryl, false, 3)
    expect(result.pConversion).toBe(1)
    expect(result.removalEffect).toStrictEqual([1, 1, 1])
  })

  it('weighs value by its own removal effect, or like the conversions', () => {
    // A closes one conversion of $90, B one of $10; neither ever meets the other.
    const paths = [
      { path: 'A', valueMinor: 9000 },
      { path: 'B', valueMinor: 1000 },
    ]
    const result = markov(paths, true, 2)
    expect(result.removalEffect).toStrictEqual([0.5, 0.5])
    expect(result.removalEffectValue).toStrictEqual([0.9, 0.1])
    expect(result.credit?.valueMinor).toStrictEqual([9000, 1000])
    expect(result.valueByConversionShareMinor).toStrictEqual([5000, 5000])
  })

  it('has no effect to state when nothing converted', () => {
    const result = markov([{ path: 'A B', conversions: 0, nulls: 3, valueMinor: 0 }])
    expect(result).toMatchObject({
      pConversion: 0,
      removalEffect: null,
      removalEffectValue: null,
      credit: null,
      valueByConversionShareMinor: null,
    })
  })

  it('has no value effect when no conversion had a value, and then shares out nothing', () => {
    const result = markov([{ path: 'A B', valueMinor: 0 }])
    expect(result.removalEffectValue).toBeNull()
    expect(result.credit?.valueMinor).toStrictEqual([0, 0, 0, 0, 0])
    expect(sum(result.credit?.conversions ?? [])).toBeCloseTo(1, 12)
  })

  it('gives a channel without a counted journey no effect', () => {
    const result = markov([{ path: 'A' }, { path: 'B', conversions: 0, nulls: 0, valueMinor: 0 }])
    expect(result.removalEffect).toStrictEqual([1, 0, 0, 0, 0])
  })

  it('agrees with removing each channel in turn', () => {
    fc.assert(
      fc.property(anyPaths, (random) => {
        const paths = settled(random)
        const { transitions } = count(paths, 5)
        const result = markov(paths)
        fc.pre(result.removalEffect !== null)
        const full = chanceWithout(transitions, -1)
        expect(result.pConversion).toBeCloseTo(full, 12)
        for (let channel = 0; channel < 5; channel++) {
          const effect = 1 - chanceWithout(transitions, channel) / full
          expect(result.removalEffect?.[channel]).toBeCloseTo(effect, 10)
        }
        expect(sum(result.credit?.conversions ?? [])).toBeCloseTo(totals(paths).conversions, 9)
        expect(sum(result.credit?.valueMinor ?? [])).toBeCloseTo(totals(paths).valueMinor, 5)
      }),
    )
  })

  it('does not change when every journey is counted ten times', () => {
    fc.assert(
      fc.property(anyPaths, (random) => {
        const paths = settled(random)
        const once = markov(paths)
        const often = markov(Array.from({ length: 10 }, () => paths).flat())
        once.removalEffect?.forEach((effect, channel) => {
          expect(often.removalEffect?.[channel]).toBeCloseTo(effect, 12)
        })
      }),
    )
  })
})

/** P(conversion) with every step into one channel lost, found by repeated substitution instead of elimination. */
function chanceWithout(
  transitions: ReturnType<typeof count>['transitions'],
  removed: number,
): number {
  const size = 6
  const weight = (from: number, to: number): number =>
    (transitions.converting[from * size + to] ?? 0) + (transitions.nulls[from * size + to] ?? 0)
  const rows = Array.from({ length: size }, (_, from) =>
    Array.from({ length: size }, (_cell, to) => weight(from, to)),
  )
  const chance = Array.from({ length: size }, () => 0)
  for (let change = 1; change > 1e-16;) {
    change = 0
    for (const [from, row] of rows.entries()) {
      const found = onward({ row, chance, removed }, transitions.converting[from * size + 5] ?? 0)
      change = Math.max(change, Math.abs(found - (chance[from] ?? 0)))
      chance[from] = found
    }
  }
  return chance[5] ?? 0
}

/** Chance to convert from a state, given the chances of the states it leads to. */
function onward(
  state: { row: readonly number[]; chance: readonly number[]; removed: number },
  converting: number,
): number {
  const { row, chance, removed } = state
  const out = sum(row)
  const kept = row.map((weight, to) =>
    to === removed || to === 5 ? 0 : weight * (chance[to] ?? 0),
  )
  return out === 0 ? 0 : (converting + sum(kept)) / out
}

describe('inProportion', () => {
  it('shares a total by size', () => {
    expect(inProportion([1, 3], 8)).toStrictEqual([2, 6])
  })
})

describe('createChainSolver', () => {
  it('knows the gambler’s ruin', () => {
    // States 1, 2, 3 of a fair game to 4: chances of winning ¼, ½, ¾ (W. Feller, vol. I, XIV.2).
    const steps = Float64Array.from([0, 1, 0, 1, 0, 1, 0, 1, 0])
    const solve = createChainSolver({ size: 3, steps, exits: Float64Array.from([1, 0, 1]) })
    expect([...solve(Float64Array.from([0, 0, 1]))]).toStrictEqual([0.25, 0.5, 0.75])
  })

  it('keeps its digits where walks hardly ever leave', () => {
    // Two states that swap 10¹² times before one leaves; subtraction would lose the last digits of 1 − p.
    const steps = Float64Array.from([0, 1e12, 1e12, 0])
    const solve = createChainSolver({ size: 2, steps, exits: Float64Array.from([3, 1]) })
    const [left = 0, right = 0] = solve(Float64Array.from([3, 0]))
    expect(left).toBeCloseTo(0.75, 11)
    expect(right).toBeCloseTo(0.75, 11)
    expect(left).toBeGreaterThan(right)
  })

  it('does not read the diagonal', () => {
    const chain = (stay: number) => ({
      size: 2,
      steps: Float64Array.from([stay, 1, 0, stay]),
      exits: Float64Array.from([1, 2]),
    })
    const right = Float64Array.from([1, 1])
    expect(createChainSolver(chain(9))(right)).toStrictEqual(createChainSolver(chain(0))(right))
  })

  it('leaves its input as it was and can be asked again', () => {
    const steps = Float64Array.from([0, 2, 1, 0])
    const right = Float64Array.from([1, 0])
    const solve = createChainSolver({ size: 2, steps, exits: Float64Array.from([1, 1]) })
    expect(solve(right)).toStrictEqual(solve(right))
    expect([...right]).toStrictEqual([1, 0])
    expect([...steps]).toStrictEqual([0, 2, 1, 0])
  })

  it.each([
    [1, 4, 2],
    [2, 3, 2],
    [2, 4, 1],
  ])('refuses size %d with %d steps and %d exits', (size, steps, exits) => {
    const chain = { size, steps: new Float64Array(steps), exits: new Float64Array(exits) }
    expect(() => createChainSolver(chain)).toThrow(InvariantError)
  })
})

describe('transitionRows', () => {
  const { transitions } = count(
    [
      { path: 'A A B', conversions: 2, nulls: 1 },
      { path: 'B', conversions: 0, nulls: 3, valueMinor: 0 },
    ],
    2,
  )
  const names = ['A', 'B']
  const rows = (selfLoops: boolean, withNulls: boolean) =>
    transitionRows(transitions, names, { selfLoops, withNulls }).map(
      ({ from, to, count: seen, probability }) => [from, to, seen, probability],
    )

  it('reads the conversions of a channel from its own row', () => {
    const { transitions: only } = count([{ path: 'B', conversions: 3 }], 2)
    const told = transitionRows(only, names, { selfLoops: true, withNulls: true })
    expect(told).toStrictEqual([
      { from: '(start)', to: 'B', count: 3, probability: 1 },
      { from: 'B', to: '(conversion)', count: 3, probability: 1 },
    ])
  })

  it('counts every step with its share', () => {
    expect(rows(true, true)).toStrictEqual([
      ['(start)', 'A', 3, 0.5],
      ['(start)', 'B', 3, 0.5],
      ['A', 'A', 3, 0.5],
      ['A', 'B', 3, 0.5],
      ['B', '(conversion)', 2, 1 / 3],
      ['B', '(null)', 4, 2 / 3],
    ])
  })

  it('drops repeats, and journeys that did not convert', () => {
    expect(rows(false, false)).toStrictEqual([
      ['(start)', 'A', 2, 1],
      ['A', 'B', 2, 1],
      ['B', '(conversion)', 2, 1],
    ])
  })

  it('keeps the value of what each channel closed', () => {
    expect([...transitions.lastValueMinor]).toStrictEqual([0, 200])
  })

  it('counts nothing for a journey without a touch', () => {
    const empty = count([{ path: '' }], 1).transitions
    expect(sum(empty.converting) + sum(empty.lastValueMinor)).toBe(0)
  })
})
