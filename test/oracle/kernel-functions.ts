import { betaCdf, betaQuantile } from '#rules/kernel/beta.ts'
import { binomialAtLeast, binomialCdf } from '#rules/kernel/binomial.ts'
import { chiSquareSurvival } from '#rules/kernel/chi-square.ts'
import { gammaCdf, gammaQuantile, gammaSurvival } from '#rules/kernel/gamma.ts'
import { normalCdf, normalQuantile, normalSurvival } from '#rules/kernel/normal.ts'
import { poissonAtLeast, poissonCdf } from '#rules/kernel/poisson.ts'
import { studentTCdf, studentTQuantile, studentTTwoSided } from '#rules/kernel/student-t.ts'

type Triple = (first: number, second: number, third: number) => number

/** The distribution functions under the names and argument orders of the oracle files. */
export const KERNEL_FUNCTIONS: Readonly<Record<string, Triple>> = {
  normal_cdf: normalCdf,
  normal_sf: normalSurvival,
  normal_quantile: normalQuantile,
  t_cdf: studentTCdf,
  t_two_sided_p: studentTTwoSided,
  t_quantile: studentTQuantile,
  beta_cdf: betaCdf,
  beta_quantile: betaQuantile,
  chi2_sf: chiSquareSurvival,
  gamma_q: (shape, x) => gammaSurvival(x, shape),
  gamma_p: (shape, x) => gammaCdf(x, shape),
  gamma_quantile: gammaQuantile,
  poisson_cdf: poissonCdf,
  poisson_sf_ge: poissonAtLeast,
  binom_cdf: binomialCdf,
  binom_sf_ge: binomialAtLeast,
}
