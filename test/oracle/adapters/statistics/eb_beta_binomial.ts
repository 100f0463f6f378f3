import { z } from 'zod'

import { betaBinomialLogLikelihood, priorByLikelihood } from '#rules/momentum/likelihood-prior.ts'
import { priorByMoments, shrinkRate, type RatePrior } from '#rules/momentum/shrinkage.ts'

import type { OracleAdapter, OracleMismatch } from '../../adapter.ts'
import { compareDeep } from '../../compare-deep.ts'
import { compareNumber, toNumber } from '../../compare.ts'

const Cell = z.object({ n: z.int(), k: z.int() })
const Figure = z.union([z.number(), z.string(), z.null()])
const Expected = z.object({
  mle_mean: Figure,
  mle_strength: Figure,
  mle_loglik_kernel: Figure,
  binomial_loglik_kernel: Figure,
  mom_mean: Figure,
  mom_rho: Figure,
  mom_alpha: Figure,
  mom_beta: Figure,
  cells: z.array(
    z.object({
      raw: Figure,
      eb_mom_mean: Figure,
      eb_mom_ci90: z.array(Figure),
      eb_mle_mean: Figure,
    }),
  ),
})
const File = z.object({
  cases: z.array(
    z.object({ id: z.string(), input: z.object({ cells: z.array(Cell) }), expected: Expected }),
  ),
})

type Cells = readonly { successes: number; trials: number }[]

/** Beta-binomial shrinkage by moments and by likelihood. */
export const adapter: OracleAdapter = {
  kind: 'statistics/eb_beta_binomial',
  run: (file) =>
    File.parse(file).cases.map(({ id, input, expected }) => {
      const cells = input.cells.map(({ n, k }) => ({ successes: k, trials: n }))
      return {
        id,
        mismatches: [...compareMoments(cells, expected), ...compareLikelihood(cells, expected)],
      }
    }),
}

function compareMoments(cells: Cells, expected: z.infer<typeof Expected>): OracleMismatch[] {
  const prior = priorByMoments(cells)
  const actual = {
    mom_mean: prior?.mean,
    mom_rho: prior === null ? null : 1 / (prior.strength + 1),
    mom_alpha: prior === null ? null : prior.mean * prior.strength,
    mom_beta: prior === null ? null : (1 - prior.mean) * prior.strength,
    cells: cells.map((cell) => {
      const shrunken = prior === null ? null : shrinkRate(cell, prior)
      return {
        raw: shrunken?.raw,
        eb_mom_mean: shrunken?.shrunken,
        eb_mom_ci90: [shrunken?.range.low, shrunken?.range.high],
      }
    }),
  }
  const { mom_mean, mom_rho, mom_alpha, mom_beta } = expected
  const wanted = {
    mom_mean,
    mom_rho,
    mom_alpha,
    mom_beta,
    cells: expected.cells.map(({ raw, eb_mom_mean, eb_mom_ci90 }) => ({
      raw,
      eb_mom_mean,
      eb_mom_ci90,
    })),
  }
  return compareDeep('moments', { expected: wanted, actual }, { absolute: 1e-300, relative: 1e-9 })
}

/** The file's rule: mean within 1e-5 and strength within 1e-3, or a likelihood not below the given one by more than 1e-7. */
function compareLikelihood(cells: Cells, expected: z.infer<typeof Expected>): OracleMismatch[] {
  const prior = priorByLikelihood(cells)
  const given: RatePrior = {
    mean: toNumber(expected.mle_mean) ?? 0.5,
    strength: toNumber(expected.mle_strength) ?? 1,
  }
  const height = prior === null ? null : betaBinomialLogLikelihood(cells, prior)
  const asHigh = (height ?? -Infinity) >= (toNumber(expected.mle_loglik_kernel) ?? 0) - 1e-7
  const parameters = asHigh
    ? []
    : [
        ...compareNumber(
          'mle_mean',
          { expected: expected.mle_mean, actual: prior?.mean },
          { relative: 1e-5 },
        ),
        ...compareNumber(
          'mle_strength',
          { expected: expected.mle_strength, actual: prior?.strength },
          { relative: 1e-3 },
        ),
      ]
  const binomial = betaBinomialLogLikelihood(cells, {
    mean:
      cells.reduce((sum, cell) => sum + cell.successes, 0) /
      cells.reduce((sum, cell) => sum + cell.trials, 0),
    strength: Infinity,
  })
  return [
    ...parameters,
    ...compareNumber(
      'mle_loglik_kernel (at the given point)',
      { expected: expected.mle_loglik_kernel, actual: betaBinomialLogLikelihood(cells, given) },
      { relative: 1e-9 },
    ),
    ...compareNumber(
      'binomial_loglik_kernel',
      { expected: expected.binomial_loglik_kernel, actual: binomial },
      { relative: 1e-9 },
    ),
    ...cells.flatMap((cell, index) =>
      compareNumber(
        `eb_mle_mean[${index}]`,
        {
          expected: expected.cells[index]?.eb_mle_mean,
          actual: prior === null ? null : shrinkRate(cell, prior).shrunken,
        },
        { relative: 1e-3 },
      ),
    ),
  ]
}
