import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { NOTHING, type Account, type CallPlan } from '#src/llm/caps.ts'
import type { CallIntent, CallLedger, CallOutcome, CallResult, Planner } from '#src/llm/ledger.ts'
import { createLlmLedger, loadLlmCalls, removeOldReplies } from '#src/store/llm-calls.ts'
import { createReview } from '#src/store/reviews.ts'

import { startTestStore, type TestStore } from '../support/store.ts'

let testStore: TestStore
beforeAll(async () => {
  testStore = await startTestStore()
})
afterAll(() => testStore.close())

const SHA = 'a'.repeat(64)
const INTENT: CallIntent = {
  stage: 'funnel',
  attempt: 1,
  format: 'json_schema',
  requestSha256: SHA,
  promptVersion: 'funnel.strict@2',
  promptSha256: SHA,
  catalogueSha256: SHA,
  requestedModel: 'm-1',
}
const PLAN: CallPlan = {
  limits: { timeoutMs: 1000, maxTokens: 100, maxBytes: 5000 },
  reserved: { tokens: 300, costMicros: 50 },
  leftMs: 5000,
}
const ANSWERED: CallOutcome = {
  kind: 'answered',
  sections: [{ id: 'headline', sentences: ['{{say.1}}.'] }],
  issues: [{ code: 'word', span: 'doubled', hint: 'say facts by tokens' }],
}
const FAILED: CallOutcome = {
  kind: 'failed',
  reason: 'unavailable',
  again: true,
  retryAfterMs: 0,
  httpStatus: 503,
}
const RESULT: CallResult = {
  outcome: ANSWERED,
  httpStatus: 200,
  returnedModel: 'm-1-2026-01-01',
  inputTokens: 100,
  outputTokens: 20,
  costMicros: 27,
  pricesAsOf: '2026-04-30',
  bytes: 400,
  latencyMs: 12.4,
  responseSha256: SHA,
  rawReply: 'c2VhbGVk',
}

let count = 0
async function ledgerOf(
  options: { breakerMinutes?: number; keepRepliesDays?: number } = {},
): Promise<{ ledger: CallLedger; reviewId: string }> {
  count++
  const reviewId = `2026-10-calls${count}`
  await createReview(testStore.pool, {
    reviewId,
    workspace: `w${count}`,
    month: '2026-10',
    asOf: '2026-10-31T23:59:59Z',
    policy: 'version: "1"',
    manifest: '{}',
    inputSha256: SHA,
  })
  const { breakerMinutes = 10, keepRepliesDays = 30 } = options
  return {
    reviewId,
    ledger: createLlmLedger(testStore.pool, { reviewId, breakerMinutes, keepRepliesDays }),
  }
}

const allows = (): ReturnType<Planner> => ({ ok: true, plan: PLAN })

/** What the ledger tells a planner that then makes no call. */
async function accountOf(ledger: CallLedger, changes: Partial<CallIntent> = {}): Promise<Account> {
  let seen: Account = { stage: NOTHING, review: NOTHING, day: NOTHING, failuresInARow: 0 }
  const begun = await ledger.begin({ ...INTENT, attempt: 3, ...changes }, (account) => {
    seen = account
    return { ok: false, cap: 'breaker' }
  })
  expect(begun).toEqual({ kind: 'refused', cap: 'breaker' })
  return seen
}

describe('a call', () => {
  it('is kept before it is made, and completed by its answer', async () => {
    const { ledger, reviewId } = await ledgerOf()
    expect(await ledger.begin(INTENT, allows)).toEqual({ kind: 'planned', plan: PLAN })
    expect(await loadLlmCalls(testStore.pool, reviewId)).toMatchObject([
      { stage: 'funnel', begun: 1, finished_at: null, outcome: null, requested_model: 'm-1' },
    ])
    await ledger.finish(INTENT, RESULT)
    expect(await loadLlmCalls(testStore.pool, reviewId)).toMatchObject([
      {
        outcome: ANSWERED,
        returned_model: 'm-1-2026-01-01',
        input_tokens: 100,
        output_tokens: 20,
        cost_micros: 27,
        latency_ms: 12,
        prompt_version: 'funnel.strict@2',
        response_sha256: SHA,
        raw_reply: 'c2VhbGVk',
      },
    ])
  })

  it('that is finished is never made again', async () => {
    const { ledger } = await ledgerOf()
    await ledger.begin(INTENT, allows)
    await ledger.finish(INTENT, RESULT)
    const again = await ledger.begin(INTENT, () => expect.fail('nobody plans it'))
    expect(again).toEqual({ kind: 'known', outcome: ANSWERED })
  })

  it.each<Partial<CallIntent>>([
    { stage: 'content' },
    { attempt: 2 },
    { format: 'none' },
    { requestSha256: 'b'.repeat(64) },
  ])('is another one with %j', async (changes) => {
    const { ledger } = await ledgerOf()
    await ledger.begin(INTENT, allows)
    await ledger.finish(INTENT, RESULT)
    expect(await ledger.begin({ ...INTENT, ...changes }, allows)).toMatchObject({ kind: 'planned' })
  })

  it('that was begun and not answered may be made again, and counts twice as set aside', async () => {
    const { ledger } = await ledgerOf()
    await ledger.begin(INTENT, allows)
    expect(await ledger.begin(INTENT, allows)).toMatchObject({ kind: 'planned' })
    const { stage } = await accountOf(ledger)
    expect(stage).toEqual({ calls: 2, tokens: 600, bytes: 0, ms: 2000, costMicros: 100 })
  })

  it('that is finished is not finished again, and the database refuses to change it', async () => {
    const { ledger, reviewId } = await ledgerOf()
    await ledger.begin(INTENT, allows)
    await ledger.finish(INTENT, RESULT)
    await ledger.finish(INTENT, { ...RESULT, outcome: FAILED })
    const [call] = await loadLlmCalls(testStore.pool, reviewId)
    expect(call?.outcome).toEqual(ANSWERED)
    await expect(
      testStore.pool.query('update mo.llm_calls set cost_micros = 0 where review_id = $1', [
        reviewId,
      ]),
    ).rejects.toThrow('a finished call is never changed')
    await expect(
      testStore.pool.query(`update mo.llm_calls set raw_reply = 'x' where review_id = $1`, [
        reviewId,
      ]),
    ).rejects.toThrow('a raw answer is only removed')
  })
})

describe('the account', () => {
  it('adds up stage, review and day, and leaves out other reviews but in the day', async () => {
    const before = (await accountOf((await ledgerOf()).ledger)).day
    const { ledger } = await ledgerOf()
    await ledger.begin(INTENT, allows)
    await ledger.finish(INTENT, RESULT)
    await ledger.begin({ ...INTENT, stage: 'content' }, allows)
    const account = await accountOf(ledger)
    expect(account.stage).toEqual({ calls: 1, tokens: 120, bytes: 400, ms: 12, costMicros: 27 })
    expect(account.review).toEqual({ calls: 2, tokens: 420, bytes: 400, ms: 1012, costMicros: 77 })
    const other = await accountOf((await ledgerOf()).ledger)
    expect(other.review).toEqual(NOTHING)
    expect(other.day.calls - before.calls).toBe(2)
    expect(other.day.tokens - before.tokens).toBe(420)
  })

  it('counts what an endpoint refused as a call without tokens or money', async () => {
    const { ledger } = await ledgerOf()
    await ledger.begin(INTENT, allows)
    await ledger.finish(INTENT, {
      ...RESULT,
      outcome: FAILED,
      httpStatus: 500,
      inputTokens: null,
      outputTokens: null,
      costMicros: null,
    })
    expect((await accountOf(ledger)).stage).toMatchObject({ calls: 1, tokens: 0, costMicros: 0 })
  })

  it('counts an answer that nobody measured as what was set aside', async () => {
    const { ledger } = await ledgerOf()
    await ledger.begin(INTENT, allows)
    await ledger.finish(INTENT, {
      ...RESULT,
      inputTokens: null,
      outputTokens: null,
      costMicros: null,
    })
    expect((await accountOf(ledger)).stage).toMatchObject({ tokens: 300, costMicros: 50 })
  })

  it('counts failures of a model in a row, over all reviews, until it answers', async () => {
    const model = { requestedModel: 'm-breaker' }
    for (const attempt of [1, 2]) {
      const { ledger } = await ledgerOf()
      const intent = { ...INTENT, ...model, attempt }
      await ledger.begin(intent, allows)
      await ledger.finish(intent, { ...RESULT, outcome: FAILED, httpStatus: 500 })
    }
    const { ledger } = await ledgerOf()
    expect((await accountOf(ledger, model)).failuresInARow).toBe(2)
    expect((await accountOf(ledger, { requestedModel: 'm-2' })).failuresInARow).toBe(0)
    const impatient = await ledgerOf({ breakerMinutes: 0 })
    expect((await accountOf(impatient.ledger, model)).failuresInARow).toBe(0)
    const refused: CallOutcome = { ...FAILED, reason: 'format_refused' }
    await ledger.begin({ ...INTENT, ...model }, allows)
    await ledger.finish({ ...INTENT, ...model }, { ...RESULT, outcome: refused })
    expect((await accountOf(ledger, model)).failuresInARow).toBe(2)
    await ledger.begin({ ...INTENT, ...model, attempt: 2 }, allows)
    await ledger.finish({ ...INTENT, ...model, attempt: 2 }, RESULT)
    expect((await accountOf(ledger, model)).failuresInARow).toBe(0)
  })
})

it('keeps a raw answer as long as the policy says, and the rest of its row for good', async () => {
  const brief = await ledgerOf({ keepRepliesDays: 0 })
  const long = await ledgerOf({ keepRepliesDays: 30 })
  for (const { ledger } of [brief, long]) {
    await ledger.begin(INTENT, allows)
    await ledger.finish(INTENT, RESULT)
  }
  await removeOldReplies(testStore.pool)
  const [gone] = await loadLlmCalls(testStore.pool, brief.reviewId)
  expect(gone).toMatchObject({ raw_reply: null, outcome: ANSWERED, response_sha256: SHA })
  const [kept] = await loadLlmCalls(testStore.pool, long.reviewId)
  expect(kept?.raw_reply).toBe('c2VhbGVk')
})
