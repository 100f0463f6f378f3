import { compareText } from '../kernel/order.ts'

/** The channels of a data set: a channel's code is its place in `names`, so that folds can count in plain arrays. */
export interface ChannelIndex {
  /** Distinct names in code-unit order. */
  readonly names: readonly string[]
  readonly codeOf: ReadonlyMap<string, number>
}

/**
 * Gives every channel a code. Codes follow the names, not the rows, so that the order of the input cannot change a sum.
 *
 * @param names Names as they stand in the data, in any order, repeated or not.
 */
export function indexChannels(names: Iterable<string>): ChannelIndex {
  const sorted = [...new Set(names)].toSorted(compareText)
  return { names: sorted, codeOf: new Map(sorted.map((name, code) => [name, code])) }
}
