import type { ChannelSet } from './channel-sets.ts'

/** Journeys that two channels share, beside those that only one of them was part of. */
export interface Interaction {
  /** Channel codes, ascending. */
  readonly pair: readonly [number, number]
  readonly together: Outcome
  readonly onlyOne: Outcome
  /** Conversion rate together − conversion rate with only one of them. Null where one of the two groups is empty. */
  readonly rateDifference: number | null
}

/** Journeys that converted, and all of them. */
export interface Outcome {
  readonly conversions: number
  readonly journeys: number
}

/**
 * Do journeys convert better when two channels meet in them?
 *
 * difference = conversions(A and B) ÷ journeys(A and B) − conversions(exactly one of A, B) ÷ journeys(exactly one of A, B). A difference
 * describes who met both; it does not prove that one channel helped the other.
 *
 * @returns Pairs that met at least once, most shared conversions first, ties by channel code.
 */
export function channelInteractions(sets: readonly ChannelSet[]): Interaction[] {
  const single = new Map<number, Counter>()
  const both = new Map<string, { pair: readonly [number, number]; counter: Counter }>()
  for (const set of sets) {
    for (const [place, left] of set.channels.entries()) {
      add(counterOf(single, left), set)
      for (const right of set.channels.slice(place + 1)) {
        const key = `${left} ${right}`
        const known = both.get(key) ?? { pair: [left, right] as const, counter: newCounter() }
        both.set(key, known)
        add(known.counter, set)
      }
    }
  }
  return [...both.values()]
    .map(({ pair, counter }) => {
      const [left, right] = [counterOf(single, pair[0]), counterOf(single, pair[1])]
      const onlyOne = {
        conversions: left.conversions + right.conversions - 2 * counter.conversions,
        journeys: left.journeys + right.journeys - 2 * counter.journeys,
      }
      return { pair, together: counter, onlyOne, rateDifference: rateGap(counter, onlyOne) }
    })
    .toSorted(mostSharedFirst)
}

interface Counter {
  conversions: number
  journeys: number
}

function rateGap(together: Outcome, onlyOne: Outcome): number | null {
  if (together.journeys === 0 || onlyOne.journeys === 0) return null
  return together.conversions / together.journeys - onlyOne.conversions / onlyOne.journeys
}

function mostSharedFirst(left: Interaction, right: Interaction): number {
  return (
    right.together.conversions - left.together.conversions ||
    left.pair[0] - right.pair[0] ||
    left.pair[1] - right.pair[1]
  )
}

function counterOf(counters: Map<number, Counter>, channel: number): Counter {
  const known = counters.get(channel) ?? newCounter()
  counters.set(channel, known)
  return known
}

function add(counter: Counter, set: ChannelSet): void {
  counter.conversions += set.conversions
  counter.journeys += set.conversions + set.nulls
}

function newCounter(): Counter {
  return { conversions: 0, journeys: 0 }
}
