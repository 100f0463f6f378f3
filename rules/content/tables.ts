import { sortByLargest } from '../kernel/order.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { Cell, Table } from '../schema/review.ts'
import { literal } from '../schema/template.ts'
import type { GapLine } from './gap.ts'
import type { PieceLine } from './pieces.ts'

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
