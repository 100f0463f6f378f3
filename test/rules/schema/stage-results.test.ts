import { describe, expect, it } from 'vitest'

import { BudgetStageResult } from '#rules/schema/budget-move.ts'
import { Health, SynthesisStageResult } from '#rules/schema/synthesis.ts'

import { BUDGET_RESULT, MOVE, SYNTHESIS_RESULT } from './stage-examples.ts'

describe('the result of the budget stage', () => {
  it('is read as it was written', () => {
    expect(BudgetStageResult.parse(BUDGET_RESULT)).toStrictEqual(BUDGET_RESULT)
  })

  it.each([
    ['an origin nobody knows', { origin: 'guessed' }],
    ['a concern nobody knows', { concerns: ['bad_feeling'] }],
    ['an impact without its middle', { expectedImpact: { low: MOVE.amount, high: MOVE.amount } }],
    ['no reason beside an absent impact', { impactNotMeasured: undefined }],
    ['a key too many', { mood: 'good' }],
  ])('refuses a move with %s', (_fault, changes) => {
    const moves = [{ ...MOVE, ...changes }]
    expect(BudgetStageResult.safeParse({ ...BUDGET_RESULT, moves }).success).toBe(false)
  })
})

describe('the result of the synthesis stage', () => {
  it('is read as it was written', () => {
    expect(SynthesisStageResult.parse(SYNTHESIS_RESULT)).toStrictEqual(SYNTHESIS_RESULT)
  })

  it('was stored without what could not be looked at before that was asked', () => {
    const { unmeasured: _later, ...earlier } = SYNTHESIS_RESULT.health
    expect(Health.parse(earlier).unmeasured).toStrictEqual([])
  })

  it.each([
    ['a verdict nobody knows', { health: { ...SYNTHESIS_RESULT.health, verdict: 'fine' } }],
    ['a key too many', { mood: 'good' }],
    ['less than the first rank', { actions: [{ ...SYNTHESIS_RESULT.actions[0], rank: 0 }] }],
    ['a risk raised tomorrow', { risks: [{ ...SYNTHESIS_RESULT.risks[0], ageDays: -1 }] }],
  ])('refuses %s', (_fault, changes) => {
    expect(SynthesisStageResult.safeParse({ ...SYNTHESIS_RESULT, ...changes }).success).toBe(false)
  })
})
