/** How long journeys took from the first credited touch to the conversion. */
export interface LagSummary {
  /** Whole minutes: the smallest lag that at least half (nine tenths) of the conversions did not exceed. */
  readonly medianMinutes: number
  readonly p90Minutes: number
  /** Conversions less than 24 hours after the first touch. */
  readonly withinDay: number
  readonly conversions: number
}

export interface LagCounts {
  readonly take: (firstTouchMs: number, conversionMs: number) => void
  /** Null when there was no conversion. */
  readonly finish: () => LagSummary | null
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 1440

/**
 * Counts times to conversion by the minute (a started minute does not count), so that quantiles are exact and memory does not grow with
 * the number of conversions.
 */
export function createLagCounts(): LagCounts {
  const byMinute = new Map<number, number>()
  const take = (firstTouchMs: number, conversionMs: number): void => {
    const minutes = Math.floor((conversionMs - firstTouchMs) / MINUTE_MS)
    byMinute.set(minutes, (byMinute.get(minutes) ?? 0) + 1)
  }
  const finish = (): LagSummary | null => {
    const ascending = [...byMinute].toSorted(([left], [right]) => left - right)
    const conversions = ascending.reduce((total, [, count]) => total + count, 0)
    if (conversions === 0) return null
    return {
      medianMinutes: quantile(ascending, conversions * 0.5),
      p90Minutes: quantile(ascending, conversions * 0.9),
      withinDay: ascending.reduce(
        (total, [minutes, count]) => total + (minutes < DAY_MINUTES ? count : 0),
        0,
      ),
      conversions,
    }
  }
  return { take, finish }
}

/** The smallest value whose running count reaches `rank`. */
function quantile(ascending: readonly (readonly [number, number])[], rank: number): number {
  let [running, found] = [0, 0]
  for (const [value, count] of ascending) {
    if (running < rank) found = value
    running += count
  }
  return found
}
