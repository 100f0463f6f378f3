import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { monthRows, warehouseOfMonth } from '#src/runtime/month-rows.ts'
import { runReviewOf } from '#test/support/review-run.ts'
import { runStages } from '#test/support/stage-run.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')
/** The month after the company's data end. */
const NEXT = '2026-04'

/** Sets that record what happened; the others list what there is. */
const RECORDING = new Set(
  'ad_performance cost_ledger value_ledger funnel_counts funnel_events touchpoints conversions content search_performance leads deals'.split(
    ' ',
  ),
)

describe('a month without any row', () => {
  test('has no zero from a data set that ended before', async () => {
    const { facts } = await runStages(COMPANY, NEXT, `${NEXT}-30`)
    const zeros = [...facts.values()]
      .filter(({ id, status }) => status === 'zero' && !id.includes('prior_month'))
      .filter(({ source }) => source.some(({ dataset }) => RECORDING.has(dataset)))
      .map(({ id }) => id)
    // Days left in the month are a matter of the calendar.
    expect(zeros).toEqual(['budget.total.days_left'])
  })

  test('is withheld, and every silent data set is named', async () => {
    const { outcome, document } = await runReviewOf(COMPANY, NEXT)
    expect(outcome).toBe('withheld')
    expect(document.trust.grade).toBe('F')
    expect(document.trust.reasons.map(({ code, subject }) => `${code} ${subject}`)).toContain(
      'no_rows_in_month leads',
    )
  })
})

const LEADS = 'lead_id,created_at,mql_at\n'

const at = (month: string) => ({ month, asOfOn: `${month}-28` })

describe('what a data set says of a month', () => {
  const silentOf = async (files: Readonly<Record<string, string>>, month: string) => {
    const { warehouse } = await warehouseWith(files)
    return monthRows(warehouse, at(month))
  }

  test.each([
    ['2026-02', ['leads']],
    ['2026-03', []],
    ['2026-04', ['leads']],
  ])('is read from any day of a lead: %s', async (month, silent) => {
    const files = { 'data/leads.csv': `${LEADS}A,2026-01-05,2026-03-10\n` }
    const found = await silentOf(files, month)
    expect(found.recording).toEqual(['leads'])
    expect(found.silent.map(({ name }) => name)).toEqual(silent)
  })

  test.each([
    ['2026-03-09', ['value_ledger']],
    ['2026-03-10', []],
  ])('does not look past the day a review speaks for: %s', async (asOfOn, silent) => {
    const header = 'date,campaign_id,amount,currency,source\n'
    const { warehouse } = await warehouseWith({
      'data/value_ledger.csv': `${header}2026-02-10,C,5,USD,crm\n2026-03-10,C,5,USD,crm\n`,
    })
    const found = await monthRows(warehouse, { month: '2026-03', asOfOn })
    expect(found.silent.map(({ name }) => name)).toEqual(silent)
  })

  // A month as a whole is booked when it is over.
  test.each([
    ['2026-03-30', ['value_ledger'], [{ name: 'value_ledger', rows: 2 }]],
    ['2026-03-31', [], []],
  ])('counts what is of later days: %s', async (asOfOn, silent, later) => {
    const { warehouse } = await warehouseWith({
      'data/value_ledger.csv':
        'month,campaign_id,amount,currency,source\n2026-03,C,5,USD,crm\n2026-03,D,5,USD,crm\n2026-04,C,5,USD,crm\n',
      'data/leads.csv': `${LEADS}A,2026-01-05,\n`,
    })
    const found = await monthRows(warehouse, { month: '2026-03', asOfOn })
    expect(found.recording).toEqual(['leads', 'value_ledger'])
    expect(found.silent.map(({ name }) => name)).toEqual(['leads', ...silent])
    expect(found.later).toEqual(later)
  })

  test('is nothing where it has no row at all', async () => {
    expect(await silentOf({ 'data/leads.csv': LEADS }, '2026-01')).toEqual({
      recording: [],
      silent: [],
      later: [],
    })
  })

  test('makes a silent data set one without rows, but the value ledger', async () => {
    const { warehouse } = await warehouseWith({
      'data/leads.csv': `${LEADS}A,2026-01-05,\n`,
      'data/value_ledger.csv': 'month,campaign_id,amount,currency,source\n2026-01,C,5,USD,crm\n',
    })
    const seen = warehouseOfMonth(warehouse, await monthRows(warehouse, at('2026-02')))
    expect(seen.dataset('leads')).toMatchObject({ state: 'empty', rows: 0 })
    expect(seen.dataset('value_ledger')).toMatchObject({ state: 'present', rows: 1 })
    const same = warehouseOfMonth(warehouse, await monthRows(warehouse, at('2026-01')))
    expect(same.dataset('leads')).toMatchObject({ state: 'present', rows: 1 })
  })
})
