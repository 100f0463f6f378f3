import { notMeasured, type Missing } from '../kernel/quantity.ts'
import { higherOrderMarkov } from './higher-order-markov.ts'
import type { HistoryCounts } from './history-counts.ts'
import type { Credit, Tally } from './journey.ts'
import { markovAttribution } from './markov.ts'
import type { TransitionCounts } from './transitions.ts'

/** Credit by removal effect, with what stands behind it. */
export interface MarkovCredit extends Credit {
  readonly order: number
  readonly pConversion: number
  /** Share of conversions lost without the channel, per channel code. */
  readonly removalEffect: readonly number[]
}

/** Above this many channels the elimination takes longer than the rest of the review. */
const CHANNELS_MAX = 1000

/** What the chain counted; `history` only where the policy asks for a memory of more than one channel. */
export interface ChainCounts {
  readonly transitions: TransitionCounts
  readonly history: HistoryCounts | null
}

/** Which credit does the Markov model give, at the order the policy asks for? */
export function markovCredit(
  { transitions, history }: ChainCounts,
  totals: Tally,
  options: { readonly withNulls: boolean },
): MarkovCredit | Missing {
  if (transitions.channelCount > CHANNELS_MAX)
    return notMeasured(`more than ${CHANNELS_MAX} channels`)
  if (history !== null) {
    const result = higherOrderMarkov(history, totals, options)
    if ('status' in result) return result
    const { pConversion, removalEffect, credit } = result
    return { order: history.order, pConversion, removalEffect, ...credit }
  }
  const { pConversion, removalEffect, credit } = markovAttribution(transitions, totals, options)
  if (removalEffect === null) return notMeasured('no journey converted')
  return { order: 1, pConversion, removalEffect, ...credit }
}
