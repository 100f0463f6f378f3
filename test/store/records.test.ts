import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { auditEntry } from '#src/audit/entry.ts'
import { verifyAudit } from '#src/audit/verify.ts'
import { applyOnce, loadEffects } from '#src/store/effects.ts'
import type { Effect } from '#src/store/effects.ts'
import { sha256 } from '#src/store/hash.ts'
import { createReview, listReviews, loadReview, setReviewStatus } from '#src/store/reviews.ts'
import { loadSetting, saveSetting } from '#src/store/settings.ts'
import { loadStages, saveStageResult, startStage } from '#src/store/stage-results.ts'
import { hashOf, newReview, storeReview, SYSTEM } from '#test/support/records.ts'
import { startTestStore } from '#test/support/store.ts'
import type { TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

describe('reviews', () => {
  test('creates a review once and gives back what is stored', async () => {
    const review = newReview()
    const stored = {
      ...review,
      earlierReadings: '[]',
      policySha256: sha256(review.policy),
      status: 'created',
      statusDetail: null,
      fence: 0,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    }
    expect(await createReview(store.pool, review)).toEqual({
      ok: true,
      created: true,
      review: stored,
    })
    expect(await createReview(store.pool, review)).toEqual({
      ok: true,
      created: false,
      review: stored,
    })
    expect(await loadReview(store.pool, review.reviewId)).toEqual(stored)
  })

  test.each([
    ['workspace', { workspace: 'other' }],
    ['month', { month: '2026-09' }],
    ['as-of', { asOf: '2026-11-04T09:00:00Z' }],
    ['policy', { policy: '{"version":"2"}' }],
    ['input', { inputSha256: hashOf('b') }],
  ])('refuses the same id with another %s', async (_, changes) => {
    const review = newReview()
    await createReview(store.pool, review)
    expect(await createReview(store.pool, { ...review, ...changes })).toMatchObject({
      ok: false,
      reason: 'other-inputs',
      review,
    })
  })

  test('of ten that create the same review at once one does', async () => {
    const review = newReview()
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => createReview(store.pool, review)),
    )
    expect(outcomes.filter((outcome) => outcome.ok && outcome.created)).toHaveLength(1)
  })

  test('lists by workspace, month and status, newest first', async () => {
    const workspace = `company-${newReview().reviewId}`
    const first = await storeReview(store.pool, { workspace })
    const second = await storeReview(store.pool, { workspace, month: '2026-09' })
    await setReviewStatus(store.pool, { reviewId: second, status: 'completed' })
    const ids = async (filter: Parameters<typeof listReviews>[1]): Promise<string[]> =>
      (await listReviews(store.pool, filter)).map((review) => review.reviewId)
    expect(await ids({ workspace })).toEqual([second, first])
    expect(await ids({ workspace, month: '2026-10' })).toEqual([first])
    expect(await ids({ workspace, statuses: ['completed', 'failed'] })).toEqual([second])
    expect(await ids({})).toEqual(expect.arrayContaining([first, second]))
    expect(await ids({ month: '1999-01' })).toEqual([])
  })

  test('moves a review on, with a reason, and refuses an older fence or an unknown review', async () => {
    const reviewId = await storeReview(store.pool)
    await setReviewStatus(store.pool, { reviewId, status: 'failed', detail: 'no disk', fence: 0 })
    expect(await loadReview(store.pool, reviewId)).toMatchObject({
      status: 'failed',
      statusDetail: 'no disk',
    })
    await store.pool.query('update mo.reviews set fence = 1 where review_id = $1', [reviewId])
    await expect(
      setReviewStatus(store.pool, { reviewId, status: 'running', fence: 0 }),
    ).rejects.toMatchObject({ code: 'REVIEW_LOCK_LOST' })
    await expect(
      setReviewStatus(store.pool, { reviewId: 'nothing', status: 'running' }),
    ).rejects.toMatchObject({ code: 'REVIEW_NOT_FOUND' })
  })

  test('cannot be rewritten or deleted by the application', async () => {
    await storeReview(store.pool)
    for (const text of [
      `update mo.reviews set policy = '{}'`,
      `update mo.reviews set manifest = '{}'`,
      'delete from mo.reviews',
    ]) {
      await expect(store.pool.query(text)).rejects.toMatchObject({ code: '42501' })
    }
  })
})

describe('stage results', () => {
  const result = '{"stage":"funnel",  "facts":[1.0, "é"]}'

  test('keeps the very bytes of the first writer and gives them to every writer', async () => {
    const reviewId = await storeReview(store.pool)
    const stage = { reviewId, stage: 'funnel' }
    const program = 'a'.repeat(64)
    const first = await saveStageResult(store.pool, { ...stage, result, program })
    expect(first).toMatchObject({
      written: true,
      result,
      resultSha256: sha256(result),
      attempts: 1,
    })
    const second = await saveStageResult(store.pool, { ...stage, result: '{}' })
    expect(second).toEqual({ ...first, written: false })
    expect(await loadStages(store.pool, reviewId)).toEqual([
      {
        stage: 'funnel',
        attempts: 1,
        startedAt: expect.stringMatching(/Z$/),
        finishedAt: expect.stringMatching(/Z$/),
        result,
        resultSha256: sha256(result),
        program,
      },
    ])
  })

  test('counts attempts until there is a result, and none after', async () => {
    const stage = { reviewId: await storeReview(store.pool), stage: 'content' }
    expect(await startStage(store.pool, stage)).toMatchObject({ attempts: 1, result: null })
    expect(await startStage(store.pool, stage)).toMatchObject({ attempts: 2, finishedAt: null })
    const saved = await saveStageResult(store.pool, { ...stage, result })
    expect(saved).toMatchObject({ attempts: 2, written: true })
    expect(await startStage(store.pool, stage)).toMatchObject({ attempts: 2, result })
  })

  test('of ten that save at once one writes', async () => {
    const stage = { reviewId: await storeReview(store.pool), stage: 'budget' }
    const saved = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        saveStageResult(store.pool, { ...stage, result: JSON.stringify({ n }) }),
      ),
    )
    expect(saved.filter((each) => each.written)).toHaveLength(1)
    expect(new Set(saved.map((each) => each.result)).size).toBe(1)
  })

  test('refuses a writer who lost the review', async () => {
    const stage = { reviewId: await storeReview(store.pool), stage: 'budget' }
    await store.pool.query('update mo.reviews set fence = 1 where review_id = $1', [stage.reviewId])
    const lost = { code: 'REVIEW_LOCK_LOST' }
    await expect(startStage(store.pool, { ...stage, fence: 0 })).rejects.toMatchObject(lost)
    await expect(saveStageResult(store.pool, { ...stage, result, fence: 0 })).rejects.toMatchObject(
      lost,
    )
    expect(await loadStages(store.pool, stage.reviewId)).toEqual([])
    await expect(
      startStage(store.pool, { ...stage, reviewId: 'nothing', fence: 1 }),
    ).rejects.toMatchObject({ code: 'REVIEW_NOT_FOUND' })
    expect(await saveStageResult(store.pool, { ...stage, result, fence: 1 })).toMatchObject({
      written: true,
    })
  })

  test('refuses a writer from whom the review is just being taken', async () => {
    const stage = { reviewId: await storeReview(store.pool), stage: 'budget' }
    const taker = await store.store.connect()
    try {
      await taker.query('begin')
      await taker.query('update mo.reviews set fence = 1 where review_id = $1', [stage.reviewId])
      // Both wait for the row, and find another fence in it.
      const writes = [
        startStage(store.pool, { ...stage, fence: 0 }),
        saveStageResult(store.pool, { ...stage, result, fence: 0 }),
      ]
      const settled = Promise.allSettled(writes)
      await vi.waitFor(async () => {
        const { rows } = await store.pool.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%mo.stage_results%'`,
        )
        expect(rows).toHaveLength(2)
      })
      await taker.query('commit')
      for (const outcome of await settled) {
        expect(outcome).toMatchObject({ reason: { code: 'REVIEW_LOCK_LOST' } })
      }
    } finally {
      await taker.end()
    }
    expect(await loadStages(store.pool, stage.reviewId)).toEqual([])
  })

  test('cannot be rewritten, by the owner neither', async () => {
    const stage = { reviewId: await storeReview(store.pool), stage: 'budget' }
    await saveStageResult(store.pool, { ...stage, result })
    const text = `update mo.stage_results set result = '{}' where review_id = '${stage.reviewId}'`
    await expect(store.pool.query(text)).rejects.toMatchObject({ code: 'MO001' })
    await store.store.asOwner((owner) =>
      expect(owner.query(text)).rejects.toMatchObject({ code: 'MO001' }),
    )
  })
})

describe('effects', () => {
  function mail(reviewId: string, changes: Partial<Effect> = {}): Effect {
    return {
      reviewId,
      stage: 'apply',
      subject: 'mail:cmo',
      payload: { to: 'cmo', n: 1 },
      audit: auditEntry(SYSTEM, { action: 'mail.sent', subject: 'mail:cmo', reviewId }),
      ...changes,
    }
  }

  const auditRows = async (reviewId: string): Promise<number> => {
    const { rows } = await store.pool.query(
      'select count(*)::int as n from mo.audit_log where review_id = $1',
      [reviewId],
    )
    return rows[0].n
  }

  test('applies once, with one audit row, however many try at once', async () => {
    const reviewId = await storeReview(store.pool)
    let worked = 0
    const applied = await Promise.all(
      Array.from({ length: 20 }, () =>
        applyOnce(store.pool, mail(reviewId), async () => {
          worked += 1
        }),
      ),
    )
    expect(applied.filter(Boolean)).toHaveLength(1)
    expect(worked).toBe(1)
    expect(await loadEffects(store.pool, reviewId)).toEqual([
      {
        stage: 'apply',
        subject: 'mail:cmo',
        payload: '{"n":1,"to":"cmo"}',
        appliedAt: expect.stringMatching(/Z$/),
      },
    ])
    expect(await auditRows(reviewId)).toBe(1)
    expect(await verifyAudit(store.pool)).toMatchObject({ ok: true })
  })

  test('leaves nothing behind when its work fails, and can be tried again', async () => {
    const reviewId = await storeReview(store.pool)
    const failing = applyOnce(store.pool, mail(reviewId), async () => {
      throw new Error('no mail server')
    })
    await expect(failing).rejects.toThrow('no mail server')
    expect(await loadEffects(store.pool, reviewId)).toEqual([])
    expect(await auditRows(reviewId)).toBe(0)
    expect(await applyOnce(store.pool, mail(reviewId))).toBe(true)
  })

  test('keeps what the work wrote in the same transaction', async () => {
    const reviewId = await storeReview(store.pool)
    await applyOnce(store.pool, mail(reviewId), (client) =>
      saveSetting(client, { name: `of ${reviewId}`, value: 'written' }),
    )
    expect(await loadSetting(store.pool, `of ${reviewId}`)).toBe('written')
  })

  test('tells effects of other stages and subjects apart', async () => {
    const reviewId = await storeReview(store.pool)
    expect(await applyOnce(store.pool, mail(reviewId))).toBe(true)
    expect(await applyOnce(store.pool, mail(reviewId, { stage: 'publish' }))).toBe(true)
    expect(await applyOnce(store.pool, mail(reviewId, { subject: 'mail:cfo' }))).toBe(true)
    expect(await loadEffects(store.pool, reviewId)).toHaveLength(3)
  })

  test('refuses who lost the review', async () => {
    const reviewId = await storeReview(store.pool)
    await expect(applyOnce(store.pool, mail(reviewId, { fence: 3 }))).rejects.toMatchObject({
      code: 'REVIEW_LOCK_LOST',
    })
    expect(await applyOnce(store.pool, mail(reviewId, { fence: 0 }))).toBe(true)
  })

  test('cannot be undone on record', async () => {
    await applyOnce(store.pool, mail(await storeReview(store.pool)))
    await store.store.asOwner(async (owner) => {
      for (const text of [
        'delete from mo.effects',
        'update mo.effects set payload = payload',
        'truncate mo.effects',
      ]) {
        await expect(owner.query(text)).rejects.toMatchObject({ code: 'MO001' })
        await expect(store.pool.query(text)).rejects.toMatchObject({ code: '42501' })
      }
    })
  })
})

test('settings are kept and replaced', async () => {
  expect(await loadSetting(store.pool, 'tick')).toBeUndefined()
  await saveSetting(store.pool, { name: 'tick', value: '1' })
  await saveSetting(store.pool, { name: 'tick', value: '2' })
  expect(await loadSetting(store.pool, 'tick')).toBe('2')
})
