import { expect, test } from 'vitest'

import { closestName } from '#src/ingest/closest.ts'
import { PROBLEM_CODES, REJECT_CODES, shown } from '#src/ingest/reject.ts'
import { reportContracts } from '#src/ingest/validate.ts'
import { sayFault, sayPlace } from '#src/ingest/words.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const HEADER = 'date,campaign_id,channel_id,currency,spend,clicks'

test('reports rows, rejects, unknown names and control totals', async () => {
  const opened = await warehouseWith({
    'data/ad_performance.csv': [
      `${HEADER},Impresions`,
      '2026-02-27,C1,H1,USD,10.50,5,1',
      '2026-03-01,C1,H1,USD,20.00,,1',
      '2026-03-02,C1,H1,EUR,20.00,7,1',
      '2026-03-03,C1,H1,EUR,20.00,7,1',
      '2026-03-04,C1,H1,USD,x,7,1',
    ].join('\n'),
    'data/campagins.csv': 'x',
    'data/notes.txt': 'x',
  })
  const report = await reportContracts(opened, 2)
  const ads = report.datasets.find(({ dataset }) => dataset === 'ad_performance')
  expect(ads).toMatchObject({
    state: 'present',
    rows: 2,
    rejected: 3,
    rejectedByCode: [
      { code: 'foreign_currency', rows: 2 },
      { code: 'wrong_type', rows: 1 },
    ],
    firstRejects: [
      { row: 4, column: 'currency', expected: 'USD', got: 'EUR' },
      { row: 5, column: 'currency' },
    ],
    unknownColumns: [
      { name: 'Impresions', where: 'data/ad_performance.csv', suggestion: 'impressions' },
    ],
    controlTotals: [
      { column: 'spend_minor', sum: '3050', values: 2 },
      { column: 'impressions', sum: null, values: 0 },
      { column: 'clicks', sum: '5', values: 1 },
      { column: 'conversions', sum: null, values: 0 },
      { column: 'conversion_value_minor', sum: null, values: 0 },
    ],
    months: { from: '2026-02', to: '2026-03' },
  })
  expect(report.unknownFiles).toEqual([
    { name: 'campagins.csv', where: 'data', suggestion: 'campaigns' },
    { name: 'notes.txt', where: 'data' },
  ])
  expect(report.rows).toEqual({ accepted: 2, rejected: 3 })
  const campaigns = report.datasets.find(({ dataset }) => dataset === 'campaigns')
  expect(campaigns).toMatchObject({ state: 'absent', controlTotals: [], firstRejects: [] })
  expect(campaigns).not.toHaveProperty('months')
})

test('a sum beyond the safe integers is told in digits', async () => {
  const rows = Array.from(
    { length: 20 },
    (_none, index) => `2026-03-${index + 10},v,999999999999999`,
  )
  const opened = await warehouseWith({
    'data/funnel_counts.csv': `date,stage,count\n${rows.join('\n')}\n`,
  })
  const report = await reportContracts(opened, 0)
  const counts = report.datasets.find(({ dataset }) => dataset === 'funnel_counts')
  expect(counts?.controlTotals).toEqual([{ column: 'count', sum: '19999999999999980', values: 20 }])
})

test('a fault is said in one line', () => {
  const reject = {
    file: 'data/x.csv',
    row: 3,
    column: 'currency',
    code: 'foreign_currency',
    expected: 'USD',
    got: 'EUR',
  } as const
  expect(sayFault(reject)).toBe('foreign currency: expected USD, got EUR')
  expect(sayPlace(reject)).toBe('data/x.csv:3:currency')
  expect(sayPlace({ ...reject, column: null })).toBe('data/x.csv:3')
  expect(sayPlace({ file: 'data/x.csv', code: 'encoding', expected: '', got: '' })).toBe(
    'data/x.csv',
  )
  const words = /^\S.+: expected a, got b$/
  for (const code of PROBLEM_CODES) {
    expect(sayFault({ file: '', code, expected: 'a', got: 'b' })).toMatch(words)
  }
  for (const code of REJECT_CODES) {
    expect(sayFault({ ...reject, code, expected: 'a', got: 'b' })).toMatch(words)
  }
})

test.each([
  ['Campaign_ID', 'campaign_id'],
  ['campaign id', 'campaign_id'],
  ['campaing_id', 'campaign_id'],
  ['spent', 'spend'],
  ['foo', undefined],
  ['', undefined],
])('%j was meant to be %s', (name, expected) => {
  expect(closestName(name, ['campaign_id', 'spend', 'clicks'])).toBe(expected)
})

test('a shown cell has no control, format or half characters', () => {
  expect(shown('a\u0000b\u202ec\u2028')).toBe('a\\u0000b\\u202ec\\u2028')
  expect(shown('\ud800x')).toBe('\\ud800x')
  expect(shown('x'.repeat(80))).toBe('x'.repeat(80))
  expect(shown('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`)
})
