import { describe, expect, it } from 'vitest'

import { changedParts, valueChanges } from '#rules/governance/staleness.ts'

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

describe('valueChanges', () => {
  it('names what differs with both sides, by name', () => {
    expect(
      valueChanges(
        { spend: 100, name: 'Search', lines: ['a', 'b'], same: 1 },
        { same: 1, lines: ['b', 'a'], name: 'Search ads', spend: 99 },
      ),
    ).toStrictEqual([
      { what: 'lines', before: ['a', 'b'], after: ['b', 'a'] },
      { what: 'name', before: 'Search', after: 'Search ads' },
      { what: 'spend', before: 100, after: 99 },
    ])
  })

  it('takes for null what one side lacks', () => {
    expect(valueChanges({ gone: true }, { come: 0 })).toStrictEqual([
      { what: 'come', before: null, after: 0 },
      { what: 'gone', before: true, after: null },
    ])
    expect(valueChanges({ gone: null }, {})).toStrictEqual([])
  })

  it('finds nothing between equals', () => {
    const facts = { lines: ['a'], spend: 0, isOpen: false, name: null }
    expect(valueChanges(facts, { ...facts, lines: ['a'] })).toStrictEqual([])
  })
})
