import { describe, expect, it } from 'vitest'

import {
  authorityOf,
  type DecidedRequest,
  type DecisionRights,
} from '#rules/governance/decision-rights.ts'
import { ApprovalTier } from '#rules/policy/money-moves.ts'

const tier = ApprovalTier.parse({ id: 'medium', approvers: 1, roles: ['finance', 'executive'] })

const lent = {
  from: 'cmo',
  to: 'ops',
  scope: ['medium'],
  limit: 5000,
  start_on: '2026-11-01',
  end_on: '2026-11-14',
}

/** $5,000 proposed by the machine. */
function request(changes: Partial<DecidedRequest> = {}): DecidedRequest {
  return {
    tier,
    amountMinor: 500_000,
    currency: 'USD',
    proposedBy: ['orchestrator'],
    given: [],
    ...changes,
  }
}

function rights(changes: Partial<DecisionRights> = {}): DecisionRights {
  return {
    people: [
      { id: 'fin', name: 'Finance', roles: ['finance'], may_approve: ['medium'], limit: 5000 },
      { id: 'cmo', name: 'CMO', roles: ['executive'], may_approve: ['medium', 'high'] },
      { id: 'ops', name: 'Operations', roles: ['operator'], may_approve: [] },
      { id: 'clerk', name: 'Clerk', roles: ['operator'], may_approve: ['medium'] },
    ],
    delegations: [lent],
    editedBy: [],
    on: '2026-11-03',
    ...changes,
  }
}

const refused = (reason: string) => ({ ok: false, reason })
const inNameOf = (personId: string, principalId: string) => ({
  ok: true,
  authority: { personId, principalId },
})

describe('authorityOf, in one’s own name', () => {
  it('lets a person with the tier, a role and a limit that holds decide', () => {
    expect(authorityOf('fin', request(), rights())).toEqual(inNameOf('fin', 'fin'))
  })

  it('lets one without a limit decide any amount', () => {
    expect(authorityOf('cmo', request({ amountMinor: 10 ** 12 }), rights())).toEqual(
      inNameOf('cmo', 'cmo'),
    )
  })

  it('refuses one cent above the limit', () => {
    expect(authorityOf('fin', request({ amountMinor: 500_001 }), rights())).toEqual(
      refused('amount_above_limit'),
    )
  })

  it.each([
    ['nobody', 'unknown_person'],
    ['clerk', 'role_missing'],
  ])('refuses %s: %s', (person, reason) => {
    expect(authorityOf(person, request(), rights())).toEqual(refused(reason))
  })

  it('refuses a person the tier is not granted to', () => {
    expect(authorityOf('ops', request(), rights({ delegations: [] }))).toEqual(
      refused('tier_not_granted'),
    )
  })

  it('needs one role of the tier, not all of a person’s', () => {
    const people = [
      { id: 'both', name: 'B', roles: ['operator', 'finance'], may_approve: ['medium'] },
    ]
    expect(authorityOf('both', request(), rights({ people }))).toEqual(inNameOf('both', 'both'))
  })

  it('asks for no role when the tier names none', () => {
    const open = ApprovalTier.parse({ id: 'medium', approvers: 1 })
    expect(authorityOf('clerk', request({ tier: open }), rights())).toEqual(
      inNameOf('clerk', 'clerk'),
    )
  })

  it('refuses the proposer, whatever the rights', () => {
    expect(authorityOf('cmo', request({ proposedBy: ['ops', 'cmo'] }), rights())).toEqual(
      refused('proposed_it'),
    )
  })

  it('refuses who edited the policy in force', () => {
    expect(authorityOf('fin', request(), rights({ editedBy: ['fin'] }))).toEqual(
      refused('edited_the_policy'),
    )
  })

  it('refuses a second decision of the same person', () => {
    const given = [{ personId: 'fin', principalId: 'fin' }]
    expect(authorityOf('fin', request({ given }), rights())).toEqual(refused('decided_already'))
  })

  it('refuses a principal whose delegate has decided in their name', () => {
    const given = [{ personId: 'ops', principalId: 'cmo' }]
    expect(authorityOf('cmo', request({ given }), rights())).toEqual(refused('decided_already'))
  })
})

describe('authorityOf, over new money', () => {
  const increase = request({ isIncrease: true })
  const granting = (id: string, ...may_approve: readonly string[]) =>
    rights({
      people: rights().people.map((person) =>
        person.id === id ? { ...person, may_approve: [...may_approve] } : person,
      ),
      delegations: [{ ...lent, scope: ['medium', 'increase'] }],
    })

  it('asks for the tier and for the authority over increases', () => {
    expect(authorityOf('fin', increase, rights())).toEqual(refused('increase_not_granted'))
    expect(authorityOf('fin', increase, granting('fin', 'increase'))).toEqual(
      refused('tier_not_granted'),
    )
    expect(authorityOf('fin', increase, granting('fin', 'medium', 'increase'))).toEqual(
      inNameOf('fin', 'fin'),
    )
  })

  it('asks for it only then', () => {
    expect(authorityOf('fin', request({ isIncrease: false }), rights())).toEqual(
      inNameOf('fin', 'fin'),
    )
  })

  it('is lent only in so many words, by one who has it', () => {
    const lending = granting('cmo', 'medium', 'increase')
    expect(authorityOf('ops', increase, lending)).toEqual(inNameOf('ops', 'cmo'))
    expect(authorityOf('ops', increase, { ...lending, delegations: [lent] })).toEqual(
      refused('delegation_out_of_scope'),
    )
    expect(authorityOf('ops', increase, granting('cmo', 'medium'))).toEqual(
      refused('increase_not_granted'),
    )
  })
})

describe('authorityOf, with lent authority', () => {
  it('decides in the name of the principal', () => {
    expect(authorityOf('ops', request(), rights())).toEqual(inNameOf('ops', 'cmo'))
  })

  it.each([
    // The first and last day are included, the days around them are not.
    ['2026-10-31', false],
    ['2026-11-01', true],
    ['2026-11-14', true],
    ['2026-11-15', false],
  ])('on %s: %s', (on, ok) => {
    const ruling = authorityOf('ops', request(), rights({ on }))
    expect(ruling).toEqual(ok ? inNameOf('ops', 'cmo') : refused('delegation_out_of_dates'))
  })

  it('stays within the scope', () => {
    const high = ApprovalTier.parse({ id: 'high', approvers: 2, roles: ['executive'] })
    expect(authorityOf('ops', request({ tier: high }), rights())).toEqual(
      refused('delegation_out_of_scope'),
    )
  })

  it('stays within the lent limit', () => {
    expect(authorityOf('ops', request({ amountMinor: 500_001 }), rights())).toEqual(
      refused('delegation_above_limit'),
    )
  })

  it('is worth no more than the principal’s own authority', () => {
    const people = rights().people.map((person) =>
      person.id === 'cmo' ? { ...person, may_approve: ['high'] } : person,
    )
    expect(authorityOf('ops', request(), rights({ people }))).toEqual(refused('tier_not_granted'))
  })

  it('counts as the principal: not for what the principal proposed, edited or decided', () => {
    expect(authorityOf('ops', request({ proposedBy: ['cmo'] }), rights())).toEqual(
      refused('proposed_it'),
    )
    expect(authorityOf('ops', request(), rights({ editedBy: ['cmo'] }))).toEqual(
      refused('edited_the_policy'),
    )
    const given = [{ personId: 'cmo', principalId: 'cmo' }]
    expect(authorityOf('ops', request({ given }), rights())).toEqual(refused('decided_already'))
  })

  it('is not lent on', () => {
    const onward = {
      from: 'ops',
      to: 'clerk',
      scope: ['medium'],
      limit: 5000,
      start_on: '2026-11-01',
      end_on: '2026-11-30',
    }
    const chain = rights({ delegations: [...rights().delegations, onward] })
    expect(authorityOf('clerk', request(), chain)).toEqual(refused('tier_not_granted'))
  })

  it('refuses a delegation by somebody the policy does not know', () => {
    const people = rights().people.filter((person) => person.id !== 'cmo')
    expect(authorityOf('ops', request(), rights({ people }))).toEqual(refused('unknown_person'))
  })

  it('prefers one’s own name', () => {
    const both = rights({ delegations: [{ ...lent, to: 'fin' }] })
    expect(authorityOf('fin', request(), both)).toEqual(inNameOf('fin', 'fin'))
  })

  it('tries every delegation, in the order of the principals', () => {
    const stale = { ...lent, from: 'a', end_on: '2026-11-01' }
    const two = rights({
      delegations: [lent, stale],
    })
    expect(authorityOf('ops', request(), two)).toEqual(inNameOf('ops', 'cmo'))
    expect(authorityOf('ops', request({ amountMinor: 600_000 }), two)).toEqual(
      refused('delegation_out_of_dates'),
    )
  })
})
