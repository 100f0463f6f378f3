import { describe, expect, it } from 'vitest'

import {
  verifyOrder,
  type HistoryRow,
  type OrderedChange,
} from '#rules/governance/change-verification.ts'

const order: OrderedChange = {
  orderId: 'a1:move:0',
  campaignId: 'C1',
  channelId: 'search',
  deltaMinor: -100,
  oldMinor: 1000,
  newMinor: 900,
  orderedMs: 5000,
}
const row = (changes: Partial<HistoryRow> = {}): HistoryRow => ({
  changedMs: 5000,
  campaignId: 'C1',
  channelId: 'search',
  oldMinor: 1000,
  newMinor: 900,
  orderId: null,
  ...changes,
})
const kind = (...rows: readonly HistoryRow[]) => verifyOrder(order, rows).kind

describe('verifyOrder', () => {
  it.each([
    ['the very change', row(), 'verified'],
    // The instant of the order itself counts, the one before does not.
    ['a change before it was ordered', row({ changedMs: 4999 }), 'not_seen'],
    ['another campaign', row({ campaignId: 'C2' }), 'not_seen'],
    ['another channel', row({ channelId: 'social' }), 'not_seen'],
    ['a campaign as a whole', row({ channelId: null }), 'verified'],
    ['its key, whatever the names', row({ campaignId: 'x', orderId: 'a1:move:0' }), 'verified'],
    ['the key of another order', row({ orderId: 'a1:move:1' }), 'not_seen'],
    ['another old value', row({ oldMinor: 1001 }), 'mismatched'],
    ['another new value', row({ newMinor: 901 }), 'mismatched'],
    ['as large a change of another budget', row({ oldMinor: 2000, newMinor: 1900 }), 'mismatched'],
  ] as const)('%s', (_, history, expected) => {
    expect(kind(history)).toBe(expected)
  })

  it('takes the change that fits among others, else names the last', () => {
    const later = row({ changedMs: 7000, oldMinor: 900, newMinor: 1200 })
    expect(verifyOrder(order, [later, row()])).toStrictEqual({ kind: 'verified', row: row() })
    const wrong = row({ changedMs: 6000, newMinor: 1 })
    expect(verifyOrder(order, [later, wrong])).toStrictEqual({ kind: 'mismatched', row: later })
  })

  it.each([[{ oldMinor: null, newMinor: null }], [{ oldMinor: null }], [{ newMinor: null }]])(
    'compares the change alone where no budget was measured: %j',
    (missing) => {
      const unmeasured = { ...order, ...missing }
      expect(verifyOrder(unmeasured, [row({ oldMinor: 5, newMinor: -95 })]).kind).toBe('verified')
      expect(verifyOrder(unmeasured, [row({ oldMinor: 5, newMinor: -94 })]).kind).toBe('mismatched')
    },
  )
})
