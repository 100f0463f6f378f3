import { createRandom } from '../kernel/random.ts'
import { bootstrapShares, type ShareInterval } from './bootstrap.ts'
import { addAt, type Journey } from './journey.ts'
import { markovAttribution } from './markov.ts'
import { createTransitionCounts, type TransitionCounts } from './transitions.ts'

/** Credit of the deciding model, kept apart by group of persons, to see how much of it is chance. */
export interface GroupCredit {
  /** The next journeys are of another person. */
  readonly startPerson: () => void
  /**
   * One journey, or an aggregated row of many: then every conversion and every null counts as a person of its own.
   *
   * @param weights Credit of each touch in a conversion; null for a model that does not divide single journeys.
   */
  readonly take: (journey: Journey, weights: readonly number[] | null) => void
  /** Intervals of each channel's share of the attributed conversions; null when there is too little to resample. */
  readonly intervals: () => ShareInterval[] | null
}

export interface GroupOptions {
  readonly channelCount: number
  readonly seed: number
  /** Whether credit comes from the chain instead of from weights. */
  readonly chain: boolean
  readonly withNulls: boolean
}

const GROUPS = 100
const RESAMPLES = 400
const CONFIDENCE = 0.95
/** Above this many channels one chain per resample takes too long; the interval is then left out. */
const CHAIN_CHANNELS_MAX = 40

/** Deals journeys into 100 groups by a seeded draw and resamples them. */
export function createGroupCredit(options: GroupOptions): GroupCredit {
  const { channelCount } = options
  const random = createRandom(options.seed)
  const sums = options.chain ? stepSums(options) : weightSums(channelCount)
  const draw = (): number => Math.floor(random() * GROUPS)
  let group = draw()
  const take = (journey: Journey, weights: readonly number[] | null): void => {
    const one = { ...journey, conversions: 1, nulls: 0 }
    for (let count = 0; count < journey.conversions; count++) {
      sums.add(count === 0 ? group : draw(), one, weights)
    }
    if (!options.chain || !options.withNulls) return
    const lost = { ...journey, conversions: 0, nulls: 1 }
    for (let count = 0; count < journey.nulls; count++) {
      sums.add(count + journey.conversions === 0 ? group : draw(), lost, null)
    }
  }
  const startPerson = (): void => {
    group = draw()
  }
  const intervals = (): ShareInterval[] | null =>
    bootstrapShares(sums.sharesOf, {
      seed: options.seed,
      groups: GROUPS,
      resamples: RESAMPLES,
      confidence: CONFIDENCE,
    })
  return { startPerson, take, intervals }
}

/** What each group of persons adds up to, and the channels' shares when groups are drawn so many times. */
interface GroupSums {
  readonly add: (group: number, journey: Journey, weights: readonly number[] | null) => void
  readonly sharesOf: (draws: Uint16Array) => readonly number[] | null
}

/** Credit by touch weights: a resample is a sum of the groups' credit. */
function weightSums(channelCount: number): GroupSums {
  const credits = Array.from({ length: GROUPS }, () => new Float64Array(channelCount))
  return {
    add: (group, { channels }, weights) => {
      const credit = credits[group]
      if (credit === undefined || weights === null) return
      for (const [touch, weight] of weights.entries()) addAt(credit, channels[touch] ?? 0, weight)
    },
    sharesOf: (draws) => {
      const total = new Float64Array(channelCount)
      for (const [group, credit] of credits.entries()) {
        const times = draws[group] ?? 0
        if (times === 0) continue
        for (let channel = 0; channel < channelCount; channel++) {
          addAt(total, channel, times * (credit[channel] ?? 0))
        }
      }
      return sharesOfTotal([...total])
    },
  }
}

/** Credit by the chain: a resample sums the groups' counted steps and solves their chain anew. */
function stepSums({ channelCount, withNulls }: GroupOptions): GroupSums {
  if (channelCount > CHAIN_CHANNELS_MAX) return { add: () => undefined, sharesOf: () => null }
  const counts = Array.from({ length: GROUPS }, () => createTransitionCounts(channelCount))
  return {
    add: (group, journey) => counts[group]?.take(journey),
    sharesOf: (draws) => {
      const total = createTransitionCounts(channelCount)
      for (const [group, part] of counts.entries()) addCounts(total, part, draws[group] ?? 0)
      const chain = markovAttribution(total, { conversions: 1, valueMinor: 0 }, { withNulls })
      return chain.credit?.conversions ?? null
    },
  }
}

function addCounts(total: TransitionCounts, part: TransitionCounts, times: number): void {
  if (times === 0) return
  addCells(total.converting, part.converting, times)
  addCells(total.nulls, part.nulls, times)
}

/** Every resample passes here once per group and matrix, so cells are indexed without a helper. */
function addCells(total: Float64Array, part: Float64Array, times: number): void {
  for (let cell = 0; cell < total.length; cell++) {
    total[cell] = (total[cell] ?? 0) + times * (part[cell] ?? 0)
  }
}

function sharesOfTotal(credit: readonly number[]): readonly number[] | null {
  const total = credit.reduce((sum, amount) => sum + amount, 0)
  return total === 0 ? null : credit.map((amount) => amount / total)
}
