import { betaLogitQuantile, betaQuantile, betaTails, logistic } from '../kernel/beta.ts'
import { exp } from '../kernel/elementary.ts'
import type { Interval } from '../kernel/interval.ts'
import { checkProportion, type Proportion } from '../kernel/proportion.ts'
import { deviance } from '../kernel/saddle-point.ts'
import { lowerTail, upperTail } from '../kernel/tails.ts'
import type { TwoProportions } from '../kernel/two-proportions.ts'

/** A beta distribution of a rate: `a` counts successes, `b` failures, both with the prior's. */
export interface BetaShape {
  readonly a: number
  readonly b: number
}

/** What is believed of two rates after the data, without normal approximation. */
export interface BetaComparison {
  readonly control: BetaShape
  readonly treatment: BetaShape
  /** P(rate of treatment > rate of control). */
  readonly chanceToWin: number
  /** E max(control − treatment, 0), what shipping the treatment costs on average where control is better. */
  readonly lossIfShipped: number
  /** E max(treatment − control, 0). */
  readonly lossIfKept: number
}

/**
 * Exact comparison of two rates with a beta prior on each: the one to use when conversions are few.
 *
 * The posterior of a rate is Beta(prior a + successes, prior b + failures). E max(p₁ − p₀, 0) = m₁ P(p₁' > p₀) − m₀ P(p₁ > p₀'), where '
 * marks one more success and m a posterior mean.
 *
 * Nobody in the control yet and 1 of 1 in the treatment, uniform priors: Beta(1, 1) against Beta(2, 1), P(p₁ > p₀) = E p₁ = 2/3.
 *
 * @param samples A sample may be empty.
 * @param prior Both above 0; {a: 1, b: 1} is the uniform one.
 * Source: E. Miller, "Formulas for Bayesian A/B Testing", 2014; the probability by quadrature instead of the sum, which
 * needs whole parameters.
 */
export function compareBetas(samples: TwoProportions, prior: BetaShape): BetaComparison {
  const control = posteriorShape(samples.control, prior)
  const treatment = posteriorShape(samples.treatment, prior)
  const [m0, m1] = [meanOfShape(control), meanOfShape(treatment)]
  const lossIfKept =
    m1 * probabilityGreater(oneMore(treatment), control) -
    m0 * (1 - probabilityGreater(oneMore(control), treatment))
  const lossIfShipped =
    m0 * probabilityGreater(oneMore(control), treatment) -
    m1 * (1 - probabilityGreater(oneMore(treatment), control))
  return {
    control,
    treatment,
    chanceToWin: probabilityGreater(treatment, control),
    lossIfKept: Math.max(0, lossIfKept),
    lossIfShipped: Math.max(0, lossIfShipped),
  }
}

/** Equal-tailed credible interval of a rate. */
export function credibleInterval({ a, b }: BetaShape, confidence: number): Interval {
  const tail = (1 - confidence) / 2
  return { low: betaQuantile(tail, a, b), high: betaQuantile(1 - tail, a, b) }
}

/** Mean of a beta distribution. */
export function meanOfShape({ a, b }: BetaShape): number {
  return a / (a + b)
}

/** What nobody has tried yet stays as it was believed to be. */
function posteriorShape(sample: Proportion, prior: BetaShape): BetaShape {
  if (sample.trials !== 0 || sample.successes !== 0) checkProportion(sample)
  return { a: sample.successes + prior.a, b: sample.trials - sample.successes + prior.b }
}

function oneMore({ a, b }: BetaShape): BetaShape {
  return { a: a + 1, b }
}

/** Steps of the integration: twice as many change no digit that is promised below. */
const STEPS = 240
/** What is left out on either side of it. */
const OUTSIDE = 1e-18

/**
 * P(X > Y) of two beta distributions: the trapezoidal rule over the logit of the narrower one. Its integrand is a
 * smooth bell that vanishes at both ends, where this rule converges faster than any power of the step. Right to about 1e-13, so a chance
 * smaller than that is not told from none.
 */
function probabilityGreater(x: BetaShape, y: BetaShape): number {
  const xNarrower = 1 / x.a + 1 / x.b < 1 / y.a + 1 / y.b
  return xNarrower
    ? expectation(x, (u) => lowerTail(betaTails(logistic(u), y.a, y.b)))
    : expectation(y, (u) => upperTail(betaTails(logistic(u), x.a, x.b)))
}

/** E f(logit X) for a beta distributed X. */
function expectation(shape: BetaShape, f: (logit: number) => number): number {
  const { a, b } = shape
  const from = betaLogitQuantile({ lower: OUTSIDE, upper: 1 }, a, b)
  const to = betaLogitQuantile({ lower: 1, upper: OUTSIDE }, a, b)
  const step = (to - from) / STEPS
  let sum = 0
  let weight = 0
  for (let i = 0; i <= STEPS; i++) {
    const u = from + i * step
    const density = exp(logitLogDensity(shape, u))
    sum += density * f(u)
    weight += density
  }
  return sum / weight
}

/** ln density of the logit, up to a constant: −[deviance of a and b against their means at u]. */
function logitLogDensity({ a, b }: BetaShape, u: number): number {
  const { x, complement } = logistic(u)
  const n = a + b
  return -deviance(a, n * x) - deviance(b, n * complement)
}
