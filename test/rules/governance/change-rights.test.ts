import { expect, it } from 'vitest'

import { mayCarryOut } from '#rules/governance/change-rights.ts'

it.each([
  ['a role that works on the platforms', ['analyst', 'operator'], [], true],
  ['the right to approve some tier', ['finance'], ['medium'], true],
  ['neither', ['analyst'], [], false],
  ['no role at all', [], [], false],
])('%s', (_name, roles, tiers, may) => {
  expect(mayCarryOut({ roles, may_approve: tiers }, { roles: ['operator', 'agency'] })).toBe(may)
})

it('lets nobody but approvers where the policy names no role', () => {
  expect(mayCarryOut({ roles: ['operator'], may_approve: [] }, { roles: [] })).toBe(false)
  expect(mayCarryOut({ roles: [], may_approve: ['low'] }, { roles: [] })).toBe(true)
})
