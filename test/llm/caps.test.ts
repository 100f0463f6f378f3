import { describe, expect, it } from 'vitest'

import { NarrativePolicy } from '#rules/policy/communication.ts'
import { type Account, NOTHING, planCall, type Spent } from '#src/llm/caps.ts'

const POLICY = NarrativePolicy.parse({
  max_cost: 2,
  max_seconds: 90,
  per_call: { tokens: 5000, bytes: 60_000, seconds: 30, cost: 0.1 },
  per_stage: { calls: 5, tokens: 20_000, bytes: 200_000, seconds: 60, cost: 0.5 },
  per_review: { calls: 25, tokens: 100_000, bytes: 1_000_000 },
  per_day: { calls: 200, tokens: 1_000_000, bytes: 9_000_000, seconds: 900, cost: 10 },
})
const SIZE = { inputTokens: 1000, price: { input: 1, output: 2 } }

const accountOf = (
  changes: Partial<Record<'stage' | 'review' | 'day', Partial<Spent>>> = {},
): Account => ({
  stage: { ...NOTHING, ...changes.stage },
  review: { ...NOTHING, ...changes.review },
  day: { ...NOTHING, ...changes.day },
  failuresInARow: 0,
})

describe('planCall', () => {
  it('gives a first call what the call may take', () => {
    expect(planCall(POLICY, accountOf(), SIZE)).toEqual({
      ok: true,
      plan: {
        limits: { timeoutMs: 30_000, maxTokens: 4000, maxBytes: 60_000 },
        reserved: { tokens: 5000, costMicros: 9000 },
        leftMs: 60_000,
      },
    })
  })

  it('sets no money aside for a model without a price', () => {
    const planned = planCall(POLICY, accountOf(), { ...SIZE, price: null })
    expect(planned).toMatchObject({
      ok: true,
      plan: { reserved: { tokens: 5000, costMicros: null } },
    })
  })

  it('asks for as many tokens as the money pays for, and for all where they cost nothing', () => {
    const poor = accountOf({ stage: { costMicros: 500_000 - 1400 } })
    // 1400 millionths are left; the prompt takes 1000, and each token of the answer 2.
    expect(planCall(POLICY, poor, SIZE)).toMatchObject({ plan: { limits: { maxTokens: 200 } } })
    const free = { ...SIZE, price: { input: 0, output: 0 } }
    expect(planCall(POLICY, poor, free)).toMatchObject({ plan: { limits: { maxTokens: 4000 } } })
  })

  // Each row: the last amount that still allows a call, by scope and kind, and how much more forbids it.
  it.each<[`${'stage' | 'review' | 'day'}_${keyof Spent}`, number]>([
    ['stage_calls', 4],
    ['review_calls', 24],
    ['day_calls', 199],
    ['stage_ms', 59_999],
    ['review_ms', 89_999],
    ['day_ms', 899_999],
    ['stage_bytes', 200_000 - 1024],
    ['review_bytes', 1_000_000 - 1024],
    ['day_bytes', 9_000_000 - 1024],
    ['stage_tokens', 20_000 - 1060],
    ['review_tokens', 100_000 - 1060],
    ['day_tokens', 1_000_000 - 1060],
    ['stage_costMicros', 500_000 - 1120],
    ['review_costMicros', 2_000_000 - 1120],
    ['day_costMicros', 10_000_000 - 1120],
  ])('stops one unit beyond %s of %d', (cap, last) => {
    const [scope = '', kind = ''] = cap.split('_')
    const at = (amount: number): Account => accountOf({ [scope]: { [kind]: amount } })
    expect(planCall(POLICY, at(last), SIZE).ok).toBe(true)
    expect(planCall(POLICY, at(last + 1), SIZE)).toEqual({ ok: false, cap })
  })

  it('says which bound of one call is too tight', () => {
    const tight = (per_call: object) => NarrativePolicy.parse({ per_call })
    const capOf = (per_call: object): unknown => planCall(tight(per_call), accountOf(), SIZE)
    expect(capOf({ tokens: 1059 })).toEqual({ ok: false, cap: 'call_tokens' })
    expect(capOf({ tokens: 1060 })).toMatchObject({ ok: true })
    expect(capOf({ bytes: 1023 })).toEqual({ ok: false, cap: 'call_bytes' })
    expect(capOf({ cost: 0.0009 })).toEqual({ ok: false, cap: 'call_costMicros' })
  })

  it('breaks the circuit at the failures the policy names', () => {
    const failing = (failuresInARow: number): Account => ({ ...accountOf(), failuresInARow })
    expect(planCall(POLICY, failing(3), SIZE).ok).toBe(true)
    expect(planCall(POLICY, failing(4), SIZE)).toEqual({ ok: false, cap: 'breaker' })
  })
})
