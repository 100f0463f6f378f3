/**
 * A closed journey, the one shape every fold of this folder takes: the rows `from` up to but not including `to` of a column that may hold
 * other journeys too. The object and its column are used again for the next journey: whoever needs them later copies them.
 */
export interface Journey {
  /** Channel codes, oldest touch first. */
  readonly channels: ArrayLike<number>
  readonly from: number
  readonly to: number
  /** How often a journey with this path converted, and how often it did not: whole numbers ≥ 0. */
  readonly conversions: number
  readonly nulls: number
  /** Value of these conversions together, in minor units. */
  readonly valueMinor: number
}

/** The channel codes of a journey, oldest touch first, as a list of its own. */
export function channelsOf({ channels, from, to }: Journey): number[] {
  return Array.from({ length: to - from }, (_, touch) => amountAt(channels, from + touch))
}

/** Something that counts journeys. */
export interface JourneySink {
  readonly take: (journey: Journey) => void
}

/** Conversions and their value per channel code; fractional where a model divides a conversion. */
export interface Credit {
  readonly conversions: readonly number[]
  readonly valueMinor: readonly number[]
}

/** A number of conversions and their value in minor units. */
export interface Tally {
  conversions: number
  valueMinor: number
}

/** A tally of nothing yet. */
export function createTally(): Tally {
  return { conversions: 0, valueMinor: 0 }
}

/** Whole-number counts per channel code. */
export interface Buckets {
  readonly conversions: Float64Array
  readonly valueMinor: Float64Array
}

/** Empty buckets. Counts stay exact up to 2^53. */
export function createBuckets(channelCount: number): Buckets {
  return {
    conversions: new Float64Array(channelCount),
    valueMinor: new Float64Array(channelCount),
  }
}

/** One cell of a list; 0 for an index nothing was counted under. Loops over millions of rows index their own array instead: a helper shared by many kinds of arrays is slow there. */
export function amountAt(cells: ArrayLike<number>, index: number): number {
  return cells[index] ?? 0
}

/** Adds to one cell of a counter; the index is in range by construction. */
export function addAt(cells: Float64Array, index: number, amount: number): void {
  cells[index] = (cells[index] ?? 0) + amount
}

/** Adds the conversions and value of a journey to one channel. */
export function addJourney(buckets: Buckets, channel: number, journey: Journey): void {
  addAt(buckets.conversions, channel, journey.conversions)
  addAt(buckets.valueMinor, channel, journey.valueMinor)
}
