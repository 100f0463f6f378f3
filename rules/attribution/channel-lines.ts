import { sortByLargest } from '../kernel/order.ts'
import { isMeasured, measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision } from '../schema/review.ts'
import { calibrate, type Calibration } from './calibration.ts'
import {
  amountOf,
  amountsByModel,
  intervalEnd,
  shareOfAttributed,
  valueByChannel,
} from './channel-amounts.ts'
import { judgeChannelTrust } from './channel-trust.ts'
import { modelDisagreement, type Disagreement } from './disagreement.ts'
import { comparedModels, type Model } from './models.ts'
import type { Measurement } from './month-measurement.ts'

/** One channel, or all channels not shown by name, as the review tells it. Amounts are conversions, value minor units. */
export interface ChannelLine {
  /** Opens the fact ids. */
  readonly prefix: string
  /** As the data calls it; null for a sum of several. */
  readonly channel: string | null
  readonly name: string
  readonly byModel: Readonly<Record<Model, Quantity>>
  /** Credit and value under the deciding model, and the share of what was attributed. */
  readonly credit: Quantity
  readonly value: Quantity
  readonly share: Quantity
  readonly shareLow: Quantity
  readonly shareHigh: Quantity
  readonly assisted: Quantity
  readonly calibration: Calibration
  /** Null for the line of the others. */
  readonly models: Disagreement | null
  readonly trust: Decision | null
}

export interface ChannelLines {
  readonly shown: readonly ChannelLine[]
  /** Null when every channel is shown. */
  readonly others: ChannelLine | null
  readonly othersCount: number
}

/** How channels are named: by their channel id where the data knows it. */
export type ChannelNames = ReadonlyMap<string, string>

/** The channels of a month, most credit first, the rest summed in one line so that every column still adds up to the total. */
export function channelLines(
  measurement: Measurement,
  policy: Policy,
  names: ChannelNames,
): ChannelLines {
  const disagreement = modelDisagreement(
    measurement.credits,
    comparedModels(policy.attribution.model),
    measurement.channels.length,
  )
  const value = valueByChannel(measurement, policy.attribution.model)
  const lines = measurement.channels.map((channel, code) => ({
    channel,
    line: lineOf(measurement, policy, {
      channel,
      code,
      prefix: `${PREFIX}${distinctPart(channel)}`,
      name: names.get(channel) ?? channel,
      value: value[code] ?? notMeasured('no credit'),
      models: disagreement[code] ?? null,
    }),
  }))
  const ranked = sortByLargest(
    lines,
    ({ line }) => (isMeasured(line.credit) ? line.credit.value : 0),
    ({ channel }) => channel,
  ).map(({ line }) => line)
  const limit = policy.attribution.channels_shown
  // A line of its own for a single channel would say less than its name.
  if (ranked.length <= limit + 1) return { shown: ranked, others: null, othersCount: 0 }
  const rest = ranked.slice(limit)
  return {
    shown: ranked.slice(0, limit),
    others: sumLine(rest, measurement),
    othersCount: rest.length,
  }
}

const PREFIX = 'attribution.channel.'

interface ChannelPlace extends Pick<ChannelLine, 'prefix' | 'name' | 'value' | 'models'> {
  /** As the data calls it. */
  readonly channel: string
  readonly code: number
}

function lineOf(measurement: Measurement, policy: Policy, place: ChannelPlace): ChannelLine {
  const { code, channel, prefix, name, value, models } = place
  const credit = amountOf(measurement, policy.attribution.model, code)
  const interval = measurement.intervals?.[code] ?? null
  const line = {
    prefix,
    channel,
    name,
    byModel: amountsByModel((model) => amountOf(measurement, model, code)),
    credit,
    value,
    share: shareOfAttributed(credit, measurement),
    shareLow: intervalEnd(interval?.low),
    shareHigh: intervalEnd(interval?.high),
    assisted: measured(measurement.contributions[code]?.assisted ?? 0),
    calibration: calibrate(credit, channel, policy.attribution.lift_tests),
    models,
  }
  return { ...line, trust: trustOf(line, { measurement, policy, code }) }
}

function trustOf(
  line: Omit<ChannelLine, 'trust'>,
  given: { readonly measurement: Measurement; readonly policy: Policy; readonly code: number },
): Decision | null {
  const { measurement, policy, code } = given
  const helped = measurement.contributions[code]
  if (line.channel === null || line.models === null || helped === undefined) return null
  if (!isMeasured(line.credit)) return null
  const { ties } = measurement
  return judgeChannelTrust(
    {
      id: line.channel,
      name: line.name,
      support: helped.direct + helped.assisted,
      credit: line.credit.value,
      models: line.models,
      ties: ties === null ? null : { low: ties.low[code] ?? 0, high: ties.high[code] ?? 0 },
    },
    policy.attribution,
    policy.version,
  )
}

function sumLine(rest: readonly ChannelLine[], measurement: Measurement): ChannelLine {
  const unknown = notMeasured('not computed for a sum of channels')
  const total = (amount: (line: ChannelLine) => Quantity): Quantity => addUp(rest.map(amount))
  const credit = total((line) => line.credit)
  return {
    prefix: 'attribution.other_channels',
    channel: null,
    name: 'Other channels',
    byModel: amountsByModel((model) => total((line) => line.byModel[model])),
    credit,
    value: total((line) => line.value),
    share: shareOfAttributed(credit, measurement),
    shareLow: unknown,
    shareHigh: unknown,
    // One conversion can be assisted by several of these channels, so their assists do not add up.
    assisted: unknown,
    calibration: { incremental: unknown, low: unknown, high: unknown, measuredOn: null },
    models: null,
    trust: null,
  }
}

/** The sum, or the first part that is missing. */
function addUp(parts: readonly Quantity[]): Quantity {
  const missing = parts.find((part) => !isMeasured(part))
  return (
    missing ?? measured(parts.reduce((sum, part) => sum + (isMeasured(part) ? part.value : 0), 0))
  )
}
