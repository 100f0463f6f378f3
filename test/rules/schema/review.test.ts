import { describe, expect, it } from 'vitest'

import { NarratorOutput } from '#rules/schema/narrator-output.ts'
import { Cell, Decision, Fact, FactSource, MoneyValue, StageResult } from '#rules/schema/review.ts'

const fact = {
  id: 'funnel.stage.visit.count',
  label: 'Visits',
  unit: 'count',
  status: 'known',
  value: 3,
  source: [{ dataset: 'funnel_counts', rows: 2 }],
}
const decision = {
  id: 'funnel.drop_off:a',
  stage: 'funnel',
  subject: 'cell:a',
  subjectName: 'A',
  action: 'repair',
  reason: 'true_zero',
  ruleId: 'funnel.drop_off',
  policyVersion: 'v1',
  evidence: { entered: 480, converted: 0, known: true, note: null, bounds: [0.01, '≥'] },
}

describe('what a stage hands on', () => {
  it.each([
    ['an id in capitals', { id: 'Funnel.x' }],
    ['an id with a space', { id: 'funnel x' }],
    ['an id that could close a token', { id: 'funnel.x}}' }],
    ['an unknown unit', { unit: 'percent' }],
    ['an unknown status', { status: 'missing' }],
    ['money in cents and a half', { value: { currency: 'USD', minor: 0.5 } }],
    ['a value that is no number', { value: Number.NaN }],
    ['a data set nobody has', { source: [{ dataset: 'tea_leaves', rows: 1 }] }],
    ['less than no row', { source: [{ dataset: 'leads', rows: -1 }] }],
    ['a field too many', { guess: 1 }],
  ])('refuses a fact with %s', (_fault, changes) => {
    expect(Fact.safeParse(fact).success).toBe(true)
    expect(Fact.safeParse({ ...fact, ...changes }).success).toBe(false)
  })

  it.each([
    ['an unknown stage', { stage: 'weather' }],
    ['a nested object as evidence', { evidence: { a: { b: 1 } } }],
    ['an infinite figure as evidence', { evidence: { a: Number.POSITIVE_INFINITY } }],
    ['no rule', { ruleId: undefined }],
  ])('refuses a decision with %s', (_fault, changes) => {
    expect(Decision.safeParse(decision).success).toBe(true)
    expect(Decision.safeParse({ ...decision, ...changes }).success).toBe(false)
  })

  it.each([
    [{ fact: 'a' }, true],
    [{ decision: 'a' }, true],
    [{ text: 'a' }, true],
    [{ chip: 'bad', text: 'a' }, true],
    [{ chip: 'purple', text: 'a' }, false],
    [{ fact: 'a', decision: 'b' }, false],
    [{}, false],
  ])('takes a cell %j: %s', (cell, valid) => {
    expect(Cell.safeParse(cell).success).toBe(valid)
  })

  it('refuses a stage without a status', () => {
    const { success } = StageResult.safeParse({ stage: 'funnel', facts: [], decisions: [] })
    expect(success).toBe(false)
  })

  it.each([
    [{ currency: 'USD', minor: 1 }, true],
    [{ currency: 'USD', minor: 1, major: 0.01 }, false],
    [{ minor: 1 }, false],
  ])('takes money %j: %s', (value, valid) => {
    expect(MoneyValue.safeParse(value).success).toBe(valid)
  })

  it('takes a filter of texts only', () => {
    const source = { dataset: 'leads', rows: 1 }
    expect(FactSource.safeParse({ ...source, where: { month_key: '2026-03' } }).success).toBe(true)
    expect(FactSource.safeParse({ ...source, where: { month_key: 3 } }).success).toBe(false)
  })
})

describe('what a narrator returns', () => {
  const section = (sentences: readonly string[]) => ({ id: 'risks', sentences })
  const output = (sections: readonly object[]) => ({ v: 1, sections })
  const many = (count: number) => Array.from({ length: count }, () => 'A sentence.')

  it.each([
    ['one section', output([section(many(1))]), true],
    ['ten sentences', output([section(many(10))]), true],
    ['eleven sentences', output([section(many(11))]), false],
    ['no sentence', output([section([])]), false],
    ['a sentence of two characters', output([section(['No'])]), false],
    ['a sentence of three', output([section(['No.'])]), true],
    ['a sentence of 400 characters', output([section(['x'.repeat(400)])]), true],
    ['a sentence of 401', output([section(['x'.repeat(401)])]), false],
    ['four sections', output(Array.from({ length: 4 }, () => section(many(1)))), true],
    ['five sections', output(Array.from({ length: 5 }, () => section(many(1)))), false],
    ['no section', output([]), false],
    ['another version', { ...output([section(many(1))]), v: 2 }, false],
    ['a key too many', { ...output([section(many(1))]), mood: 'good' }, false],
    ['a key too many in a section', output([{ ...section(many(1)), mood: 'good' }]), false],
  ])('with %s: %#', (_what, value, valid) => {
    expect(NarratorOutput.safeParse(value).success).toBe(valid)
  })
})
