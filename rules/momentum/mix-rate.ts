import { invariant } from '../kernel/invariant.ts'

/** One segment's base (n) and successes (k) in two months. */
export interface MixSegment {
  readonly id: string
  readonly previous: { readonly entered: number; readonly converted: number }
  readonly current: { readonly entered: number; readonly converted: number }
}

/** What one segment contributes; all as points of the blended rate. */
interface SegmentEffect {
  readonly id: string
  readonly previousShare: number
  readonly currentShare: number
  /** null when the segment was not there. */
  readonly previousRate: number | null
  readonly currentRate: number | null
  /** Mean share · change of rate. */
  readonly rateEffect: number
  /** Change of share · (mean segment rate − mean blended rate). */
  readonly mixEffect: number
}

/** A change of a blended rate split into what segments do and which segments there are. */
export interface MixRateSplit {
  /** rateEffect + mixEffect. */
  readonly change: number
  readonly rateEffect: number
  readonly mixEffect: number
  readonly segments: readonly SegmentEffect[]
  /** The blended rate moves one way while every segment present in both months moves the other. */
  readonly simpsonReversal: boolean
}

/**
 * Did the blended conversion rate move because segments convert differently, or because their mix changed?
 *
 * rate effect = mean share of entries · change of the segment's rate; mix effect = change of its share · (its mean rate − mean blended rate).
 * Summed over the segments both add up to the change. A segment absent in one month takes its rate of the other: all of its effect is mix.
 *
 * 1,200 entries a month; a falls from 1,000 at 5 % to 300 at 4.7 %, b grows from 200 at 20 % to 900 at 19 %. The blend rises from 7.5 % to
 * 15.4 %, by 7.9 points: −0.6 because both convert worse, +8.6 because b took the place of a (Simpson's reversal).
 *
 * @param segments Whole counts, converted ≤ entered.
 * @returns null when a month has no entries at all: there is no blended rate to split.
 * @throws InvariantError when more converted than entered.
 * Source: Kitagawa (1955), Components of a difference between two rates, JASA 50.
 */
export function splitMixAndRate(segments: readonly MixSegment[]): MixRateSplit | null {
  const before = blend(segments.map((segment) => segment.previous))
  const now = blend(segments.map((segment) => segment.current))
  if (before.entered === 0 || now.entered === 0) return null
  const meanRate = (before.converted / before.entered + now.converted / now.entered) / 2
  const effects = segments.map((segment) => effectOf(segment, { before, now, meanRate }))
  const change = now.converted / now.entered - before.converted / before.entered
  return {
    change,
    rateEffect: effects.reduce((sum, effect) => sum + effect.rateEffect, 0),
    mixEffect: effects.reduce((sum, effect) => sum + effect.mixEffect, 0),
    segments: effects,
    simpsonReversal: isReversed(change, effects),
  }
}

interface Blend {
  readonly entered: number
  readonly converted: number
}

function blend(parts: readonly Blend[]): Blend {
  let [entered, converted] = [0, 0]
  for (const part of parts) {
    invariant(
      part.converted >= 0 && part.converted <= part.entered,
      `splitMixAndRate: ${part.converted} converted of ${part.entered} entered`,
    )
    entered += part.entered
    converted += part.converted
  }
  return { entered, converted }
}

function effectOf(
  { id, previous, current }: MixSegment,
  { before, now, meanRate }: { before: Blend; now: Blend; meanRate: number },
): SegmentEffect {
  const previousShare = previous.entered / before.entered
  const currentShare = current.entered / now.entered
  const previousRate = rateOf(previous)
  const currentRate = rateOf(current)
  const [from, to] = [previousRate ?? currentRate ?? 0, currentRate ?? previousRate ?? 0]
  return {
    id,
    previousShare,
    currentShare,
    previousRate,
    currentRate,
    rateEffect: ((previousShare + currentShare) / 2) * (to - from),
    mixEffect: (currentShare - previousShare) * ((from + to) / 2 - meanRate),
  }
}

function rateOf({ entered, converted }: Blend): number | null {
  return entered === 0 ? null : converted / entered
}

function isReversed(change: number, effects: readonly SegmentEffect[]): boolean {
  const steps = effects.flatMap(({ previousRate, currentRate }) =>
    previousRate === null || currentRate === null ? [] : [currentRate - previousRate],
  )
  return (
    steps.length > 0 && change !== 0 && steps.every((step) => (change > 0 ? step < 0 : step > 0))
  )
}
