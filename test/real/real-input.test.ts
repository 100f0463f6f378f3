import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ReviewDocument } from '#rules/schema/document.ts'
import type { Fact } from '#rules/schema/review.ts'
import { hasPublicData, publicFile } from '#test/support/public-data.ts'
import { runReviewOf, type ReviewRun } from '#test/support/review-run.ts'

const BUILDER = join(import.meta.dirname, '../../examples/real-data/build.ts')
const MONTH = '2018-05'

/** Rows of a public file by column. The files quote a cell only where it holds a comma. */
async function rowsOf(name: string): Promise<Record<string, string>[]> {
  const text = await readFile(publicFile(name), 'utf8')
  const [header = '', ...lines] = text.trimEnd().split(/\r?\n/)
  const columns = cellsOf(header)
  return lines.map((line) => {
    const cells = cellsOf(line)
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))
  })
}

function cellsOf(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g), ([, quoted, plain]) =>
    String(quoted ?? plain),
  )
}

function isInMonth(day: string | undefined): boolean {
  return day?.slice(0, 7) === MONTH
}

/** Cents of a decimal text, halves up: digit by digit, because 1.005 has no exact double. */
function centsOf(text: string | undefined): number {
  const [whole = '', fraction = ''] = (text ?? '').split('.')
  const digits = fraction.padEnd(3, '0')
  return Number(whole) * 100 + Number(digits.slice(0, 2)) + (Number(digits[2]) >= 5 ? 1 : 0)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

async function build(directory: string, month: string): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILDER, publicFile(''), directory, month])
}

describe.skipIf(!hasPublicData)('a review of public data', () => {
  let directory = ''
  let first: ReviewRun
  const fact = (id: string): Fact | undefined => first.document.facts[id]
  const valueOf = (id: string): unknown => {
    const value = fact(id)?.value
    return typeof value === 'object' && value !== null ? value.minor : value
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mo-real-'))
    await build(directory, MONTH)
    first = await runReviewOf(directory, MONTH)
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  test('ends with a document of every stage', () => {
    expect(['completed', 'awaiting_approval']).toContain(first.outcome)
    expect(ReviewDocument.parse(JSON.parse(JSON.stringify(first.document)))).toEqual(first.document)
    const statuses = Object.entries(first.document.stages).map(([stage, { status }]) => [
      stage,
      status,
    ])
    expect(Object.fromEntries(statuses)).toMatchObject({
      campaign_roi: 'partial',
      funnel: 'assessed',
      attribution: 'assessed',
      content: 'partial',
      lead_scoring: 'partial',
      budget: 'assessed',
    })
  })

  test('accepts every row that was built', async () => {
    const built = new Map(
      first.document.inputs.map(({ dataset, rows, rejected }) => [dataset, { rows, rejected }]),
    )
    const ads = await rowsOf('leads-funnel-experiments/KAG_conversion_data.csv')
    const leads = await rowsOf(
      'leads-funnel-experiments/olist_marketing_qualified_leads_dataset.csv',
    )
    const deals = await rowsOf('leads-funnel-experiments/olist_closed_deals_dataset.csv')
    const paths = await rowsOf('attribution/channelattribution_pathdata.csv')
    expect(built.get('ad_performance')).toEqual({ rows: ads.length, rejected: 0 })
    expect(built.get('leads')).toEqual({ rows: leads.length, rejected: 0 })
    expect(built.get('deals')).toEqual({ rows: deals.length, rejected: 0 })
    expect(built.get('funnel_events')).toEqual({ rows: leads.length + deals.length, rejected: 0 })
    expect(built.get('journeys')).toEqual({ rows: paths.length, rejected: 0 })
  })

  test('adds the advertisements up to the cent', async () => {
    const ads = await rowsOf('leads-funnel-experiments/KAG_conversion_data.csv')
    const total = (column: string): number => sum(ads.map((row) => Number(row[column])))
    const spendMinor = sum(ads.map((row) => centsOf(row['Spent'])))
    expect(spendMinor).toBe(5_870_523)
    expect(valueOf('campaign_roi.total.platform_spend')).toBe(spendMinor)
    expect(valueOf('budget.total.spend')).toBe(spendMinor)
    expect(valueOf('campaign_roi.total.impressions')).toBe(total('Impressions'))
    expect(valueOf('campaign_roi.total.clicks')).toBe(total('Clicks'))
    expect(valueOf('campaign_roi.total.conversions')).toBe(total('Approved_Conversion'))
    expect(fact('campaign_roi.total.cost')?.status).toBe('not_measured')
  })

  test('takes a step only over cells in which nobody came from nowhere', async () => {
    const ads = await rowsOf('leads-funnel-experiments/KAG_conversion_data.csv')
    const cells = Map.groupBy(ads, (row) =>
      [row['xyz_campaign_id'], row['gender'], row['age']].join(),
    )
    const counts = Array.from(cells.values(), (rows) =>
      ['Clicks', 'Total_Conversion', 'Approved_Conversion'].map((column) =>
        sum(rows.map((row) => Number(row[column]))),
      ),
    )
    const total = (stage: number): number => sum(counts.map((cell) => cell[stage] ?? 0))
    expect(valueOf('funnel.stage.click.count')).toBe(total(0))
    expect(valueOf('funnel.stage.enquiry.count')).toBe(total(1))
    expect(valueOf('funnel.stage.purchase.count')).toBe(total(2))
    const sound = counts.filter(([clicks = 0, enquiries = 0]) => enquiries <= clicks)
    expect(counts.length - sound.length).toBe(2)
    expect(valueOf('funnel.step.click-enquiry.entered')).toBe(
      sum(sound.map(([clicks = 0]) => clicks)),
    )
    expect(valueOf('funnel.step.click-enquiry.reached')).toBe(
      sum(sound.map(([, enquiries = 0]) => enquiries)),
    )
  })

  test('counts leads and won deals of the month', async () => {
    const leads = await rowsOf(
      'leads-funnel-experiments/olist_marketing_qualified_leads_dataset.csv',
    )
    const deals = await rowsOf('leads-funnel-experiments/olist_closed_deals_dataset.csv')
    const won = deals.filter((row) => isInMonth(row['won_date']))
    const ofMonth = leads.filter((row) => isInMonth(row['first_contact_date']))
    expect([ofMonth.length, won.length]).toEqual([1303, 122])
    expect(valueOf('campaign_roi.total.wins')).toBe(won.length)
    expect(valueOf('lead_scoring.month.mqls')).toBe(ofMonth.length)
    expect(valueOf('funnel.motion.sellers.entered')).toBe(ofMonth.length)
    const wonOn = new Map(deals.map((row) => [row['mql_id'], row['won_date']]))
    const converted = ofMonth.filter((row) => isInMonth(wonOn.get(row['mql_id'])))
    expect(valueOf('funnel.motion.sellers.converted')).toBe(converted.length)
  })

  test('accounts for every conversion of the paths', async () => {
    const paths = await rowsOf('attribution/channelattribution_pathdata.csv')
    const conversions = sum(paths.map((row) => Number(row['total_conversions'])))
    expect(conversions).toBe(19_785)
    expect(valueOf('attribution.total.conversions')).toBe(conversions)
    const valueMinor = sum(paths.map((row) => centsOf(row['total_conversion_value'])))
    expect(valueOf('attribution.total.value')).toBe(valueMinor)
    const firstTouches = Object.values(first.document.facts)
      .filter(({ id }) => /^attribution\.(channel\.[^.]+|other_channels)\.first_touch$/.test(id))
      .map(({ value }) => Number(value))
    expect(firstTouches.length).toBeGreaterThan(5)
    expect(sum(firstTouches)).toBeCloseTo(conversions, 6)
  })

  test('counts the visits of the landing pages', async () => {
    const visits = (await readFile(publicFile('leads-funnel-experiments/ab_data.csv'), 'utf8'))
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.replaceAll('"', '').split(','))
      .filter((cells) => cells.length === 5)
    expect(valueOf('content.total.views')).toBe(visits.length)
    expect(valueOf('content.total.conversions')).toBe(
      visits.filter((cells) => cells[4] === '1').length,
    )
    const newPage = visits.filter((cells) => cells[3] === 'new_page')
    expect(valueOf('content.piece.new_page.views')).toBe(newPage.length)
  })

  test('says nothing without a fact behind it', () => {
    expect(JSON.stringify(first.document)).not.toContain('[no fact')
  })

  test('decides the same in another store', async () => {
    const second = await runReviewOf(directory, MONTH)
    expect(second.document.decisions.length).toBeGreaterThan(0)
    expect(second.document.decisionsSha256).toBe(first.document.decisionsSha256)
    expect(second.document.reviewId).toBe(first.document.reviewId)
  })
})
