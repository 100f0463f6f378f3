import { invariant } from '../kernel/invariant.ts'
import {
  type AdjustedMeanArm,
  type AdjustedRatioArm,
  type Arm,
  covarianceOf,
  meanOf,
  type Moments,
  type PlainArm,
  plainMoments,
  type Sums,
  varianceOf,
} from './arm.ts'

/** An arm's metric as it is compared: adjusted, where a period before the experiment is known. */
export interface ArmReading extends Moments {
  /** Before adjustment; equal to the reading itself where nothing was adjusted. */
  readonly plain: Moments
  /** Covariance of adjusted and plain value, per user. */
  readonly covariance: number
}

/** Both arms read alike. */
export interface PairReading {
  readonly control: ArmReading
  readonly treatment: ArmReading
  /** How far one unit of the earlier period moves the later one; null where nothing was adjusted. */
  readonly theta: number | null
  /** How control's own noise enters a relative effect: by the ratio of the plain means, or by 1 + adjusted difference ÷ plain mean. */
  readonly relativeBy: 'plain_ratio' | 'adjusted_difference'
}

/** An arm in two periods. */
interface TwoPeriods {
  readonly post: Moments
  readonly pre: Moments
  readonly covariance: number
}

/**
 * Reads both arms of a comparison; adjusted arms share one θ = C(post, pre) ÷ V(pre), so that the adjustment cannot
 * favour an arm. Adjusted mean = mean(post) − θ·mean(pre), its variance V(post) + θ² V(pre) − 2θ C(post, pre), its
 * covariance with the plain value V(post) − θ C(post, pre).
 *
 * Arms with a mean of 9 and a variance of 4 before, of 10 and 5 after, covariance 4: θ = 4/4 = 1, variance 5 + 4 − 8 = 1, a fifth of what it was.
 *
 * For a mean, θ is taken over the users of both arms together; for a ratio, over the sum of both arms' linearised
 * (co)variances.
 *
 * @throws InvariantError when only one arm is adjusted.
 * Source: A. Deng et al., "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment
 * Data", WSDM 2013; GrowthBook gbstats 0.8.
 */
export function readPair(control: Arm, treatment: Arm): PairReading {
  if (control.kind === 'adjusted_mean' && treatment.kind === 'adjusted_mean') {
    const theta = pooledTheta(control, treatment)
    return adjusted(meanPeriods(control), meanPeriods(treatment), { theta, by: 'plain_ratio' })
  }
  if (control.kind === 'adjusted_ratio' && treatment.kind === 'adjusted_ratio') {
    const [c, t] = [ratioPeriods(control), ratioPeriods(treatment)]
    const variance = c.pre.variance + t.pre.variance
    const theta = variance === 0 ? 0 : (c.covariance + t.covariance) / variance
    return adjusted(c, t, { theta, by: 'adjusted_difference' })
  }
  invariant(isPlain(control) && isPlain(treatment), 'readPair: both arms must be adjusted alike')
  return {
    control: unadjusted(plainMoments(control)),
    treatment: unadjusted(plainMoments(treatment)),
    theta: null,
    relativeBy: 'plain_ratio',
  }
}

function isPlain(arm: Arm): arm is PlainArm {
  return arm.kind !== 'adjusted_mean' && arm.kind !== 'adjusted_ratio'
}

function unadjusted(plain: Moments): ArmReading {
  return { ...plain, plain, covariance: plain.variance }
}

interface Adjustment {
  readonly theta: number
  readonly by: PairReading['relativeBy']
}

function adjusted(
  control: TwoPeriods,
  treatment: TwoPeriods,
  { theta, by }: Adjustment,
): PairReading {
  return {
    control: adjust(control, theta),
    treatment: adjust(treatment, theta),
    theta,
    relativeBy: by,
  }
}

function adjust({ post, pre, covariance }: TwoPeriods, theta: number): ArmReading {
  return {
    users: post.users,
    mean: post.mean - theta * pre.mean,
    variance: post.variance + theta ** 2 * pre.variance - 2 * theta * covariance,
    plain: post,
    covariance: post.variance - theta * covariance,
  }
}

function meanPeriods({ post, pre, products }: AdjustedMeanArm): TwoPeriods {
  return {
    post: plainMoments({ kind: 'mean', ...post }),
    pre: plainMoments({ kind: 'mean', ...pre }),
    covariance: covarianceOf(post, pre, products),
  }
}

/** Covariance of the two linearised ratios: each is (numerator − ratio · denominator) ÷ mean denominator. */
function ratioPeriods({ post, pre, products }: AdjustedRatioArm): TwoPeriods {
  const [later, earlier] = [plainMoments(post), plainMoments(pre)]
  const { numerator: mPost, denominator: dPost } = post
  const { numerator: mPre, denominator: dPre } = pre
  const scale = meanOf(dPost) * meanOf(dPre)
  const covariance =
    covarianceOf(mPost, mPre, products.numeratorNumerator) -
    earlier.mean * covarianceOf(mPost, dPre, products.numeratorDenominator) -
    later.mean * covarianceOf(dPost, mPre, products.denominatorNumerator) +
    later.mean * earlier.mean * covarianceOf(dPost, dPre, products.denominatorDenominator)
  return { post: later, pre: earlier, covariance: scale === 0 ? 0 : covariance / scale }
}

function pooledTheta(control: AdjustedMeanArm, treatment: AdjustedMeanArm): number {
  const pre = together(control.pre, treatment.pre)
  const post = together(control.post, treatment.post)
  const variance = varianceOf(pre)
  return variance === 0
    ? 0
    : covarianceOf(post, pre, control.products + treatment.products) / variance
}

function together(left: Sums, right: Sums): Sums {
  return {
    users: left.users + right.users,
    sum: left.sum + right.sum,
    sumSquares: left.sumSquares + right.sumSquares,
  }
}
