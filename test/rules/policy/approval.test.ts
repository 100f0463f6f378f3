import { describe, expect, it } from 'vitest'

import { ApprovalPolicy } from '#rules/policy/money-moves.ts'
import { CalendarPolicy } from '#rules/policy/organisation.ts'
import { RiskPolicy, SynthesisPolicy } from '#rules/policy/synthesis.ts'
import { HealthTable, PortfolioTable, Target, Targets } from '#rules/policy/verdict.ts'

const tier = (id: string, changes: object = {}) => ({ id, approvers: 1, ...changes })

describe('ApprovalPolicy', () => {
  it('has three tiers: by rule, one person, two people', () => {
    const policy = ApprovalPolicy.parse({})
    expect(policy.tiers.map(({ id, approvers }) => [id, approvers])).toEqual([
      ['low', 0],
      ['medium', 1],
      ['high', 2],
    ])
    expect(policy.tiers[0]).toMatchObject({ max_amount: 500, max_share: 0.05, monthly_cap: 2000 })
    expect(policy.tiers[1]).toMatchObject({ max_amount: 5000, max_share: 0.2 })
    expect(policy).toMatchObject({
      window_days: 30,
      auto_needs_impact_above_zero: true,
      expires_business_hours: { medium: 24, high: 40 },
      bump: {
        out_of_envelope: 2,
        stop_loss_override: 2,
        new_line: 1,
        thin_evidence: 1,
        committed: 1,
      },
    })
  })

  it('refuses two tiers of one name, and a last tier with an upper end', () => {
    expect(ApprovalPolicy.safeParse({ tiers: [tier('a'), tier('a')] }).error?.message).toContain(
      'an id of its own',
    )
    for (const bound of [{ max_amount: 5 }, { max_share: 0.5 }]) {
      const bounded = ApprovalPolicy.safeParse({ tiers: [tier('a'), tier('b', bound)] })
      expect(bounded.error?.message).toContain('neither max_amount nor max_share')
    }
    expect(
      ApprovalPolicy.safeParse({ tiers: [tier('a', { max_amount: 5 }), tier('b')] }).success,
    ).toBe(true)
    expect(ApprovalPolicy.safeParse({ tiers: [] }).success).toBe(false)
  })
})

describe('CalendarPolicy', () => {
  it('works from nine to five on weekdays', () => {
    expect(CalendarPolicy.parse({})).toMatchObject({
      working_days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      working_hours: { from: '09:00', to: '17:00' },
      holidays: [],
    })
  })

  it.each([
    [{ from: '09:00', to: '09:00' }, false],
    [{ from: '17:00', to: '09:00' }, false],
    [{ from: '09:00', to: '09:01' }, true],
    [{ from: '9:00' }, false],
    [{ to: '24:00' }, false],
    [{ from: '00:00', to: '23:59' }, true],
    [{ to: '17:60' }, false],
    [{ to: '17:00 ' }, false],
    [{ from: 'x09:00' }, false],
  ])('takes working hours %j: %s', (hours, valid) => {
    expect(CalendarPolicy.safeParse({ working_hours: hours }).success).toBe(valid)
  })
})

describe('RiskPolicy and SynthesisPolicy', () => {
  it('give a graver risk less time', () => {
    const risk = RiskPolicy.parse({})
    expect(risk.due_business_days).toEqual({ critical: 1, high: 2, medium: 5, low: 10 })
    expect(risk).toMatchObject({ default_area: 'campaigns', blocks_inflow_from: 'high' })
    expect(risk.owner_areas).toEqual({
      high_clicks_zero_conversions: 'tracking',
      low_conversion: 'campaigns',
      spend_spike: 'budget',
      segment_mismatch: 'campaigns',
      brand_safety: 'content',
      data_quality: 'tracking',
    })
  })

  it('show five actions and three points of focus', () => {
    expect(SynthesisPolicy.parse({})).toEqual({
      actions_shown: 5,
      focus_shown: 3,
      stated_trend_minimum: 0,
      due_business_days: {
        decide_move: 2,
        stop: 2,
        scale: 5,
        revise: 10,
        repair: 5,
        carried_over: 3,
      },
    })
  })

  it('refuse what no calendar can serve', () => {
    expect(RiskPolicy.safeParse({ due_business_days: { critical: -1 } }).success).toBe(false)
    expect(RiskPolicy.safeParse({ due_business_days: { critical: 0.5 } }).success).toBe(false)
    expect(SynthesisPolicy.safeParse({ actions_shown: 0 }).success).toBe(false)
    expect(SynthesisPolicy.safeParse({ focus_shown: 0 }).success).toBe(false)
    expect(SynthesisPolicy.safeParse({ stated_trend_minimum: -0.1 }).success).toBe(false)
  })
})

describe('Target', () => {
  it.each([
    [{ at_least: 0 }, true],
    [{ at_most: 0 }, true],
    [{}, false],
    [{ at_least: 0, at_most: 1 }, false],
  ])('has exactly one bound: %j, %s', (bounds, valid) => {
    const parsed = Target.safeParse({ id: 't', ...bounds })
    expect(parsed.success).toBe(valid)
    expect(parsed.error?.message ?? 'exactly one').toContain('exactly one')
  })
})

describe('Targets', () => {
  it('have ids of their own', () => {
    const [first, second] = [
      { id: 'a', at_least: 1 },
      { id: 'b', at_most: 2 },
    ]
    expect(Targets.safeParse([first, second]).success).toBe(true)
    expect(Targets.safeParse([first, { ...second, id: 'a' }]).error?.message).toContain(
      'an id of its own',
    )
    expect(Targets.parse(undefined)).toEqual([])
  })
})

describe('the tables of the verdict', () => {
  it.each([
    ['health', HealthTable, { otherwise: 'on_track' }],
    ['portfolio', PortfolioTable, { otherwise: 'hold' }],
  ] as const)('%s ends with a row that matches everything', (_name, table, last) => {
    expect(table.safeParse([last]).success).toBe(true)
    expect(table.safeParse([]).success).toBe(false)
  })

  it('refuse a last row with a condition', () => {
    const condition = { when: 'any_of', list: ['open_risk'], verdict: 'attention' }
    expect(HealthTable.safeParse([condition]).error?.message).toContain('last row')
    const stopping = { when: { momentum: 'declining' }, action: 'stop' }
    expect(PortfolioTable.safeParse([stopping]).error?.message).toContain('last row')
  })

  it('start as the template writes them', () => {
    expect(HealthTable.parse(undefined)).toEqual([
      { when: 'trust_grade_below', than: 'D', verdict: 'not_assessable' },
      {
        when: 'open_risk_severity',
        at_least: 'critical',
        older_than_days: 14,
        verdict: 'critical',
      },
      { when: 'roi_below', than: 0, for_months: 2, verdict: 'critical' },
      {
        when: 'any_of',
        list: ['open_risk', 'segment_stop', 'pending_reallocation', 'target_missed'],
        verdict: 'attention',
      },
      { otherwise: 'on_track' },
    ])
    expect(PortfolioTable.parse(undefined)).toEqual([
      { when: { momentum: 'improving', roi_at_least: 'target' }, action: 'scale' },
      { when: { momentum: 'declining', roi_below: 0 }, action: 'stop', needs: 'approval' },
      {
        when: { momentum: 'declining', conversions_at_most: 0 },
        action: 'stop',
        needs: 'approval',
      },
      { when: { momentum: 'declining' }, action: 'revise' },
      { otherwise: 'hold' },
    ])
  })
})
