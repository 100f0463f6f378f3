import { describe, expect, it } from 'vitest'

import { changedParts } from '#rules/governance/staleness.ts'

const bound = { planSha256: 'p1', factsSha256: 'f1', policySha256: 'y1' }

describe('changedParts', () => {
  it('is empty while nothing changed: the approval binds', () => {
    expect(changedParts(bound, { ...bound })).toEqual([])
  })

  it.each([
    ['planSha256', 'plan', 'p1'],
    ['factsSha256', 'facts', 'f1'],
    ['policySha256', 'policy', 'y1'],
  ])('names a change of %s, with both sides', (key, part, before) => {
    expect(changedParts(bound, { ...bound, [key]: 'new' })).toEqual([
      { part, bound: before, current: 'new' },
    ])
  })

  it('names every part that changed, in order', () => {
    const current = { planSha256: 'p2', factsSha256: 'f2', policySha256: 'y2' }
    expect(changedParts(bound, current).map((entry) => entry.part)).toEqual([
      'plan',
      'facts',
      'policy',
    ])
  })
})
