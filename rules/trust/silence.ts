/** What is known of one data set's rows over time. Months are `YYYY-MM`. */
export interface RowsByMonth {
  readonly name: string
  /** Whether a row lies in the review's month. */
  readonly inMonth: boolean
  /** The last month before it with a row, and the first one after it: the month itself where its rows all lie after the review's day. */
  readonly lastBefore: string | null
  readonly firstAfter: string | null
}

/** A data set that says nothing of the month although it speaks of others. */
export interface SilentSet {
  readonly name: string
  /** The nearest month with a row: the last one before, else the first one after. */
  readonly nearest: string
}

/** Rows of the month that lie after the day a review speaks for. */
export interface LaterRows {
  readonly name: string
  readonly rows: number
}

/** A set that may truly be empty for a month, and the one whose rows of the month prove that the month was recorded. */
const PROVED_BY: ReadonlyMap<string, string> = new Map([
  ['conversions', 'touchpoints'],
  ['deals', 'leads'],
])

/**
 * Which data sets have no row in the month although they have rows in others?
 *
 * An export that ends a month early looks like a month in which nothing happened. Such a set is not measured for the month, never zero. No
 * row is a true zero only where a neighbour proves that the month was recorded: people were touched and none converted; leads came and
 * no deal did.
 *
 * @param sets Data sets that record what happened, each with its rows by month. A set without any row is not silent: it is empty.
 */
export function silentSets(sets: readonly RowsByMonth[]): SilentSet[] {
  const speaking = new Set(sets.filter(({ inMonth }) => inMonth).map(({ name }) => name))
  return sets.flatMap(({ name, inMonth, lastBefore, firstAfter }) => {
    const nearest = lastBefore ?? firstAfter
    const proof = PROVED_BY.get(name)
    const isZero = proof !== undefined && speaking.has(proof)
    return inMonth || isZero || nearest === null ? [] : [{ name, nearest }]
  })
}
