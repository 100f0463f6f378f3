import type { Tally } from './journey.ts'
import { createMeasures, type JourneyMeasures, type MeasureOptions } from './measurement.ts'
import { PATH_REASONS, startPathFold, type PathBatch, type PathReason } from './path-fold.ts'
import { UNATTRIBUTED_REASONS, type UnattributedReason } from './person-journeys.ts'
import { startTimedFold, type EventBatch } from './timed-fold.ts'

/** Lines of the reconciliation that are in no model. */
export type Reason = UnattributedReason | PathReason

/** The month's conversions, each booked once: attributed or on one line of `unattributed`. */
export interface Measurement extends JourneyMeasures {
  readonly source: 'touchpoints' | 'journeys'
  readonly attributed: Tally
  readonly unattributed: ReadonlyMap<Reason, Tally>
  /** Attributed conversions without a stated value, and with a value of exactly 0. */
  readonly withoutValue: number
  readonly zeroValue: number
  readonly nullJourneys: number
  /** False where aggregated rows leave out how many journeys did not convert. */
  readonly nullsCounted: boolean
  /** Attributed conversions whose journey the lookback cut short; null where there is no lookback. */
  readonly truncated: number | null
}

export interface MeasurementFold<Batch> {
  readonly add: (batch: Batch) => void
  readonly finish: () => Measurement
}

type Options = Omit<MeasureOptions, 'timed'>

const DAY_MS = 86_400_000

/** Measures a month from touches and conversions, in the order of persons and time. */
export function startTimedMeasurement(options: Options): MeasurementFold<EventBatch> {
  const { policy } = options
  const measures = createMeasures({ ...options, timed: true })
  const fold = startTimedFold(
    {
      lookbackMs: policy.lookback_days * DAY_MS,
      assignment: policy.assignment,
      isDirect: measures.isDirect,
      ignoreDirect: policy.direct === 'ignore_if_other',
    },
    {
      startPerson: measures.startPerson,
      takeConversion: measures.takeConversion,
      takeNull: measures.take,
    },
  )
  const finish = (): Measurement => {
    const tally = fold.finish()
    return {
      ...measures.finish(tally.attributed),
      source: 'touchpoints',
      attributed: tally.attributed,
      unattributed: new Map(UNATTRIBUTED_REASONS.map((line) => [line, tally.unattributed[line]])),
      withoutValue: tally.withoutValue,
      zeroValue: tally.zeroValue,
      nullJourneys: tally.nullJourneys,
      nullsCounted: true,
      truncated: tally.truncated,
    }
  }
  return { add: fold.add, finish }
}

/** Measures aggregated journeys. They carry no times: lookback, time decay and time to conversion do not apply. */
export function startPathMeasurement(options: Options): MeasurementFold<PathBatch> {
  const measures = createMeasures({ ...options, timed: false })
  const fold = startPathFold(
    {
      channels: options.channels,
      isDirect: measures.isDirect,
      ignoreDirect: options.policy.direct === 'ignore_if_other',
    },
    // Aggregated rows name no persons: each one is dealt into groups anew.
    {
      take: (journey) => {
        measures.startPerson()
        measures.take(journey)
      },
    },
  )
  const finish = (): Measurement => {
    const tally = fold.finish()
    return {
      ...measures.finish(tally.attributed),
      source: 'journeys',
      attributed: tally.attributed,
      unattributed: new Map(PATH_REASONS.map((line) => [line, tally.unattributed[line]])),
      withoutValue: tally.withoutValue,
      zeroValue: tally.zeroValue,
      nullJourneys: tally.nullJourneys,
      nullsCounted: tally.rowsWithoutNulls === 0,
      truncated: null,
    }
  }
  return { add: fold.add, finish }
}
