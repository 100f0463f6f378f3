import type { Cell, Chart, Table } from '../schema/review.ts'
import { literal } from '../schema/template.ts'
import type { CampaignLine } from './campaigns.ts'
import type { DimensionLine } from './dimensions.ts'
import { COST_LABELS, COST_TYPES, type CostType } from './ledger.ts'
import type { Totals } from './totals.ts'

const fact = (id: string): Cell => ({ fact: id })
const text = (name: string): Cell => ({ text: literal(name) })
const ROWS_SHOWN = 30

/** Campaigns by return, the best first; campaigns that cannot be ranked follow by id. */
export function campaignTable(
  ranked: readonly CampaignLine[],
  all: readonly CampaignLine[],
): Table {
  const rest = all.filter((line) => !ranked.includes(line))
  return limited({
    id: 'campaign_roi.campaigns',
    title: 'Campaigns by return',
    columns: [
      { key: 'campaign', label: 'Campaign', numeric: false },
      { key: 'cost', label: 'Full cost', numeric: true },
      { key: 'value', label: 'Value', numeric: true },
      { key: 'net', label: 'Net', numeric: true },
      { key: 'roi', label: 'ROI', numeric: true },
      { key: 'ctr', label: 'CTR', numeric: true },
      { key: 'conversion_rate', label: 'Conversion rate', numeric: true },
      { key: 'cpa', label: 'Media cost per conversion', numeric: true },
      { key: 'call', label: 'Against target', numeric: false },
    ],
    rows: [...ranked, ...rest].map((line) => [
      text(line.name),
      ...['cost', 'value', 'net', 'roi', 'ctr', 'conversion_rate', 'cpa'].map((metric) =>
        fact(`${line.prefix}.${metric}`),
      ),
      { decision: line.decision.id },
    ]),
    note: 'Value and full cost are those of the books; CTR, conversion rate and media cost per conversion are the platforms’, the last over media spend alone.',
  })
}

/** What full cost is made of; kinds that nobody booked are left out and named. */
export function costTable({ cost }: Totals): Table {
  const isBooked = (type: CostType): boolean => cost.byType[type].status !== 'not_measured'
  const booked = COST_TYPES.filter(isBooked)
  const others = COST_TYPES.filter((type) => !isBooked(type)).map((type) => COST_LABELS[type])
  const rows = booked.map((type) => [
    text(COST_LABELS[type]),
    fact(`campaign_roi.total.cost.${type}`),
  ])
  return {
    id: 'campaign_roi.cost_by_kind',
    title: 'What the month cost',
    columns: [
      { key: 'kind', label: 'Kind', numeric: false },
      { key: 'amount', label: 'Booked', numeric: true },
    ],
    rows: rows.length === 0 ? [] : [...rows, [text('Full cost'), fact('campaign_roi.total.cost')]],
    ...(others.length === 0 ? {} : { note: `Not booked, and so in no sum: ${others.join(', ')}.` }),
  }
}

/** Channels or segments as the platforms report them. */
export function dimensionTable(
  dimension: 'channel' | 'segment',
  lines: readonly DimensionLine[],
): Table {
  return limited({
    id: `campaign_roi.${dimension}s`,
    title: dimension === 'channel' ? 'Channels' : 'Segments',
    columns: [
      { key: dimension, label: dimension === 'channel' ? 'Channel' : 'Segment', numeric: false },
      { key: 'platform_spend', label: 'Spend', numeric: true },
      { key: 'impressions', label: 'Impressions', numeric: true },
      { key: 'clicks', label: 'Clicks', numeric: true },
      { key: 'ctr', label: 'CTR', numeric: true },
      { key: 'cpc', label: 'Cost per click', numeric: true },
      { key: 'conversions', label: 'Conversions', numeric: true },
      { key: 'conversion_rate', label: 'Conversion rate', numeric: true },
      { key: 'cpa', label: 'Cost per conversion', numeric: true },
      { key: 'roas', label: 'ROAS', numeric: true },
    ],
    rows: lines.map((line) => [
      text(line.name),
      ...[
        'platform_spend',
        'impressions',
        'clicks',
        'ctr',
        'cpc',
        'conversions',
        'conversion_rate',
        'cpa',
        'roas',
      ].map((metric) => fact(`${line.prefix}.${metric}`)),
    ]),
    note: 'All as the platforms report it: spend is media, and ROAS is the value they claim over it, not the value of the books over full cost.',
  })
}

/** The month beside the month, quarter and year before. */
export function comparisonTable(totals: Totals): Table {
  const prefix = 'campaign_roi.total'
  return {
    id: 'campaign_roi.comparisons',
    title: 'Against earlier periods',
    columns: [
      { key: 'period', label: 'Period', numeric: false },
      { key: 'cost', label: 'Full cost', numeric: true },
      { key: 'cost_change', label: 'Change of cost', numeric: true },
      { key: 'value', label: 'Value', numeric: true },
      { key: 'value_change', label: 'Change of value', numeric: true },
      { key: 'roi_change', label: 'Change of ROI', numeric: true },
    ],
    rows: totals.comparisons.map(({ period }) => [
      text(period.label),
      ...['cost', 'cost_change', 'value', 'value_change', 'roi_change'].map((metric) =>
        fact(`${prefix}.${period.id}.${metric}`),
      ),
    ]),
  }
}

/** Cost and value side by side, campaign by campaign. */
export function campaignChart(lines: readonly CampaignLine[]): Chart {
  const shown = lines.slice(0, ROWS_SHOWN)
  return {
    id: 'campaign_roi.cost_and_value',
    title: 'Cost and value by campaign',
    kind: 'bar',
    categories: shown.map((line) => literal(line.name)),
    series: [
      { name: 'Full cost', values: shown.map((line) => `${line.prefix}.cost`) },
      { name: 'Value', values: shown.map((line) => `${line.prefix}.value`) },
    ],
    summary: shown
      .map(
        (line) =>
          `${literal(line.name)}: cost {{${line.prefix}.cost}}, value {{${line.prefix}.value}}`,
      )
      .join('; '),
  }
}

function limited(table: Table & { readonly note: string }): Table {
  if (table.rows.length <= ROWS_SHOWN) return table
  return {
    ...table,
    rows: table.rows.slice(0, ROWS_SHOWN),
    note: `${table.note} The list is cut here; every line stands in review.json.`,
  }
}
