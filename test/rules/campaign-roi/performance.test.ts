import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { economics } from '#rules/campaign-roi/economics.ts'
import { judgePerformance } from '#rules/campaign-roi/performance.ts'
import { measured, notMeasured, type Quantity, unreadable } from '#rules/kernel/quantity.ts'

const judge = (cost: Quantity, value: Quantity, targetRoi: number | undefined) =>
  judgePerformance(
    { id: 'C1', name: 'Spring Promo', economics: economics(cost, value) },
    { targetRoi, policyVersion: 'test-1' },
  )
const gone = notMeasured('nobody looked')

describe('a campaign against the target', () => {
  it.each([
    // Against break-even: one cent below, on it, and above without a target.
    [1000, 999, 0.5, 'loss', 'value_below_cost'],
    [1000, 999, undefined, 'loss', 'value_below_cost'],
    [1000, 1000, undefined, 'profit', 'no_target_set'],
    [1000, 1000, 0.5, 'below_target', 'roi_below_target'],
    [1000, 1000, 0, 'on_target', 'roi_at_least_target'],
    // A target of +50 % on 1,000 cents asks for 1,500.
    [1000, 1499, 0.5, 'below_target', 'roi_below_target'],
    [1000, 1500, 0.5, 'on_target', 'roi_at_least_target'],
    [1000, 1501, 0.5, 'on_target', 'roi_at_least_target'],
    // 0.29 × 100 is 28.999… in doubles; as printed it is 29.
    [100, 128, 0.29, 'below_target', 'roi_below_target'],
    [100, 129, 0.29, 'on_target', 'roi_at_least_target'],
    // A target of more digits than ten-thousandths is read to its end.
    [10_000_000, 11_234_500, 0.123_45, 'on_target', 'roi_at_least_target'],
    [10_000_000, 11_234_499, 0.123_45, 'below_target', 'roi_below_target'],
    // A loss is a loss even where the target allows one.
    [1000, 950, -0.1, 'loss', 'value_below_cost'],
    [0, -1, 0.5, 'loss', 'value_below_cost'],
    [0, 0, 0.5, 'not_assessable', 'cost_is_zero'],
    [0, 500, undefined, 'not_assessable', 'cost_is_zero'],
  ])('cost %d, value %d, target %s: %s', (cost, value, target, action, reason) => {
    expect(judge(measured(cost), measured(value), target)).toMatchObject({ action, reason })
  })

  it.each([
    ['cost', gone, measured(5), 'cost_missing', { costMinor: null, valueMinor: 5 }],
    ['cost, unreadable', unreadable('spoilt'), measured(5), 'cost_missing', { costMinor: null }],
    ['value', measured(5), gone, 'value_missing', { costMinor: 5, valueMinor: null }],
    ['both', gone, gone, 'cost_missing', { costMinor: null, valueMinor: null }],
  ])('cannot be judged without %s', (_what, cost, value, reason, evidence) => {
    expect(judge(cost, value, 0.5)).toMatchObject({ action: 'not_assessable', reason, evidence })
  })

  it('explains itself', () => {
    expect(judge(measured(442_275), measured(935_000), 0.5)).toStrictEqual({
      id: 'campaign_roi.performance:C1',
      stage: 'campaign_roi',
      subject: 'campaign:C1',
      subjectName: 'Spring Promo',
      action: 'on_target',
      reason: 'roi_at_least_target',
      ruleId: 'campaign_roi.performance',
      policyVersion: 'test-1',
      evidence: { costMinor: 442_275, valueMinor: 935_000, targetRoi: 0.5 },
    })
  })

  it('says in its evidence that no target was set', () => {
    expect(judge(measured(1), measured(2), undefined).evidence).toMatchObject({ targetRoi: null })
  })

  it('never turns worse when more comes back', () => {
    const rank = ['loss', 'below_target', 'on_target']
    const amount = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(amount, amount, fc.nat(1000), (cost, value, more) => {
        const [before, after] = [value, value + more].map((came) =>
          rank.indexOf(judge(measured(cost), measured(came), 0.5).action),
        )
        expect(after).toBeGreaterThanOrEqual(before ?? Number.NaN)
      }),
    )
  })
})
