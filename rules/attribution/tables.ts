import type { Cell, Chart, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { creditId } from './channel-facts.ts'
import type { ChannelLine, ChannelLines } from './channel-lines.ts'
import { PAIRS_SHOWN } from './journey-facts.ts'
import {
  comparedModels,
  furtherModels,
  MODEL_NAMES,
  type DecidingModel,
  type Model,
} from './models.ts'
import type { Measurement } from './month-measurement.ts'
import { LINE_NAMES, openLines, type Measured } from './total-facts.ts'

const fact = (id: string): Cell => ({ fact: id })
const text = (name: string): Cell => ({ text: literal(name) })
const EMPTY: Cell = { text: '' }

const column = (key: string, label: string) => ({ key, label, numeric: true })
const nameColumn = (key: string, label: string) => ({ key, label, numeric: false })

/** Channels under the deciding model, with the trust in each. */
export function channelTable(lines: ChannelLines, deciding: DecidingModel): Table {
  const closed = (line: ChannelLine): Cell => fact(creditId(line.prefix, 'last_touch', deciding))
  return {
    id: 'attribution.channels',
    title: `Credit by channel (${MODEL_NAMES[deciding]})`,
    columns: [
      nameColumn('channel', 'Channel'),
      column('conversions', 'Conversions'),
      column('value', 'Value'),
      column('share', 'Share'),
      column('share_low', 'Low'),
      column('share_high', 'High'),
      column('direct', 'Closed'),
      column('assisted', 'Assisted'),
      nameColumn('trust', 'Trust'),
    ],
    rows: everyLine(lines).map((line) => [
      text(line.name),
      ...['conversions', 'value', 'share', 'share_low', 'share_high'].map((metric) =>
        fact(`${line.prefix}.${metric}`),
      ),
      closed(line),
      fact(`${line.prefix}.assisted`),
      line.trust === null ? EMPTY : { decision: line.trust.id },
    ]),
    note: 'Credit says who was on the path, not who caused the conversion. Low and high hold the share in nineteen of twenty resamples of persons.',
  }
}

/** The same conversions under each of the usual models. */
export function modelTable(lines: ChannelLines, deciding: DecidingModel): Table {
  return {
    id: 'attribution.models',
    title: 'Conversions by model',
    ...creditsBy(comparedModels(deciding), { lines, deciding }),
    note: `Every column adds up to ${token('attribution.attributed.conversions')} attributed conversions; ${token('attribution.unattributed.conversions')} more are in no model.`,
  }
}

/** The same conversions under the models that are seldom asked for. */
export function furtherModelTable(lines: ChannelLines, deciding: DecidingModel): Table {
  return {
    id: 'attribution.further_models',
    title: 'Conversions by further models',
    ...creditsBy(furtherModels(deciding), { lines, deciding }),
    note: 'Shapley credit can be negative, where a channel stands on paths that convert less with it than without; it decides nothing.',
  }
}

function creditsBy(
  models: readonly Model[],
  { lines, deciding }: { readonly lines: ChannelLines; readonly deciding: DecidingModel },
): Pick<Table, 'columns' | 'rows'> {
  return {
    columns: [
      nameColumn('channel', 'Channel'),
      ...models.map((model) => column(model, MODEL_NAMES[model])),
    ],
    rows: everyLine(lines).map((line) => [
      text(line.name),
      ...models.map((model) => fact(creditId(line.prefix, model, deciding))),
    ]),
  }
}

/** Where every conversion of the month went. */
export function reconciliationTable({ measurement }: Measured): Table {
  const rows = [
    ['Attributed to channels', 'attribution.attributed'],
    ...openLines(measurement).map(({ line }) => [LINE_NAMES[line], `attribution.line.${line}`]),
    ['All conversions of the month', 'attribution.total'],
  ] as const
  return {
    id: 'attribution.reconciliation',
    title: 'Where every conversion went',
    columns: [
      nameColumn('line', 'Line'),
      column('conversions', 'Conversions'),
      column('value', 'Value'),
    ],
    rows: rows.map(([label = '', id = '']) => [
      { text: label },
      fact(`${id}.conversions`),
      fact(`${id}.value`),
    ]),
  }
}

/** The paths that converted most often. */
export function pathTable(
  { topPaths, channels }: Measurement,
  names: ReadonlyMap<string, string>,
): Table {
  return {
    id: 'attribution.paths',
    title: 'Most frequent paths',
    columns: [
      nameColumn('path', 'Path'),
      column('conversions', 'Conversions'),
      column('value', 'Value'),
    ],
    rows: topPaths.paths.map((path, place) => [
      { text: path.channels.map((code) => nameOf(channels[code], names)).join(' → ') },
      fact(`attribution.path.top-${place + 1}.conversions`),
      fact(`attribution.path.top-${place + 1}.value`),
    ]),
  }
}

/** Pairs of channels that met on the same paths. */
export function pairTable(
  { interactions, channels }: Measurement,
  names: ReadonlyMap<string, string>,
): Table {
  return {
    id: 'attribution.pairs',
    title: 'Channels that meet on a path',
    columns: [
      nameColumn('pair', 'Channels'),
      column('conversions', 'Conversions with both'),
      column('rate_difference', 'Rate with both − with one'),
    ],
    rows: interactions
      .slice(0, PAIRS_SHOWN)
      .map(({ pair }, place) => [
        { text: pair.map((code) => nameOf(channels[code], names)).join(' + ') },
        fact(`attribution.pair.${place + 1}.conversions`),
        fact(`attribution.pair.${place + 1}.rate_difference`),
      ]),
  }
}

/** Credit under the deciding model beside first and last touch. */
export function creditChart({ shown }: ChannelLines, deciding: DecidingModel): Chart {
  const models = [...new Set([deciding, 'first_touch', 'last_touch'] as const)]
  return {
    id: 'attribution.credit',
    title: 'Conversions by channel and model',
    kind: 'bar',
    categories: shown.map((line) => literal(line.name)),
    series: models.map((model) => ({
      name: MODEL_NAMES[model],
      values: shown.map((line) => creditId(line.prefix, model, deciding)),
    })),
    summary: shown
      .map((line) => `${literal(line.name)}: ${token(`${line.prefix}.conversions`)} conversions`)
      .join('; '),
  }
}

function everyLine({ shown, others }: ChannelLines): readonly ChannelLine[] {
  return others === null ? shown : [...shown, others]
}

function nameOf(channel: string | undefined, names: ReadonlyMap<string, string>): string {
  return literal(names.get(channel ?? '') ?? channel ?? '')
}
