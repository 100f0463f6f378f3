/** Sums over the users of one arm: their count, Σx and Σx². */
export interface Sums {
  readonly users: number
  readonly sum: number
  readonly sumSquares: number
}

/** A metric that a user either reaches or not. */
export interface ProportionArm {
  readonly kind: 'proportion'
  readonly users: number
  readonly conversions: number
}

/** A metric with a value per user, given by its mean and sample variance (n − 1); the variance stated for fewer than two users is none. */
export interface MomentsArm {
  readonly kind: 'moments'
  readonly users: number
  readonly mean: number
  readonly variance: number
}

/** Mean and sample variance (n − 1) of one part of a ratio, per user. */
export interface PartMoments {
  readonly mean: number
  readonly variance: number
}

/** A ratio of two means, given by the mean, sample variance and sample covariance (n − 1) of its two parts per user. */
export interface RatioMomentsArm {
  readonly kind: 'ratio_moments'
  readonly users: number
  readonly numerator: PartMoments
  readonly denominator: PartMoments
  readonly covariance: number
}

/** A metric with a value per user, given by its sums. */
export interface MeanArm extends Sums {
  readonly kind: 'mean'
}

/** A ratio of two sums, such as clicks per impression where users are randomised. */
export interface RatioArm {
  readonly kind: 'ratio'
  readonly numerator: Sums
  readonly denominator: Sums
  /** Σ numerator · denominator. */
  readonly products: number
}

/** A mean adjusted by what the same users did before the experiment (CUPED). */
export interface AdjustedMeanArm {
  readonly kind: 'adjusted_mean'
  readonly post: Sums
  readonly pre: Sums
  /** Σ post · pre. */
  readonly products: number
}

/** A ratio adjusted by the same ratio before the experiment. */
export interface AdjustedRatioArm {
  readonly kind: 'adjusted_ratio'
  readonly post: RatioArm
  readonly pre: RatioArm
  /** Σ of products across the two periods; the first word is the later period's part. */
  readonly products: {
    readonly numeratorNumerator: number
    readonly numeratorDenominator: number
    readonly denominatorNumerator: number
    readonly denominatorDenominator: number
  }
}

/** An arm that can be read without the other one. */
export type PlainArm = ProportionArm | MomentsArm | MeanArm | RatioArm | RatioMomentsArm

export type Arm = PlainArm | AdjustedMeanArm | AdjustedRatioArm

/** Mean of a metric and the variance of one user's value. */
export interface Moments {
  readonly users: number
  readonly mean: number
  readonly variance: number
}

/** Mean of the sums; 0 where nobody was counted. */
export function meanOf({ users, sum }: Sums): number {
  return users === 0 ? 0 : sum / users
}

/** Sample variance (Σx² − (Σx)²/n) ÷ (n − 1); 0 for fewer than two users. */
export function varianceOf({ users, sum, sumSquares }: Sums): number {
  return users <= 1 ? 0 : (sumSquares - sum ** 2 / users) / (users - 1)
}

/** Sample covariance (Σxy − Σx Σy/n) ÷ (n − 1); 0 for fewer than two users. */
export function covarianceOf(left: Sums, right: Sums, products: number): number {
  return left.users <= 1 ? 0 : (products - (left.sum * right.sum) / left.users) / (left.users - 1)
}

/**
 * Mean and variance of an arm without adjustment.
 *
 * A ratio's variance is that of its linearisation, V(m)/d² + V(d) m²/d⁴ − 2 C(m, d) m/d³, per user, whether its parts
 * are stated by their moments or by their sums.
 *
 * Source: A. Deng et al., "Applying the Delta Method in Metric Analytics", KDD 2018; GrowthBook gbstats 0.8.
 */
export function plainMoments(arm: PlainArm): Moments {
  if (arm.kind === 'proportion') return proportionMoments(arm)
  if (arm.kind === 'ratio_moments') return ratioMoments(arm)
  if (arm.kind === 'ratio') return ratioMoments(momentsOfSums(arm))
  return arm.kind === 'moments'
    ? { users: arm.users, mean: arm.mean, variance: arm.users <= 1 ? 0 : arm.variance }
    : { users: arm.users, mean: meanOf(arm), variance: varianceOf(arm) }
}

function proportionMoments({ users, conversions }: ProportionArm): Moments {
  const mean = users === 0 ? 0 : conversions / users
  return { users, mean, variance: mean * (1 - mean) }
}

function momentsOfSums({ numerator, denominator, products }: RatioArm): RatioMomentsArm {
  return {
    kind: 'ratio_moments',
    users: numerator.users,
    numerator: { mean: meanOf(numerator), variance: varianceOf(numerator) },
    denominator: { mean: meanOf(denominator), variance: varianceOf(denominator) },
    covariance: covarianceOf(numerator, denominator, products),
  }
}

function ratioMoments({ users, numerator, denominator, covariance }: RatioMomentsArm): Moments {
  const [m, d] = [numerator.mean, denominator.mean]
  if (d === 0) return { users, mean: 0, variance: 0 }
  const variance =
    numerator.variance / d ** 2 +
    (denominator.variance * m ** 2) / d ** 4 -
    (2 * covariance * m) / d ** 3
  return { users, mean: m / d, variance: users <= 1 ? 0 : variance }
}
