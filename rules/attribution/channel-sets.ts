import { amountAt, channelsOf, type Journey, type JourneySink } from './journey.ts'

/** Journeys that used exactly these channels, in whatever order and number. */
export interface ChannelSet {
  /** Channel codes, ascending, at least one. */
  readonly channels: readonly number[]
  conversions: number
  nulls: number
}

/** Journeys gathered by the set of channels they used, in the order the sets were first met. */
export interface ChannelSets {
  readonly channelCount: number
  readonly sets: () => readonly ChannelSet[]
}

/** Up to this many channels a set is one small integer. */
const BITS_MAX = 31

/** Gathers journeys by channel set; journeys without a touch are left out. */
export function createChannelSets(channelCount: number): ChannelSets & JourneySink {
  const keyOf = channelCount <= BITS_MAX ? bitKey : textKey
  const byKey = new Map<number | string, ChannelSet>()
  const take = (journey: Journey): void => {
    if (journey.from === journey.to) return
    const key = keyOf(journey)
    let set = byKey.get(key)
    if (set === undefined) {
      set = { channels: distinctChannels(journey), conversions: 0, nulls: 0 }
      byKey.set(key, set)
    }
    set.conversions += journey.conversions
    set.nulls += journey.nulls
  }
  return { channelCount, sets: () => [...byKey.values()], take }
}

function bitKey({ channels, from, to }: Journey): number {
  let key = 0
  for (let touch = from; touch < to; touch++) key |= 1 << amountAt(channels, touch)
  return key
}

function textKey(journey: Journey): string {
  return distinctChannels(journey).join(' ')
}

function distinctChannels(journey: Journey): number[] {
  return [...new Set(channelsOf(journey))].toSorted((left, right) => left - right)
}
