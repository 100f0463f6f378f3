import { z } from 'zod'

import type { AdjustedRatioArm, Arm, RatioArm, Sums } from '#rules/experiment/arm.ts'

const FileSums = z.object({
  n: z.number(),
  sum: z.number(),
  sum_squares: z.number().optional(),
})
type FileSums = z.infer<typeof FileSums>

/** One arm as the experiment files write it. */
export const FileArm = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('proportion'), n: z.number(), sum: z.number() }),
  z.object({ kind: z.literal('mean'), n: z.number(), sum: z.number(), sum_squares: z.number() }),
  z.object({ kind: z.literal('ratio'), m: FileSums, d: FileSums, m_d_sum_of_products: z.number() }),
  z.object({
    kind: z.literal('mean_cuped'),
    post: FileSums,
    pre: FileSums,
    post_pre_sum_of_products: z.number(),
  }),
  z.object({
    kind: z.literal('ratio_cuped'),
    m_post: FileSums,
    d_post: FileSums,
    m_pre: FileSums,
    d_pre: FileSums,
    m_post_d_post_sum_of_products: z.number(),
    m_pre_d_pre_sum_of_products: z.number(),
    m_post_m_pre_sum_of_products: z.number(),
    m_post_d_pre_sum_of_products: z.number(),
    m_pre_d_post_sum_of_products: z.number(),
    d_post_d_pre_sum_of_products: z.number(),
  }),
])
export type FileArm = z.infer<typeof FileArm>

/** The same arm as the rules take it. */
export function toArm(arm: FileArm): Arm {
  if (arm.kind === 'proportion') return { kind: 'proportion', users: arm.n, conversions: arm.sum }
  if (arm.kind === 'mean') return { kind: 'mean', ...toSums(arm) }
  if (arm.kind === 'ratio') return toRatio(arm.m, arm.d, arm.m_d_sum_of_products)
  if (arm.kind === 'ratio_cuped') return toAdjustedRatio(arm)
  return {
    kind: 'adjusted_mean',
    post: toSums(arm.post),
    pre: toSums(arm.pre),
    products: arm.post_pre_sum_of_products,
  }
}

function toAdjustedRatio(arm: Extract<FileArm, { kind: 'ratio_cuped' }>): AdjustedRatioArm {
  return {
    kind: 'adjusted_ratio',
    post: toRatio(arm.m_post, arm.d_post, arm.m_post_d_post_sum_of_products),
    pre: toRatio(arm.m_pre, arm.d_pre, arm.m_pre_d_pre_sum_of_products),
    products: {
      numeratorNumerator: arm.m_post_m_pre_sum_of_products,
      numeratorDenominator: arm.m_post_d_pre_sum_of_products,
      denominatorNumerator: arm.m_pre_d_post_sum_of_products,
      denominatorDenominator: arm.d_post_d_pre_sum_of_products,
    },
  }
}

function toRatio(numerator: FileSums, denominator: FileSums, products: number): RatioArm {
  return { kind: 'ratio', numerator: toSums(numerator), denominator: toSums(denominator), products }
}

/** A proportion's sum of squares is its sum. */
function toSums({ n, sum, sum_squares }: FileSums): Sums {
  return { users: n, sum, sumSquares: sum_squares ?? sum }
}
