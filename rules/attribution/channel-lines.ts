import { present } from '../kernel/invariant.ts'
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
  /** Null where the deciding model gives no credit to judge, and for the line of the others. */
  readonly trust: Decision | null
}

/** A channel with a line of its own. */
export interface NamedLine extends ChannelLine {
  /** As the data calls it. */
  readonly channel: string
  readonly models: Disagreement
}

export interface ChannelLines {
  readonly shown: readonly NamedLine[]
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
  const valueOf = valueByChannel(measurement, policy.attribution.model)
  const lines = measurement.channels.map((channel, code) =>
    lineOf(measurement, policy, {
      channel,
      code,
      prefix: `${PREFIX}${distinctPart(channel)}`,
      name: names.get(channel) ?? channel,
      value: valueOf(code),
      models: present(disagreement[code], 'the models of a channel'),
    }),
  )
  // Channels come in the order of their names; the sort keeps it where credit ties.
  const ranked = lines.toSorted((left, right) => amountOr0(right.credit) - amountOr0(left.credit))
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

interface ChannelPlace extends Pick<NamedLine, 'prefix' | 'channel' | 'name' | 'value' | 'models'> {
  readonly code: number
}

function lineOf(measurement: Measurement, policy: Policy, place: ChannelPlace): NamedLine {
  const { code, channel, prefix, name, value, models } = place
  const contribution = present(measurement.contributions[code], 'what a channel contributed')
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
    assisted: measured(contribution.assisted),
    calibration: calibrate(credit, channel, policy.attribution.lift_tests),
    models,
  }
  if (!isMeasured(credit)) return { ...line, trust: null }
  const { ties } = measurement
  const trust = judgeChannelTrust(
    {
      id: channel,
      name,
      support: contribution.direct + contribution.assisted,
      credit: credit.value,
      models,
      ties: ties === null ? null : { low: ties.low[code] ?? 0, high: ties.high[code] ?? 0 },
    },
    policy.attribution,
    policy.version,
  )
  return { ...line, trust }
}

function sumLine(rest: readonly ChannelLine[], measurement: Measurement): ChannelLine {
  const unknown = notMeasured('not computed for a sum of channels')
  const total = (amount: (line: ChannelLine) => Quantity): Quantity => addUp(rest.map(amount))
  const credit = total((line) => line.credit)
  return {
    prefix: 'attribution.other_channels',
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
    trust: null,
  }
}

/** The sum, or the first part that is missing. */
function addUp(parts: readonly Quantity[]): Quantity {
  const missing = parts.find((part) => !isMeasured(part))
  return missing ?? measured(parts.reduce((sum, part) => sum + amountOr0(part), 0))
}

/** A missing amount as 0, where a sum or a ranking has no use for the difference. */
function amountOr0(quantity: Quantity): number {
  return isMeasured(quantity) ? quantity.value : 0
}
