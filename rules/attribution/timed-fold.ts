import { invariant } from '../kernel/invariant.ts'
import { amountAt } from './journey.ts'
import {
  addToTally,
  closeConversions,
  closeNull,
  createTimedTally,
  type Conversion,
  type JourneyPolicy,
  type TimedSink,
  type TimedTally,
} from './person-journeys.ts'

/** Touches and conversions of persons as columns; all of one person stand together, in the order of time. */
export interface EventBatch {
  readonly person: ArrayLike<number | string>
  /** Instant in ms; touches stand before conversions of the same instant, ties otherwise in the order of the input. */
  readonly atMs: ArrayLike<number>
  /** Channel code of a touch; −1 for a conversion. */
  readonly channel: ArrayLike<number>
  /** Value of a conversion in minor units, null where none is stated; not read for a touch. */
  readonly valueMinor: ArrayLike<number | null>
  /** 1 inside the month under review. Earlier conversions only close journeys, earlier touches only feed them. */
  readonly inMonth: ArrayLike<number>
}

export interface TimedFold {
  readonly add: (batch: EventBatch) => void
  readonly finish: () => TimedTally
}

/**
 * Cuts the touches of each person into journeys, one per conversion and one for what led nowhere, and hands them to the sink. Only the
 * events of one person are held at a time.
 *
 * @throws InvariantError from `add` when the events of a person are not in the order of time.
 */
export function startTimedFold(policy: JourneyPolicy, sink: TimedSink): TimedFold {
  const books = { sink, tally: createTimedTally() }
  let person: number | string | null = null
  let events = noEvents()
  let latest = -Infinity

  const close = (): void => {
    if (person === null) return
    sink.startPerson()
    closeConversions(events, policy, books)
    closeNull(events, policy, books)
    person = null
  }
  const addConversion = (atMs: number, valueMinor: number | null, inMonth: boolean): void => {
    const refund = (valueMinor ?? 0) < 0
    if (!refund) events.conversions.push({ atMs, valueMinor, inMonth })
    else if (inMonth) addToTally(books.tally.unattributed.refund, valueMinor)
  }
  const addEvent = (batch: EventBatch, row: number): void => {
    const atMs = amountAt(batch.atMs, row)
    invariant(atMs >= latest, 'startTimedFold: events of a person must be in the order of time')
    latest = atMs
    const inMonth = batch.inMonth[row] === 1
    const channel = amountAt(batch.channel, row)
    if (channel < 0) return addConversion(atMs, batch.valueMinor[row] ?? null, inMonth)
    events.touches.times.push(atMs)
    events.touches.channels.push(channel)
    events.lastTouchInMonth = inMonth
  }
  const add = (batch: EventBatch): void => {
    for (let row = 0; row < batch.person.length; row++) {
      const next = batch.person[row] ?? ''
      if (next !== person) {
        close()
        person = next
        events = noEvents()
        latest = -Infinity
      }
      addEvent(batch, row)
    }
  }
  const finish = (): TimedTally => {
    close()
    return books.tally
  }
  return { add, finish }
}

function noEvents() {
  const conversions: Conversion[] = []
  const touches: { times: number[]; channels: number[] } = { times: [], channels: [] }
  return { touches, conversions, lastTouchInMonth: false }
}
