import type { ContentInput, Piece, PieceMonth, SearchMonth } from '#rules/content/input.ts'
import { reviewContent } from '#rules/content/review.ts'
import type { StageResult } from '#rules/schema/review.ts'
import { policyWith } from '#test/support/policy.ts'

export const MONTH = '2026-03'

/** A piece without a page, published long ago. */
export function piece(contentId: string, changes: Partial<Piece> = {}): Piece {
  return {
    contentId,
    title: `Title ${contentId}`,
    type: null,
    url: null,
    publishedOn: '2026-01-15',
    promoted: false,
    ...changes,
  }
}

/** A month of a piece: 200 views, half of them engaged, four conversions. */
export function views(contentId: string, changes: Partial<PieceMonth> = {}): PieceMonth {
  return {
    month: MONTH,
    contentId,
    views: 200,
    engagedViews: 100,
    bounces: 50,
    scroll75: null,
    viewSeconds: 9000,
    conversions: 4,
    assistedConversions: 2,
    rows: 1,
    ...changes,
  }
}

/** A page or query shown 400 times at position 5, clicked 20 times. */
export function search(key: string, changes: Partial<SearchMonth> = {}): SearchMonth {
  return {
    month: MONTH,
    key,
    clicks: 20,
    impressions: 400,
    positionSum: 2000,
    rows: 1,
    ...changes,
  }
}

export function contentInput(changes: Partial<ContentInput> = {}): ContentInput {
  return {
    pieces: [],
    months: [],
    pages: [],
    queries: [],
    presence: { content: 'present', search_performance: 'present' },
    ...changes,
  }
}

export function reviewOf(
  changes: Partial<ContentInput>,
  policy: Readonly<Record<string, unknown>> = {},
): StageResult {
  return reviewContent(contentInput(changes), {
    month: MONTH,
    policy: policyWith({ content: policy }),
  })
}
