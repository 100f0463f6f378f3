import type { ContentInput, SearchMonth } from '#rules/content/input.ts'
import { reviewContent } from '#rules/content/review.ts'
import { addMonths } from '#rules/kernel/calendar.ts'
import type { Presence } from '#rules/kernel/presence.ts'

import type { Agent, ReviewContext, Warehouse } from '../ports.ts'
import { PieceMonthQueryRow, PieceQueryRow, SearchQueryRow } from './rows.ts'

const MILLION = 1_000_000

/** Content: reads what pieces and searches earned, and asks which to refresh, promote or retire and what is missing. */
export const contentAgent: Agent = {
  stage: 'content',
  run: async (context, { warehouse }) =>
    reviewContent(await gather(context, warehouse), {
      month: context.month,
      policy: context.policy,
    }),
}

async function gather(
  { month, asOfOn, policy }: ReviewContext,
  warehouse: Warehouse,
): Promise<ContentInput> {
  const until = { month, as_of_on: asOfOn }
  const range = { from_month: addMonths(month, -policy.content.history_months), ...until }
  const [pieces, months, pages, queries] = await Promise.all([
    warehouse.rows('content/pieces', until, PieceQueryRow),
    warehouse.rows('content/months', range, PieceMonthQueryRow),
    searchMonths(warehouse, 'content/search-page', range),
    searchMonths(warehouse, 'content/search-query', range),
  ])
  return {
    pieces: pieces.map((row) => ({
      contentId: row.content_id,
      title: row.title ?? row.content_id,
      type: row.piece_type,
      url: row.url,
      publishedOn: row.published_on,
      promoted: row.promoted === null ? null : row.promoted === 1,
    })),
    months: months.map((row) => ({
      month: row.month,
      contentId: row.content_id,
      views: row.views,
      engagedViews: row.engaged_views,
      bounces: row.bounces,
      scroll75: row.scroll_75,
      viewSeconds: row.view_micros === null ? null : row.view_micros / MILLION,
      conversions: row.conversions,
      assistedConversions: row.assisted_conversions,
      rows: row.row_count,
    })),
    pages,
    queries,
    presence: {
      content: seenBy(warehouse.dataset('content').state, pieces),
      search_performance: warehouse.dataset('search_performance').state,
    },
  }
}

async function searchMonths(
  warehouse: Warehouse,
  query: string,
  range: Readonly<Record<string, string>>,
): Promise<SearchMonth[]> {
  const rows = await warehouse.rows(query, range, SearchQueryRow)
  return rows.map((row) => ({
    month: row.month,
    key: row.search_key,
    clicks: row.clicks,
    impressions: row.impressions,
    positionSum: row.position_micros / MILLION,
    rows: row.row_count,
  }))
}

/** Rows of later days alone say as little of the month as no rows. */
function seenBy(state: Presence, rows: readonly unknown[]): Presence {
  return state === 'present' && rows.length === 0 ? 'empty' : state
}
