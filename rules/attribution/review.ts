import { type Missing, notMeasured, unreadable, type Quantity } from '../kernel/quantity.ts'
import { createFactBook } from '../schema/fact-book.ts'
import type { FactSource, StageResult } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import { enterLines } from './channel-facts.ts'
import { channelLines, type ChannelLines } from './channel-lines.ts'
import { enterCount, type FactFrame } from './fact-frame.ts'
import { attributionFindings, reconciliationFinding } from './findings.ts'
import {
  type AttributionContext,
  type AttributionInput,
  type ControlTotals,
  rejectedId,
  rejectedSources,
} from './input.ts'
import { enterJourneys, enterPatterns } from './journey-facts.ts'
import { judgeReconciliation } from './reconciliation.ts'
import { attributionSummary } from './summary.ts'
import {
  channelTable,
  creditChart,
  furtherModelTable,
  modelTable,
  pairTable,
  pathTable,
  reconciliationTable,
} from './tables.ts'
import { enterQuality, enterTotals, type Measured } from './total-facts.ts'

/**
 * Which channels earned the month's conversions, under which model, and how far may that be believed?
 *
 * @param input Journeys measured once for every model, and the books they must add up to.
 */
export function reviewAttribution(
  input: AttributionInput,
  context: AttributionContext,
): StageResult {
  if (input.measured === null) return withoutData(input)
  const { measured } = input
  const { policy } = context
  const frame = frameOf(measured, input.presence, context)
  const gate = judgeReconciliation(measured.measurement, measured.control, policy.version)
  const book = createFactBook()
  const touches = touchesOf(measured, input.presence)
  enterTotals(book, measured, { ...frame, touches })
  enterQuality(book, measured, { ...frame, touches })
  for (const dataset of rejectedSources(input)) {
    enterCount(
      book,
      { ...frame, source: [] },
      {
        id: rejectedId(dataset),
        label: `Rejected rows of the ${dataset}`,
        count: input.rejected[dataset],
      },
    )
  }
  if (gate.action === 'fail') {
    return {
      stage: 'attribution',
      status: 'partial',
      facts: book.list(),
      decisions: [gate],
      findings: [reconciliationFinding(gate)],
      tables: [reconciliationTable(measured)],
      charts: [],
      summary: [
        `Attribution is withheld: the models do not account for all of ${token('attribution.total.conversions')} conversions.`,
        'No channel is given credit until the difference is explained.',
      ],
    }
  }
  const lines = channelLines(measured.measurement, policy, input.names)
  const deciding = policy.attribution.model
  enterLines(book, lines, { frame, deciding })
  enterJourneys(book, measured.measurement, frame)
  enterPatterns(book, measured.measurement, frame)
  return {
    stage: 'attribution',
    status: statusOf(measured.control, lines),
    facts: book.list(),
    decisions: [gate, ...lines.shown.flatMap(({ trust }) => (trust === null ? [] : [trust]))],
    findings: attributionFindings(measured, lines, {
      policy: policy.attribution,
      input,
    }),
    tables: tablesOf(input, { measured, lines, context }),
    charts: lines.shown.length === 0 ? [] : [creditChart(lines, deciding)],
    summary: attributionSummary(measured, lines, deciding),
  }
}

function tablesOf(
  { names }: AttributionInput,
  given: { measured: Measured; lines: ChannelLines; context: AttributionContext },
): StageResult['tables'] {
  const { measured, lines, context } = given
  const deciding = context.policy.attribution.model
  return [
    channelTable(lines, deciding),
    modelTable(lines, deciding),
    furtherModelTable(lines, deciding),
    reconciliationTable(measured),
    pathTable(measured.measurement, names),
    pairTable(measured.measurement, names),
  ].filter((table) => table.rows.length > 0)
}

/** Credit is assessed when the deciding model shared out something, or when there was truly nothing to share out. */
function statusOf(control: ControlTotals, { shown }: ChannelLines): StageResult['status'] {
  if (control.conversions === 0) return 'assessed'
  return shown.some(({ credit }) => credit.status === 'known') ? 'assessed' : 'partial'
}

function frameOf(
  { measurement, control }: Measured,
  presence: AttributionInput['presence'],
  { month, policy }: AttributionContext,
): FactFrame {
  const source: FactSource[] =
    measurement.source === 'journeys'
      ? [{ dataset: 'journeys', rows: presence.journeys.rows }]
      : [
          { dataset: 'conversions', rows: control.conversions, where: { month_key: month } },
          { dataset: 'touchpoints', rows: presence.touchpoints.rows },
        ]
  return { currency: policy.company.currency, source }
}

/** Whether touches were read; without them no conversion can be attributed, and that is not the same as attributing none. */
function touchesOf(
  { measurement }: Measured,
  presence: AttributionInput['presence'],
): Missing | undefined {
  const { state } = presence.touchpoints
  if (measurement.source === 'journeys' || state === 'present') return undefined
  return state === 'unreadable'
    ? unreadable('the touchpoints could not be read')
    : notMeasured('no touchpoints were given')
}

/** Nothing to measure: every figure is missing, with the reason, and none is zero. */
function withoutData({ presence }: AttributionInput): StageResult {
  const spoilt = Object.values(presence).some(({ state }) => state === 'unreadable')
  const reason = spoilt
    ? 'the conversions or journeys could not be read'
    : 'there are neither conversions nor journeys to read'
  const missing: Quantity = spoilt ? unreadable(reason) : notMeasured(reason)
  const book = createFactBook()
  const figures = [
    ['attribution.total.conversions', 'Conversions of the month'],
    ['attribution.attributed.conversions', 'Conversions attributed'],
    ['attribution.unattributed.conversions', 'Conversions in no model'],
  ] as const
  for (const [id, label] of figures) {
    book.add({ id, label, unit: 'count', quantity: missing, source: [] })
  }
  return {
    stage: 'attribution',
    status: 'not_measured',
    facts: book.list(),
    decisions: [],
    findings: [],
    tables: [],
    charts: [],
    summary: [
      `Attribution was not measured: ${reason}.`,
      'No channel is given credit, which says nothing about what channels did.',
    ],
  }
}
