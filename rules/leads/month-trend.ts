import { addMonths, daysBetween, isMonthOver, monthRange } from '../kernel/calendar.ts'
import type { Proportion } from '../kernel/proportion.ts'
import { momentumEvidence } from '../momentum/evidence.ts'
import { judgeHistory, type HistoryVerdict } from '../momentum/history-verdict.ts'
import { splitMixAndRate, type MixRateSplit } from '../momentum/mix-rate.ts'
import { judgeMomentum, type MomentumCall } from '../momentum/momentum.ts'
import type { MomentumSubject } from '../momentum/observation.ts'
import type { Decision } from '../schema/review.ts'
import type {
  ChannelMonth,
  ColumnFill,
  LeadScoringContext,
  LeadScoringInput,
  MqlMonth,
} from './input.ts'

const RULE_ID = 'lead_scoring.trend'

/** Which way MQL volume, acceptance and MQL → SQL move against the month before. */
export interface MonthTrend {
  readonly current: MqlMonth
  readonly previous: MqlMonth
  readonly calls: readonly MomentumCall[]
  /** The month's MQLs among those of earlier months. */
  readonly history: HistoryVerdict
  /** MQL → SQL split into what channels do and which channels there are; null without mature MQLs in both months. */
  readonly mix: MixRateSplit | null
  /** False while the review month still runs. */
  readonly complete: boolean
}

/**
 * How do the month's MQLs stand against the month before and against the year?
 *
 * Volume is a count over days (clusters are allowed for), acceptance and MQL → SQL are rates; the three are corrected for being looked at
 * together. MQL → SQL counts only MQLs old enough to have been worked.
 */
export function readMonthTrend(
  input: LeadScoringInput,
  { month, asOfOn, policy }: LeadScoringContext,
): MonthTrend {
  const previousMonth = addMonths(month, -1)
  const current = monthOf(input, month)
  const previous = monthOf(input, previousMonth)
  const complete = isMonthOver(month, asOfOn)
  const calls = judgeMomentum(subjects(input, { current, previous, complete }), policy.momentum)
  const past = pastMonths(input, month).map((entry) => entry.mqls)
  return {
    current,
    previous,
    calls,
    history: judgeHistory(complete ? past : [], current.mqls, policy.momentum),
    mix: input.filled.salesQualified === 0 ? null : mixOf(input.channels, month, previousMonth),
    complete,
  }
}

/** One decision for each of the three figures. */
export function judgeTrend(
  { calls, history }: MonthTrend,
  { policy }: LeadScoringContext,
): Decision[] {
  return calls.map((call) => ({
    id: `${RULE_ID}:${call.id}`,
    stage: 'lead_scoring',
    subject: `trend:${call.id}`,
    subjectName: NAMES[call.id] ?? call.id,
    action: call.direction,
    reason: call.reason,
    ruleId: RULE_ID,
    policyVersion: policy.version,
    evidence: {
      ...momentumEvidence(call, policy.momentum),
      ...(call.id === 'mqls' ? { history: history.verdict, historyP: history.p } : {}),
    },
  }))
}

const NAMES: Readonly<Record<string, string>> = {
  mqls: 'MQL volume',
  acceptance: 'Acceptance by sales',
  sales_qualification: 'MQL to SQL',
}

/** The counts of a month; a month without an MQL has none, which is zero and not missing once MQL dates are kept at all. */
export function monthOf({ months }: LeadScoringInput, month: string): MqlMonth {
  return (
    months.find((entry) => entry.month === month) ?? {
      month,
      mqls: 0,
      accepted: 0,
      rejected: 0,
      salesQualified: 0,
      opportunities: 0,
      wins: 0,
      matureMqls: 0,
      matureSalesQualified: 0,
    }
  )
}

/** MQLs sales accepted, of those it answered on. */
export function answeredOf(entry: MqlMonth): Proportion {
  return { successes: entry.accepted, trials: entry.accepted + entry.rejected }
}

/** MQLs that became an SQL in time, of those old enough; none at all where SQL dates are not kept. */
export function workedOf(entry: MqlMonth, { salesQualified }: ColumnFill): Proportion {
  return salesQualified === 0
    ? { successes: 0, trials: 0 }
    : { successes: entry.matureSalesQualified, trials: entry.matureMqls }
}

function subjects(
  { daily, filled }: LeadScoringInput,
  { current, previous, complete }: { current: MqlMonth; previous: MqlMonth; complete: boolean },
): MomentumSubject[] {
  const common = { betterWhen: 'higher' as const, complete }
  return [
    {
      ...common,
      id: 'mqls',
      observation: {
        kind: 'count',
        previous: { count: previous.mqls, days: daysIn(previous.month) },
        current: { count: current.mqls, days: daysIn(current.month) },
        daily,
      },
    },
    {
      ...common,
      id: 'acceptance',
      observation: { kind: 'rate', previous: answeredOf(previous), current: answeredOf(current) },
    },
    {
      ...common,
      id: 'sales_qualification',
      observation: {
        kind: 'rate',
        previous: workedOf(previous, filled),
        current: workedOf(current, filled),
      },
    },
  ]
}

/** Months from the first one with an MQL up to the one before the review month; a month without an MQL among them is a zero. */
function pastMonths(input: LeadScoringInput, month: string): MqlMonth[] {
  const first = input.months[0]?.month ?? month
  const past: MqlMonth[] = []
  for (let each = first; each < month; each = addMonths(each, 1)) past.push(monthOf(input, each))
  return past
}

function mixOf(
  channels: readonly ChannelMonth[],
  month: string,
  previousMonth: string,
): MixRateSplit | null {
  const of = (id: string, when: string) => {
    const row = channels.find((entry) => entry.channelId === id && entry.month === when)
    return { entered: row?.matureMqls ?? 0, converted: row?.matureSalesQualified ?? 0 }
  }
  const ids = [...new Set(channels.map((entry) => entry.channelId))]
  return splitMixAndRate(
    ids.map((id) => ({ id, previous: of(id, previousMonth), current: of(id, month) })),
  )
}

function daysIn(month: string): number {
  const { from, to } = monthRange(month)
  return daysBetween(from, to) + 1
}
