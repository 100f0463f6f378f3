import { amountAt } from './journey.ts'

/** How far back a conversion may look. */
export interface WindowPolicy {
  /** Longest time from touch to conversion that still counts, in ms, both ends included; null: no limit. */
  readonly lookbackMs: number | null
  /** `split`: an earlier conversion of the same person closes the journey. `overlap`: it does not. */
  readonly assignment: 'split' | 'overlap'
}

/** The touches of a person that a conversion may credit: from `from` up to but not including `to`. */
export interface TouchRange {
  readonly from: number
  readonly to: number
  /** First touch that an earlier conversion had not closed off, whatever its age: `from − open` touches were cut by age alone. */
  readonly open: number
}

/**
 * Which touches may a conversion credit?
 *
 * A touch is eligible when conversion − lookback ≤ touch ≤ conversion and, under `split`, touch > the latest earlier instant at which the
 * same person converted. Conversions at the same instant share their touches.
 *
 * @param times A person's touches in ms, ascending.
 * @param at The conversion and the last conversion strictly before it (null: none), in ms.
 */
export function eligibleTouches(
  times: ArrayLike<number>,
  at: { readonly conversionMs: number; readonly earlierMs: number | null },
  policy: WindowPolicy,
): TouchRange {
  const to = firstAbove(times, at.conversionMs)
  const open =
    policy.assignment === 'split' && at.earlierMs !== null ? firstAbove(times, at.earlierMs) : 0
  const oldest = policy.lookbackMs === null ? -Infinity : at.conversionMs - policy.lookbackMs
  return { from: Math.max(open, firstFrom(times, oldest)), to, open }
}

/** Index of the first time > `limit`. */
export function firstAbove(times: ArrayLike<number>, limit: number): number {
  let low = 0
  for (let high = times.length; low < high;) {
    const middle = (low + high) >>> 1
    if (amountAt(times, middle) > limit) high = middle
    else low = middle + 1
  }
  return low
}

/** Index of the first time ≥ `limit`. */
function firstFrom(times: ArrayLike<number>, limit: number): number {
  let low = 0
  for (let high = times.length; low < high;) {
    const middle = (low + high) >>> 1
    if (amountAt(times, middle) >= limit) high = middle
    else low = middle + 1
  }
  return low
}
