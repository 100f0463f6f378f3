import { invariant } from '../kernel/invariant.ts'
import { amountAt, createTally, type Journey, type JourneySink, type Tally } from './journey.ts'

/** Touches in the order of their journey and, within it, of time. */
export interface TouchBatch {
  /** Journey number of each touch; equal numbers stand together, numbers ascend. */
  readonly journey: ArrayLike<number>
  readonly channel: ArrayLike<number>
  /** Instant of each touch; left out when no sink asks for times. */
  readonly at?: ArrayLike<number>
}

/** Conversions by ascending journey number; at most one per journey. */
export interface ConversionBatch {
  readonly journey: ArrayLike<number>
  readonly valueMinor: ArrayLike<number>
}

/** Who is given the closed journeys; `conversions` also gets the instants of the touches. */
export interface JourneySinks {
  readonly journeys: readonly JourneySink[]
  readonly conversions: readonly {
    readonly takeConversion: (journey: Journey, times: ArrayLike<number>) => void
  }[]
}

export interface JourneyFold {
  /** All conversions come before the first touch. */
  readonly addConversions: (batch: ConversionBatch) => void
  readonly add: (batch: TouchBatch) => void
  /** Conversions of journeys that had no touch, so that no model can credit them. */
  readonly finish: () => Tally
}

const FIRST_CAPACITY = 256

/**
 * Closes journeys whose touches carry a journey number, and hands each one to the sinks: one pass, nothing kept but the open journey and the
 * list of conversions.
 *
 * @throws InvariantError from `add` and `addConversions` when journey numbers do not ascend.
 */
export function startJourneyFold(sinks: JourneySinks): JourneyFold {
  const pending = createConversionQueue()
  const open = {
    channels: new Uint16Array(FIRST_CAPACITY),
    length: 0,
    conversions: 0,
    nulls: 0,
    valueMinor: 0,
  }
  let times = new Float64Array(FIRST_CAPACITY)
  let current = -1

  const close = (): void => {
    if (open.length === 0) return
    const value = pending.take(current)
    open.conversions = value === null ? 0 : 1
    open.nulls = value === null ? 1 : 0
    open.valueMinor = value ?? 0
    for (const sink of sinks.journeys) sink.take(open)
    if (value !== null) for (const sink of sinks.conversions) sink.takeConversion(open, times)
    open.length = 0
  }
  const next = (number: number): void => {
    close()
    invariant(number > current, 'startJourneyFold: journey numbers must ascend')
    current = number
  }
  const grow = (): void => {
    open.channels = copied(open.channels, new Uint16Array(2 * open.channels.length))
    times = copied(times, new Float64Array(2 * times.length))
  }
  // The running length is held in a local: this loop sees every touch.
  const add = ({ journey, channel, at }: TouchBatch): void => {
    const size = journey.length
    let { length } = open
    for (let row = 0; row < size; row++) {
      const number = journey[row] ?? 0
      if (number !== current) {
        open.length = length
        next(number)
        length = 0
      }
      if (length === open.channels.length) grow()
      if (at !== undefined) times[length] = at[row] ?? 0
      open.channels[length++] = channel[row] ?? 0
    }
    open.length = length
  }
  const finish = (): Tally => {
    close()
    pending.take(Infinity)
    return pending.touchless
  }
  return { addConversions: pending.add, add, finish }
}

/** Conversions waiting for their journey; those passed over had none. */
function createConversionQueue() {
  const chunks: { journey: Float64Array; valueMinor: Float64Array }[] = []
  const touchless = createTally()
  let latest = -1
  let chunk = 0
  let row = 0

  const add = ({ journey, valueMinor }: ConversionBatch): void => {
    for (let index = 0; index < journey.length; index++) {
      const number = amountAt(journey, index)
      invariant(number > latest, 'startJourneyFold: conversions must ascend by journey number')
      latest = number
    }
    chunks.push({ journey: new Float64Array(journey), valueMinor: new Float64Array(valueMinor) })
  }
  /** Value of the conversion of `journey`, null when it has none. */
  const take = (journey: number): number | null => {
    for (let held = chunks[chunk]; held !== undefined; held = chunks[chunk]) {
      if (row === held.journey.length) {
        chunk++
        row = 0
        continue
      }
      const number = held.journey[row] ?? 0
      if (number > journey) return null
      const value = held.valueMinor[row++] ?? 0
      if (number === journey) return value
      touchless.conversions++
      touchless.valueMinor += value
    }
    return null
  }
  return { add, take, touchless }
}

function copied<List extends Uint16Array | Float64Array>(from: List, into: List): List {
  into.set(from)
  return into
}
