import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'

/** The three sides a piece is scored on. */
export const SCORE_PARTS = ['engagement', 'search', 'conversion'] as const
export type ScorePart = (typeof SCORE_PARTS)[number]

export interface ScoredPiece {
  readonly id: string
  readonly parts: Readonly<Record<ScorePart, Quantity>>
}

export interface PieceScore {
  /** 0 to 100. */
  readonly score: Quantity
  /** Sides that could be scored; the others count neither for nor against. */
  readonly counted: readonly ScorePart[]
}

/**
 * How good is a piece among its peers?
 *
 * Each side is the share of peers it is at least as good as (ties count half), times its weight; the sum is divided by the weights of the
 * sides that were measured, so a side nobody measured costs nothing.
 *
 * @param peers The pieces with enough views to be judged, this one among them.
 * @param weights Weights ≥ 0 per side, at least one positive.
 */
export function scorePiece(
  piece: ScoredPiece,
  peers: readonly ScoredPiece[],
  weights: Readonly<Record<ScorePart, number>>,
): PieceScore {
  const counted = SCORE_PARTS.filter((part) => 'value' in piece.parts[part] && weights[part] > 0)
  const weight = counted.reduce((sum, part) => sum + weights[part], 0)
  if (weight === 0) return { score: notMeasured('no side of the score was measured'), counted }
  const points = counted.reduce((sum, part) => sum + weights[part] * midRank(piece, peers, part), 0)
  return { score: measured((100 * points) / weight), counted }
}

/** Share of peers below plus half of those equal; a piece alone stands at one half. */
function midRank(piece: ScoredPiece, peers: readonly ScoredPiece[], part: ScorePart): number {
  const own = piece.parts[part]
  if (!('value' in own)) return 0
  const values = peers.flatMap((peer) => {
    const quantity = peer.parts[part]
    return 'value' in quantity ? [quantity.value] : []
  })
  const below = values.filter((value) => value < own.value).length
  const equal = values.filter((value) => value === own.value).length
  return values.length === 0 ? 0.5 : (below + equal / 2) / values.length
}
