import { addMonths } from '../kernel/calendar.ts'
import { sortByLargest } from '../kernel/order.ts'
import { isMeasured, measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import { idPart } from '../kernel/text-id.ts'
import { createFactBook, type FactBook } from '../schema/fact-book.ts'
import type { Decision, StageResult } from '../schema/review.ts'
import { summariseEngagement } from './engagement.ts'
import { enterPieces, enterTotals, type ContentTotals } from './facts.ts'
import { judgeGap } from './gap.ts'
import type { ContentContext, ContentInput } from './input.ts'
import { judgePieces } from './pieces.ts'
import { summariseSearch, type SearchResult } from './search.ts'
import { contentFindings, contentSummary, contentTables, type GapLine } from './tell.ts'

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
  const known = input.presence.content === 'present'
  const count = (test: (piece: ContentInput['pieces'][number]) => boolean): Quantity =>
    known ? measured(input.pieces.filter(test).length) : notMeasured('no content was provided')
  return {
    engagement: summariseEngagement(inMonth(input.months, month)),
    earlierEngagement: summariseEngagement(inMonth(input.months, before)),
    search: summariseSearch(searchRows(input, month)),
    earlierSearch: summariseSearch(searchRows(input, before)),
    published: count((piece) => piece.publishedOn?.slice(0, 7) === month),
    promoted: count((piece) => piece.promoted),
  }
}

function inMonth<Row extends { readonly month: string }>(
  rows: readonly Row[],
  month: string,
): Row[] {
  return rows.filter((row) => row.month === month)
}

/** Page rows where the export has pages, else query rows: adding both would count each click twice. */
function searchRows(input: ContentInput, month: string): ContentInput['pages'] {
  const pages = input.pages.filter((row) => row.month === month)
  return pages.length > 0 ? pages : input.queries.filter((row) => row.month === month)
}

function findGaps(
  book: FactBook,
  input: ContentInput,
  { month, policy }: ContentContext,
): GapLine[] {
  const rows = input.queries.filter((row) => row.month === month)
  const largest = sortByLargest(
    rows,
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
  gap: { readonly text: string; readonly result: SearchResult; readonly decision: Decision },
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
