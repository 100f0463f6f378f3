import { addMonths } from '../kernel/calendar.ts'
import type { Proportion } from '../kernel/proportion.ts'
import { difference, measured, notMeasured, quotient } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Cell, Decision, Finding, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { leadFacts, orMissing, type LeadFacts } from './facts.ts'
import type { ColumnFill, LeadScoringContext, LeadScoringInput, MqlMonth } from './input.ts'
import { answeredOf, judgeTrend, readMonthTrend, workedOf, type MonthTrend } from './month-trend.ts'
import { column, factCell, findingOf, type Section } from './section.ts'
import { judgeTarget, targetRate, type TargetRate } from './targets.ts'

const NO_ANSWER = 'sales answered on no MQL of the month'
const NONE_MATURE = 'no MQL of the month is old enough to have been worked'

/** Enters volume, acceptance and MQL → SQL of the month and the month before, and holds them against target and trend. */
export function monthSection(
  book: FactBook,
  input: LeadScoringInput,
  context: LeadScoringContext,
): Section {
  const facts = leadFacts(book)
  const trend = readMonthTrend(input, context)
  const rates = targetRates(trend.current, input, context)
  enterCreated(facts, input)
  enterMqls(facts, trend, input.filled)
  for (const rate of rates) enterRate(facts, rate, targetRates(trend.previous, input, context))
  enterSalesDays(facts, context)
  enterCohort(facts, trend.current, input.filled)
  enterMix(facts, trend)
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

function targetRates(
  entry: MqlMonth,
  { filled }: LeadScoringInput,
  { policy }: LeadScoringContext,
): TargetRate[] {
  return [
    {
      ...parts(answeredOf(entry)),
      topic: 'acceptance',
      name: 'Acceptance by sales',
      formula: 'accepted ÷ (accepted + rejected)',
      missing: filled.feedback === 0 ? 'no lead has an answer from sales' : NO_ANSWER,
      target: policy.leads.acceptance_target,
      targetKey: 'leads.acceptance_target',
    },
    {
      ...parts(workedOf(entry, filled)),
      topic: 'sales_qualification',
      name: 'MQL to SQL',
      formula: 'MQLs that became an SQL in time ÷ MQLs old enough',
      missing: filled.salesQualified === 0 ? 'no lead has an SQL date' : NONE_MATURE,
      target: policy.leads.mql_to_sql_target,
      targetKey: 'leads.mql_to_sql_target',
    },
  ]
}

function parts({ successes, trials }: Proportion) {
  return { reached: successes, base: trials }
}

function enterCreated({ count, figure }: LeadFacts, { created }: LeadScoringInput): void {
  const { current, previous } = created
  count('month.created', 'Leads created in the month', current)
  count('month.created.previous', 'Leads created in the month before', previous)
  figure('month.created.change', 'Change of leads created', {
    unit: 'change',
    quantity: change(current, previous),
    formula: '(month − month before) ÷ month before',
    inputs: ['lead_scoring.month.created', 'lead_scoring.month.created.previous'],
    rows: current + previous,
  })
}

function enterMqls(
  { count, figure }: LeadFacts,
  { current, previous, history }: MonthTrend,
  { mql }: ColumnFill,
): void {
  const known = (value: number): number | null => (mql === 0 ? null : value)
  count('month.mqls', 'MQLs of the month', known(current.mqls))
  count('month.mqls.previous', 'MQLs of the month before', known(previous.mqls))
  figure('month.mqls.change', 'Change of MQLs', {
    unit: 'change',
    quantity:
      mql === 0 ? notMeasured('no lead has an MQL date') : change(current.mqls, previous.mqls),
    formula: '(month − month before) ÷ month before',
    inputs: ['lead_scoring.month.mqls', 'lead_scoring.month.mqls.previous'],
    rows: current.mqls + previous.mqls,
  })
  figure('month.mqls.median', 'Median MQLs of past months', {
    unit: 'number',
    quantity: orMissing(history.reading?.median, 'too few past months, or the month still runs'),
    rows: history.reading === null ? 0 : current.mqls,
  })
  count(
    'month.open_mqls',
    'MQLs of the month too young to be worked',
    known(current.mqls - current.matureMqls),
  )
}

/** The rate of the month, of the month before, their difference in points, and the target. */
function enterRate({ figure }: LeadFacts, rate: TargetRate, before: readonly TargetRate[]): void {
  const id = `month.${rate.topic}`
  const earlier = before.find((other) => other.topic === rate.topic) ?? rate
  for (const [suffix, of, when] of [
    ['', rate, 'the month'],
    ['.previous', earlier, 'the month before'],
  ] as const) {
    figure(`${id}${suffix}`, `${rate.name}, ${when}`, {
      unit: 'rate',
      quantity: targetRate(of),
      numerator: of.reached,
      denominator: of.base,
      formula: rate.formula,
      rows: of.base,
    })
  }
  figure(`${id}.change`, `Change of ${rate.name}`, {
    unit: 'points',
    quantity: difference(targetRate(rate), targetRate(earlier)),
    inputs: [`lead_scoring.${id}`, `lead_scoring.${id}.previous`],
    rows: rate.base + earlier.base,
  })
  figure(`${id}.target`, `Target: ${rate.name}`, {
    unit: 'rate',
    quantity: measured(rate.target),
    formula: `policy ${rate.targetKey}`,
    rows: 0,
  })
}

function enterSalesDays({ figure }: LeadFacts, { policy }: LeadScoringContext): void {
  figure('month.sales_days', 'Days an MQL is given to become an SQL', {
    unit: 'days',
    quantity: measured(policy.leads.sales_days),
    formula: 'policy leads.sales_days',
    rows: 0,
  })
}

function enterCohort({ count }: LeadFacts, current: MqlMonth, filled: ColumnFill): void {
  const stages = [
    ['sales_qualified', 'SQLs', current.salesQualified, filled.salesQualified],
    ['opportunities', 'Opportunities', current.opportunities, filled.opportunity],
    ['wins', 'Wins', current.wins, filled.won],
  ] as const
  for (const [key, name, value, rows] of stages) {
    const known = rows === 0 || filled.mql === 0 ? null : value
    count(`month.${key}`, `${name} so far among MQLs of the month`, known)
  }
}

function enterMix({ figure }: LeadFacts, { mix, current, previous }: MonthTrend): void {
  if (mix === null) return
  const rows = current.matureMqls + previous.matureMqls
  const effects = [
    ['mix.change', 'Change of MQL to SQL over channels', mix.change],
    ['mix.rate_effect', 'Part that channels converting differently explain', mix.rateEffect],
    ['mix.mix_effect', 'Part that another mix of channels explains', mix.mixEffect],
  ] as const
  for (const [id, label, value] of effects) {
    figure(id, label, { unit: 'points', quantity: measured(value), rows })
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
    note: `MQL to SQL counts MQLs at least ${token('lead_scoring.month.sales_days')} old; ${token('lead_scoring.month.open_mqls')} of the month are younger and still open. So far the month's MQLs became ${token('lead_scoring.month.sales_qualified')} SQLs, ${token('lead_scoring.month.opportunities')} opportunities and ${token('lead_scoring.month.wins')} wins.`,
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
  if (history.verdict === 'usual' || history.verdict === 'too_short') return []
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

function change(current: number, previous: number) {
  return previous === 0
    ? notMeasured('the month before had none')
    : quotient(measured(current - previous), measured(previous), 'the month before')
}
