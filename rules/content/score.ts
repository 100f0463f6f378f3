import { knownValues, measured, notMeasured, type Quantity } from '../kernel/quantity.ts'

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
 * Of four pieces the second lowest ranks (1 + ½) ÷ 4 = 0.375 on a side, and (1 + 1) ÷ 4 = 0.5 where it ties with the third. With weights 40, 30
 * and 30 and the tie on the second side its score is 40 · 0.375 + 30 · 0.5 + 30 · 0.375 = 41.25.
 *
 * @param peers The pieces with enough views to be judged, this one among them.
 * @param weights Weights ≥ 0 per side, at least one positive.
 */
export function scorePiece(
  piece: ScoredPiece,
  peers: readonly ScoredPiece[],
  weights: Readonly<Record<ScorePart, number>>,
): PieceScore {
  const sides = SCORE_PARTS.filter((part) => weights[part] > 0).flatMap((part) => {
    const peerValues = knownValues(peers.map(({ parts }) => parts[part]))
    return knownValues([piece.parts[part]]).map((own) => ({
      part,
      weight: weights[part],
      rank: midRank(own, peerValues),
    }))
  })
  const counted = sides.map(({ part }) => part)
  const weight = sides.reduce((sum, side) => sum + side.weight, 0)
  if (weight === 0) return { score: notMeasured('no side of the score was measured'), counted }
  const points = sides.reduce((sum, side) => sum + side.weight * side.rank, 0)
  return { score: measured((100 * points) / weight), counted }
}

/** Share of peers below plus half of those equal; a piece alone stands at one half. */
function midRank(own: number, peers: readonly number[]): number {
  const below = peers.filter((value) => value < own).length
  const equal = peers.filter((value) => value === own).length
  return peers.length === 0 ? 0.5 : (below + equal / 2) / peers.length
}
