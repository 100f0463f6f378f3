import type { z } from 'zod'

import type { NarrativePolicy } from '#rules/policy/communication.ts'

import { createBudget } from './budget.ts'
import type { NarratorDeps } from './narrate.ts'
import { createOpenAiModel, type Endpoint } from './openai.ts'

const LIMITS = { timeoutMs: 30_000, maxTokens: 1500, maxBytes: 64 * 1024 } as const
const CALLS_MAX = 21
const TOKENS_MAX = 150_000
const FAILURES_IN_A_ROW = 4

/** The narrator of one review within the policy's time; undefined without an endpoint, and then nothing is asked of anyone. */
export function createNarrator(
  endpoint: Endpoint | undefined,
  policy: Pick<z.infer<typeof NarrativePolicy>, 'max_seconds'>,
): NarratorDeps | undefined {
  if (endpoint === undefined) return undefined
  return {
    model: createOpenAiModel(endpoint),
    budget: createBudget({
      calls: CALLS_MAX,
      tokens: TOKENS_MAX,
      totalMs: policy.max_seconds * 1000,
      failuresInARow: FAILURES_IN_A_ROW,
    }),
    limits: LIMITS,
  }
}
