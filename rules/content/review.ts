import { addMonths } from '../kernel/calendar.ts'
import { sortByLargest } from '../kernel/order.ts'
import { countedIn, type Presence } from '../kernel/presence.ts'
import {
  isMeasured,
  notMeasured,
  unreadable,
  type Missing,
  type Quantity,
} from '../kernel/quantity.ts'
import { idPart } from '../kernel/text-id.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import type { StageResult } from '../schema/review.ts'
import { summariseEngagement } from './engagement.ts'
import { enterPieces, enterTotals, type ContentTotals } from './facts.ts'
import { contentFindings } from './findings.ts'
import { type GapLine, judgeGap } from './gap.ts'
import type { ContentContext, ContentInput, Piece } from './input.ts'
import { judgePieces } from './pieces.ts'
import { summariseSearch } from './search.ts'
import { contentSummary } from './summary.ts'
import { contentTables } from './tables.ts'

/** Queries looked at for gaps: the ones shown most often. */
const QUERIES_JUDGED = 200

/**
 * What did our content earn this month, which pieces should be refreshed, promoted or retired, and where is demand that no page answers?
 *
 * @param input Sums per piece, page and query and month, parsed where they were read; reaches back `history_months`.
 */
export function reviewContent(input: ContentInput, context: ContentContext): StageResult {
  const book = createFactBook()
  const totals = summariseTotals(input, context)
  enterTotals(book, totals, context)
  const lines = judgePieces(input, context)
  enterPieces(book, lines, context)
  const gaps = findGaps(book, input, context)
  return {
    stage: 'content',
    status: stageStatus(totals),
    facts: book.list(),
    decisions: [...lines.map((line) => line.decision), ...gaps.map((gap) => gap.decision)],
    findings: contentFindings(lines, gaps),
    tables: contentTables(lines, gaps),
    charts: [],
    summary: contentSummary({ totals, lines, gaps, presence: input.presence }),
  }
}

function summariseTotals(input: ContentInput, { month }: ContentContext): ContentTotals {
  const before = addMonths(month, -1)
  const noContent = spoilt(input.presence.content, 'content rows')
  const search = searchRows(input, month)
  const noSearch = spoilt(input.presence.search_performance, 'search rows')
  return {
    engagement: summariseEngagement(inMonth(input.months, month), noContent),
    earlierEngagement: summariseEngagement(inMonth(input.months, before), noContent),
    search: summariseSearch(inMonth(search, month), noSearch),
    earlierSearch: summariseSearch(inMonth(search, before), noSearch),
    published: countPieces(input, {
      read: ({ publishedOn }) => (publishedOn === null ? null : publishedOn.startsWith(month)),
      unknown: 'not every piece states when it was published',
    }),
    promoted: countPieces(input, {
      read: (piece) => piece.promoted,
      unknown: 'creatives or pieces do not state where they lead',
    }),
  }
}

/** What a figure without rows is, when that is because the file could not be read. */
function spoilt(presence: Presence, what: string): Missing | undefined {
  return presence === 'unreadable' ? unreadable(`the ${what} could not be read`) : undefined
}

/** How many pieces answer yes; one piece that cannot answer leaves the count unknown. */
function countPieces(
  { pieces, presence }: ContentInput,
  { read, unknown }: { read: (piece: Piece) => boolean | null; unknown: string },
): Quantity {
  const answers = pieces.map(read)
  if (presence.content === 'present' && answers.includes(null)) return notMeasured(unknown)
  return countedIn(
    presence.content,
    'content rows',
    answers.filter((answer) => answer === true).length,
  )
}

function inMonth<Row extends { readonly month: string }>(
  rows: readonly Row[],
  month: string,
): Row[] {
  return rows.filter((row) => row.month === month)
}

/**
 * Page rows where the export of the month has pages, else query rows: adding both would count each click twice, and a month of pages
 * beside one of queries would compare unlike things, for a search console leaves rare queries out.
 */
function searchRows(input: ContentInput, month: string): ContentInput['pages'] {
  return inMonth(input.pages, month).length > 0 ? input.pages : input.queries
}

function findGaps(
  book: FactBook,
  input: ContentInput,
  { month, policy }: ContentContext,
): GapLine[] {
  const largest = sortByLargest(
    inMonth(input.queries, month),
    (row) => row.impressions,
    (row) => row.key,
  ).slice(0, QUERIES_JUDGED)
  const judged = largest.map((row) => ({
    text: row.key,
    result: summariseSearch([row]),
  }))
  return judged
    .map((query) => ({ ...query, decision: judgeGap(query, policy) }))
    .filter(({ decision }) => decision.action === 'write')
    .map((gap, position) => enterGap(book, gap, { month, position }))
}

function enterGap(
  book: FactBook,
  gap: Omit<GapLine, 'prefix'>,
  { month, position }: { month: string; position: number },
): GapLine {
  const prefix = `content.gap.${position + 1}_${idPart(gap.text).slice(0, 40)}`
  const source = [
    {
      dataset: 'search_performance' as const,
      rows: gap.result.rows,
      where: { month_key: month, query: gap.text },
    },
  ]
  const figures = [
    ['impressions', 'search impressions', 'count', gap.result.impressions],
    ['clicks', 'search clicks', 'count', gap.result.clicks],
    ['position', 'mean search position', 'position', gap.result.position],
  ] as const
  for (const [part, label, unit, quantity] of figures) {
    book.add({ id: `${prefix}.${part}`, label: `“${gap.text}”: ${label}`, unit, quantity, source })
  }
  return { ...gap, prefix }
}

function stageStatus({ engagement, search }: ContentTotals): StageResult['status'] {
  const known = [engagement.views, search.clicks].filter(isMeasured).length
  if (known === 2) return 'assessed'
  return known === 0 ? 'not_measured' : 'partial'
}
