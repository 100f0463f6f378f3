import { compareText } from '../kernel/order.ts'
import { channelsOf, createTally, type Journey, type JourneySink, type Tally } from './journey.ts'

/** A path and the conversions that followed it. */
export interface CountedPath extends Tally {
  /** Channel codes, oldest touch first, repeats kept. */
  readonly channels: readonly number[]
}

export interface TopPaths {
  readonly paths: readonly CountedPath[]
  /** Different paths of up to 8 touches. */
  readonly distinct: number
  /** Conversions of longer journeys, counted together so that memory stays bounded. */
  readonly longer: Tally
}

/** Longer paths hardly ever repeat. */
const TOUCHES_MAX = 8

/** Counts converting journeys by their exact path. */
export function createPathCounts(): JourneySink & {
  /** The `limit` most frequent paths; ties by value, then by channel codes. */
  readonly top: (limit: number) => TopPaths
} {
  const byKey = new Map<string, CountedPath>()
  const longer = createTally()
  const tallyOf = (journey: Journey): Tally => {
    if (journey.to - journey.from > TOUCHES_MAX) return longer
    const channels = channelsOf(journey)
    const key = channels.join(' ')
    const known = byKey.get(key)
    if (known !== undefined) return known
    const created = { channels, ...createTally() }
    byKey.set(key, created)
    return created
  }
  const take = (journey: Journey): void => {
    if (journey.from === journey.to || journey.conversions === 0) return
    const tally = tallyOf(journey)
    tally.conversions += journey.conversions
    tally.valueMinor += journey.valueMinor
  }
  const top = (limit: number): TopPaths => ({
    paths: [...byKey.values()].toSorted(mostFrequentFirst).slice(0, limit),
    distinct: byKey.size,
    longer,
  })
  return { take, top }
}

function mostFrequentFirst(left: CountedPath, right: CountedPath): number {
  return (
    right.conversions - left.conversions ||
    right.valueMinor - left.valueMinor ||
    compareText(left.channels.join(' '), right.channels.join(' '))
  )
}
