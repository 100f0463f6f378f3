import { invariant } from '../kernel/invariant.ts'
import { amountAt, type JourneySink } from './journey.ts'

/** Touches in the order of their journey and, within it, of time. */
export interface TouchBatch {
  /** Journey number of each touch; equal numbers stand together, numbers ascend. */
  readonly journey: ArrayLike<number>
  readonly channel: ArrayLike<number>
}

/** Conversions by ascending journey number; at most one per journey. */
export interface ConversionBatch {
  readonly journey: ArrayLike<number>
  readonly valueMinor: ArrayLike<number>
}

/** Journeys that were given no touch, so that no model can credit them. */
export interface TouchlessConversions {
  readonly conversions: number
  readonly valueMinor: number
}

export interface JourneyFold {
  /** All conversions come before the first touch. */
  readonly addConversions: (batch: ConversionBatch) => void
  readonly add: (batch: TouchBatch) => void
  readonly finish: () => TouchlessConversions
}

const FIRST_CAPACITY = 256

/**
 * Closes journeys whose touches carry a journey number, and hands each one to the sinks: one pass, nothing kept but the open journey and the
 * list of conversions.
 *
 * @throws InvariantError from `add` and `addConversions` when journey numbers do not ascend.
 */
export function startJourneyFold(sinks: readonly JourneySink[]): JourneyFold {
  const pending = createConversionQueue()
  const open = {
    channels: new Uint16Array(FIRST_CAPACITY),
    length: 0,
    conversions: 0,
    nulls: 0,
    valueMinor: 0,
  }
  let current = -1

  const close = (): void => {
    if (open.length === 0) return
    const value = pending.take(current)
    open.conversions = value === null ? 0 : 1
    open.nulls = value === null ? 1 : 0
    open.valueMinor = value ?? 0
    for (const sink of sinks) sink.take(open)
    open.length = 0
  }
  const add = ({ journey, channel }: TouchBatch): void => {
    const size = journey.length
    for (let row = 0; row < size; row++) {
      const number = amountAt(journey, row)
      if (number !== current) {
        close()
        invariant(number > current, 'startJourneyFold: journey numbers must ascend')
        current = number
      }
      if (open.length === open.channels.length) open.channels = doubled(open.channels)
      open.channels[open.length++] = amountAt(channel, row)
    }
  }
  const finish = (): TouchlessConversions => {
    close()
    pending.take(Infinity)
    return pending.touchless
  }
  return { addConversions: pending.add, add, finish }
}

/** Conversions waiting for their journey; those passed over had none. */
function createConversionQueue() {
  const chunks: { journey: Float64Array; valueMinor: Float64Array }[] = []
  const touchless = { conversions: 0, valueMinor: 0 }
  let latest = -1
  let chunk = 0
  let row = 0

  const add = ({ journey, valueMinor }: ConversionBatch): void => {
    for (let index = 0; index < journey.length; index++) {
      const number = amountAt(journey, index)
      invariant(number > latest, 'startJourneyFold: conversions must ascend by journey number')
      latest = number
    }
    chunks.push({ journey: Float64Array.from(journey), valueMinor: Float64Array.from(valueMinor) })
  }
  /** Value of the conversion of `journey`, null when it has none. */
  const take = (journey: number): number | null => {
    for (let held = chunks[chunk]; held !== undefined; held = chunks[chunk]) {
      if (row === held.journey.length) {
        chunk++
        row = 0
        continue
      }
      const number = amountAt(held.journey, row)
      if (number > journey) return null
      const value = amountAt(held.valueMinor, row++)
      if (number === journey) return value
      touchless.conversions++
      touchless.valueMinor += value
    }
    return null
  }
  return { add, take, touchless }
}

function doubled(channels: Uint16Array): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(channels.length * 2)
  larger.set(channels)
  return larger
}
