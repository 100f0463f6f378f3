import {
  addAt,
  addJourney,
  amountAt,
  createBuckets,
  type Buckets,
  type Journey,
} from './journey.ts'

/** Converting journeys of one length: how often each channel was touched, opened and closed them. */
export interface LengthBuckets {
  readonly touched: Buckets
  readonly first: Buckets
  readonly last: Buckets
  /** Conversions of this length, and their value in minor units. */
  conversions: number
  valueMinor: number
}

/**
 * Whole-number counts from which every order-based model follows by one division at the end. Sums of whole numbers do not depend on the
 * order of the rows or on how the work was split.
 */
export interface HeuristicBuckets {
  readonly channelCount: number
  readonly byLength: ReadonlyMap<number, LengthBuckets>
  /** Per number of distinct channels d: journeys a channel took part in. */
  readonly byDistinct: ReadonlyMap<number, Buckets>
  readonly lastNonDirect: Buckets
}

/**
 * Counts converting journeys by length and channel; journeys without a conversion leave no trace here.
 *
 * @param isDirect One flag (0 or 1) per channel code.
 */
export function createHeuristicBuckets(isDirect: Uint8Array): HeuristicBuckets & {
  readonly take: (journey: Journey) => void
} {
  const channelCount = isDirect.length
  const byLength = new Map<number, LengthBuckets>()
  const byDistinct = new Map<number, Buckets>()
  const lastNonDirect = createBuckets(channelCount)
  const distinct = new Uint16Array(channelCount)
  const seenIn = new Float64Array(channelCount)
  let visit = 0

  const countTouches = (journey: Journey, touched: Buckets): number => {
    const { channels, length } = journey
    let found = 0
    visit++
    for (let touch = 0; touch < length; touch++) {
      const channel = channels[touch] ?? 0
      addJourney(touched, channel, journey)
      if (seenIn[channel] === visit) continue
      seenIn[channel] = visit
      distinct[found++] = channel
    }
    return found
  }

  const take = (journey: Journey): void => {
    const { channels, length } = journey
    if (length === 0 || journey.conversions === 0) return
    const row = entry(byLength, length, () => createLengthBuckets(channelCount))
    row.conversions += journey.conversions
    row.valueMinor += journey.valueMinor
    addJourney(row.first, amountAt(channels, 0), journey)
    addJourney(row.last, amountAt(channels, length - 1), journey)
    addJourney(lastNonDirect, lastNonDirectChannel(journey, isDirect), journey)
    const found = countTouches(journey, row.touched)
    const set = entry(byDistinct, found, () => createBuckets(channelCount))
    for (let index = 0; index < found; index++) addJourney(set, amountAt(distinct, index), journey)
  }
  return { channelCount, byLength, byDistinct, lastNonDirect, take }
}

/** How many converting journeys each channel took part in, and their value; a channel counts once per journey. */
export function participation(buckets: HeuristicBuckets): Buckets {
  const total = createBuckets(buckets.channelCount)
  for (const row of buckets.byDistinct.values()) {
    for (let channel = 0; channel < buckets.channelCount; channel++) {
      addAt(total.conversions, channel, amountAt(row.conversions, channel))
      addAt(total.valueMinor, channel, amountAt(row.valueMinor, channel))
    }
  }
  return total
}

function lastNonDirectChannel({ channels, length }: Journey, isDirect: Uint8Array): number {
  for (let touch = length - 1; touch >= 0; touch--) {
    const channel = amountAt(channels, touch)
    if (isDirect[channel] === 0) return channel
  }
  return amountAt(channels, length - 1)
}

function createLengthBuckets(channelCount: number): LengthBuckets {
  return {
    touched: createBuckets(channelCount),
    first: createBuckets(channelCount),
    last: createBuckets(channelCount),
    conversions: 0,
    valueMinor: 0,
  }
}

function entry<Value>(map: Map<number, Value>, key: number, create: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const created = create()
  map.set(key, created)
  return created
}
