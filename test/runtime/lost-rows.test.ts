import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { lostRows } from '#src/runtime/lost-rows.ts'
import { COMPANY_MONTH, createCompany } from '#test/support/review-company.ts'
import { runReviewOf } from '#test/support/review-run.ts'
import { warehouseWith, workspaceWith } from '#test/support/workspace.ts'

const ADS = 'date,campaign_id,channel_id,currency,spend'

test('rows are lost to the month they may be of, and exact copies to none', async () => {
  const { warehouse } = await warehouseWith({
    'data/ad_performance.csv': [
      ADS,
      '2026-03-01,C1,A,USD,x',
      '2026-02-01,C1,A,USD,x',
      'unknown,C1,A,USD,1',
      '2026-03-02,C1,A,USD,1',
      '2026-03-02,C1,A,USD,1',
      '',
    ].join('\n'),
  })
  expect((await lostRows(warehouse, '2026-03'))('ad_performance')).toBe(2)
  expect((await lostRows(warehouse, '2026-01'))('ad_performance')).toBe(1)
  expect((await lostRows(warehouse))('ad_performance')).toBe(3)
  expect((await lostRows(warehouse))('leads')).toBe(0)
})

describe('one rejected row of the ad performance', () => {
  async function reviewWith(row: string) {
    const directory = await workspaceWith({})
    await createCompany(directory)
    await appendFile(join(directory, 'data/ad_performance.csv'), `${row}\n`)
    // One row of eleven is no share that would lower the grade by itself.
    await appendFile(join(directory, 'policy.yaml'), 'trust: { max_rejected_row_share: 0.5 }\n')
    const { document } = await runReviewOf(directory, COMPANY_MONTH)
    return {
      grade: document.trust.grade,
      reasons: document.trust.reasons.map(({ code, subject }) => `${code} ${subject}`),
      spend: document.facts['budget.total.spend']?.status,
    }
  }

  test('of the month: spend is not stated, and the data are not the best', async () => {
    const found = await reviewWith('2026-03-10,CAMP_001,CH_01,SEG_001,,USD,"1,00",1,1,1,1.00')
    expect(found.spend).toBe('unreadable')
    expect(found.reasons).toContain('book_incomplete ad_performance')
    expect(found.grade).not.toBe('A')
  })

  test('of another month: neither', async () => {
    const found = await reviewWith('2026-02-10,CAMP_001,CH_01,SEG_001,,USD,"1,00",1,1,1,1.00')
    expect(found.spend).toBe('known')
    expect(found.reasons).not.toContain('book_incomplete ad_performance')
  })
})
