import { addAt, amountAt, type Journey, type JourneySink } from './journey.ts'

/** From where to where journeys step, counted in journeys. Row `start`, then one row per channel; the last column is the way out. */
export interface TransitionCounts {
  readonly channelCount: number
  /** (channelCount + 1)² counts, row by row: rows are channels and last the start, columns are channels and last the exit. */
  readonly converting: Float64Array
  readonly nulls: Float64Array
  /** Value in minor units of the conversions each channel closed. */
  readonly lastValueMinor: Float64Array
}

/**
 * Counts the steps of journeys: start → first channel, channel → channel, last channel → conversion or null. Repeated touches count as
 * steps from a channel to itself; leaving the diagonal out gives the matrix of journeys with repeats collapsed.
 */
export function createTransitionCounts(channelCount: number): TransitionCounts & JourneySink {
  const stride = channelCount + 1
  const counts = {
    channelCount,
    converting: new Float64Array(stride * stride),
    nulls: new Float64Array(stride * stride),
    lastValueMinor: new Float64Array(channelCount),
  }
  const take = (journey: Journey): void => {
    const { channels, from, to, conversions, nulls } = journey
    if (from === to) return
    if (conversions > 0) countSteps(counts.converting, journey, conversions)
    if (nulls > 0) countSteps(counts.nulls, journey, nulls)
    addAt(counts.lastValueMinor, amountAt(channels, to - 1), journey.valueMinor)
  }
  const countSteps = (matrix: Float64Array, { channels, from, to }: Journey, weight: number) => {
    let row = channelCount * stride
    for (let touch = from; touch < to; touch++) {
      const channel = channels[touch] ?? 0
      addAt(matrix, row + channel, weight)
      row = channel * stride
    }
    addAt(matrix, row + channelCount, weight)
  }
  return { ...counts, take }
}

/** A counted step with its share of all steps out of `from`. */
export interface TransitionRow {
  readonly from: string
  readonly to: string
  readonly count: number
  readonly probability: number
}

/** Names of the states that are no channel, as ChannelAttribution prints them. */
export const START = '(start)'
export const CONVERSION = '(conversion)'
export const NULL_EXIT = '(null)'

/**
 * The transition matrix as rows, steps that never happened left out.
 *
 * @param names Channel names by code.
 */
export function transitionRows(
  counts: TransitionCounts,
  names: readonly string[],
  options: { readonly selfLoops: boolean; readonly withNulls: boolean },
): TransitionRow[] {
  const size = counts.channelCount
  const rows: TransitionRow[] = []
  for (const from of [size, ...names.keys()]) {
    const cells = stepsFrom(counts, from, options)
    const total = cells.reduce((sum, count) => sum + count, 0)
    for (const [to, count] of cells.entries()) {
      if (count === 0) continue
      rows.push({
        from: from === size ? START : (names[from] ?? ''),
        to: names[to] ?? (to === size ? CONVERSION : NULL_EXIT),
        count,
        probability: count / total,
      })
    }
  }
  return rows
}

/** Steps out of one state: to each channel, to the conversion, to the null exit. */
function stepsFrom(
  counts: TransitionCounts,
  from: number,
  { selfLoops, withNulls }: { readonly selfLoops: boolean; readonly withNulls: boolean },
): number[] {
  const size = counts.channelCount
  const nulls = withNulls ? 1 : 0
  const at = from * (size + 1)
  const cells = Array.from({ length: size }, (_, to) =>
    to === from && !selfLoops
      ? 0
      : amountAt(counts.converting, at + to) + nulls * amountAt(counts.nulls, at + to),
  )
  return [
    ...cells,
    amountAt(counts.converting, at + size),
    nulls * amountAt(counts.nulls, at + size),
  ]
}
