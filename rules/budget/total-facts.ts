import { measured, notMeasured } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import { figure, fraction, subjectFacts, type SubjectFacts, wholeMinor } from './fact-entries.ts'
import type { BudgetContext, BudgetInput } from './input.ts'
import type { LinePace } from './line-pace.ts'
import type { TotalReview } from './total-review.ts'

const PREFIX = 'budget.total'

/** Enters the figures of the budget as a whole, `budget.total.*`. */
export function enterTotal(
  book: FactBook,
  total: TotalReview,
  { input, context }: { readonly input: BudgetInput; readonly context: BudgetContext },
): void {
  const plan: FactSource[] = [
    { dataset: 'budgets', rows: input.plans.length, where: { month: context.month } },
  ]
  const platform: FactSource[] = [
    {
      dataset: 'ad_performance',
      rows: total.delivery.rows,
      where: { month_key: context.month },
    },
  ]
  const { currency } = context.policy.company
  const facts = subjectFacts(book, { prefix: PREFIX, name: 'Budget', currency }, [
    ...plan,
    ...platform,
  ])
  facts.enter('planned', { label: 'planned', unit: 'money', quantity: total.planned, source: plan })
  facts.enter('committed', {
    label: 'committed and not yet spent',
    unit: 'money',
    quantity: total.committed,
    source: plan,
  })
  facts.enter('spend', {
    label: 'media spend the platforms report',
    unit: 'money',
    quantity: total.delivery.spend,
    source: platform,
  })
  enterUse(facts, total)
  enterPace(facts, total.pace)
  facts.enter('waste_provable', {
    label: 'waste, proven',
    unit: 'money',
    quantity: total.wasteProvable,
    formula:
      'sum over stopped lines of spend − the most conversions that no look rules out × target cost',
    source: platform,
  })
  facts.enter('waste_estimated', {
    label: 'waste, estimated beyond the proven part',
    unit: 'money',
    quantity: total.wasteEstimated,
    formula: 'sum over lines of max(0, spend − conversions × target cost) − proven waste',
    source: platform,
  })
}

function enterUse(facts: SubjectFacts, total: TotalReview): void {
  facts.enter('available', {
    label: 'neither spent nor committed',
    unit: 'money',
    quantity: total.available,
    formula: 'planned − spend − committed where stated',
    inputs: [`${PREFIX}.planned`, `${PREFIX}.spend`, `${PREFIX}.committed`],
  })
  facts.enter('utilisation', {
    label: 'share of the plan spent',
    unit: 'rate',
    quantity: total.utilisation,
    ...fraction(total.delivery.spend, total.planned),
    formula: 'spend ÷ planned',
    inputs: [`${PREFIX}.spend`, `${PREFIX}.planned`],
  })
  facts.enter('utilisation_with_commitments', {
    label: 'share of the plan spent or committed',
    unit: 'rate',
    quantity: total.utilisationWithCommitments,
    formula: '(spend + committed) ÷ planned',
    inputs: [`${PREFIX}.spend`, `${PREFIX}.committed`, `${PREFIX}.planned`],
  })
}

function enterPace(facts: SubjectFacts, pace: LinePace): void {
  const reason = pace.reason ?? 'nothing can be divided yet'
  const inputs = [`${facts.prefix}.planned`, `${facts.prefix}.spend`]
  facts.enter('days_reported', {
    label: 'days of the month with reported delivery',
    unit: 'days',
    quantity:
      pace.daysReported === 0
        ? notMeasured('no day of the month has reported delivery')
        : measured(pace.daysReported),
    denominator: pace.daysElapsed,
    numerator: pace.daysReported,
  })
  facts.enter('days_left', {
    label: 'days of the month left',
    unit: 'days',
    quantity: measured(pace.daysLeft),
  })
  facts.enter('pace_index', {
    label: 'spend against what the calendar expects by now',
    unit: 'ratio',
    quantity: figure(pace.weekday?.paceIndex ?? null, reason),
    formula: 'spend ÷ (planned × share of the month’s day weights that is over)',
    inputs,
  })
  const { landing } = pace
  const money = [
    ['forecast', 'landing forecast', landing?.forecast],
    ['forecast_low', 'landing forecast, low end of 90 %', landing?.low],
    ['forecast_high', 'landing forecast, high end of 90 %', landing?.high],
  ] as const
  for (const [metric, label, value] of money) {
    facts.enter(metric, {
      label,
      unit: 'money',
      quantity: wholeMinor(value ?? null, reason),
      formula: 'spend + current level of an average day × day weights left',
      inputs,
    })
  }
  facts.enter('landing_deviation', {
    label: 'landing against plan',
    unit: 'change',
    quantity: figure(pace.deviation, reason),
    formula: 'forecast ÷ planned − 1',
    inputs: [`${facts.prefix}.forecast`, `${facts.prefix}.planned`],
  })
}
