import { exp } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'

/**
 * Equal credit to every touch: 1/n each. A channel touched twice gets two shares.
 *
 * @param touches n ≥ 1.
 */
export function linearWeights(touches: number): number[] {
  return Array.from({ length: touches }, () => 1 / touches)
}

/** All credit to one touch. @param index 0 ≤ index < touches. */
export function singleTouchWeights(touches: number, index: number): number[] {
  return Array.from({ length: touches }, (_, touch) => (touch === index ? 1 : 0))
}

/**
 * The touch that the last non-direct model credits: the last one whose channel is not direct; the very last one when all are.
 *
 * @param direct One flag per touch, oldest first, at least one.
 * Source: Google Analytics, "last non-direct click".
 */
export function lastNonDirectTouch(direct: readonly boolean[]): number {
  const found = direct.lastIndexOf(false)
  return found === -1 ? direct.length - 1 : found
}

/**
 * Position-based (U-shaped) credit: `endShare` to the first and to the last touch, the rest in equal parts to those between. One touch takes
 * all, two take half each, because the middle's share falls to both ends alike.
 *
 * @param touches n ≥ 1.
 * @param endShare Share of each end in (0, ½]; 0.4 gives 40/20/40.
 */
export function positionWeights(touches: number, endShare: number): number[] {
  if (touches <= 2) return linearWeights(touches)
  const between = (1 - 2 * endShare) / (touches - 2)
  return Array.from({ length: touches }, (_, touch) =>
    touch === 0 || touch === touches - 1 ? endShare : between,
  )
}

/**
 * Position-based credit that does not depend on the order of touches at the same instant: every touch at the earliest or the latest instant
 * counts as an end, and the weights are scaled to sum to 1.
 *
 * @param times Instants in any unit and order, at least one.
 * Source: PostHog, build_position_based_weights (as of 2025).
 */
export function tieNeutralPositionWeights(times: readonly number[], endShare: number): number[] {
  const earliest = times.reduce((found, time) => Math.min(found, time), Infinity)
  const latest = times.reduce((found, time) => Math.max(found, time), -Infinity)
  const between = (1 - 2 * endShare) / (times.length - 2)
  return scaledToOne(
    times.map((time) => (time === earliest || time === latest ? endShare : between)),
  )
}

/**
 * Time-decay credit: a touch `half life` earlier gets half the weight, w = 2^(−age ÷ half life), scaled to sum to 1. Ages count
 * continuously, without rounding to days; they are measured from the youngest touch, so that very old journeys do not vanish.
 *
 * @param ages Time from touch to conversion, at least one, same unit as `halfLife`.
 * @param halfLife > 0.
 * @throws InvariantError on a half life that is not positive.
 * Source: Google Analytics, time-decay model (half life of 7 days).
 */
export function timeDecayWeights(ages: readonly number[], halfLife: number): number[] {
  invariant(halfLife > 0, `timeDecayWeights: expected a positive half life, got ${halfLife}`)
  const youngest = ages.reduce((found, age) => Math.min(found, age), Infinity)
  return scaledToOne(ages.map((age) => decayWeight(age - youngest, halfLife)))
}

/** Weight of a touch that is `gap` older than the youngest one: 2^(−gap ÷ half life), both in one unit. */
export function decayWeight(gap: number, halfLife: number): number {
  return exp((-gap / halfLife) * Math.LN2)
}

/**
 * Equal credit to every channel of a path, however often it was touched: 1/d to each of d channels, in equal parts to its touches. Summed
 * over journeys this is the Shapley value of the game "conversions of journeys whose channels all belong to the coalition".
 *
 * @param channels One code per touch, at least one.
 * Source: unanimity decomposition of L. S. Shapley, "A value for n-person games" (1953).
 */
export function uniqueChannelWeights(channels: readonly number[]): number[] {
  const touches = new Map<number, number>()
  for (const channel of channels) touches.set(channel, (touches.get(channel) ?? 0) + 1)
  return channels.map((channel) => 1 / (touches.size * (touches.get(channel) ?? 1)))
}

function scaledToOne(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}
