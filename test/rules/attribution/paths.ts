import * as fc from 'fast-check'

import { createChannelSets } from '#rules/attribution/channel-sets.ts'
import { indexChannels } from '#rules/attribution/channels.ts'
import { createHeuristicBuckets } from '#rules/attribution/heuristic-buckets.ts'
import type { Journey } from '#rules/attribution/journey.ts'
import { createTransitionCounts } from '#rules/attribution/transitions.ts'

/** A journey as a test writes it: `A B A`, by default one conversion of one dollar. */
export interface PathCase {
  readonly path: string
  readonly conversions?: number
  readonly nulls?: number
  readonly valueMinor?: number
}

/** Channels are single capital letters; A has code 0. */
export function codes(path: string): number[] {
  return path === '' ? [] : path.split(' ').map((letter) => letter.charCodeAt(0) - 65)
}

export function journey({ path, conversions = 1, nulls = 0, valueMinor }: PathCase): Journey {
  const channels = Uint16Array.from(codes(path))
  return {
    channels,
    from: 0,
    to: channels.length,
    conversions,
    nulls,
    valueMinor: valueMinor ?? 100 * conversions,
  }
}

/** All counters over the given paths; `direct` names the channels that are direct. */
export function count(paths: readonly PathCase[], channelCount: number, direct = '') {
  const isDirect = new Uint8Array(channelCount)
  for (const code of codes(direct)) isDirect[code] = 1
  const buckets = createHeuristicBuckets(isDirect)
  const transitions = createTransitionCounts(channelCount)
  const sets = createChannelSets(channelCount)
  for (const path of paths) {
    const one = journey(path)
    for (const sink of [buckets, transitions, sets]) sink.take(one)
  }
  return { buckets, transitions, sets }
}

export const LETTERS = ['A', 'B', 'C', 'D', 'E'] as const
export const channels = indexChannels(LETTERS)

/** Random paths over up to five channels, some converting, some not, some neither. */
export const anyPaths: fc.Arbitrary<PathCase[]> = fc.array(
  fc.record({
    path: fc
      .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 7 })
      .map((letters) => letters.join(' ')),
    conversions: fc.integer({ min: 0, max: 3 }),
    nulls: fc.integer({ min: 0, max: 3 }),
    valueMinor: fc.integer({ min: 0, max: 100_000 }),
  }),
  { minLength: 1, maxLength: 20 },
)

/** A row without a conversion has no value either. */
export function settled(paths: readonly PathCase[]): PathCase[] {
  return paths.map((path) => (path.conversions === 0 ? { ...path, valueMinor: 0 } : path))
}

export function sum(amounts: Iterable<number>): number {
  let total = 0
  for (const amount of amounts) total += amount
  return total
}

export function totals(paths: readonly PathCase[]) {
  return {
    conversions: sum(paths.map((path) => journey(path).conversions)),
    valueMinor: sum(paths.map((path) => journey(path).valueMinor)),
  }
}
