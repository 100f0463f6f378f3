import { expect, it } from 'vitest'

import { rightsOfPeople } from '#src/people/rights.ts'
import { policyWith } from '#test/support/policy.ts'

const person = (id: string, changes: object = {}) => ({
  id,
  name: id,
  roles: ['finance'],
  may_approve: ['medium', 'high'],
  ...changes,
})
const POLICY = policyWith({
  people: [
    person('fin', { limit: 1000, may_approve: ['medium', 'increase'] }),
    person('cmo', { roles: ['executive'] }),
    person('ed'),
    person('ops', { roles: ['operator'] }),
    person('dan', { may_approve: [] }),
  ],
  edited_by: ['ed'],
  delegations: [
    {
      from: 'cmo',
      to: 'dan',
      scope: ['medium'],
      limit: 500,
      start_on: '2026-11-02',
      end_on: '2026-11-14',
    },
    {
      from: 'ed',
      to: 'ops',
      scope: ['medium'],
      limit: 500,
      start_on: '2026-11-02',
      end_on: '2026-11-14',
    },
  ],
})

const decides = (on: string) =>
  Object.fromEntries(rightsOfPeople(POLICY, on).map((each) => [each.id, each.decides]))

it('says who may decide which tier, up to what, by the rule that judges decisions', () => {
  expect(decides('2026-11-10')).toStrictEqual({
    fin: [{ tier: 'medium', principalId: 'fin', limit: 1000 }],
    cmo: [
      { tier: 'medium', principalId: 'cmo', limit: null },
      { tier: 'high', principalId: 'cmo', limit: null },
    ],
    // Edited the policy: neither in his own name nor through somebody else.
    ed: [],
    ops: [],
    dan: [{ tier: 'medium', principalId: 'cmo', limit: 500 }],
  })
  expect(
    rightsOfPeople(POLICY, '2026-11-10').map(({ mayIncrease, edited }) => [mayIncrease, edited]),
  ).toStrictEqual([
    [true, false],
    [false, false],
    [false, true],
    [false, false],
    [false, false],
  ])
})

it.each([
  ['the day before it begins', '2026-11-01', 0],
  ['its first day', '2026-11-02', 1],
  ['its last day', '2026-11-14', 1],
  ['the day after', '2026-11-15', 0],
])('lends authority on %s', (_, on, tiers) => {
  expect(decides(on)['dan']).toHaveLength(tiers)
})
