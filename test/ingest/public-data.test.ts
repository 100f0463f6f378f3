import { readFile } from 'node:fs/promises'

import { describe, expect, test } from 'vitest'

import type { DatasetName } from '#rules/schema/review.ts'
import { reportContracts } from '#src/ingest/validate.ts'
import { hasPublicData, publicFile } from '#test/support/public-data.ts'
import { warehouseWith } from '#test/support/workspace.ts'

/** A public file under the column names of a data set; its rows are left as they are. */
async function load(dataset: DatasetName, name: string, columns: Readonly<Record<string, string>>) {
  const text = await readFile(publicFile(name), 'utf8')
  const end = text.indexOf('\n')
  const header = text
    .slice(0, end)
    .trimEnd()
    .split(',')
    .map((column) => columns[column] ?? column)
  const opened = await warehouseWith({
    [`data/${dataset}.csv`]: `${header.join(',')}\n${text.slice(end + 1)}`,
  })
  const report = await reportContracts(opened, 5)
  const result = report.datasets.find((candidate) => candidate.dataset === dataset)
  if (result === undefined) throw new Error(`no ${dataset}`)
  const rows = text
    .slice(end + 1)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return { opened, result, rows }
}

describe.skipIf(!hasPublicData)('public data sets', () => {
  test('10,000 paths of ChannelAttribution are journeys', async () => {
    const { result, rows } = await load('journeys', 'attribution/channelattribution_pathdata.csv', {
      total_conversions: 'conversions',
      total_null: 'nulls',
    })
    const sum = (column: number): string =>
      String(rows.reduce((total, row) => total + Number(row.trimEnd().split(',')[column]), 0))
    expect(result).toMatchObject({ state: 'present', rows: rows.length, rejected: 0 })
    expect(result.controlTotals).toEqual([
      { column: 'conversions', sum: sum(1), values: rows.length },
      { column: 'conversion_value_minor', sum: null, values: 0 },
      { column: 'nulls', sum: sum(3), values: rows.length },
    ])
  })

  test.each([
    [
      'attribution/mta_campaign_10k.csv',
      { 'User ID': 'person_id', Timestamp: 'occurred_at', Channel: 'channel' },
    ],
    [
      'attribution/kaggle_attribution_subset.csv',
      { customer_id: 'person_id', time: 'occurred_at' },
    ],
  ])('every contact of %s is a touchpoint or a refused row', async (name, columns) => {
    const { opened, result, rows } = await load('touchpoints', name, columns)
    expect(result.rows + result.rejected).toBe(rows.length)
    // The only rows without a place in time are local times the clock of New York skipped.
    const codes = result.rejectedByCode.map(({ code }) => code)
    expect(codes.filter((code) => code !== 'nonexistent_time')).toEqual([])
    const found = await opened.connection.runAndReadAll(
      'select count(distinct person_id) from touchpoints',
    )
    const people = new Set(rows.map((row) => row.split(',')[0]))
    expect(Number(found.getRowsJson()[0]?.[0])).toBeGreaterThan(people.size * 0.99)
  })

  test('leads of Olist keep every row that names when it came', async () => {
    const { opened, result, rows } = await load(
      'leads',
      'leads-funnel-experiments/olist_marketing_qualified_leads_dataset.csv',
      { mql_id: 'lead_id', first_contact_date: 'created_at' },
    )
    expect(result).toMatchObject({ state: 'present', rows: rows.length, rejected: 0 })
    const found = await opened.connection.runAndReadAll(
      'select min(created_on), max(created_on) from leads',
    )
    const days = rows.map((row) => row.split(',')[1] ?? '').toSorted()
    expect(found.getRowsJson()).toEqual([[days[0], days.at(-1)]])
  })

  test('an export whose rows are quoted as a whole is refused with what it holds', async () => {
    const { result } = await load('touchpoints', 'leads-funnel-experiments/ab_data.csv', {})
    expect(result).toMatchObject({
      state: 'unreadable',
      problems: [{ code: 'missing_column', got: 'user_id,timestamp,group,landing_page,converted' }],
    })
  })

  test('spend with more than cents is refused row by row, never rounded', async () => {
    const text = await readFile(
      publicFile('leads-funnel-experiments/KAG_conversion_data.csv'),
      'utf8',
    )
    const ads = text
      .trimEnd()
      .split(/\r?\n/)
      .slice(1)
      .map((row) => {
        const [day = '', ad, campaign, , , , , impressions, clicks, spend = ''] = row.split(',')
        const date = day.split('-').toReversed().join('-')
        return {
          spend,
          row: [date, campaign, 'fb', ad, 'USD', spend, impressions, clicks].join(','),
        }
      })
    const header = 'date,campaign_id,channel_id,creative_id,currency,spend,impressions,clicks'
    const opened = await warehouseWith({
      'data/ad_performance.csv': [header, ...ads.map(({ row }) => row)].join('\n'),
    })
    const report = await reportContracts(opened, 0)
    const result = report.datasets.find(({ dataset }) => dataset === 'ad_performance')
    const whole = ads.filter(({ spend }) => /^\d+(\.\d{1,2})?$/.test(spend))
    const cents = whole.reduce((total, { spend }) => total + Math.round(Number(spend) * 100), 0)
    expect(whole.length).toBeGreaterThan(100)
    expect(result).toMatchObject({
      rows: whole.length,
      rejected: ads.length - whole.length,
      rejectedByCode: [{ code: 'wrong_type', rows: ads.length - whole.length }],
    })
    expect(result?.controlTotals[0]).toEqual({
      column: 'spend_minor',
      sum: String(cents),
      values: whole.length,
    })
  })
})
