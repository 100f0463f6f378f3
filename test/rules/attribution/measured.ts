import { indexChannels } from '#rules/attribution/channels.ts'
import type {
  AttributionContext,
  AttributionInput,
  ControlTotals,
} from '#rules/attribution/input.ts'
import {
  startPathMeasurement,
  startTimedMeasurement,
  type Measurement,
} from '#rules/attribution/month-measurement.ts'
import { parsePath } from '#rules/attribution/path-fold.ts'
import { policyWith } from '#test/support/policy.ts'

export const DAY = 86_400_000

/** A touch (`channel`) or a conversion (`value`, null where none is stated) of a person on a day of the month. */
export interface TestEvent {
  readonly person: string
  readonly day: number
  readonly channel?: string
  readonly value?: number | null
}

export interface TestRow {
  readonly path: string
  readonly conversions: number
  readonly value: number | null
  readonly nulls: number | null
}

export type AttributionChanges = Readonly<Record<string, unknown>>

export function contextWith(changes: AttributionChanges = {}): AttributionContext {
  return { month: '2026-03', policy: policyWith({ attribution: changes }) }
}

/** The month from events; persons are taken in the order given, days in the order of time. */
export function timedMonth(
  events: readonly TestEvent[],
  changes: AttributionChanges = {},
): Measurement {
  const channels = indexChannels(events.flatMap(({ channel }) => channel ?? []))
  const { policy } = contextWith(changes)
  const fold = startTimedMeasurement({ channels, policy: policy.attribution, seed: 1 })
  fold.add({
    person: events.map(({ person }) => person),
    atMs: events.map(({ day }) => day * DAY),
    channel: events.map(({ channel }) =>
      channel === undefined ? -1 : (channels.codeOf.get(channel) ?? -1),
    ),
    valueMinor: events.map(({ value }) => value ?? null),
    inMonth: events.map(() => 1),
  })
  return fold.finish()
}

/** The month from aggregated journeys. */
export function pathMonth(rows: readonly TestRow[], changes: AttributionChanges = {}): Measurement {
  const channels = indexChannels(rows.flatMap(({ path }) => parsePath(path)))
  const { policy } = contextWith(changes)
  const fold = startPathMeasurement({ channels, policy: policy.attribution, seed: 1 })
  fold.add({
    path: rows.map(({ path }) => parsePath(path)),
    conversions: rows.map(({ conversions }) => conversions),
    valueMinor: rows.map(({ value }) => value),
    nulls: rows.map(({ nulls }) => nulls),
  })
  return fold.finish()
}

/** Books that agree with the measurement, with the given changes. */
export function booksOf(
  measurement: Measurement,
  changes: Partial<ControlTotals> = {},
): ControlTotals {
  const lines = [measurement.attributed, ...measurement.unattributed.values()]
  return {
    conversions: lines.reduce((total, line) => total + line.conversions, 0),
    valueMinor: lines.reduce((total, line) => total + line.valueMinor, 0),
    withoutValue: measurement.withoutValue,
    foreignCurrency: 0,
    ...changes,
  }
}

/** The input of a review over a measured month. */
export function inputOf(
  measurement: Measurement,
  changes: { control?: Partial<ControlTotals>; names?: Readonly<Record<string, string>> } & Partial<
    Pick<AttributionInput, 'presence' | 'rejected'>
  > = {},
): AttributionInput {
  const timed = measurement.source === 'touchpoints'
  const absent = { state: 'absent', rows: 0 } as const
  const present = { state: 'present', rows: 9 } as const
  return {
    presence: changes.presence ?? {
      touchpoints: timed ? present : absent,
      conversions: timed ? present : absent,
      journeys: timed ? absent : present,
    },
    rejected: changes.rejected ?? { touchpoints: 0, conversions: 0, journeys: 0 },
    measured: { measurement, control: booksOf(measurement, changes.control) },
    names: new Map(Object.entries(changes.names ?? {})),
  }
}

/** A month of two channels with 40 conversions each way, enough for every threshold. */
export function steadyRows(): TestRow[] {
  return [
    { path: 'Search > Email', conversions: 40, value: 400_000, nulls: 60 },
    { path: 'Email > Search', conversions: 40, value: 200_000, nulls: 60 },
  ]
}
