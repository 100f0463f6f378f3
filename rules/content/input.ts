import type { Presence } from '../kernel/presence.ts'
import type { Policy } from '../policy/policy.ts'

/** One piece in one month. A sum is null when any of its rows left the measure out. */
export interface PieceMonth {
  readonly month: string
  readonly contentId: string
  readonly views: number
  readonly engagedViews: number | null
  readonly bounces: number | null
  readonly scroll75: number | null
  /** Seconds, summed over views: average time × views. */
  readonly viewSeconds: number | null
  readonly conversions: number | null
  readonly assistedConversions: number | null
  readonly rows: number
}

/** What is known of a piece beside its figures. */
export interface Piece {
  readonly contentId: string
  readonly title: string
  readonly type: string | null
  readonly url: string | null
  readonly publishedOn: string | null
  /** Whether an ad creative links to it; null when no creative, or not the piece, states a URL. */
  readonly promoted: boolean | null
}

/** Search results of one page or query in one month; `positionSum` is the mean position of each row times its impressions. */
export interface SearchMonth {
  readonly month: string
  readonly key: string
  readonly clicks: number
  readonly impressions: number
  readonly positionSum: number
  readonly rows: number
}

/** Everything the content stage looks at. */
export interface ContentInput {
  readonly pieces: readonly Piece[]
  readonly months: readonly PieceMonth[]
  readonly pages: readonly SearchMonth[]
  readonly queries: readonly SearchMonth[]
  readonly presence: Readonly<Record<'content' | 'search_performance', Presence>>
}

export interface ContentContext {
  readonly month: string
  readonly policy: Policy
}
