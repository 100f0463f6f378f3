import { enumerated } from '../kernel/enumeration.ts'
import { isMeasured } from '../kernel/quantity.ts'
import { literal, token } from '../schema/template.ts'
import type { ChannelLine, ChannelLines } from './channel-lines.ts'
import { MODEL_NAMES, type DecidingModel } from './models.ts'
import type { Measured } from './total-facts.ts'

/**
 * The stage in two to five sentences, the most important first.
 *
 * @param lines The channels; their credit is missing where the deciding model could not be computed.
 */
export function attributionSummary(
  measured: Measured,
  lines: ChannelLines,
  deciding: DecidingModel,
): string[] {
  if (measured.measurement.attributed.conversions === 0) return [coverageSentence(measured)]
  return [
    coverageSentence(measured),
    ...leaderSentence(lines, deciding),
    ...helperSentence(lines),
    pathSentence(measured),
    ...trustSentence(lines),
  ]
}

function coverageSentence({ measurement, control }: Measured): string {
  if (control.conversions === 0)
    return 'No conversion was recorded this month, so there is no credit to give.'
  const total = `${token('attribution.total.conversions')} conversions`
  if (measurement.attributed.conversions === 0) {
    return `Of ${total} none has a touch that a model may credit.`
  }
  const worth = `${total} worth ${token('attribution.total.value')}`
  return measurement.attributed.conversions === control.conversions
    ? `All ${worth} can be traced to channels.`
    : `Of ${worth}, ${token('attribution.attributed.conversions')} can be traced to channels; ${token('attribution.unattributed.conversions')} are in no model.`
}

function leaderSentence({ shown }: ChannelLines, deciding: DecidingModel): string[] {
  const [first, second] = shown.filter((line) => isMeasured(line.share) && line.share.value > 0)
  if (first === undefined) {
    return [`Credit under the deciding model (${MODEL_NAMES[deciding]}) could not be computed.`]
  }
  const lead = `Under the ${MODEL_NAMES[deciding]} model ${literal(first.name)} earns most, ${token(`${first.prefix}.share`)} of the credit`
  return [
    second === undefined
      ? `${lead}.`
      : `${lead}, followed by ${literal(second.name)} with ${token(`${second.prefix}.share`)}.`,
  ]
}

function helperSentence({ shown }: ChannelLines): string[] {
  const [helper] = shown
    .filter((line) => assistsOf(line) > 0)
    .toSorted((left, right) => assistsOf(right) - assistsOf(left))
  return helper === undefined
    ? []
    : [
        `${literal(helper.name)} assisted most: it was on the path of ${token(`${helper.prefix}.assisted`)} conversions that another channel closed.`,
      ]
}

function assistsOf({ assisted }: ChannelLine): number {
  return isMeasured(assisted) ? assisted.value : 0
}

function pathSentence({ measurement }: Measured): string {
  const touches = `Converting paths have ${token('attribution.path.mean_touches')} touches on average; ${token('attribution.path.one_touch_share')} of conversions follow a single touch`
  return measurement.lag === null
    ? `${touches}.`
    : `${touches}, and half convert within ${token('attribution.lag.median')} of the first.`
}

function trustSentence({ shown }: ChannelLines): string[] {
  const unsure = shown.filter(({ trust }) => trust?.action === 'directional')
  if (unsure.length === 0) return []
  return [
    unsure.length === shown.length
      ? 'No channel has credit firm enough to be relied on; all of it is a direction only.'
      : `Read the credit of ${enumerated(unsure.map((line) => literal(line.name)))} as a direction only.`,
  ]
}
