import { describe, expect, it } from 'vitest'

import { gather } from '#agents/lead-scoring/gather.ts'
import { windowsOf } from '#agents/lead-scoring/windows.ts'
import type { ReviewContext } from '#agents/ports.ts'
import type { LeadScoringInput } from '#rules/leads/input.ts'
import { policyWith } from '#test/support/policy.ts'
import { warehouseWith } from '#test/support/workspace.ts'

const CONTEXT: ReviewContext = {
  reviewId: 'R-1',
  month: '2026-10',
  asOf: '2026-11-05T09:00:00Z',
  asOfOn: '2026-11-05',
  endOfDay: (on) => `${on}T23:59:59Z`,
  policy: policyWith({ leads: { outcome_days: 30, sales_days: 14, history_months: 6 } }),
  earlierReadings: [],
}
const COLUMNS =
  'lead_id,created_at,channel_id,score,score_version,mql_at,sql_at,opportunity_at,won_at,sales_feedback,rejection_reason,owner'
const CHANNELS = 'channel_id,name\nCH_1,Search\nCH_2,Social\n'

/** Rows by column name, the rest left empty. */
async function gathered(
  rows: readonly Readonly<Record<string, string | number>>[],
  changes: Partial<ReviewContext> = {},
): Promise<LeadScoringInput> {
  const names = COLUMNS.split(',')
  const lines = rows.map((row, index) =>
    names
      .map((name) => row[name] ?? (name === 'lead_id' ? `L${String(index).padStart(3, '0')}` : ''))
      .join(','),
  )
  const { warehouse } = await warehouseWith(
    {
      'data/leads.csv': `${[COLUMNS, ...lines].join('\n')}\n`,
      'data/channels.csv': CHANNELS,
    },
    { company: { currency: 'USD', timeZone: 'UTC' } },
  )
  return gather({ ...CONTEXT, ...changes }, warehouse)
}

describe('the windows of a review', () => {
  it('follow from month, date and policy', () => {
    expect(windowsOf(CONTEXT)).toStrictEqual({
      month: '2026-10',
      previous_month: '2026-09',
      from_month: '2026-04',
      as_of_on: '2026-11-05',
      mature_on: '2026-10-22',
      sales_ms: 14 * 86_400_000,
      from_on: '2026-04-01',
      settled_on: '2026-10-06',
      outcome_ms: 30 * 86_400_000,
    })
  })
})

describe('MQLs of a month', () => {
  it('count in the month they qualified in, with what happened by the review’s date', async () => {
    const { months, filled } = await gathered([
      {
        created_at: '2026-09-30',
        mql_at: '2026-10-01',
        sales_feedback: 'accepted',
        sql_at: '2026-10-05',
        opportunity_at: '2026-10-20',
        won_at: '2026-11-05',
      },
      {
        created_at: '2026-10-02',
        mql_at: '2026-10-03',
        sales_feedback: 'rejected',
        sql_at: '2026-11-06',
      },
      { created_at: '2026-09-01', mql_at: '2026-09-02' },
    ])
    expect(months).toStrictEqual([
      {
        month: '2026-09',
        mqls: 1,
        accepted: 0,
        rejected: 0,
        salesQualified: 0,
        opportunities: 0,
        wins: 0,
        matureMqls: 1,
        matureSalesQualified: 0,
      },
      {
        month: '2026-10',
        mqls: 2,
        accepted: 1,
        rejected: 1,
        salesQualified: 1,
        opportunities: 1,
        wins: 1,
        matureMqls: 2,
        matureSalesQualified: 1,
      },
    ])
    expect(filled).toMatchObject({ leads: 3, mql: 3, salesQualified: 1, opportunity: 1, won: 1 })
  })

  it('have reached the earlier stages when they reached a later one', async () => {
    const { months } = await gathered([
      { created_at: '2026-10-01', mql_at: '2026-10-01', won_at: '2026-10-05' },
      { created_at: '2026-10-01', mql_at: '2026-10-01', opportunity_at: '2026-10-05' },
    ])
    expect(months[0]).toMatchObject({
      salesQualified: 2,
      opportunities: 2,
      wins: 1,
      matureSalesQualified: 2,
    })
  })

  // Old enough: qualified up to 22 October. In time: within fourteen days.
  it.each([
    ['2026-10-22', '2026-10-30', 1, 1],
    ['2026-10-23', '2026-10-30', 0, 0],
    ['2026-10-01', '2026-10-15', 1, 1],
    ['2026-10-01', '2026-10-16', 1, 0],
  ])('of %s with an SQL on %s: %d mature, %d in time', async (mql, sql, mature, inTime) => {
    const { months } = await gathered([{ created_at: '2026-10-01', mql_at: mql, sql_at: sql }])
    expect(months[0]).toMatchObject({ matureMqls: mature, matureSalesQualified: inTime })
  })

  it('after the review’s date do not exist yet', async () => {
    const input = await gathered([
      { created_at: '2026-10-01', mql_at: '2026-11-06', score: 90, sales_feedback: 'accepted' },
    ])
    expect(input).toMatchObject({ months: [], bands: [], answers: [], reps: [], channels: [] })
    expect(input.filled.mql).toBe(0)
  })

  it('before the history are not read', async () => {
    const { months } = await gathered([
      { created_at: '2026-03-01', mql_at: '2026-03-31' },
      { created_at: '2026-03-01', mql_at: '2026-04-01' },
    ])
    expect(months.map((entry) => entry.month)).toStrictEqual(['2026-04'])
  })
})

describe('leads and days', () => {
  it('are counted by the month they were created in', async () => {
    const { created } = await gathered([
      { created_at: '2026-08-31' },
      { created_at: '2026-09-01' },
      { created_at: '2026-10-01' },
      { created_at: '2026-10-31' },
      { created_at: '2026-11-01' },
    ])
    expect(created).toStrictEqual({ previous: 1, current: 2 })
  })

  it('have a figure for every day of both months', async () => {
    const { daily } = await gathered([
      { created_at: '2026-09-01', mql_at: '2026-09-30' },
      { created_at: '2026-10-01', mql_at: '2026-10-02' },
      { created_at: '2026-10-01', mql_at: '2026-10-02' },
    ])
    expect(daily.previous).toHaveLength(30)
    expect(daily.previous.at(-1)).toBe(1)
    expect(daily.current).toHaveLength(31)
    expect(daily.current.slice(0, 3)).toStrictEqual([0, 2, 0])
  })

  it('have none for days that have not come', async () => {
    const { daily } = await gathered([], { asOfOn: '2026-10-10' })
    expect(daily.previous).toHaveLength(30)
    expect(daily.current).toHaveLength(10)
  })
})

describe('bands, answers, reps and channels', () => {
  const mql = (changes: Record<string, string | number>) => ({
    created_at: '2026-10-01',
    mql_at: '2026-10-02',
    ...changes,
  })

  // On and one millionth beside each limit of the policy.
  it.each([
    ['80', 'hql'],
    ['79.999999', 'mql'],
    ['60', 'mql'],
    ['59.999999', 'mel'],
    ['40', 'mel'],
    ['39.999999', 'below'],
    ['', 'unscored'],
  ])('a score of %s is in the band %s', async (score, band) => {
    const { bands } = await gathered([mql({ score, sales_feedback: 'accepted' })])
    expect(bands).toStrictEqual([
      {
        band,
        mqls: 1,
        accepted: 1,
        rejected: 0,
        salesQualified: 0,
        opportunities: 0,
        wins: 0,
      },
    ])
  })

  it('bands hold the MQLs of the review month only', async () => {
    const { bands } = await gathered([mql({ score: 90, mql_at: '2026-09-30' })])
    expect(bands).toStrictEqual([])
  })

  it('answers keep the reason, or say that none was given', async () => {
    const { answers } = await gathered([
      mql({ sales_feedback: 'accepted', rejection_reason: 'ignored' }),
      mql({ sales_feedback: 'rejected', rejection_reason: 'budget' }),
      mql({ sales_feedback: 'rejected' }),
      mql({}),
      mql({ mql_at: '2026-09-02', sales_feedback: 'accepted' }),
      mql({ mql_at: '2026-08-02', sales_feedback: 'accepted' }),
    ])
    expect(answers).toStrictEqual([
      { month: '2026-09', answer: 'accepted', count: 1 },
      { month: '2026-10', answer: 'accepted', count: 1 },
      { month: '2026-10', answer: 'budget', count: 1 },
      { month: '2026-10', answer: 'no reason given', count: 1 },
    ])
  })

  it('reps count their answers over the history', async () => {
    const { reps } = await gathered([
      mql({ owner: 'ana', sales_feedback: 'accepted' }),
      mql({ owner: 'ana', sales_feedback: 'rejected', mql_at: '2026-05-01' }),
      mql({ owner: 'ana' }),
      mql({ owner: 'ben', sales_feedback: 'accepted', mql_at: '2026-03-01' }),
      mql({ sales_feedback: 'accepted' }),
    ])
    expect(reps).toStrictEqual([{ owner: 'ana', decided: 2, accepted: 1 }])
  })

  it('channels count mature MQLs of both months', async () => {
    const { channels, channelNames } = await gathered([
      mql({ channel_id: 'CH_1', sql_at: '2026-10-05' }),
      mql({ channel_id: 'CH_1' }),
      mql({ mql_at: '2026-09-05' }),
      mql({ channel_id: 'CH_2', mql_at: '2026-10-30' }),
    ])
    expect(channels).toStrictEqual([
      { month: '2026-09', channelId: 'no channel', matureMqls: 1, matureSalesQualified: 0 },
      { month: '2026-10', channelId: 'CH_1', matureMqls: 2, matureSalesQualified: 1 },
    ])
    expect([...channelNames]).toStrictEqual([
      ['CH_1', 'Search'],
      ['CH_2', 'Social'],
    ])
  })
})

describe('settled leads', () => {
  it('are old enough, oldest first, with wins in time only', async () => {
    const { settled } = await gathered([
      { lead_id: 'B', created_at: '2026-10-06', score: 70, channel_id: 'CH_1' },
      { lead_id: 'C', created_at: '2026-10-07', score: 71 },
      { lead_id: 'A', created_at: '2026-05-01', score: 50.5, won_at: '2026-05-31' },
      { lead_id: 'E', created_at: '2026-05-01', score: 51, won_at: '2026-06-01' },
      { lead_id: 'D', created_at: '2026-03-31', score: 52 },
      { lead_id: 'F', created_at: '2026-05-02' },
    ])
    expect(settled).toStrictEqual([
      { score: 50.5, converted: true, channelId: null },
      { score: 51, converted: false, channelId: null },
      { score: 70, converted: false, channelId: 'CH_1' },
    ])
  })

  it('are those of the score version in force', async () => {
    const { settled, scoreVersion, currentScores } = await gathered([
      { created_at: '2026-05-01', score: 10, score_version: 'v1' },
      { created_at: '2026-06-01', score: 20, score_version: 'v2' },
      { created_at: '2026-10-10', score: 30, score_version: 'v1' },
      { created_at: '2026-10-20', score: 40, score_version: 'v2' },
      { created_at: '2026-11-06', score: 50, score_version: 'v3' },
    ])
    expect(scoreVersion).toBe('v2')
    expect(settled.map((lead) => lead.score)).toStrictEqual([20])
    expect(currentScores).toStrictEqual([40])
  })

  it('need no version', async () => {
    const { settled, scoreVersion, currentScores } = await gathered([
      { created_at: '2026-05-01', score: 10 },
      { created_at: '2026-10-20', score: 40 },
      { created_at: '2026-10-21', score: 40 },
    ])
    expect(scoreVersion).toBeNull()
    expect(settled).toHaveLength(1)
    expect(currentScores).toStrictEqual([40, 40])
  })

  it('are none without a score', async () => {
    const input = await gathered([{ created_at: '2026-05-01' }])
    expect(input).toMatchObject({ scoreVersion: null, settled: [], currentScores: [] })
    expect(input.filled).toMatchObject({ leads: 1, score: 0 })
  })
})

it('an absent data set leaves nothing and says so', async () => {
  const { warehouse } = await warehouseWith({ 'data/channels.csv': CHANNELS })
  const input = await gather(CONTEXT, warehouse)
  expect(input).toMatchObject({
    presence: 'absent',
    months: [],
    settled: [],
    created: { current: 0, previous: 0 },
  })
  expect(input.filled.leads).toBe(0)
})
