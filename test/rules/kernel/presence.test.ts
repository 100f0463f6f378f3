import { describe, expect, it } from 'vitest'

import { countedIn } from '#rules/kernel/presence.ts'

describe('countedIn', () => {
  it.each([
    ['present', 3, { status: 'known', value: 3 }],
    ['present', 0, { status: 'zero', value: 0 }],
    ['absent', 0, { status: 'not_measured', reason: 'no risks were provided' }],
    // A file without a row is no proof that there was nothing to record.
    ['empty', 0, { status: 'not_measured', reason: 'no risks were provided' }],
    ['unreadable', 0, { status: 'unreadable', reason: 'the risks could not be read' }],
  ] as const)('%s, %d rows', (presence, count, quantity) => {
    expect(countedIn(presence, 'risks', count)).toEqual(quantity)
  })
})
