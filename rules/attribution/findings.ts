import { midSentence } from '../kernel/enumeration.ts'
import { isMeasured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { AttributionPolicy } from '../policy/attribution.ts'
import type { Decision, Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { creditId } from './channel-facts.ts'
import type { ChannelLine, ChannelLines, NamedLine } from './channel-lines.ts'
import { type AttributionInput, rejectedId, rejectedSources } from './input.ts'
import { isCredit, MODEL_NAMES, type DecidingModel } from './models.ts'
import { LINE_NAMES, openLines, type Measured } from './total-facts.ts'

/** Findings named one by one; more of a kind are counted in the channel table. */
const CHANNELS_NAMED = 3

/** What a reader must know about who gets the credit. */
export function attributionFindings(
  measured: Measured,
  lines: ChannelLines,
  { policy, input }: { policy: AttributionPolicy; input: AttributionInput },
): Finding[] {
  return [
    ...rejectedFindings(input),
    ...sourceFindings(measured, input.presence),
    ...modelFindings(measured, policy),
    ...lossFindings(measured, policy),
    ...swingFindings(lines, policy),
    ...pathFindings(measured, policy),
    ...shapleyFindings(lines),
    labelFinding(lines),
  ]
}

/** The books and the models do not agree: no credit is shown. */
export function reconciliationFinding(gate: Decision): Finding {
  return finding('reconciliation', 'serious', {
    title: 'Attribution is withheld: conversions do not add up',
    detail: `${
      gate.reason === 'lines_miss_the_books'
        ? 'The journeys do not account for every conversion in the books'
        : 'A model hands out more or less than was attributed'
    }, so no channel is given credit this month. The decision lists both sides.`,
  })
}

function rejectedFindings(input: AttributionInput): Finding[] {
  return rejectedSources(input).map((dataset) =>
    finding(`rejected_${dataset}`, 'serious', {
      title: `Rows of the ${dataset} were rejected: the figures on credit leave out what they say`,
      detail: `Rejected rows of the ${dataset}, of whatever month: ${token(rejectedId(dataset))}. Validation names each, what was expected and what came; correct them and review again.`,
    }),
  )
}

function sourceFindings(
  { measurement }: Measured,
  presence: AttributionInput['presence'],
): Finding[] {
  if (measurement.source === 'journeys') {
    return [
      finding('source', 'info', {
        title: 'Credit comes from journeys counted by path',
        detail:
          'The data set carries no times: lookback, time decay and time to conversion do not apply, and all of it counts towards this month.',
      }),
    ]
  }
  if (presence.touchpoints.state !== 'present') {
    return [
      finding('source', 'serious', {
        title: 'No touchpoints to attribute to',
        detail:
          'Conversions were read, but no touchpoints: every conversion is in no model, which is not the same as conversions without marketing.',
      }),
    ]
  }
  if (presence.journeys.state !== 'present') return []
  return [
    finding('source', 'info', {
      title: 'Journeys counted by path were not used',
      detail: 'Touchpoints and conversions of persons were read instead: they carry times.',
    }),
  ]
}

/** The policy's model could not be computed: no other one takes its place unasked. */
function modelFindings({ measurement }: Measured, { model }: AttributionPolicy): Finding[] {
  const credit = measurement.credits[model]
  if (isCredit(credit) || measurement.attributed.conversions === 0) return []
  return [
    finding('model', 'warning', {
      title: `The deciding model (${MODEL_NAMES[model]}) could not be computed`,
      detail: `Reason: ${credit.reason}. The other models stand in the table; none of them takes its place unless the policy says so.`,
    }),
  ]
}

function lossFindings({ measurement, control }: Measured, policy: AttributionPolicy): Finding[] {
  const lost = control.conversions - measurement.attributed.conversions
  if (lost <= policy.unattributed_warn_share * control.conversions) return []
  const lines = openLines(measurement).map(
    ({ line }) =>
      `${midSentence(LINE_NAMES[line])}: ${token(`attribution.line.${line}.conversions`)}`,
  )
  return [
    finding('unattributed', 'warning', {
      title: `${token('attribution.unattributed.share')} of conversions are in no model`,
      detail: `${token('attribution.unattributed.conversions')} of ${token('attribution.total.conversions')} conversions are in no model (${lines.join('; ')}). Shares of channels speak for the others only.`,
    }),
  ]
}

function swingFindings({ shown }: ChannelLines, policy: AttributionPolicy): Finding[] {
  const swinging = shown.filter(({ trust }) => trust?.reason === 'models_disagree')
  const thin = shown.filter(({ trust }) => trust?.reason === 'support_below_minimum')
  const tied = shown.filter(({ trust }) => trust?.reason === 'order_of_ties_decides')
  return [
    ...swinging.slice(0, CHANNELS_NAMED).map((line) => swingFinding(line, policy.model)),
    ...(tied.length === 0
      ? []
      : [
          finding('ties', 'warning', {
            title: 'The order of simultaneous touches decides credit',
            detail: `${namesOf(tied)}: touches share an instant with others, and another order would move the credit by more than the policy allows. Finer times would settle it.`,
          }),
        ]),
    ...(thin.length === 0
      ? []
      : [
          finding('support', 'info', {
            title: 'Some channels have too few conversions to be read',
            detail: `${namesOf(thin)}: on the paths of fewer conversions than the policy asks for; their credit is a direction only.`,
          }),
        ]),
  ]
}

function swingFinding(line: NamedLine, deciding: DecidingModel): Finding {
  const { prefix, channel, models } = line
  const low = token(creditId(prefix, models.lowModel, deciding))
  const high = token(creditId(prefix, models.highModel, deciding))
  return {
    ...finding(`swing.${distinctPart(channel)}`, 'warning', {
      title: `Credit of ${literal(line.name)} depends on the model`,
      detail: `It earns ${low} conversions under ${MODEL_NAMES[models.lowModel]} and ${high} under ${MODEL_NAMES[models.highModel]}, against ${token(`${prefix}.conversions`)} under the deciding model. No budget should move on this figure alone.`,
    }),
    subject: `channel:${channel}`,
  }
}

function pathFindings({ measurement }: Measured, policy: AttributionPolicy): Finding[] {
  const { attributed, pathLengths, truncated } = measurement
  const { conversions } = attributed
  const few = (pathLengths?.oneTouch ?? 0) > policy.one_touch_warn_share * conversions
  const cut = (truncated ?? 0) > policy.truncated_warn_share * conversions
  return [
    ...(few
      ? [
          finding('one_touch', 'info', {
            title: `${token('attribution.path.one_touch_share')} of conversions follow a single touch`,
            detail:
              'A single touch takes all credit under every model, so models can hardly disagree. Check that earlier touches are recorded.',
          }),
        ]
      : []),
    ...(cut
      ? [
          finding('truncated', 'warning', {
            title: `The lookback cuts ${token('attribution.path.truncated_share')} of the paths short`,
            detail:
              'Touches older than the lookback get no credit. A longer lookback would favour the channels that open journeys.',
          }),
        ]
      : []),
  ]
}

function shapleyFindings({ shown }: ChannelLines): Finding[] {
  const negative = shown.filter(
    ({ byModel }) => isMeasured(byModel.shapley) && byModel.shapley.value < 0,
  )
  if (negative.length === 0) return []
  return [
    finding('shapley_negative', 'info', {
      title: 'Some channels sit on journeys that convert worse than the rest',
      detail: `${namesOf(negative)}: the Shapley value of the conversion-rate game is negative. It is shown and decides nothing.`,
    }),
  ]
}

function labelFinding({ shown }: ChannelLines): Finding {
  const tested = shown.filter(({ calibration }) => calibration.measuredOn !== null)
  return finding('label', 'info', {
    title: 'Credit is correlational, not incremental',
    detail:
      tested.length === 0
        ? 'Every model shares out conversions among the channels that were there. What a channel caused takes a lift test; none is entered in the policy.'
        : `Every model shares out conversions among the channels that were there. Lift tests in the policy say what was caused: ${tested
            .map(
              (line) =>
                `${literal(line.name)} ${token(`${line.prefix}.incremental`)} conversions (${token(`${line.prefix}.incremental_low`)} to ${token(`${line.prefix}.incremental_high`)})`,
            )
            .join('; ')}.`,
  })
}

function namesOf(lines: readonly ChannelLine[]): string {
  return lines.map((line) => literal(line.name)).join(', ')
}

function finding(
  topic: string,
  severity: Finding['severity'],
  words: Pick<Finding, 'title' | 'detail'>,
): Finding {
  return {
    id: `finding.attribution.${topic}`,
    ruleId: `attribution.${topic.split('.')[0] ?? topic}`,
    severity,
    subject: 'total:conversions',
    ...words,
  }
}
