import type { EvidencePolicy } from '../policy/money-moves.ts'
import { shrinkElasticities, type ShrunkenElasticity } from '../response/shrunken-elasticities.ts'
import type { OwnSlope } from './elasticity.ts'

/**
 * What elasticities are drawn towards: of several lines their pooled mean, by as much as lines differ (τ); of a single one the policy's belief. Where
 * `between` is 0 every line has the mean, with its error.
 */
export interface ElasticityPool {
  readonly mean: number
  readonly between: number
  /** Standard error of a pooled mean; 0 of a belief, whose own is `between`. */
  readonly meanError: number
}

/** A slope as it is believed once it was drawn, and towards what. */
export interface DrawnSlope {
  readonly elasticity: ShrunkenElasticity
  readonly pool: ElasticityPool
}

/**
 * The slopes of lines drawn towards each other; a single one towards the policy's belief.
 *
 * mean = μ + τ² ÷ (τ² + error²) × (slope − μ), sd² = τ²·error² ÷ (τ² + error²), with the pool's μ and τ; where τ = 0, μ and its error.
 *
 * @returns One entry per slope, in their order.
 */
export function drawSlopes(
  slopes: readonly OwnSlope[],
  { prior_elasticity: prior }: EvidencePolicy,
): readonly DrawnSlope[] {
  const [only, ...others] = slopes
  if (only === undefined) return []
  if (others.length === 0) {
    const pool = { mean: prior.mean, between: prior.sd, meanError: 0 }
    return [{ elasticity: drawnToBelief(only, prior), pool }]
  }
  const { lines, pooled } = shrinkElasticities(
    slopes.map(({ slope, error }) => ({ estimate: slope, standardError: error })),
  )
  const { estimate: mean, standardError: meanError } = pooled.random
  const pool = { mean, between: Math.sqrt(pooled.tauSquared), meanError }
  return lines.map((elasticity) => ({ elasticity, pool }))
}

/** Estimate and belief weighted by their precisions. */
function drawnToBelief(
  { slope, error }: OwnSlope,
  prior: EvidencePolicy['prior_elasticity'],
): ShrunkenElasticity {
  const [own, believed] = [1 / error ** 2, 1 / prior.sd ** 2]
  const sum = own + believed
  return { mean: (slope * own + prior.mean * believed) / sum, sd: Math.sqrt(1 / sum) }
}
