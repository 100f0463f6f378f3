import { afterAll, beforeAll, expect, test } from 'vitest'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { earlierReadings, parseEarlierReadings } from '#src/store/earlier-readings.ts'
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
    campaignId: null,
    startedOn: '2026-10-01',
    armIsControl: [true, false],
    armUsers: [50, 60],
    armConversions: [5, null],
    ...evidence,
  },
})
const NOTHING = {
  mean: null,
  variance: null,
  denominatorMean: null,
  denominatorVariance: null,
  covariance: null,
}
const reading = (reviewId: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  reviewId,
  experimentId: 'E1',
  metric: 'rate',
  campaignId: null,
  startedOn: '2026-10-01',
  arms: [
    { isControl: true, users: 50, conversions: 5, ...NOTHING },
    { isControl: false, users: 60, conversions: null, ...NOTHING },
  ],
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

test('of each trial the first reading of each set of figures counts, oldest first', async () => {
  const workspace = 'readings'
  // One decision for each treatment, of the same trial.
  const first = await found(workspace, [verdict({ treatment: 'B' }), verdict({ treatment: 'C' })])
  await found(workspace, [verdict({})])
  const third = await found(workspace, [
    verdict({ armConversions: [5, 9] }),
    verdict({ metric: 'aov', campaignId: 'C1' }),
  ])
  await found('somebody else', [verdict({ armUsers: [700, 700] })])
  const converted = reading('').arms.map((arm, at) => ({ ...arm, conversions: [5, 9][at] }))
  expect(await earlierReadings(store.pool, workspace)).toEqual([
    reading(first),
    reading(third, { metric: 'aov', campaignId: 'C1' }),
    reading(third, { arms: converted }),
  ])
})

test('reads all that an arm may state, to the digit', async () => {
  const figures = [1e-13, 123_456.789_012_345_67]
  await found('digits', [
    verdict({
      armConversions: undefined,
      armMeans: figures,
      armVariances: figures,
      armDenominatorMeans: figures,
      armDenominatorVariances: figures,
      armCovariances: [...figures].toReversed(),
    }),
  ])
  const read = await earlierReadings(store.pool, 'digits')
  expect(parseEarlierReadings(canonicalJson(read))).toEqual(read)
  expect(read[0]?.arms[1]).toEqual({
    isControl: false,
    users: 60,
    conversions: null,
    mean: figures[1],
    variance: figures[1],
    denominatorMean: figures[1],
    denominatorVariance: figures[1],
    covariance: figures[0],
  })
})

test('what is no verdict, or does not say what the arms stated, was no reading', async () => {
  const workspace = 'no readings'
  await found(workspace, [verdict({}, 'experiment.other')])
  await found(workspace, [verdict({})], 'budget')
  // Results of versions that did not say so.
  await found(workspace, [verdict({ armUsers: undefined })])
  await found(workspace, [verdict({ startedOn: undefined })])
  await storeReview(store.pool, { workspace })
  expect(await earlierReadings(store.pool, workspace)).toEqual([])
})
