import { afterAll, beforeAll, expect, test } from 'vitest'

import { earlierReadings } from '#src/store/earlier-readings.ts'
import { saveStageResult } from '#src/store/stage-results.ts'
import { storeReview } from '#test/support/records.ts'
import { startTestStore, type TestStore } from '#test/support/store.ts'

let store: TestStore
beforeAll(async () => {
  store = await startTestStore()
})
afterAll(() => store.close())

const verdict = (evidence: Readonly<Record<string, unknown>>, ruleId = 'experiment.verdict') => ({
  ruleId,
  evidence: {
    experimentId: 'E1',
    metric: 'rate',
    treatment: 'B',
    controlUsers: 50,
    treatmentUsers: 60,
    pValue: 0.2,
    ...evidence,
  },
})
const reading = (reviewId: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  reviewId,
  experimentId: 'E1',
  metric: 'rate',
  treatment: 'B',
  users: 110,
  ...changes,
})

/** A review on record whose stage found these decisions. */
async function found(
  workspace: string,
  decisions: readonly object[],
  stage = 'campaign_roi',
): Promise<string> {
  const reviewId = await storeReview(store.pool, { workspace })
  await saveStageResult(store.pool, {
    reviewId,
    stage,
    result: JSON.stringify({ result: { decisions } }),
  })
  return reviewId
}

test('of each comparison the first reading of each number of users counts, oldest first', async () => {
  const workspace = 'readings'
  const first = await found(workspace, [verdict({}), verdict({ treatment: 'C' })])
  await found(workspace, [verdict({})])
  const third = await found(workspace, [verdict({ controlUsers: 90 }), verdict({ metric: 'aov' })])
  await found('somebody else', [verdict({ controlUsers: 700 })])
  expect(await earlierReadings(store.pool, workspace)).toEqual([
    reading(third, { metric: 'aov' }),
    reading(first),
    reading(third, { users: 150 }),
    reading(first, { treatment: 'C' }),
  ])
})

test('what compared nothing, or is no verdict, was no look', async () => {
  const workspace = 'no readings'
  await found(workspace, [verdict({ pValue: null }), verdict({}, 'experiment.other')])
  await found(workspace, [verdict({})], 'budget')
  // Results of versions that did not say which arms they compared.
  await found(workspace, [verdict({ experimentId: undefined, treatment: undefined })])
  await storeReview(store.pool, { workspace })
  expect(await earlierReadings(store.pool, workspace)).toEqual([])
})
