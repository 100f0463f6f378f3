import { expect, test } from 'vitest'
import { z } from 'zod'

import { warehouseWith } from '#test/support/workspace.ts'

const Row = z.object({
  dataset: z.string(),
  dated_on: z.string().nullable(),
  row_count: z.number(),
})

/** What is known of when the rejected rows of a data set count. */
async function datesOf(dataset: string, rows: readonly string[]) {
  const { warehouse } = await warehouseWith({ [`data/${dataset}.csv`]: [...rows, ''].join('\n') })
  const found = await warehouse.rows('intake/rejected', {}, Row)
  return found.map(({ dated_on: on, row_count: count }) => [on, count])
}

const COSTS = 'date,month,campaign_id,cost_type,amount,currency'

test.each([
  ['the day of its date', '2026-03-05,,C1,media,x,USD', '2026-03-05'],
  ['the month, where it tells no day', ',2026-03,C1,media,x,USD', '2026-03'],
  ['the day, where both agree', '2026-03-05,2026-03,C1,media,x,USD', '2026-03-05'],
  ['nothing, where they contradict one another', '2026-03-05,2026-04,C1,media,1,USD', null],
  ['nothing, where it tells neither', ',,C1,media,1,USD', null],
  ['nothing of a date that is none', '2026-02-30,,C1,media,1,USD', null],
  ['nothing of a date in another form', '3/5/2026,,C1,media,1,USD', null],
  ['nothing of a date beyond all plans', '9026-03-05,,C1,media,1,USD', null],
  ['nothing of a row cut short', '2026-03-05,,C1', null],
])('a rejected row keeps %s', async (_what, row, expected) => {
  expect(await datesOf('cost_ledger', [COSTS, row])).toEqual([[expected, 1]])
})

test('a second row of a key keeps its day, and rows are counted by day', async () => {
  const header = 'date,campaign_id,channel_id,currency,spend'
  const rows = [
    '2026-03-01,C1,A,USD,1',
    '2026-03-01,C1,A,USD,2',
    '2026-03-01,C1,B,USD,x',
    '2026-04-01,C1,B,USD,x',
    '2026-04-01,C1,C,USD,1',
    '2026-04-01,C1,C,USD,1',
  ]
  expect(await datesOf('ad_performance', [header, ...rows])).toEqual([
    ['2026-03-01', 2],
    ['2026-04-01', 1],
  ])
})

test('when a deal was created does not say when it was won', async () => {
  const header = 'deal_id,amount,currency,created_at,won_at'
  const row = 'D1,x,USD,2026-03-01T00:00:00Z,2026-05-01T00:00:00Z'
  expect(await datesOf('deals', [header, row])).toEqual([[null, 1]])
})
