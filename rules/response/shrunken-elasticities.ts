import { type Pooled, poolEffects, type StudyEffect } from '../experiment/pooling.ts'

/** What is believed of one line's elasticity once the other lines are taken into account. */
export interface ShrunkenElasticity {
  readonly mean: number
  readonly sd: number
}

/** Elasticities of several lines drawn towards each other. */
export interface ShrunkenElasticities {
  readonly pooled: Pooled
  readonly lines: readonly ShrunkenElasticity[]
}

/**
 * What do the lines' elasticities look like when each is drawn towards what the lines have in common?
 *
 * mean_i = μ + τ²/(τ² + SE_i²)·(b_i − μ), sd_i = √(τ²·SE_i²/(τ² + SE_i²)), with the between-line variance τ² of DerSimonian and Laird. When
 * the lines do not differ beyond noise (τ² = 0) every line has the common mean with its standard error.
 *
 * @param estimates At least one; standard errors above 0.
 * Source: C. Morris, JASA 78 (1983) 47 (empirical Bayes); DerSimonian and Laird 1986.
 */
export function shrinkElasticities(estimates: readonly StudyEffect[]): ShrunkenElasticities {
  const pooled = poolEffects(estimates)
  const { tauSquared, random } = pooled
  return {
    pooled,
    lines: estimates.map(({ standardError }, index) => {
      const noise = standardError * standardError
      return {
        mean: pooled.shrunken[index] ?? random.estimate,
        sd:
          tauSquared > 0
            ? Math.sqrt((tauSquared * noise) / (tauSquared + noise))
            : random.standardError,
      }
    }),
  }
}
