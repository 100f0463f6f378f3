import { createChainSolver } from './absorbing-chain.ts'
import { amountAt, type Credit } from './journey.ts'
import type { TransitionCounts } from './transitions.ts'

/** What the first-order chain says of journeys, and of each channel (by code). */
export type MarkovResult = ChainOutcome & (Removal | NothingToLose)

interface ChainOutcome {
  /** P(start reaches a conversion). */
  readonly pConversion: number
  /** Expected value of a started journey, in minor units. */
  readonly expectedValueMinor: number
  /** Share of value lost without the channel, in [0, 1]; null where no conversion had a value. */
  readonly removalEffectValue: readonly number[] | null
}

interface Removal {
  /** Share of conversions lost without the channel, in [0, 1]; the effects do not add up to 1. */
  readonly removalEffect: readonly number[]
  /** Conversions and value shared out by removal effect; value by its own removal effect (as ChannelAttribution does). */
  readonly credit: Credit
  /** Value shared out like the conversions (as DP6 Marketing Attribution Models does). */
  readonly valueByConversionShareMinor: readonly number[]
}

/** Nothing converted. */
interface NothingToLose {
  readonly removalEffect: null
  readonly credit: null
  readonly valueByConversionShareMinor: null
}

/** What the chain's effects are shared out over. */
export interface AttributedTotals {
  readonly conversions: number
  readonly valueMinor: number
}

/**
 * How many conversions, and how much value, would be lost if a channel did not exist?
 *
 * Journeys are read as a chain start → channels → conversion or null, with step probabilities as counted. Removing channel k turns every
 * step into k into a loss: RE(k) = 1 − P(conversion without k) ÷ P(conversion) = N(s,k) ÷ N(k,k) · p(k) ÷ p(s), with N the fundamental
 * matrix and p the chance to convert; for value, p is replaced by the expected value, paid on the last step. One elimination gives all
 * channels, exactly and without simulation. Credit of k = RE(k) ÷ Σ RE · total.
 *
 * A > B > C converted, A and B > C did not: P(conversion) = 1/3. Without A only journeys that begin with B can convert, P = 1/3 · 1/2, so
 * RE(A) = 1/2; without B, or C, none can: 1 each. Shares 0.2, 0.4 and 0.4.
 *
 * @param options.withNulls Whether journeys that did not convert take part; without them every journey ends in a conversion.
 * Source: E. Anderl, I. Becker, F. von Wangenheim, J. H. Schumann, "Mapping the customer journey" (2016); example of S. Bryl (2016).
 */
export function markovAttribution(
  counts: TransitionCounts,
  totals: AttributedTotals,
  options: { readonly withNulls: boolean },
): MarkovResult {
  const { channelCount } = counts
  const chain = chainOf(counts, options.withNulls)
  const solve = createChainSolver(chain)
  const convert = solve(chain.conversionExits)
  const value = solve(chain.rewards)
  const reach = visitChances(solve, channelCount)
  const effects = (outcome: Float64Array): number[] | null => {
    const fromStart = amountAt(outcome, channelCount)
    if (fromStart === 0) return null
    return reach.map((chance, channel) => (chance * amountAt(outcome, channel)) / fromStart)
  }
  const removalEffect = effects(convert)
  const removalEffectValue = effects(value)
  return {
    pConversion: amountAt(convert, channelCount),
    expectedValueMinor: amountAt(value, channelCount),
    removalEffectValue,
    ...shareOut(removalEffect, removalEffectValue, totals),
  }
}

function shareOut(
  removalEffect: readonly number[] | null,
  removalEffectValue: readonly number[] | null,
  totals: AttributedTotals,
): Removal | NothingToLose {
  if (removalEffect === null) {
    return { removalEffect, credit: null, valueByConversionShareMinor: null }
  }
  const valueByConversionShareMinor = inProportion(removalEffect, totals.valueMinor)
  return {
    removalEffect,
    credit: {
      conversions: inProportion(removalEffect, totals.conversions),
      valueMinor: inProportion(removalEffectValue ?? removalEffect, totals.valueMinor),
    },
    valueByConversionShareMinor,
  }
}

/** `total` shared out in proportion to shares that are ≥ 0 with a positive sum. */
export function inProportion(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((running, share) => running + share, 0)
  return shares.map((share) => (share / sum) * total)
}

function chainOf(counts: TransitionCounts, withNulls: boolean) {
  const { channelCount, converting, nulls } = counts
  const size = channelCount + 1
  const weightAt = (cell: number): number =>
    amountAt(converting, cell) + (withNulls ? amountAt(nulls, cell) : 0)
  const steps = new Float64Array(size * size)
  const exits = new Float64Array(size)
  const conversionExits = new Float64Array(size)
  for (let from = 0; from < size; from++) {
    const row = from * size
    for (let to = 0; to < channelCount; to++) steps[row + to] = weightAt(row + to)
    exits[from] = weightAt(row + channelCount)
    conversionExits[from] = amountAt(converting, row + channelCount)
  }
  const rewards = new Float64Array(size)
  rewards.set(counts.lastValueMinor)
  return { size, steps, exits, conversionExits, rewards }
}

/** P(start ever visits k) = N(s,k) ÷ N(k,k), per channel; 0 for a channel no counted journey used. */
function visitChances(
  solve: (right: Float64Array) => Float64Array,
  channelCount: number,
): number[] {
  const unit = new Float64Array(channelCount + 1)
  return Array.from({ length: channelCount }, (_, channel) => {
    unit.fill(0)
    unit[channel] = 1
    const column = solve(unit)
    return amountAt(column, channelCount) / amountAt(column, channel)
  })
}
