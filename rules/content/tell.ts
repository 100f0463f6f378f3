import { enumerated } from '../kernel/enumeration.ts'
import { sortByLargest } from '../kernel/order.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { Cell, Decision, Finding, StageResult, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { ContentTotals } from './facts.ts'
import type { ContentInput } from './input.ts'
import type { PieceLine } from './pieces.ts'
import type { SearchResult } from './search.ts'

/** A query with demand that no good page answers. */
export interface GapLine {
  readonly text: string
  readonly prefix: string
  readonly result: SearchResult
  readonly decision: Decision
}

const PIECES_SHOWN = 15
const GAPS_SHOWN = 10

/** Top pieces, weak pieces that need a hand, and gaps. */
export function contentTables(lines: readonly PieceLine[], gaps: readonly GapLine[]): Table[] {
  const scored = sortByLargest(
    lines.filter((line) => isMeasured(line.score.score)),
    (line) => ('value' in line.score.score ? line.score.score.value : 0),
    (line) => line.piece.contentId,
  )
  const calls = lines.filter((line) =>
    ['refresh', 'promote', 'retire'].includes(line.decision.action),
  )
  return [
    pieceTable('content.top', 'Top pieces by score', scored.slice(0, PIECES_SHOWN)),
    pieceTable(
      'content.calls',
      'Pieces to refresh, promote or retire',
      calls.slice(0, PIECES_SHOWN),
    ),
    gapTable(gaps.slice(0, GAPS_SHOWN)),
  ].filter((table) => table.rows.length > 0)
}

function pieceTable(id: string, title: string, lines: readonly PieceLine[]): Table {
  const metrics = [
    'views',
    'views_change',
    'engagement_rate',
    'search_clicks',
    'conversions',
    'score',
  ]
  return {
    id,
    title,
    columns: [
      { key: 'piece', label: 'Piece', numeric: false },
      { key: 'views', label: 'Views', numeric: true },
      { key: 'views_change', label: 'Against earlier', numeric: true },
      { key: 'engagement_rate', label: 'Engagement', numeric: true },
      { key: 'search_clicks', label: 'Search clicks', numeric: true },
      { key: 'conversions', label: 'Conversions', numeric: true },
      { key: 'score', label: 'Score', numeric: true },
      { key: 'call', label: 'Call', numeric: false },
    ],
    rows: lines.map((line) => [
      { text: literal(line.piece.title) },
      ...metrics.map((metric): Cell => ({ fact: `${line.prefix}.${metric}` })),
      { decision: line.decision.id },
    ]),
  }
}

function gapTable(gaps: readonly GapLine[]): Table {
  return {
    id: 'content.gaps',
    title: 'Demand without a good page',
    columns: [
      { key: 'query', label: 'Query', numeric: false },
      { key: 'impressions', label: 'Impressions', numeric: true },
      { key: 'position', label: 'Mean position', numeric: true },
      { key: 'clicks', label: 'Clicks', numeric: true },
    ],
    rows: gaps.map((gap) => [
      { text: literal(gap.text) },
      { fact: `${gap.prefix}.impressions` },
      { fact: `${gap.prefix}.position` },
      { fact: `${gap.prefix}.clicks` },
    ]),
  }
}

/** One finding for each piece whose readers leave, and one for the largest gap. */
export function contentFindings(lines: readonly PieceLine[], gaps: readonly GapLine[]): Finding[] {
  const decays = lines
    .filter((line) => line.decision.action === 'refresh')
    .map((line) => ({
      id: `finding.${line.decision.id}`,
      ruleId: line.decision.ruleId,
      severity: 'warning' as const,
      subject: line.decision.subject,
      title: `${literal(line.piece.title)} is losing its readers`,
      detail: `Views changed by ${token(`${line.prefix}.views_change`)} against the earlier average, to ${token(`${line.prefix}.views`)}.`,
    }))
  const largest = gaps[0]
  if (largest === undefined) return decays
  return [
    ...decays,
    {
      id: `finding.${largest.decision.id}`,
      ruleId: largest.decision.ruleId,
      severity: 'info',
      subject: largest.decision.subject,
      title: `No good page answers “${literal(largest.text)}”`,
      detail: `It was shown ${token(`${largest.prefix}.impressions`)} times at a mean position of ${token(`${largest.prefix}.position`)}.`,
    },
  ]
}

const WHY_NOT_MEASURED = {
  absent: 'no content data set was provided',
  empty: 'the content data set has no row of the month',
  unreadable: 'the content data set could not be read',
  present: 'no content row lies in the month',
} as const

const total = (metric: string): string => token(`content.total.${metric}`)

/** The stage in words; what was not measured is said to be missing. */
export function contentSummary({
  totals,
  lines,
  gaps,
  presence,
}: {
  readonly totals: ContentTotals
  readonly lines: readonly PieceLine[]
  readonly gaps: readonly GapLine[]
  readonly presence: ContentInput['presence']
}): StageResult['summary'] {
  if (!isMeasured(totals.engagement.views) && !isMeasured(totals.search.clicks)) {
    return [`Content was not measured: ${WHY_NOT_MEASURED[presence.content]}.`]
  }
  const names = (action: string): string[] =>
    lines.filter((line) => line.decision.action === action).map((line) => literal(line.piece.title))
  return [
    ...readerSentences(totals, presence),
    ...searchSentences(totals, presence),
    ...listed('To refresh, because their readers leave', names('refresh')),
    ...listed('To promote, because they convert well and are read little', names('promote')),
    ...listed('To retire', names('retire')),
    ...listed(
      'Demand without a good page',
      gaps.slice(0, 3).map((gap) => `“${literal(gap.text)}”`),
    ),
  ]
}

function readerSentences(
  { engagement, earlierEngagement }: ContentTotals,
  presence: ContentInput['presence'],
): string[] {
  if (!isMeasured(engagement.views)) {
    return [`What readers did was not measured: ${WHY_NOT_MEASURED[presence.content]}.`]
  }
  const parts = [
    ...(isMeasured(engagement.engagementRate)
      ? [`an engagement rate of ${total('engagement_rate')}`]
      : []),
    ...(isMeasured(engagement.conversions) ? [`${total('conversions')} conversions`] : []),
  ]
  const how = parts.length === 0 ? '' : ` with ${parts.join(' and ')}`
  return [
    `Content drew ${total('views')} views${how}.`,
    earlierEngagement.views.status === 'known'
      ? `Against the prior month, views changed by ${total('views_change')}.`
      : 'There is no view of the prior month to compare with.',
  ]
}

function searchSentences(
  { search, earlierSearch }: ContentTotals,
  presence: ContentInput['presence'],
): string[] {
  if (!isMeasured(search.clicks)) {
    return [`Search was not measured: ${WHY_NO_SEARCH[presence.search_performance]}.`]
  }
  const change =
    earlierSearch.clicks.status === 'known'
      ? `, ${total('search_clicks_change')} against the prior month`
      : ''
  const position = isMeasured(search.position)
    ? ` at a mean position of ${total('search_position')}`
    : ''
  return [`Search brought ${total('search_clicks')} clicks${position}${change}.`]
}

const WHY_NO_SEARCH = {
  absent: 'no search data set was provided',
  empty: 'the search data set has no row of the month',
  unreadable: 'the search data set could not be read',
  present: 'no search row lies in the month',
} as const

function listed(lead: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${lead}: ${enumerated(names.slice(0, 5))}.`]
}
