import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  higherOrderMarkov,
  type HigherOrderResult,
} from '#rules/attribution/higher-order-markov.ts'
import { createHistoryCounts } from '#rules/attribution/history-counts.ts'
import { markovAttribution } from '#rules/attribution/markov.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

import { anyPaths, count, journey, settled, totals, type PathCase } from './paths.ts'

function run(paths: readonly PathCase[], order: number, withNulls = true) {
  const counts = createHistoryCounts(5, order)
  for (const path of paths) counts.take(journey(path))
  return higherOrderMarkov(counts, totals(paths), { withNulls })
}

function solved(paths: readonly PathCase[], order: number, withNulls = true): HigherOrderResult {
  const result = run(paths, order, withNulls)
  if ('status' in result) throw new Error(result.reason)
  return result
}

describe('higherOrderMarkov', () => {
  it('equals the plain chain at order 1', () => {
    fc.assert(
      fc.property(anyPaths, fc.boolean(), (random, withNulls) => {
        const paths = settled(random)
        fc.pre(totals(paths).conversions > 0 && totals(paths).valueMinor > 0)
        const plain = markovAttribution(count(paths, 5).transitions, totals(paths), { withNulls })
        const result = solved(paths, 1, withNulls)
        expect(result.pConversion).toBeCloseTo(plain.pConversion, 12)
        result.removalEffect.forEach((effect, channel) => {
          expect(effect).toBeCloseTo(plain.removalEffect?.[channel] ?? Number.NaN, 10)
          expect(result.removalEffectValue?.[channel]).toBeCloseTo(
            plain.removalEffectValue?.[channel] ?? Number.NaN,
            10,
          )
        })
      }),
    )
  })

  // A B C converts and D B E does not. A chain that forgets lets D B go on to C half of the time; one that remembers two channels knows better.
  const paths: PathCase[] = [
    { path: 'A B C' },
    { path: 'D B E', conversions: 0, nulls: 1, valueMinor: 0 },
  ]

  it('remembers how a journey came to a channel', () => {
    expect(solved(paths, 1).removalEffect).toStrictEqual([0.5, 1, 1, 0.5, 0])
    expect(solved(paths, 2).removalEffect).toStrictEqual([1, 1, 1, 0, 0])
    expect(solved(paths, 2).pConversion).toBe(0.5)
    expect(solved(paths, 2).credit.conversions[3]).toBe(0)
    expect(solved(paths, 2).credit.valueMinor[0]).toBeCloseTo(100 / 3, 12)
  })

  it('collapses repeats, so that a long stay is one step', () => {
    const stays = paths.map((path) => ({ ...path, path: path.path.replace('B', 'B B B B') }))
    expect(solved(stays, 2)).toStrictEqual(solved(paths, 2))
    const opens = paths.map((path) => ({ ...path, path: path.path.replace(/^./, '$& $&') }))
    expect(solved(opens, 2)).toStrictEqual(solved(paths, 2))
  })

  it('of order 2 passes A, A B and B C on the way of A B B C', () => {
    const counts = createHistoryCounts(3, 2)
    counts.take(journey({ path: 'A B B C' }))
    expect(counts.states.map(({ channel }) => channel)).toStrictEqual([null, 0, 1, 2])
    expect(counts.states.map(({ steps }) => [...steps.keys()])).toStrictEqual([[1], [2], [3], []])
  })

  it('counts steps by what a journey remembers, and value where it ended', () => {
    const counts = createHistoryCounts(5, 2)
    counts.take(journey({ path: 'A B', conversions: 3, nulls: 2, valueMinor: 100 }))
    counts.take(journey({ path: 'A', nulls: 1, conversions: 0, valueMinor: 0 }))
    counts.take(journey({ path: 'C', conversions: 0, nulls: 0, valueMinor: 0 }))
    const none = { converting: 0, nulls: 0 }
    expect(counts.states).toStrictEqual([
      {
        place: 0,
        channel: null,
        steps: new Map([[1, { converting: 3, nulls: 3 }]]),
        exit: none,
        valueMinor: 0,
      },
      {
        place: 1,
        channel: 0,
        steps: new Map([[2, { converting: 3, nulls: 2 }]]),
        exit: { converting: 0, nulls: 1 },
        valueMinor: 0,
      },
      {
        place: 2,
        channel: 1,
        steps: new Map(),
        exit: { converting: 3, nulls: 2 },
        valueMinor: 100,
      },
    ])
  })

  it('leaves out journeys that did not convert when told to', () => {
    expect(solved(paths, 2, false)).toMatchObject({
      pConversion: 1,
      removalEffect: [1, 1, 1, 0, 0],
    })
  })

  it('states no value effect where nothing had a value', () => {
    const result = solved([{ path: 'A B', valueMinor: 0 }], 2)
    expect(result.removalEffectValue).toBeNull()
    expect(result.credit.valueMinor).toStrictEqual([0, 0, 0, 0, 0])
  })

  it('is not measured where nothing converted', () => {
    const lost = [{ path: 'A', conversions: 0, nulls: 1, valueMinor: 0 }]
    expect(run(lost, 2)).toStrictEqual({ status: 'not_measured', reason: 'no journey converted' })
    expect(run([{ path: '' }], 2)).toMatchObject({ reason: 'no journey converted' })
  })

  it('is not measured with more than 500 states', () => {
    // One state for the start and one per channel used.
    const build = (channelCount: number) => {
      const counts = createHistoryCounts(channelCount, 1)
      for (let channel = 0; channel < channelCount; channel++) {
        const channels = Uint16Array.from([channel])
        counts.take({ channels, from: 0, to: 1, conversions: 1, nulls: 0, valueMinor: 1 })
      }
      return higherOrderMarkov(counts, { conversions: 1, valueMinor: 1 }, { withNulls: true })
    }
    expect(build(500)).toStrictEqual({
      status: 'not_measured',
      reason: 'a chain of order 1 has too many states for these journeys',
    })
  })

  it.each([0, 1.5, -1])('refuses order %d', (order) => {
    expect(() => createHistoryCounts(2, order)).toThrow(InvariantError)
  })
})
