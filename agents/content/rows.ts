import { z } from 'zod'

/** Rows of `content/pieces`. */
export const PieceQueryRow = z.object({
  content_id: z.string(),
  title: z.string().nullable(),
  piece_type: z.string().nullable(),
  url: z.string().nullable(),
  published_on: z.string().nullable(),
  promoted: z.int().nullable(),
})

/** Rows of `content/months`. */
export const PieceMonthQueryRow = z.object({
  month: z.string(),
  content_id: z.string(),
  views: z.int().nonnegative(),
  engaged_views: z.int().nullable(),
  bounces: z.int().nullable(),
  scroll_75: z.int().nullable(),
  view_micros: z.int().nullable(),
  conversions: z.int().nullable(),
  assisted_conversions: z.int().nullable(),
  row_count: z.int(),
})

/** Rows of `content/search-page` and `content/search-query`. */
export const SearchQueryRow = z.object({
  month: z.string(),
  search_key: z.string(),
  clicks: z.int(),
  impressions: z.int(),
  position_micros: z.int(),
  row_count: z.int(),
})
