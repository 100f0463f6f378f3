import { describe, expect, it } from 'vitest'

import { ownerOf } from '#rules/governance/owner.ts'
import { policyWith } from '#test/support/policy.ts'

const policy = policyWith({
  operating_model: { owners: { budget: 'fin', content: 'writer' } },
  people: [{ id: 'fin', name: 'Finance lead', roles: ['finance'] }],
})

describe('ownerOf', () => {
  it('names the person', () => {
    expect(ownerOf('budget', policy)).toEqual({ id: 'fin', name: 'Finance lead' })
  })

  it('shows the id of somebody the policy does not describe', () => {
    expect(ownerOf('content', policy)).toEqual({ id: 'writer', name: 'writer' })
  })

  it('says so when nobody is named', () => {
    expect(ownerOf('tracking', policy)).toEqual({ id: null, name: 'nobody named in the policy' })
  })
})
