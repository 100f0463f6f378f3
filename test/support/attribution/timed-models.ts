import { createBuckets, addAt, amountAt, type Credit } from '#rules/attribution/journey.ts'
import type { JourneyPolicy, TimedTally } from '#rules/attribution/person-journeys.ts'
import { startTimedFold } from '#rules/attribution/timed-fold.ts'
import { timeDecayWeights } from '#rules/attribution/touch-weights.ts'

import { createModels, type Models } from './path-models.ts'

export const DAY_MS = 86_400_000

/** A touch or a conversion in the order of the input. */
export interface TimedEvent {
  readonly person: string
  readonly atMs: number
  /** Null for a conversion. */
  readonly channel: string | null
  readonly valueMinor: number | null
}

/** A time-decay model of a file; `stepped` ages count in whole half lives, as DP6 Marketing Attribution Models has it. */
export interface Decay {
  readonly key: string
  readonly halfLifeDays: number
  readonly stepped: boolean
}

/** The decay a key of a file names, e.g. `time_decay_7d` or `time_decay_7d_dp6_floor`. */
export function parseDecay(key: string): Decay[] {
  const found = /^time_decay_(\d+)d(?:_synthetic_24h_spacing)?(_dp6_floor)?$/.exec(key)
  if (found === null) return []
  return [{ key, halfLifeDays: Number(found[1]), stepped: found[2] !== undefined }]
}

/** Weights of a decay for touches of these ages in ms. */
export function decayWeights({ halfLifeDays, stepped }: Decay, ages: readonly number[]): number[] {
  const halfLife = halfLifeDays * DAY_MS
  return timeDecayWeights(
    stepped ? ages.map((age) => Math.floor(age / halfLife) * halfLife) : ages,
    halfLife,
  )
}

export interface TimedRun {
  readonly models: Models
  readonly tally: TimedTally
  readonly timeDecay: ReadonlyMap<Decay, Credit>
}

export interface TimedRunOptions extends Pick<JourneyPolicy, 'lookbackMs' | 'assignment'> {
  readonly decays: readonly Decay[]
  /** Channels beside those of the events. */
  readonly channels?: readonly string[]
}

/** Events through the same fold the review uses, with all sinks on. */
export function runTimed(events: readonly TimedEvent[], options: TimedRunOptions): TimedRun {
  const names = events.flatMap((event) => (event.channel === null ? [] : [event.channel]))
  const models = createModels([...names, ...(options.channels ?? [])])
  const size = models.channels.names.length
  const decays = options.decays.map((decay) => ({ decay, credit: createBuckets(size) }))
  const fold = startTimedFold(
    { ...options, isDirect: models.isDirect, ignoreDirect: false },
    {
      startPerson: () => undefined,
      takeNull: models.take,
      takeConversion: (journey, times, conversionMs) => {
        models.take(journey)
        const ages = times.map((time) => conversionMs - time)
        for (const { decay, credit } of decays) {
          for (const [touch, weight] of decayWeights(decay, ages).entries()) {
            const channel = amountAt(journey.channels, touch)
            addAt(credit.conversions, channel, weight)
            addAt(credit.valueMinor, channel, weight * journey.valueMinor)
          }
        }
      },
    },
  )
  const ordered = inOrder(events)
  fold.add({
    person: ordered.map((event) => event.person),
    atMs: ordered.map((event) => event.atMs),
    channel: ordered.map((event) =>
      event.channel === null ? -1 : (models.channels.codeOf.get(event.channel) ?? -1),
    ),
    valueMinor: ordered.map((event) => event.valueMinor),
    inMonth: ordered.map(() => 1),
  })
  const tally = fold.finish()
  const timeDecay = new Map(
    decays.map(({ decay, credit }) => [
      decay,
      { conversions: [...credit.conversions], valueMinor: [...credit.valueMinor] },
    ]),
  )
  return { models, tally, timeDecay }
}

/** By person, time, touches before conversions, and place in the input. */
export function inOrder(events: readonly TimedEvent[]): TimedEvent[] {
  const persons = new Map<string, TimedEvent[]>()
  for (const event of events) {
    const known = persons.get(event.person)
    if (known === undefined) persons.set(event.person, [event])
    else known.push(event)
  }
  const rank = (event: TimedEvent): number => (event.channel === null ? 1 : 0)
  return [...persons.values()].flatMap((list) =>
    list.toSorted((left, right) => left.atMs - right.atMs || rank(left) - rank(right)),
  )
}
