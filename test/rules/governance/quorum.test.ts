import { describe, expect, it } from 'vitest'

import { quorumOf, type RecordedDecision } from '#rules/governance/quorum.ts'
import { InvariantError } from '#rules/kernel/invariant.ts'

const by = (
  personId: string,
  principalId = personId,
  outcome: RecordedDecision['outcome'] = 'approved',
): RecordedDecision => ({ authority: { personId, principalId }, outcome })

describe('quorumOf', () => {
  it.each([
    [0, [], { state: 'approved', missing: 0 }],
    [1, [], { state: 'pending', missing: 1 }],
    [1, [by('a')], { state: 'approved', missing: 0 }],
    [2, [by('a')], { state: 'pending', missing: 1 }],
    [2, [by('a'), by('b')], { state: 'approved', missing: 0 }],
    [2, [by('a'), by('b'), by('c')], { state: 'approved', missing: 0 }],
  ])('%d approvers, %j', (approvers, decisions, quorum) => {
    expect(quorumOf(decisions, approvers)).toEqual(quorum)
  })

  it('counts a person once', () => {
    expect(quorumOf([by('a'), by('a')], 2).state).toBe('pending')
  })

  it('counts a principal and their delegate as one, in either order', () => {
    expect(quorumOf([by('delegate', 'cmo'), by('cmo')], 2).state).toBe('pending')
    expect(quorumOf([by('cmo'), by('delegate', 'cmo')], 2).state).toBe('pending')
  })

  it('counts a person who decides for two principals once', () => {
    expect(quorumOf([by('a', 'x'), by('a', 'y')], 2).state).toBe('pending')
  })

  it('is rejected by one rejection, also after enough approvals', () => {
    const decisions = [by('a'), by('b'), by('c', 'c', 'rejected')]
    expect(quorumOf(decisions, 2)).toEqual({ state: 'rejected', missing: 0 })
  })

  it.each([-1, 1.5])('refuses %d approvers', (approvers) => {
    expect(() => quorumOf([], approvers)).toThrow(InvariantError)
  })
})
