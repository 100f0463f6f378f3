import { describe, expect, it } from 'vitest'

import { policyWith } from '#test/support/policy.ts'

/** Every list that is empty by default, written out with all that an entry may say. */
const WRITTEN = {
  approved_by: ['cfo'],
  edited_by: ['ops'],
  people: [
    {
      id: 'cfo',
      name: 'Chris Finance',
      roles: ['finance'],
      may_approve: ['medium', 'high'],
      limit: 0,
      email: 'cfo@example.com',
    },
  ],
  delegations: [
    {
      from: 'cfo',
      to: 'ops',
      scope: ['medium'],
      limit: 0,
      start_on: '2026-07-01',
      end_on: '2026-07-31',
    },
  ],
  targets: [
    { id: 'roi', at_least: 0.5, unit: 'rate', fact: 'campaign_roi.total.roi', label: 'ROI' },
    { id: 'cac', at_most: 40, unit: 'money' },
    { id: 'leads', at_least: 100, unit: 'count' },
    { id: 'roas', at_least: 2, unit: 'ratio' },
  ],
  claims: [{ pattern: 'best', status: 'banned', market: 'DE', expires_on: '2026-12-31' }],
  regions: [{ id: 'EU', consent_required: true }],
  distribution: [
    { audience: 'board', to: ['board@example.com'], parts: ['executive'], read_receipt: true },
  ],
}

/** The same of sections that have settings beside the list. */
const NESTED = {
  operating_model: {
    motions: [{ id: 'trial', stages: ['visit', 'signup'] }],
    owners: { campaigns: 'ops' },
  },
  calendar: { holidays: ['2026-12-25'] },
  budget: {
    bounds: { increment: 0.01 },
    mix_guardrails: { search: [0, 1], display: [0.2, 0.4] },
    response_curves: ['power', 'log', 'saturating', 'exponential', 'hill'].map((family) => ({
      campaign_id: 'C1',
      channel_id: 'search',
      family,
      scale: 0.01,
      shape: 0.01,
      steepness: 0.01,
      log_sd: 0.01,
      source: 'mix model of 2026',
    })),
    pacing: { day_factors: { '2026-11-27': 1.6, '2026-12-25': 0 } },
    blocking_risk: { severities: ['low', 'medium'] },
  },
  approval: {
    tiers: [
      {
        id: 'small',
        max_amount: 0.01,
        max_share: 1,
        approvers: 0,
        roles: ['ops'],
        monthly_cap: 0,
        monthly_cap_share: 1,
      },
      { id: 'rest', approvers: 2, roles: ['finance'], monthly_cap_share: 0 },
    ],
  },
  changes: {
    webhook_url: 'https://hooks.example.com/in',
    webhook_hosts: ['hooks.example.com', 'a-1.b'],
    roles: ['agency', 'operator'],
  },
  funnel: {
    target_conversion: { 'visit>signup': 0, 'signup>won': 1 },
    source_order: ['crm', 'web'],
    exclusions: [{ stage: 'refund', from: 'signup', to: 'won' }],
  },
  attribution: {
    lift_tests: [
      {
        channel: 'Email',
        incremental_share: 0,
        low: -0.1,
        high: 0.2,
        measured_on: '2026-02-28',
      },
    ],
  },
  experiments: { lower_is_better: ['churn'], guardrail_metrics: ['refunds'] },
}

describe('what a company writes', () => {
  it.each(Object.entries(WRITTEN))('of %s is read as it stands', (section, written) => {
    const read = new Map<string, unknown>(Object.entries(policyWith({ [section]: written })))
    expect(read.get(section)).toStrictEqual(written)
  })

  it.each(Object.entries(NESTED))('in %s is read as it stands', (section, written) => {
    const read = new Map<string, unknown>(Object.entries(policyWith({ [section]: written })))
    expect(read.get(section)).toMatchObject(written)
  })

  it.each([
    ['a person approves nothing', 'people', { id: 'a', name: 'A', roles: [] }, { may_approve: [] }],
    [
      'a claim holds in all markets',
      'claims',
      { pattern: 'x', status: 'banned' },
      { market: 'all' },
    ],
    [
      'nobody is asked to confirm reading',
      'distribution',
      { audience: 'board', to: [], parts: [] },
      { read_receipt: false },
    ],
  ])('and where it does not say, %s', (_what, section, entry, defaults) => {
    const read = new Map<string, unknown>(Object.entries(policyWith({ [section]: [entry] })))
    expect(read.get(section)).toStrictEqual([{ ...entry, ...defaults }])
  })

  it('and where it does not say, a tier asks for no role and a curve is of steepness one', () => {
    const curve = { family: 'hill', scale: 1, shape: 1, log_sd: 1, source: 'lift test' }
    const { approval, budget } = policyWith({
      approval: { tiers: [{ id: 'all', approvers: 1 }] },
      budget: { response_curves: [curve] },
    })
    expect(approval.tiers).toStrictEqual([{ id: 'all', approvers: 1, roles: [] }])
    expect(budget.response_curves).toStrictEqual([{ ...curve, steepness: 1 }])
  })
})
