import { describe, expect, it } from 'vitest'

import {
  ExperimentLogRow,
  ExperimentRow,
  gatherExperiments,
} from '#agents/campaign-roi/experiments.ts'
import type { ReviewContext, Warehouse } from '#agents/ports.ts'
import { policyWith } from '#test/support/policy.ts'

const context: ReviewContext = {
  reviewId: 'R1',
  month: '2026-02',
  asOf: '2026-03-02T09:00:00Z',
  asOfOn: '2026-03-02',
  policy: policyWith(),
}
const row = {
  experiment_id: 'EXP_1',
  campaign_id: null,
  name: 'Button test',
  status: 'running',
  started_on: '2026-02-01',
  ended_on: null,
  metric: 'conversion_rate',
  arm: 'A',
  is_control: 1,
  planned_share_e6: 500_000,
  users: 10,
  conversions: 2,
  mean_e6: 2_500_000,
  variance_e6: 0,
  looks: 3,
}
const log = {
  decision_id: 'DEC_1',
  decided_on: '2026-02-03',
  campaign_id: 'C',
  trigger_text: 'Uplift.',
  action_text: 'Moved.',
}

/** A warehouse that answers these two queries and remembers what it was asked. */
function warehouseOf(answers: Readonly<Record<string, readonly unknown[]>>) {
  const asked: [string, Readonly<Record<string, string | number>>][] = []
  const warehouse: Warehouse = {
    dataset: () => ({ state: 'present', rows: 1, rejected: 0 }),
    rows: (query, parameters, schema) => {
      asked.push([query, parameters])
      return Promise.resolve((answers[query] ?? []).map((answer) => schema.parse(answer)))
    },
    batches: () => {
      throw new Error('not asked for')
    },
  }
  return { warehouse, asked }
}

describe('gathering experiments', () => {
  it('asks for what began, and what was decided, by the end of the month', async () => {
    const { warehouse, asked } = warehouseOf({})
    await gatherExperiments(context, warehouse)
    expect(asked).toEqual([
      ['campaign-roi/experiments', { to_day: '2026-02-28' }],
      ['campaign-roi/experiment-log', { to_day: '2026-02-28' }],
    ])
  })

  it('reads millionths, booleans and texts', async () => {
    const { warehouse } = warehouseOf({
      'campaign-roi/experiments': [
        row,
        { ...row, is_control: 0, planned_share_e6: null, mean_e6: null, variance_e6: null },
      ],
      'campaign-roi/experiment-log': [log, { ...log, trigger_text: null }],
    })
    const input = await gatherExperiments(context, warehouse)
    const [first, second] = input.rows
    expect(first).toEqual({
      experimentId: 'EXP_1',
      campaignId: null,
      name: 'Button test',
      status: 'running',
      startedOn: '2026-02-01',
      endedOn: null,
      metric: 'conversion_rate',
      arm: 'A',
      isControl: true,
      plannedShare: 0.5,
      users: 10,
      conversions: 2,
      mean: 2.5,
      variance: 0,
      looks: 3,
    })
    expect(second).toMatchObject({
      isControl: false,
      plannedShare: null,
      mean: null,
      variance: null,
    })
    expect(input.presence).toBe('present')
    expect(input.log).toEqual([
      { id: 'DEC_1', decidedOn: '2026-02-03', campaignId: 'C', text: 'Uplift. Moved.' },
      { id: 'DEC_1', decidedOn: '2026-02-03', campaignId: 'C', text: 'Moved.' },
    ])
  })

  it('refuses a row of another shape', () => {
    expect(ExperimentRow.safeParse(row).success).toBe(true)
    expect(ExperimentRow.safeParse({ ...row, users: 1.5 }).success).toBe(false)
    expect(ExperimentRow.safeParse({ ...row, extra: 1 }).success).toBe(false)
    expect(ExperimentLogRow.safeParse(log).success).toBe(true)
    expect(ExperimentLogRow.safeParse({ ...log, action_text: null }).success).toBe(false)
  })
})
