import { addMonths } from '../kernel/calendar.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Cell, Decision, Finding, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { LeadScoringContext, LeadScoringInput } from './input.ts'
import { enterMonth, targetRates } from './month-facts.ts'
import { judgeTrend, readMonthTrend, type MonthTrend } from './month-trend.ts'
import { column, factCell, findingOf, type Section } from './section.ts'
import { judgeTarget } from './targets.ts'

/** Enters volume, acceptance and MQL → SQL of the month and the month before, and holds them against target and trend. */
export function monthSection(
  book: FactBook,
  input: LeadScoringInput,
  context: LeadScoringContext,
): Section {
  const trend = readMonthTrend(input, context)
  const rates = targetRates(trend.current, input, context)
  enterMonth(book, trend, { input, context })
  const trends = judgeTrend(trend, context)
  const targets = rates.map((rate) => judgeTarget(rate, context.policy.version))
  return {
    decisions: [...trends, ...targets],
    findings: [
      ...targets.flatMap((decision) => missedTarget(decision)),
      ...trends.flatMap((decision) => trendFinding(decision)),
      ...historyFinding(trend),
      ...mixFinding(trend, input),
    ],
    tables: [monthTable(context)],
    charts: [],
  }
}

function monthTable({ month }: LeadScoringContext): Table {
  return {
    id: 'lead_scoring.month',
    title: 'Leads and MQLs',
    columns: [
      column('figure', 'Figure', false),
      column('month', month),
      column('previous', addMonths(month, -1)),
      column('change', 'Change'),
      column('target', 'Target'),
    ],
    rows: [
      [...monthCells('Leads created', 'created'), { text: '–' }],
      [...monthCells('MQLs', 'mqls'), { text: '–' }],
      ...[
        ['Acceptance by sales', 'acceptance'],
        ['MQL to SQL', 'sales_qualification'],
      ].map(([label = '', id = '']) => [
        ...monthCells(label, id),
        factCell(`lead_scoring.month.${id}.target`),
      ]),
    ],
    note: `MQL to SQL counts MQLs at least ${token('lead_scoring.month.sales_days')} old; ${token('lead_scoring.month.open_mqls')} of the month are younger and still open. Of the month's MQLs so far: SQLs ${token('lead_scoring.month.sales_qualified')}, opportunities ${token('lead_scoring.month.opportunities')}, wins ${token('lead_scoring.month.wins')}.`,
  }
}

function monthCells(label: string, id: string): Cell[] {
  const figures = ['', '.previous', '.change'].map((suffix) =>
    factCell(`lead_scoring.month.${id}${suffix}`),
  )
  return [{ text: label }, ...figures]
}

function missedTarget(decision: Decision): Finding[] {
  if (decision.action !== 'below_target') return []
  const id = `lead_scoring.month.${decision.subject.replace('rate:', '')}`
  return [
    findingOf(decision, {
      severity: 'warning',
      title: `${decision.subjectName} is below target`,
      detail: `${token(id)} against a target of ${token(`${id}.target`)}; the month before it was ${token(`${id}.previous`)}.`,
    }),
  ]
}

function trendFinding(decision: Decision): Finding[] {
  const topic = decision.subject.replace('trend:', '')
  const id = `lead_scoring.month.${topic}`
  if (decision.action !== 'declining' && decision.action !== 'improving') return []
  const falls = decision.action === 'declining'
  return [
    findingOf(decision, {
      severity: falls ? 'warning' : 'info',
      title: `${decision.subjectName} ${falls ? 'fell' : 'rose'} beyond chance`,
      detail: `From ${token(`${id}.previous`)} to ${token(id)}, a change of ${token(`${id}.change`)}. The change exceeds what chance and the length of the month explain.`,
    }),
  ]
}

/** The month among all earlier ones; told beside the comparison with the month before. */
function historyFinding({ history }: MonthTrend): Finding[] {
  if (history.verdict !== 'unusually_high' && history.verdict !== 'unusually_low') return []
  const side = history.verdict === 'unusually_high' ? 'above' : 'below'
  return [
    {
      id: 'finding.lead_scoring.history',
      ruleId: 'lead_scoring.trend',
      severity: 'info',
      subject: 'trend:mqls',
      title: `MQL volume is unusually far ${side} that of past months`,
      detail: `The month brought ${token('lead_scoring.month.mqls')} MQLs; the median of past months is ${token('lead_scoring.month.mqls.median')}.`,
    },
  ]
}

/** Worth telling when the mix of channels explains more of the change than the channels themselves. */
function mixFinding({ mix }: MonthTrend, { channelNames }: LeadScoringInput): Finding[] {
  if (mix === null || Math.abs(mix.mixEffect) <= Math.abs(mix.rateEffect)) return []
  const leader = mix.segments.toSorted(
    (left, right) => Math.abs(right.mixEffect) - Math.abs(left.mixEffect),
  )[0]
  const name = leader === undefined ? '' : literal(channelNames.get(leader.id) ?? leader.id)
  const reversal = mix.simpsonReversal
    ? ' Every channel present in both months moved the other way.'
    : ''
  return [
    {
      id: 'finding.lead_scoring.mix',
      ruleId: 'lead_scoring.mix',
      severity: 'info',
      subject: 'rate:sales_qualification',
      title: 'MQL to SQL moved because the mix of channels changed',
      detail: `Of the change of ${token('lead_scoring.mix.change')}, ${token('lead_scoring.mix.mix_effect')} comes from another mix, most of it from ${name}, and ${token('lead_scoring.mix.rate_effect')} from channels converting differently.${reversal}`,
    },
  ]
}
