import { describe, expect, it } from 'vitest'
import type { z } from 'zod'

import { AttributionPolicy, LiftTest } from '#rules/policy/attribution.ts'
import { Claim } from '#rules/policy/communication.ts'
import { LeadPolicy } from '#rules/policy/leads.ts'
import { Momentum } from '#rules/policy/momentum.ts'
import { BudgetPolicy, ImportedCurve, StopLoss } from '#rules/policy/money-moves.ts'
import { Company, Delegation, OperatingModel, Person } from '#rules/policy/organisation.ts'
import { Policy } from '#rules/policy/policy.ts'
import { ContentPolicy, ExperimentPolicy, FunnelPolicy } from '#rules/policy/stages.ts'
import { HealthTable, PortfolioTable, Target, Targets, Trust } from '#rules/policy/verdict.ts'
import { policyWith } from '#test/support/policy.ts'

/** Why a part of a policy is refused; empty when it is taken. */
const faults = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

const lift = (low: number, share: number, high: number) => ({
  channel: 'Email',
  incremental_share: share,
  low,
  high,
  measured_on: '2026-02-28',
})
const delegation = {
  from: 'a',
  to: 'b',
  scope: [],
  limit: 1,
  start_on: '2026-03-02',
  end_on: '2026-03-02',
}

describe('a refused policy says what was expected', () => {
  it.each([
    [
      'a target without a bound',
      Target,
      { id: 'roi' },
      'expected exactly one of at_least and at_most',
    ],
    [
      'a target with two bounds',
      Target,
      { id: 'roi', at_least: 1, at_most: 2 },
      'expected exactly one of at_least and at_most',
    ],
    [
      'two targets of one id',
      Targets,
      [
        { id: 'roi', at_least: 1 },
        { id: 'roi', at_most: 2 },
      ],
      'expected every target to have an id of its own; name the figure by `fact`',
    ],
    [
      'a health table without its last row',
      HealthTable,
      [{ when: 'roi_below', than: 0, for_months: 1, verdict: 'critical' }],
      'expected the last row, and no other, to be { otherwise: VERDICT }',
    ],
    [
      'a health table with a row that is never tried',
      HealthTable,
      [{ otherwise: 'on_track' }, { otherwise: 'attention' }],
      'expected the last row, and no other, to be { otherwise: VERDICT }',
    ],
    [
      'a segment table without its last row',
      PortfolioTable,
      [{ when: { momentum: 'declining' }, action: 'stop' }],
      'expected the last row, and no other, to be { otherwise: ACTION }',
    ],
    [
      'a segment table with a row that is never tried',
      PortfolioTable,
      [{ otherwise: 'hold' }, { when: {}, action: 'stop' }, { otherwise: 'hold' }],
      'expected the last row, and no other, to be { otherwise: ACTION }',
    ],
    [
      'bands in no order',
      LeadPolicy,
      { bands: { hql: 60, mql: 60 } },
      'expected hql above mql above mel',
    ],
    [
      'bands in no order below',
      LeadPolicy,
      { bands: { mql: 40, mel: 40 } },
      'expected hql above mql above mel',
    ],
    [
      'a lift outside its interval',
      LiftTest,
      lift(0.2, 0.1, 0.3),
      'expected low ≤ incremental_share ≤ high',
    ],
    [
      'a lift above its interval',
      LiftTest,
      lift(0.1, 0.4, 0.3),
      'expected low ≤ incremental_share ≤ high',
    ],
    [
      'an alarm above its watch',
      ExperimentPolicy,
      { srm_alarm: 0.02, srm_watch: 0.01 },
      'expected srm_alarm not above srm_watch',
    ],
    [
      'a delegation that ends before it starts',
      Delegation,
      { ...delegation, end_on: '2026-03-01' },
      'expected start_on not after end_on',
    ],
    [
      'a step without its goal',
      FunnelPolicy,
      { target_conversion: { visit: 0.1 } },
      'Invalid key in record',
    ],
    [
      'a currency that is no code',
      Company,
      { name: 'A', currency: 'usd', time_zone: 'UTC' },
      'expected an ISO 4217 code such as USD',
    ],
    [
      'a day that is not in the calendar',
      Claim,
      { pattern: 'x', status: 'banned', expires_on: '2026-02-30' },
      'expected a date YYYY-MM-DD of the calendar',
    ],
    [
      'a day written another way',
      Claim,
      { pattern: 'x', status: 'banned', expires_on: '1.3.2026' },
      'expected a date YYYY-MM-DD of the calendar',
    ],
  ])('of %s', (_fault, schema, value, message) => {
    expect(faults(schema, value)).toStrictEqual([message])
  })

  it.each([
    ['a lift at both ends of its interval', LiftTest, lift(0.1, 0.1, 0.1)],
    ['a delegation of one day', Delegation, delegation],
    ['an alarm at its watch', ExperimentPolicy, { srm_alarm: 0.01, srm_watch: 0.01 }],
    ['bands one apart', LeadPolicy, { bands: { hql: 61, mql: 60, mel: 59 } }],
    ['a leap day', Claim, { pattern: 'x', status: 'banned', expires_on: '2028-02-29' }],
    ['a table of one row', HealthTable, [{ otherwise: 'attention' }]],
    ['a target step', FunnelPolicy, { target_conversion: { 'visit>signup': 0.12 } }],
  ])('but not of %s', (_what, schema, value) => {
    expect(faults(schema, value)).toStrictEqual([])
  })
})

describe('a setting out of its range is refused', () => {
  // Each on the near side and just beyond its bound.
  it.each([
    [Momentum, 'alpha', 0.001, 0],
    [Momentum, 'alpha', 0.999, 1],
    [Momentum, 'min_history_months', 3, 2],
    [Momentum, 'bootstrap_resamples', 100, 99],
    [Momentum, 'bootstrap_resamples', 10_000, 10_001],
    [StopLoss, 'target_cpa_multiple', 1.01, 1],
    [StopLoss, 'hard_cap_share_of_budget', 1, 1.01],
    [StopLoss, 'hard_cap_share_of_budget', 0.01, 0],
    [StopLoss, 'decline_weeks', 2, 1],
    [StopLoss, 'learning_days', 0, -1],
    [BudgetPolicy, 'margin', 1, 1.01],
    [BudgetPolicy, 'margin', 0.01, 0],
    [BudgetPolicy, 'impact_correlation', 1, 1.01],
    [BudgetPolicy, 'hurdle_marginal_roi', 0.01, 0],
    [Trust, 'max_untraceable_spend_share', 1, 1.01],
    [Trust, 'max_rejected_row_share', 0, -0.01],
    [Trust, 'claim_ratio_warn', 0.01, 0],
    [FunnelPolicy, 'min_entries', 1, 0],
    [FunnelPolicy, 'floor_conversion', 0.001, 0],
    [FunnelPolicy, 'min_matured_share', 1, 1.01],
    [ContentPolicy, 'decay_share', 1, 1.01],
    [ContentPolicy, 'decay_share', 0.01, 0],
    [ContentPolicy, 'promote_quantile', 0.99, 1],
    [ContentPolicy, 'history_months', 12, 13],
    [ContentPolicy, 'history_months', 1, 0],
    [AttributionPolicy, 'position_end_share', 0.5, 0.51],
    [AttributionPolicy, 'markov_order', 3, 4],
    [AttributionPolicy, 'markov_order', 1, 0],
    [AttributionPolicy, 'half_life_days', 0.01, 0],
    [LeadPolicy, 'acceptance_target', 1, 1.01],
    [LeadPolicy, 'score_max', 0.01, 0],
    [ExperimentPolicy, 'alpha', 0.5, 0.51],
    [ExperimentPolicy, 'min_lift', 0, -0.01],
    [ExperimentPolicy, 'power', 0.99, 1],
  ] as const)('%#: %s', (schema, key, within, beyond) => {
    expect(faults(schema, { [key]: within })).toStrictEqual([])
    expect(faults(schema, { [key]: beyond })).toHaveLength(1)
  })

  it.each([
    [OperatingModel, { lifecycle_stages: ['visit'] }],
    [OperatingModel, { motions: [{ id: 'm', stages: ['visit'] }] }],
    [Person, { id: '', name: 'A', roles: [] }],
    [Person, { id: 'a', name: 'A', roles: [], limit: -1 }],
    [Company, { name: '', currency: 'USD', time_zone: 'UTC' }],
    [ImportedCurve, { family: 'power', scale: 0, shape: 1, log_sd: 1, source: 'MMM' }],
    [ImportedCurve, { family: 'cubic', scale: 1, shape: 1, log_sd: 1, source: 'MMM' }],
    [ImportedCurve, { family: 'power', scale: 1, shape: 1, log_sd: 1, source: '' }],
    [HealthTable, []],
    [HealthTable, [{ when: 'any_of', list: [], verdict: 'attention' }, { otherwise: 'on_track' }]],
    [Claim, { pattern: '', status: 'banned' }],
    [Claim, { pattern: 'x', status: 'maybe' }],
  ])('%#: %s of %j', (schema, value) => {
    expect(faults(schema, value)).not.toStrictEqual([])
  })

  it('and so is a setting nobody knows, at every depth', () => {
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { tempo: {} },
      { momentum: { chance: 0.1 } },
      { budget: { pacing: { late: 0.1 } } },
      { targets: [{ id: 'roi', at_least: 1, minimum: 2 }] },
    ]
    for (const changes of wrong) expect(() => policyWith(changes)).toThrow('Unrecognized key')
  })
})

describe('a policy that says nothing', () => {
  it('is read the same when read again', () => {
    const policy = policyWith()
    expect(Policy.parse(policy)).toStrictEqual(policy)
  })

  it.each([['version'], ['company'], ['effective_from']])('but must say its %s', (key) => {
    const rest = Object.entries(policyWith()).filter(([name]) => name !== key)
    expect(Policy.safeParse(Object.fromEntries(rest)).success).toBe(false)
  })
})
