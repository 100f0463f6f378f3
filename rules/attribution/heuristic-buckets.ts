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
  /** Conversions after journeys of this length. */
  conversions: number
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
  const seen = new Uint8Array(channelCount)

  const countTouches = (journey: Journey, touched: Buckets): number => {
    const { channels, from, to } = journey
    let found = 0
    for (let touch = from; touch < to; touch++) {
      const channel = channels[touch] ?? 0
      addJourney(touched, channel, journey)
      if (seen[channel] === 1) continue
      seen[channel] = 1
      distinct[found++] = channel
    }
    return found
  }

  const take = (journey: Journey): void => {
    const { channels, from, to } = journey
    if (from === to || journey.conversions === 0) return
    const row = entry(byLength, to - from, () => createLengthBuckets(channelCount))
    row.conversions += journey.conversions
    addJourney(row.first, amountAt(channels, from), journey)
    addJourney(row.last, amountAt(channels, to - 1), journey)
    addJourney(lastNonDirect, lastNonDirectChannel(journey, isDirect), journey)
    const found = countTouches(journey, row.touched)
    const set = entry(byDistinct, found, () => createBuckets(channelCount))
    // Indexed, since every converting journey passes here and a view of the list would be an object each.
    for (let place = 0; place < found; place++) {
      const channel = amountAt(distinct, place)
      addJourney(set, channel, journey)
      seen[channel] = 0
    }
  }
  return { channelCount, byLength, byDistinct, lastNonDirect, take }
}

/** How many converting journeys each channel took part in, and their value; a channel counts once per journey. */
export function participation(buckets: HeuristicBuckets): Buckets {
  const total = createBuckets(buckets.channelCount)
  for (const row of buckets.byDistinct.values()) {
    for (const [channel, count] of row.conversions.entries())
      addAt(total.conversions, channel, count)
    for (const [channel, minor] of row.valueMinor.entries()) addAt(total.valueMinor, channel, minor)
  }
  return total
}

function lastNonDirectChannel({ channels, from, to }: Journey, isDirect: Uint8Array): number {
  for (let touch = to - 1; touch >= from; touch--) {
    const channel = amountAt(channels, touch)
    if (isDirect[channel] === 0) return channel
  }
  return amountAt(channels, to - 1)
}

function createLengthBuckets(channelCount: number): LengthBuckets {
  return {
    touched: createBuckets(channelCount),
    first: createBuckets(channelCount),
    last: createBuckets(channelCount),
    conversions: 0,
  }
}

function entry<Value>(map: Map<number, Value>, key: number, create: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const created = create()
  map.set(key, created)
  return created
}
