import { describe, expect, it } from 'vitest'

import { campaignRoiAgent } from '#agents/campaign-roi/agent.ts'
import {
  ExperimentLogRow,
  ExperimentRow,
  gatherExperiments,
} from '#agents/campaign-roi/experiments.ts'
import type { ReviewContext, Warehouse } from '#agents/ports.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const context: ReviewContext = {
  reviewId: 'R1',
  month: '2026-02',
  asOf: '2026-03-02T09:00:00Z',
  asOfOn: '2026-03-02',
  endOfDay: (on) => `${on}T23:59:59Z`,
  policy: policyWith(),
  earlierReadings: [],
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
  mean: '2.5',
  variance: '0',
  denominator_mean: '0.1234567890123',
  denominator_variance: '4e-13',
  covariance: '-5e-05',
  looks: 3,
}
const NO_FIGURES = {
  mean: null,
  variance: null,
  denominator_mean: null,
  denominator_variance: null,
  covariance: null,
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

  it('reads millionths, figures, booleans and texts', async () => {
    const { warehouse } = warehouseOf({
      'campaign-roi/experiments': [
        row,
        { ...row, is_control: 0, planned_share_e6: null, ...NO_FIGURES },
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
      denominatorMean: 0.1234567890123,
      denominatorVariance: 0,
      covariance: -0.000_05,
      looks: 3,
    })
    expect(second).toMatchObject({
      isControl: false,
      plannedShare: null,
      mean: null,
      variance: null,
      denominatorMean: null,
      denominatorVariance: null,
      covariance: null,
    })
    expect(input.presence).toBe('present')
    expect(input.log).toEqual([
      { id: 'DEC_1', decidedOn: '2026-02-03', campaignId: 'C', text: 'Uplift. Moved.' },
      { id: 'DEC_1', decidedOn: '2026-02-03', campaignId: 'C', text: 'Moved.' },
    ])
  })

  it('refuses a row of another shape', () => {
    expect(ExperimentRow.safeParse(row).success).toBe(true)
    expect(ExperimentRow.safeParse({ ...row, mean: 'many' }).success).toBe(false)
    expect(ExperimentRow.safeParse({ ...row, users: 1.5 }).success).toBe(false)
    expect(ExperimentRow.safeParse({ ...row, extra: 1 }).success).toBe(false)
    expect(ExperimentLogRow.safeParse(log).success).toBe(true)
    expect(ExperimentLogRow.safeParse({ ...log, action_text: null }).success).toBe(false)
  })
})

describe('a ratio metric from a file', () => {
  const HEAD =
    'experiment_id,name,status,started_on,ended_on,metric,arm,is_control,users,mean,variance,denominator_mean,denominator_variance,covariance\n'
  const TEST = 'E1,Layout,completed,2026-02-02,2026-02-20,clicks_per_page'
  const reviewOf = async (rows: readonly string[]) => {
    const { warehouse } = await warehouseWith({
      'data/campaigns.csv': 'campaign_id,name\nC1,Spring\n',
      'data/experiments.csv': `${HEAD}${rows.map((cells) => `${TEST},${cells}\n`).join('')}`,
    })
    return campaignRoiAgent.run(context, { warehouse }, undefined)
  }
  /** The five figures of an arm by their definitions, from the sums over its users, with every digit. */
  function figures(
    users: number,
    [m, mm]: readonly [number, number],
    [d, dd]: readonly [number, number],
    md: number,
  ): string {
    const spread = (products: number, left: number, right: number) =>
      (products - (left * right) / users) / (users - 1)
    return [users, m / users, spread(mm, m, m), d / users, spread(dd, d, d), spread(md, m, d)].join(
      ',',
    )
  }

  it('is read with every digit, as the delta method has it', async () => {
    const { facts, decisions } = await reviewOf([
      `A,true,${figures(511, [263, 403], [2052, 9746], 1253)}`,
      `B,false,${figures(557, [307, 449], [2223, 10_675], 1441)}`,
    ])
    const valueOf = (id: string) =>
      facts.find((fact) => fact.id === `campaign_roi.experiment.E1.${id}`)?.value
    // Variances 0.029414992 and 0.028746838 of the linearised ratios: error 0.0104486, 1,055.9 degrees of freedom, t = 0.9507.
    expect(valueOf('control.value')).toBeCloseTo(263 / 2052, 14)
    expect(valueOf('treatment.value')).toBeCloseTo(307 / 2223, 14)
    expect(valueOf('difference')).toBeCloseTo(307 / 2223 - 263 / 2052, 14)
    expect(valueOf('lift')).toBeCloseTo((307 * 2052) / (2223 * 263) - 1, 12)
    expect(valueOf('p_value')).toBeCloseTo(0.341_949_084_078, 11)
    expect(valueOf('difference.low')).toBeCloseTo(-0.010_568_4, 6)
    expect(decisions.find(({ id }) => id === 'experiment.verdict:E1')).toMatchObject({
      action: 'INCONCLUSIVE',
      evidence: { measure: 'ratio' },
    })
  })

  it('of which a cell is blank is not read as zero', async () => {
    const { findings } = await reviewOf(['A,true,500,2,5,10,20,6', 'B,false,500,2.2,5,10,20,'])
    expect(findings.find(({ ruleId }) => ruleId === 'experiment.verdict')?.detail).toBe(
      'No figure of it may be used: arm B does not state covariance, and a ratio needs all five figures of every arm.',
    )
  })
})
