import { addMonths } from '../kernel/calendar.ts'
import type { Proportion } from '../kernel/proportion.ts'
import { difference, measured, notMeasured, quotient } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { leadFacts, leadSource, orMissing, type LeadFacts } from './facts.ts'
import type { ColumnFill, LeadScoringContext, LeadScoringInput, MqlMonth } from './input.ts'
import { ANSWERED, createdIn, matureMqlsOf, mqlsOf, reached, youngMqlsOf } from './lead-rows.ts'
import { answeredOf, workedOf, type MonthTrend } from './month-trend.ts'
import { targetRate, type TargetRate } from './targets.ts'

const NO_ANSWER = 'sales answered on no MQL of the month'
const NONE_MATURE = 'no MQL of the month is old enough to have been worked'

/** Enters volume, acceptance, MQL → SQL and the way to wins, of the month and the month before. */
export function enterMonth(
  book: FactBook,
  trend: MonthTrend,
  { input, context }: { readonly input: LeadScoringInput; readonly context: LeadScoringContext },
): void {
  const facts = leadFacts(book)
  enterCreated(facts, input, context)
  enterMqls(facts, trend, { filled: input.filled, context })
  for (const rate of targetRates(trend.current, input, context)) {
    enterRate(facts, rate, targetRates(trend.previous, input, context))
  }
  enterSalesDays(facts, context)
  enterCohort(facts, trend.current, { filled: input.filled, context })
  enterMix(facts, trend, context)
}

/** The two rates of a month that the policy sets targets for. */
export function targetRates(
  entry: MqlMonth,
  { filled }: LeadScoringInput,
  context: LeadScoringContext,
): TargetRate[] {
  const { policy } = context
  return [
    {
      ...parts(answeredOf(entry)),
      topic: 'acceptance',
      name: 'Acceptance by sales',
      formula: 'accepted ÷ (accepted + rejected)',
      leads: { conditions: [mqlsOf(context, entry.month), ANSWERED] },
      missing: filled.feedback === 0 ? 'no lead has an answer from sales' : NO_ANSWER,
      target: policy.leads.acceptance_target,
      targetKey: 'leads.acceptance_target',
    },
    {
      ...parts(workedOf(entry, filled)),
      topic: 'sales_qualification',
      name: 'MQL to SQL',
      formula: 'MQLs that became an SQL in time ÷ MQLs old enough',
      leads: { conditions: [matureMqlsOf(context, entry.month)] },
      missing: filled.salesQualified === 0 ? 'no lead has an SQL date' : NONE_MATURE,
      target: policy.leads.mql_to_sql_target,
      targetKey: 'leads.mql_to_sql_target',
    },
  ]
}

function parts({ successes, trials }: Proportion) {
  return { reached: successes, base: trials }
}

function enterCreated(
  { count, figure }: LeadFacts,
  { created }: LeadScoringInput,
  { month }: LeadScoringContext,
): void {
  const { current, previous } = created
  const [now, before] = [createdIn(month), createdIn(addMonths(month, -1))]
  count('month.created', 'Leads created in the month', { value: current, of: now })
  count('month.created.previous', 'Leads created in the month before', {
    value: previous,
    of: before,
  })
  figure('month.created.change', 'Change of leads created', {
    unit: 'change',
    quantity: change(current, previous),
    formula: '(month − month before) ÷ month before',
    inputs: ['lead_scoring.month.created', 'lead_scoring.month.created.previous'],
    rows: current + previous,
    source: [leadSource(current, now), leadSource(previous, before)],
  })
}

function enterMqls(
  { count, figure }: LeadFacts,
  { current, previous, history }: MonthTrend,
  {
    filled: { mql },
    context,
  }: { readonly filled: ColumnFill; readonly context: LeadScoringContext },
): void {
  const { month } = context
  const now = { conditions: [mqlsOf(context, month)] }
  const before = { conditions: [mqlsOf(context, addMonths(month, -1))] }
  const known = (value: number): number | null => (mql === 0 ? null : value)
  count('month.mqls', 'MQLs of the month', { value: known(current.mqls), of: now })
  count('month.mqls.previous', 'MQLs of the month before', {
    value: known(previous.mqls),
    of: before,
  })
  figure('month.mqls.change', 'Change of MQLs', {
    unit: 'change',
    quantity:
      mql === 0 ? notMeasured('no lead has an MQL date') : change(current.mqls, previous.mqls),
    formula: '(month − month before) ÷ month before',
    inputs: ['lead_scoring.month.mqls', 'lead_scoring.month.mqls.previous'],
    rows: current.mqls + previous.mqls,
    source: [leadSource(current.mqls, now), leadSource(previous.mqls, before)],
  })
  figure('month.mqls.median', 'Median MQLs of past months', {
    unit: 'number',
    quantity: orMissing(history.reading?.median, 'too few past months, or the month still runs'),
    rows: history.reading === null ? 0 : current.mqls,
    of: now,
  })
  count('month.open_mqls', 'MQLs of the month too young to be worked', {
    value: known(current.mqls - current.matureMqls),
    of: { conditions: [youngMqlsOf(context, month)] },
  })
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
      of: of.leads,
    })
  }
  figure(`${id}.change`, `Change of ${rate.name}`, {
    unit: 'points',
    quantity: difference(targetRate(rate), targetRate(earlier)),
    inputs: [`lead_scoring.${id}`, `lead_scoring.${id}.previous`],
    rows: rate.base + earlier.base,
    source: [rate, earlier].map(({ base, leads }) => leadSource(base, leads)),
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

function enterCohort(
  { count }: LeadFacts,
  current: MqlMonth,
  { filled, context }: { readonly filled: ColumnFill; readonly context: LeadScoringContext },
): void {
  const stages = [
    ['sales_qualified', 'SQLs', 'salesQualified', filled.salesQualified],
    ['opportunities', 'Opportunities', 'opportunities', filled.opportunity],
    ['wins', 'Wins', 'wins', filled.won],
  ] as const
  for (const [key, name, stage, rows] of stages) {
    const value = current[stage]
    const known = rows === 0 || filled.mql === 0 ? null : value
    count(`month.${key}`, `${name} so far among MQLs of the month`, {
      value: known,
      of: { conditions: [mqlsOf(context, context.month), reached(stage, context)] },
    })
  }
}

function enterMix(
  { figure }: LeadFacts,
  { mix, current, previous }: MonthTrend,
  context: LeadScoringContext,
): void {
  if (mix === null) return
  const source = [current, previous].map(({ month, matureMqls }) =>
    leadSource(matureMqls, { conditions: [matureMqlsOf(context, month)] }),
  )
  const rows = current.matureMqls + previous.matureMqls
  const effects = [
    ['mix.change', 'Change of MQL to SQL over channels', mix.change],
    ['mix.rate_effect', 'Part that channels converting differently explain', mix.rateEffect],
    ['mix.mix_effect', 'Part that another mix of channels explains', mix.mixEffect],
  ] as const
  for (const [id, label, value] of effects) {
    figure(id, label, { unit: 'points', quantity: measured(value), rows, source })
  }
}

function change(current: number, previous: number) {
  return previous === 0
    ? notMeasured('the month before had none')
    : quotient(measured(current - previous), measured(previous), 'the month before')
}
