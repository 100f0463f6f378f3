import { addMonths, monthRange } from '../kernel/calendar.ts'
import { groupByText } from '../kernel/order.ts'
import { knownValues, notMeasured, type Quantity } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision } from '../schema/review.ts'
import { judgePiece } from './call.ts'
import { judgeDecay, type Decay } from './decay.ts'
import { summariseEngagement, type Engagement } from './engagement.ts'
import type { ContentContext, ContentInput, Piece } from './input.ts'
import { orderStatistic } from './order-statistic.ts'
import { scorePiece, type PieceScore, type ScoredPiece } from './score.ts'
import { summariseSearch, type SearchResult } from './search.ts'

const MEDIAN = 0.5

/** One piece of the month with everything said about it. */
export interface PieceLine {
  readonly piece: Piece
  readonly prefix: string
  readonly engagement: Engagement
  readonly search: SearchResult
  readonly decay: Decay
  readonly score: PieceScore
  readonly decision: Decision
}

/** Every known piece, measured, scored among its peers, and called. */
export function judgePieces(input: ContentInput, { month, policy }: ContentContext): PieceLine[] {
  const months = groupByText(input.months, (row) => row.contentId)
  const pages = groupByText(input.pages, (row) => row.key)
  const readings = input.pieces.map((piece) =>
    readPiece(
      piece,
      {
        months: months.get(piece.contentId) ?? [],
        pages: pages.get(piece.url ?? '') ?? [],
      },
      { month, policy },
    ),
  )
  const peers = readings.filter(
    ({ engagement }) =>
      'value' in engagement.views && engagement.views.value >= policy.content.min_views,
  )
  const bounds = peerBounds(peers, policy)
  const scored = peers.map(scoredPiece)
  return readings.map((reading) => ({
    ...reading,
    score: peers.includes(reading)
      ? scorePiece(scoredPiece(reading), scored, policy.content.score_weights)
      : { score: notMeasured('too few views to be scored'), counted: [] },
    decision: judgePiece(
      {
        piece: reading.piece,
        views: reading.engagement.views,
        conversions: reading.engagement.conversions,
        conversionRate: reading.engagement.conversionRate,
        decay: reading.decay,
        ...bounds,
        monthEndOn: monthRange(month).to,
      },
      policy,
    ),
  }))
}

type Reading = Omit<PieceLine, 'score' | 'decision'>

function readPiece(
  piece: Piece,
  own: Pick<ContentInput, 'months' | 'pages'>,
  { month, policy }: ContentContext,
): Reading {
  const earlierMonths = Array.from({ length: policy.content.history_months }, (_, step) =>
    addMonths(month, -1 - step),
  )
  const engagement = summariseEngagement(own.months.filter((row) => row.month === month))
  return {
    piece,
    prefix: `content.piece.${distinctPart(piece.contentId)}`,
    engagement,
    search: summariseSearch(own.pages.filter((row) => row.month === month)),
    decay: judgeDecay(
      {
        now: engagement.views,
        earlier: own.months
          .filter((row) => earlierMonths.includes(row.month))
          .map((row) => row.views),
      },
      { decayShare: policy.content.decay_share, minViews: policy.content.min_views },
    ),
  }
}

function scoredPiece({ piece, engagement, search }: Reading): ScoredPiece {
  return {
    id: piece.contentId,
    parts: {
      engagement: engagement.engagementRate,
      search: search.clicks,
      conversion: engagement.conversionRate,
    },
  }
}

function peerBounds(
  peers: readonly Reading[],
  policy: Policy,
): { readonly bestConversionRate: Quantity; readonly medianViews: Quantity } {
  const rates = knownValues(peers.map(({ engagement }) => engagement.conversionRate))
  const views = knownValues(peers.map(({ engagement }) => engagement.views))
  return {
    bestConversionRate: orderStatistic(rates, policy.content.promote_quantile),
    medianViews: orderStatistic(views, MEDIAN),
  }
}
