import type { Policy } from '../policy/policy.ts'
import type { Tally } from './journey.ts'
import type { Measurement } from './month-measurement.ts'

/** Whether a data set was there to be read, and how many rows were accepted. */
export interface DatasetReading {
  readonly state: 'absent' | 'empty' | 'present' | 'unreadable'
  readonly rows: number
}

/**
 * What the books say of the same month, summed apart from the journeys: the figures the models must add up to. Value is that of rows in
 * the company's currency.
 */
export interface ControlTotals extends Tally {
  /** Conversions without a value in the company's currency, and those of them with one in another. */
  readonly withoutValue: number
  readonly foreignCurrency: number
}

type AttributionDataset = 'touchpoints' | 'conversions' | 'journeys'

export interface AttributionInput {
  readonly presence: Readonly<Record<AttributionDataset, DatasetReading>>
  /** Rows that were rejected when a data set was read, of whatever month, but exact copies: they are in no figure. */
  readonly rejected: Readonly<Record<AttributionDataset, number>>
  /** Null when there was nothing to measure, or it could not be read. */
  readonly measured: { readonly measurement: Measurement; readonly control: ControlTotals } | null
  /** Names by channel id, where the channels are known. */
  readonly names: ReadonlyMap<string, string>
}

/** What a rule of this stage is told besides its rows. */
export interface AttributionContext {
  readonly month: string
  readonly policy: Policy
}

/** Where journeys are read from. */
export type AttributionSource = 'touchpoints' | 'journeys' | 'none'

/**
 * Which data sets are journeys read from? Conversions of persons come first, because only they carry times; without touchpoints, journeys
 * already counted by path are the better source; conversions alone are still booked, and none can be attributed. A file without a row says
 * nothing about the month.
 */
export function attributionSource(presence: AttributionInput['presence']): AttributionSource {
  const { touchpoints, conversions, journeys } = presence
  const hasConversions = conversions.state === 'present'
  if (hasConversions && touchpoints.state === 'present') return 'touchpoints'
  if (journeys.state === 'present') return 'journeys'
  return hasConversions ? 'touchpoints' : 'none'
}

/** Data sets that journeys are read from and of which rows were rejected. */
export function rejectedSources({ presence, rejected }: AttributionInput): AttributionDataset[] {
  const read: readonly AttributionDataset[] =
    attributionSource(presence) === 'journeys' ? ['journeys'] : ['conversions', 'touchpoints']
  return read.filter((dataset) => rejected[dataset] > 0)
}

/** The fact that counts the rejected rows of a data set. */
export function rejectedId(dataset: AttributionDataset): string {
  return `attribution.rejected.${dataset}`
}
