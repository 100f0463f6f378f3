import { measured, notMeasured, unreadable, type Quantity } from './quantity.ts'

/** Whether a data set was there to be read. */
export type Presence = 'absent' | 'empty' | 'present' | 'unreadable'

/**
 * A count taken from a data set, as far as the data set can carry it: only rows that were read count. A file without a row says as little
 * as no file, so it never becomes a zero.
 *
 * @param what The data set in words a reader knows, plural: "risk signals".
 */
export function countedIn(presence: Presence, what: string, count: number): Quantity {
  if (presence === 'unreadable') return unreadable(`the ${what} could not be read`)
  return presence === 'present' ? measured(count) : notMeasured(`no ${what} were provided`)
}
