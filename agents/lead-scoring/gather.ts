import { addDays, monthRange } from '#rules/kernel/calendar.ts'
import { present } from '#rules/kernel/invariant.ts'
import type {
  BandCounts,
  ChannelMonth,
  ColumnFill,
  LeadScoringInput,
  MqlMonth,
} from '#rules/leads/input.ts'

import type { ReviewContext, Warehouse } from '../ports.ts'
import {
  AnswerRow,
  BandRow,
  ChannelRow,
  CreatedRow,
  DailyRow,
  FilledRow,
  MonthRow,
  NameRow,
  RepRow,
} from './rows.ts'
import { gatherScores } from './scores.ts'
import { MICRO, windowsOf, type Windows } from './windows.ts'

/** Reads everything the rule looks at. An absent data set leaves empty tables, and the rule says so. */
export async function gather(
  context: ReviewContext,
  warehouse: Warehouse,
): Promise<LeadScoringInput> {
  const windows = windowsOf(context)
  const history = { from_month: windows.from_month, month: windows.month }
  const twoMonths = { from_month: windows.previous_month, month: windows.month }
  const asOf = { as_of_on: windows.as_of_on }
  const answers = await warehouse.rows('lead-scoring/answers', { ...twoMonths, ...asOf }, AnswerRow)
  const names = await warehouse.rows('lead-scoring/channel-names', {}, NameRow)
  return {
    presence: warehouse.dataset('leads').state,
    filled: await filled(warehouse, asOf),
    created: await created(warehouse, windows),
    months: await months(warehouse, windows),
    daily: {
      previous: await daily(warehouse, windows, windows.previous_month),
      current: await daily(warehouse, windows, windows.month),
    },
    bands: await bands(warehouse, windows, context.policy.leads.bands),
    answers: answers.map((row) => ({
      month: row.month,
      answer: row.answer,
      count: row.answer_count,
    })),
    reps: await warehouse.rows('lead-scoring/reps', { ...history, ...asOf }, RepRow),
    channels: await channels(warehouse, windows),
    ...(await gatherScores(warehouse, windows)),
    channelNames: new Map(names.map((row) => [row.id, row.name])),
  }
}

async function filled(
  warehouse: Warehouse,
  asOf: { readonly as_of_on: string },
): Promise<ColumnFill> {
  const [row] = await warehouse.rows('lead-scoring/filled', asOf, FilledRow)
  const counts = present(row, 'the row of lead-scoring/filled')
  return {
    leads: counts.leads,
    score: counts.scored,
    mql: counts.mql,
    salesQualified: counts.sales_qualified,
    opportunity: counts.opportunity,
    won: counts.won,
    feedback: counts.feedback,
    owner: counts.owned,
  }
}

async function created(
  warehouse: Warehouse,
  { month, previous_month, as_of_on }: Windows,
): Promise<LeadScoringInput['created']> {
  const rows = await warehouse.rows(
    'lead-scoring/created',
    { from_month: previous_month, month, as_of_on },
    CreatedRow,
  )
  const of = (which: string): number => rows.find((row) => row.month === which)?.lead_count ?? 0
  return { current: of(month), previous: of(previous_month) }
}

async function months(
  warehouse: Warehouse,
  { from_month, month, as_of_on, mature_on, sales_ms }: Windows,
): Promise<MqlMonth[]> {
  const rows = await warehouse.rows(
    'lead-scoring/months',
    { from_month, month, as_of_on, mature_on, sales_ms },
    MonthRow,
  )
  return rows.map((row) => ({
    month: row.month,
    mqls: row.mqls,
    accepted: row.accepted,
    rejected: row.rejected,
    salesQualified: row.sales_qualified,
    opportunities: row.opportunities,
    wins: row.wins,
    matureMqls: row.mature_mqls,
    matureSalesQualified: row.mature_sales_qualified,
  }))
}

/** One figure for each day of the month that has passed; a day without a row had no MQL. */
async function daily(
  warehouse: Warehouse,
  { as_of_on }: Windows,
  month: string,
): Promise<number[]> {
  const { from, to } = monthRange(month)
  const rows = await warehouse.rows(
    'lead-scoring/daily',
    { from_on: from, to_on: to, as_of_on },
    DailyRow,
  )
  const byDate = new Map(rows.map((row) => [row.on_date, row.mqls]))
  const last = to < as_of_on ? to : as_of_on
  const counts: number[] = []
  for (let date = from; date <= last; date = addDays(date, 1)) counts.push(byDate.get(date) ?? 0)
  return counts
}

async function bands(
  warehouse: Warehouse,
  { month, as_of_on }: Windows,
  { hql, mql, mel }: { readonly hql: number; readonly mql: number; readonly mel: number },
): Promise<BandCounts[]> {
  const rows = await warehouse.rows(
    'lead-scoring/bands',
    {
      month,
      as_of_on,
      hql_e6: Math.round(hql * MICRO),
      mql_e6: Math.round(mql * MICRO),
      mel_e6: Math.round(mel * MICRO),
    },
    BandRow,
  )
  return rows.map((row) => ({
    band: row.band,
    mqls: row.mqls,
    accepted: row.accepted,
    rejected: row.rejected,
    salesQualified: row.sales_qualified,
    opportunities: row.opportunities,
    wins: row.wins,
  }))
}

async function channels(
  warehouse: Warehouse,
  { previous_month, month, mature_on, sales_ms }: Windows,
): Promise<ChannelMonth[]> {
  const rows = await warehouse.rows(
    'lead-scoring/channels',
    { from_month: previous_month, month, mature_on, sales_ms },
    ChannelRow,
  )
  return rows.map((row) => ({
    month: row.month,
    channelId: row.channel_id,
    matureMqls: row.mature_mqls,
    matureSalesQualified: row.mature_sales_qualified,
  }))
}
