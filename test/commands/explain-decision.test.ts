import { describe, expect, it } from 'vitest'

import type { Decision } from '#rules/schema/review.ts'
import { checkedAgain } from '#src/commands/explain-decision.ts'

/** Two lines that bring 2·√spend each, where their marginal responses meet. */
const EVEN: Decision['evidence'] = {
  line_ids: ['A', 'B'],
  planned_minor: [10_000, 10_000],
  today_minor: [9000, 11_000],
  lower_minor: [5000, 5000],
  upper_minor: [15_000, 15_000],
  group: [null, null],
  curve_family: ['power', 'power'],
  curve_scale: [2, 2],
  curve_shape: [0.5, 0.5],
  curve_steepness: [1, 1],
  budget_minor: 20_000,
  max_turnover_minor: 4000,
  least_move_minor: 0,
  group_lower_minor: [],
  group_upper_minor: [],
  step_minor: null,
  max_changed_lines: null,
  // 2 × ½ ÷ √10,000.
  price: 0.01,
  turnover_price: 0,
  group_prices: [],
  proof_line: [],
  proof_at: [],
  claimed_gap_minor: 0,
  max_gap_share: 0.001,
}
const decision = (evidence: Decision['evidence']): Decision => ({
  id: 'budget.plan:lines',
  stage: 'budget',
  subject: 'budget:lines',
  subjectName: 'Lines with a response curve',
  action: 'propose',
  reason: 'gain_is_sure_enough',
  ruleId: 'budget.optimal_plan',
  policyVersion: 'test-1',
  evidence,
})

describe('a plan that is explained', () => {
  it('is checked again from what its decision states', () => {
    expect(checkedAgain(decision(EVEN), 'USD')).toMatch(
      /^again from these figures, without the solver: within its limits, and no plan within them brings more than \$0\.0[01] beyond it$/,
    )
  })

  it('is refused where one number does not belong', () => {
    expect(checkedAgain(decision({ ...EVEN, planned_minor: [10_001, 10_000] }), 'USD')).toBe(
      'again from these figures: refused (not_balanced)',
    )
    expect(checkedAgain(decision({ ...EVEN, price: 0.011 }), 'USD')).toContain('gap_understated')
  })

  it('is not checked where none is stated', () => {
    expect(checkedAgain(decision({ lines: 2 }), 'USD')).toBeNull()
    const { max_gap_share: _share, ...others } = EVEN
    expect(checkedAgain(decision(others), 'USD')).toBeNull()
  })
})
