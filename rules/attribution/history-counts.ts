import { invariant } from '../kernel/invariant.ts'
import { amountAt, type Journey, type JourneySink } from './journey.ts'

/** Counted steps between states; a state is the last one to `order` channels of a journey, repeats collapsed. */
export interface HistoryCounts {
  readonly order: number
  readonly channelCount: number
  /** In the order first met; the start is the first. */
  readonly states: readonly HistoryState[]
}

export interface HistoryState {
  /** Its place in the list of states. */
  readonly place: number
  /** The newest channel; null for the start. */
  readonly channel: number | null
  /** Counted steps to other states, by their place. */
  readonly steps: Map<number, StepWeight>
  /** How journeys ended here. */
  readonly exit: StepWeight
  /** Value in minor units of the conversions that left from here. */
  valueMinor: number
}

/** How many journeys took a step. */
export interface StepWeight {
  converting: number
  nulls: number
}

/**
 * Counts the steps of a chain that remembers the last `order` channels.
 *
 * Of order 2 the journey A > B > B > C passes the states A, A B and B C: repeats are collapsed, and only the last two channels are kept.
 *
 * @throws InvariantError when `order` is not a whole number ≥ 1.
 */
export function createHistoryCounts(
  channelCount: number,
  order: number,
): HistoryCounts & JourneySink {
  invariant(Number.isInteger(order) && order >= 1, `createHistoryCounts: got order ${order}`)
  const start = newState(0, null)
  const states = [start]
  const byMemory = new Map<string, HistoryState>()
  const stateOf = (memory: readonly number[], channel: number): HistoryState => {
    const key = memory.join(' ')
    const known = byMemory.get(key)
    if (known !== undefined) return known
    const created = newState(states.length, channel)
    states.push(created)
    byMemory.set(key, created)
    return created
  }
  const take = (journey: Journey): void => {
    const { channels, conversions, nulls } = journey
    if (journey.from === journey.to || conversions + nulls === 0) return
    let memory: readonly number[] = []
    let from = start
    for (let touch = journey.from; touch < journey.to; touch++) {
      const channel = amountAt(channels, touch)
      if (channel === memory.at(-1)) continue
      memory = [...memory, channel].slice(-order)
      const to = stateOf(memory, channel)
      addStep(stepTo(from, to), journey)
      from = to
    }
    addStep(from.exit, journey)
    from.valueMinor += journey.valueMinor
  }
  return { order, channelCount, states, take }
}

function newState(place: number, channel: number | null): HistoryState {
  return { place, channel, steps: new Map(), exit: { converting: 0, nulls: 0 }, valueMinor: 0 }
}

function stepTo(from: HistoryState, to: HistoryState): StepWeight {
  const known = from.steps.get(to.place)
  if (known !== undefined) return known
  const created = { converting: 0, nulls: 0 }
  from.steps.set(to.place, created)
  return created
}

function addStep(step: StepWeight, journey: Journey): void {
  step.converting += journey.conversions
  step.nulls += journey.nulls
}
