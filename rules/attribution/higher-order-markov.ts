import { notMeasured, type Missing } from '../kernel/quantity.ts'
import { createChainSolver } from './absorbing-chain.ts'
import type { HistoryCounts, StepWeight } from './history-counts.ts'
import { addAt, amountAt, type Credit } from './journey.ts'
import { inProportion, type AttributedTotals } from './markov.ts'

/** More states than this are not solved densely; such a memory is also far beyond what journeys can support. */
const STATES_MAX = 500

/** Removal effects of a chain of higher order, by channel code. */
export interface HigherOrderResult {
  readonly pConversion: number
  readonly removalEffect: readonly number[]
  readonly removalEffectValue: readonly number[] | null
  readonly credit: Credit
}

/**
 * How many conversions would be lost without a channel, when the next step depends on the last k channels?
 *
 * RE(c) = 1 − P(conversion, every step into a state whose newest channel is c lost) ÷ P(conversion). Each channel takes one exact
 * elimination of its own. At order 1 the result equals `markovAttribution`.
 *
 * @returns Not measured when nothing converted or the journeys hold more than 500 states.
 */
export function higherOrderMarkov(
  counts: HistoryCounts,
  totals: AttributedTotals,
  options: { readonly withNulls: boolean },
): HigherOrderResult | Missing {
  if (counts.states.length > STATES_MAX) {
    return notMeasured(`a chain of order ${counts.order} has too many states for these journeys`)
  }
  const full = outcomesWithout(counts, null, options.withNulls)
  if (full.converting === 0) return notMeasured('no journey converted')
  const without = Array.from({ length: counts.channelCount }, (_, channel) =>
    outcomesWithout(counts, channel, options.withNulls),
  )
  const removalEffect = without.map((rest) => 1 - rest.converting / full.converting)
  const removalEffectValue =
    full.valueMinor === 0 ? null : without.map((rest) => 1 - rest.valueMinor / full.valueMinor)
  return {
    pConversion: full.converting,
    removalEffect,
    removalEffectValue,
    credit: {
      conversions: inProportion(removalEffect, totals.conversions),
      valueMinor: inProportion(removalEffectValue ?? removalEffect, totals.valueMinor),
    },
  }
}

/** P(conversion) and expected value from the start when steps to the states of one channel are lost (null: none are). */
function outcomesWithout(counts: HistoryCounts, removed: number | null, withNulls: boolean) {
  const { states } = counts
  const size = states.length
  const weightOf = (step: StepWeight): number => step.converting + (withNulls ? step.nulls : 0)
  const steps = new Float64Array(size * size)
  const exits = new Float64Array(size)
  for (const [from, state] of states.entries()) {
    exits[from] = weightOf(state.exit)
    for (const [to, step] of state.steps) {
      // No step leads back to the start, the one state without a channel.
      if (states[to]?.channel === removed) addAt(exits, from, weightOf(step))
      else steps[from * size + to] = weightOf(step)
    }
  }
  const solve = createChainSolver({ size, steps, exits })
  const converting = solve(Float64Array.from(states, (state) => state.exit.converting))
  const value = solve(Float64Array.from(states, (state) => state.valueMinor))
  return { converting: amountAt(converting, 0), valueMinor: amountAt(value, 0) }
}
