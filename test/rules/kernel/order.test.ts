import { describe, expect, it } from 'vitest'

import { compareText, groupByText, sortByLargest, sortByText } from '#rules/kernel/order.ts'
import { idPart } from '#rules/kernel/text-id.ts'

describe('order', () => {
  it.each([
    ['a', 'b', -1],
    ['b', 'a', 1],
    ['a', 'a', 0],
    ['Z', 'a', -1],
    ['ä', 'z', 1],
  ])('compares %s with %s by code unit', (left, right, expected) => {
    expect(compareText(left, right)).toBe(expected)
  })

  it('sorts by text and keeps rows with equal keys in place', () => {
    const rows = [
      { id: 'b', n: 1 },
      { id: 'a', n: 2 },
      { id: 'b', n: 0 },
    ]
    expect(sortByText(rows, (row) => row.id).map((row) => row.n)).toStrictEqual([2, 1, 0])
    expect(rows[0]?.n).toBe(1)
  })

  it('sorts the largest first and breaks ties by id', () => {
    const rows = [
      { id: 'b', n: 1 },
      { id: 'a', n: 1 },
      { id: 'c', n: 5 },
    ]
    const sorted = sortByLargest(
      rows,
      (row) => row.n,
      (row) => row.id,
    )
    expect(sorted.map((row) => row.id)).toStrictEqual(['c', 'a', 'b'])
  })

  it('groups under sorted keys', () => {
    const groups = groupByText(['b1', 'a1', 'b2'], (text) => text.slice(0, 1))
    expect([...groups]).toStrictEqual([
      ['a', ['a1']],
      ['b', ['b1', 'b2']],
    ])
  })
})

describe('idPart', () => {
  it.each([
    ['CAMP_001', 'CAMP_001'],
    ['a.b c/d', 'a-b-c-d'],
    ['größe', 'gr--e'],
    ['', '-'],
  ])('%s becomes %s', (id, expected) => {
    expect(idPart(id)).toBe(expected)
  })
})
