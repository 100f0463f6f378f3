import { expect, it } from 'vitest'

import { readHistory } from '#src/changes/history.ts'

const HEADER = 'changed_at,campaign_id,channel_id,old_value,new_value,idempotency_key'
const NOW = new Date('2026-12-01T00:00:00Z')
const read = (text: string, currency = 'USD') =>
  readHistory(text, { file: 'h.csv', currency, now: NOW })

it('reads amounts to the minor unit, quoted cells, and columns in any order', () => {
  const text = `new_value,note,old_value,campaign_id,changed_at\r\n9000.5,"a ""b"", c",10000.00,C1,2026-11-21T10:00:00+01:00\r\n\r\n`
  expect(read(text)).toStrictEqual([
    {
      changedMs: Date.parse('2026-11-21T09:00:00Z'),
      campaignId: 'C1',
      channelId: null,
      oldMinor: 1_000_000,
      newMinor: 900_050,
      orderId: null,
    },
  ])
  expect(read(`${HEADER}\n2026-11-21T09:00:00Z,C1,s,100,200,k`, 'JPY')).toMatchObject([
    { oldMinor: 100, newMinor: 200, channelId: 's', orderId: 'k' },
  ])
})

it.each([
  ['changed_at,campaign_id,old_value\n', 'row 1'],
  [`${HEADER}\nyesterday,C1,s,1,2,`, 'changed_at'],
  [`${HEADER}\n2026-11-21T09:00:00Z,,s,1,2,`, 'campaign_id'],
  [`${HEADER}\n2026-11-21T09:00:00Z,C1,s,-1,2,`, 'old_value'],
  [`${HEADER}\n2026-11-21T09:00:00Z,C1,s,1,1e9,`, 'new_value'],
  [`${HEADER}\n2026-11-21T09:00:00Z,C1,"s,1,2,`, 'quote'],
])('refuses %j as a whole', (text) => {
  expect(() => read(text)).toThrow('the change history is not readable')
})

it.each(['2026-12-01T00:05:00Z', '2026-12-01T01:05:00+01:00'])(
  'takes a change of %s, when clocks may be five minutes apart',
  (at) => expect(read(`${HEADER}\n${at},C1,s,1,2,`)).toHaveLength(1),
)

it('refuses a change that is still to come', () => {
  expect(() => read(`${HEADER}\n2026-12-01T00:05:01Z,C1,s,1,2,`)).toThrow(
    expect.objectContaining({
      code: 'DATA_INVALID',
      expected: 'a time that has passed, 2026-12-01T00:00:00.000Z at the latest',
      where: { file: 'h.csv', row: 2, column: 'changed_at' },
    }),
  )
})

it('refuses a file without end', () => {
  expect(() => read('x'.repeat(10_000_001))).toThrow('exceeds a limit')
})
