import { compareToPrinted } from '../kernel/printed-decimal.ts'
import { notMeasured, measured, type Quantity } from '../kernel/quantity.ts'

/** The views of a piece now and in each earlier month in which it was measured. */
export interface ViewHistory {
  readonly now: Quantity
  readonly earlier: readonly number[]
}

export interface Decay {
  /** (now − earlier average) ÷ earlier average, a signed share. */
  readonly change: Quantity
  readonly decaying: boolean
}

/**
 * Is a piece losing its readers?
 *
 * change = (now − average of the earlier months) ÷ that average. Decaying when the fall is at least `decayShare` and the earlier average is at
 * least `minViews`: a small piece falls and rises by chance. Compared exactly, with the share as printed.
 *
 * 100 and 300 views, then 140: the average is 200, the fall 60 ÷ 200 = 30 %. At a share of 0.3 the piece decays, with 141 it does not.
 *
 * @param decayShare Share of the earlier average, in (0, 1].
 */
export function judgeDecay(
  { now, earlier }: ViewHistory,
  bounds: { readonly decayShare: number; readonly minViews: number },
): Decay {
  if (earlier.length === 0) {
    return { change: notMeasured('no earlier month was measured'), decaying: false }
  }
  if (!('value' in now)) return { change: now, decaying: false }
  const earlierSum = earlier.reduce((sum, views) => sum + views, 0)
  if (earlierSum === 0) {
    return { change: notMeasured('the earlier views are zero'), decaying: false }
  }
  const scaledNow = now.value * earlier.length
  const fall = { numerator: earlierSum - scaledNow, denominator: earlierSum }
  const enough = earlierSum >= bounds.minViews * earlier.length
  return {
    change: measured((scaledNow - earlierSum) / earlierSum),
    decaying: enough && compareToPrinted(fall, bounds.decayShare) >= 0,
  }
}
