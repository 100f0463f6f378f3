import type { HeuristicBuckets, LengthBuckets } from './heuristic-buckets.ts'
import { amountAt, type Buckets, type Credit } from './journey.ts'

/** The models that only look at the order of touches. */
export interface HeuristicCredits {
  readonly first_touch: Credit
  readonly last_touch: Credit
  readonly last_non_direct: Credit
  readonly linear: Credit
  readonly linear_unique_channels: Credit
  readonly position_based: Credit
}

type Measure = keyof Buckets

/**
 * How much of the conversions, and of their value, does each order-based model give to each channel?
 *
 * For a channel touched t(n) times in journeys of n touches, of which it opened f(n) and closed l(n):
 * first Σ f(n) · last Σ l(n) · linear Σ t(n)/n · position-based Σ over n ≥ 3 of e·(f + l) + (1 − 2e)·(t − f − l)/(n − 2), and linear for n ≤ 2 ·
 * unique channels Σ p(d)/d over journeys with d distinct channels, p(d) of which it took part in. Divided once, in ascending n.
 *
 * A > B > A > C: first touch A 1; last touch C 1; linear A ½, B ¼, C ¼; unique channels ⅓ each; 40/20/40 A 0.4 + 0.1, B 0.1, C 0.4.
 *
 * @param endShare e, the share of each end in (0, ½]; 0.4 gives 40/20/40.
 * Source: ChannelAttribution `heuristic_models`; position-based as DP6 Marketing Attribution Models.
 */
export function heuristicCredits(buckets: HeuristicBuckets, endShare: number): HeuristicCredits {
  const lengths = [...buckets.byLength].toSorted(([left], [right]) => left - right)
  const over = (share: (row: LengthBuckets, length: number, at: At) => number): Credit =>
    creditOf(buckets.channelCount, (at) =>
      lengths.reduce((total, [length, row]) => total + share(row, length, at), 0),
    )
  const sets = [...buckets.byDistinct].toSorted(([left], [right]) => left - right)
  return {
    first_touch: over((row, _length, at) => cell(row.first, at)),
    last_touch: over((row, _length, at) => cell(row.last, at)),
    last_non_direct: creditOf(buckets.channelCount, (at) => cell(buckets.lastNonDirect, at)),
    linear: over((row, length, at) => cell(row.touched, at) / length),
    linear_unique_channels: creditOf(buckets.channelCount, (at) =>
      sets.reduce((total, [distinct, row]) => total + cell(row, at) / distinct, 0),
    ),
    position_based: over((row, length, at) => positionShare(row, length, { ...at, endShare })),
  }
}

interface At {
  readonly measure: Measure
  readonly channel: number
}

function positionShare(
  row: LengthBuckets,
  length: number,
  at: At & { readonly endShare: number },
): number {
  const touched = cell(row.touched, at)
  if (length <= 2) return touched / length
  const ends = cell(row.first, at) + cell(row.last, at)
  return at.endShare * ends + ((1 - 2 * at.endShare) * (touched - ends)) / (length - 2)
}

function creditOf(channelCount: number, amount: (at: At) => number): Credit {
  const list = (measure: Measure): number[] =>
    Array.from({ length: channelCount }, (_, channel) => amount({ measure, channel }))
  return { conversions: list('conversions'), valueMinor: list('valueMinor') }
}

function cell(buckets: Buckets, { measure, channel }: At): number {
  return amountAt(buckets[measure], channel)
}
