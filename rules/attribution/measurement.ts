import { notMeasured, type Missing } from '../kernel/quantity.ts'
import type { AttributionPolicy } from '../policy/attribution.ts'
import type { ShareInterval } from './bootstrap.ts'
import { createChannelSets } from './channel-sets.ts'
import type { ChannelIndex } from './channels.ts'
import { contributions, type Contribution } from './contribution.ts'
import { createLagCounts, type LagSummary } from './conversion-lag.ts'
import { decidingWeights } from './deciding-weights.ts'
import { createGroupCredit } from './group-credit.ts'
import { createHeuristicBuckets } from './heuristic-buckets.ts'
import { heuristicCredits } from './heuristic-credit.ts'
import { createHistoryCounts } from './history-counts.ts'
import { channelInteractions, type Interaction } from './interactions.ts'
import type { Credit, Journey, Tally } from './journey.ts'
import { markovCredit, type MarkovCredit } from './markov-credit.ts'
import type { Credits } from './models.ts'
import { pathLengths, type PathLengthSummary } from './path-length.ts'
import { shapleyCredit, type ShapleyCredit } from './shapley-credit.ts'
import { tiePlaces } from './tie-places.ts'
import { createTieRange, type TieRange } from './tie-range.ts'
import { createTimeDecayCredit } from './time-decay.ts'
import { createPathCounts, type TopPaths } from './top-paths.ts'
import { createTransitionCounts } from './transitions.ts'

/** Everything the journeys of a month say, before a rule judges it. */
export interface JourneyMeasures {
  /** Channel names by code. */
  readonly channels: readonly string[]
  readonly credits: Credits
  readonly markov: MarkovCredit | Missing
  readonly shapley: ShapleyCredit | Missing
  readonly contributions: readonly Contribution[]
  readonly pathLengths: PathLengthSummary | null
  readonly topPaths: TopPaths
  readonly interactions: readonly Interaction[]
  /** Intervals of each channel's share under the deciding model. */
  readonly intervals: readonly ShareInterval[] | null
  /** Null where the data carries no times; ties also where the deciding model does not divide single journeys. */
  readonly lag: LagSummary | null
  readonly ties: TieRange | null
}

export interface MeasureOptions {
  readonly channels: ChannelIndex
  readonly policy: AttributionPolicy
  /** Starts the draws of bootstrap and sampling: the same seed gives the same result. */
  readonly seed: number
  /** Whether the journeys carry instants. */
  readonly timed: boolean
}

export interface Measures {
  readonly isDirect: Uint8Array
  readonly startPerson: () => void
  /** A journey of an aggregated row, or one that led nowhere. */
  readonly take: (journey: Journey) => void
  /** A converting journey with the instants of its touches, in ms. */
  readonly takeConversion: (
    journey: Journey,
    times: readonly number[],
    conversionMs: number,
  ) => void
  readonly finish: (attributed: Tally) => JourneyMeasures
}

const DAY_MS = 86_400_000
const PATHS_SHOWN = 5

/** Counts journeys for every model and diagnostic at once; each journey is looked at once and then forgotten. */
export function createMeasures(options: MeasureOptions): Measures {
  const { policy, timed } = options
  const names = options.channels.names
  const isDirect = Uint8Array.from(names, (name) => (policy.direct_channels.includes(name) ? 1 : 0))
  const counts = createCounts(options, isDirect)
  const weightOptions = {
    isDirect,
    endShare: policy.position_end_share,
    halfLife: policy.half_life_days * DAY_MS,
  }
  const takeAny = (journey: Journey, times: readonly number[] | null): number[] | null => {
    // Without a touch there is nobody to credit.
    if (journey.from === journey.to) return null
    for (const sink of counts.everyJourney) sink.take(journey)
    const weights =
      journey.conversions > 0
        ? decidingWeights(policy.model, { journey, times }, weightOptions)
        : null
    counts.groups.take(journey, weights)
    return weights
  }
  return {
    isDirect,
    startPerson: counts.groups.startPerson,
    take: (journey) => void takeAny(journey, null),
    takeConversion: (journey, times, conversionMs) => {
      const weights = takeAny(journey, times)
      counts.decay.takeConversion(journey, times)
      counts.lag.take(times[0] ?? conversionMs, conversionMs)
      const places = tiePlaces(policy.model, { journey, times, weights }, isDirect)
      if (places !== null) counts.ties.take(places)
    },
    finish: (attributed) => finishCounts(counts, { options, attributed, timed }),
  }
}

function createCounts({ policy, channels, seed }: MeasureOptions, isDirect: Uint8Array) {
  const size = channels.names.length
  const buckets = createHeuristicBuckets(isDirect)
  const transitions = createTransitionCounts(size)
  const history = policy.markov_order > 1 ? createHistoryCounts(size, policy.markov_order) : null
  const sets = createChannelSets(size)
  const paths = createPathCounts()
  return {
    buckets,
    transitions,
    history,
    sets,
    paths,
    everyJourney: [buckets, transitions, sets, paths, ...(history === null ? [] : [history])],
    decay: createTimeDecayCredit(size, policy.half_life_days * DAY_MS),
    lag: createLagCounts(),
    ties: createTieRange(size),
    groups: createGroupCredit({
      channelCount: size,
      seed,
      chain: policy.model === 'markov',
      withNulls: policy.include_null_journeys,
    }),
  }
}

function finishCounts(
  counts: ReturnType<typeof createCounts>,
  given: {
    readonly options: MeasureOptions
    readonly attributed: Tally
    readonly timed: boolean
  },
): JourneyMeasures {
  const { options, attributed, timed } = given
  const { policy, channels, seed } = options
  const heuristics = heuristicCredits(counts.buckets, policy.position_end_share)
  const withNulls = policy.include_null_journeys
  const markov = markovCredit(counts, attributed, { withNulls })
  const shapley = shapleyCredit(counts.sets, attributed, seed)
  const timeDecay: Credit | Missing = timed
    ? counts.decay.credit()
    : notMeasured('journeys counted by path carry no times')
  return {
    channels: channels.names,
    credits: { ...heuristics, time_decay: timeDecay, markov, shapley },
    markov,
    shapley,
    contributions: contributions(counts.buckets, heuristics),
    pathLengths: pathLengths(counts.buckets),
    topPaths: counts.paths.top(PATHS_SHOWN),
    interactions: channelInteractions(counts.sets.sets()),
    intervals: counts.groups.intervals(),
    lag: timed ? counts.lag.finish() : null,
    // The chain has no places in a path to which a weight belongs.
    ties: timed && policy.model !== 'markov' ? counts.ties.finish() : null,
  }
}
