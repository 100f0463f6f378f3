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

/**
 * Closes journeys whose touches carry a journey number, and hands each one to the sinks: one pass. Journeys are read where they lie in the
 * batch; only the last one of each batch is copied, since it may go on in the next, and of the conversions a list is kept.
 *
 * @throws InvariantError from `add` and `addConversions` when journey numbers do not ascend.
 */
export function startJourneyFold(sinks: JourneySinks): JourneyFold {
  const pending = createConversionQueue()
  const held = createHeld()
  const open = { channels: NOTHING, from: 0, to: 0, conversions: 0, nulls: 0, valueMinor: 0 }
  let times = NOTHING
  let current = -1

  const close = (): void => {
    const value = pending.take(current)
    open.conversions = value === null ? 0 : 1
    open.nulls = value === null ? 1 : 0
    open.valueMinor = value ?? 0
    for (const sink of sinks.journeys) sink.take(open)
    if (value !== null) for (const sink of sinks.conversions) sink.takeConversion(open, times)
  }
  const closeHeld = (): void => {
    if (held.length === 0) return
    open.channels = held.channels
    times = held.times
    open.from = 0
    open.to = held.length
    close()
    held.length = 0
  }
  const add = (batch: TouchBatch): void => {
    const { journey } = batch
    const ended = endOfRun(journey, 0, current)
    hold(held, batch, { from: 0, to: ended })
    if (ended === journey.length) return
    closeHeld()
    open.channels = batch.channel
    times = batch.at ?? NOTHING
    open.to = ended
    for (;;) {
      open.from = open.to
      const number = journey[open.from] ?? 0
      invariant(number > current, 'startJourneyFold: journey numbers must ascend')
      current = number
      open.to = endOfRun(journey, open.from, number)
      if (open.to === journey.length) break
      close()
    }
    hold(held, batch, open)
  }
  const finish = (): Tally => {
    closeHeld()
    pending.take(Infinity)
    return pending.touchless
  }
  return { addConversions: pending.add, add, finish }
}

const NOTHING: ArrayLike<number> = []

/** The row after the last one of a journey whose touches begin at `from`. */
function endOfRun(journey: ArrayLike<number>, from: number, number: number): number {
  const rows = journey.length
  let to = from
  while (to < rows && journey[to] === number) to++
  return to
}

/** The journey at the end of a batch. */
interface Held {
  channels: Int32Array
  times: Float64Array
  length: number
}

const FIRST_CAPACITY = 256

function createHeld(): Held {
  return {
    channels: new Int32Array(FIRST_CAPACITY),
    times: new Float64Array(FIRST_CAPACITY),
    length: 0,
  }
}

function hold(
  held: Held,
  { channel, at }: TouchBatch,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const needed = held.length + to - from
  if (needed > held.channels.length) {
    held.channels = copied(held.channels, new Int32Array(2 * needed))
    held.times = copied(held.times, new Float64Array(2 * needed))
  }
  for (let row = from; row < to; row++) {
    held.channels[held.length] = channel[row] ?? 0
    held.times[held.length] = at?.[row] ?? 0
    held.length++
  }
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

function copied<List extends Int32Array | Float64Array>(from: List, into: List): List {
  into.set(from)
  return into
}
