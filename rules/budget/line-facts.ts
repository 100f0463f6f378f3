import { addDays } from '../kernel/calendar.ts'
import { isMeasured, measured, quotient } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { CampaignFlight } from './campaign-flight.ts'
import { figure, fraction, subjectFacts, type SubjectFacts, wholeMinor } from './fact-entries.ts'
import type { BudgetContext } from './input.ts'
import type { EvidenceLevel, EvidenceReason } from './line-evidence.ts'
import type { LineReview } from './line-review.ts'
import { isClosed, remainderOf } from './move-scope.ts'

const LINES_TO_VARY = 3
/** Nobody more than doubles or halves a line's spend to learn from it. */
const GREATEST_FACTOR = 2

/** Prefix of a line's facts. */
export function linePrefix(lineId: string): string {
  return `budget.line.${distinctPart(lineId)}`
}

/** Prefix of a campaign's flight facts. */
export function flightPrefix(campaignId: string): string {
  return `budget.flight.${distinctPart(campaignId)}`
}

/**
 * Enters the figures of one line, `budget.line.ID.*`: those its table shows, so that a review of many lines stays small.
 *
 * @param metrics Names of the figures to enter.
 */
export function enterLine(
  book: FactBook,
  review: LineReview,
  { metrics, context }: { readonly metrics: readonly string[]; readonly context: BudgetContext },
): void {
  const { line, delivery } = review
  const { currency } = context.policy.company
  const where = {
    month_key: context.month,
    ...lineFilter(line),
  }
  const source: FactSource[] = [{ dataset: 'ad_performance', rows: delivery.rows, where }]
  const prefix = linePrefix(line.id)
  const facts = subjectFacts(book, { prefix, name: line.name, currency }, source)
  for (const [metric, entry] of Object.entries(lineEntries(review, context))) {
    if (metrics.includes(metric)) facts.enter(metric, entry)
  }
  if (metrics.includes('marginal_return')) enterResponse(facts, review)
}

/** The rows of a line's weeks of evidence, from the first Monday to the last Sunday. */
export function evidenceSource({ line, evidence }: LineReview): FactSource[] {
  const [first, last] = [evidence.weeks[0], evidence.weeks.at(-1)]
  if (first === undefined || last === undefined) return []
  const [from, to] = [first.monday, addDays(last.monday, 6)]
  const days = [...line.history, ...line.days].filter(({ date }) => date >= from && date <= to)
  return [
    {
      dataset: 'ad_performance',
      rows: days.reduce((sum, day) => sum + day.rows, 0),
      where: lineFilter(line),
      between: { from, to },
    },
  ]
}

/** The row of a line's plan, by the same filter wherever a figure reads it. */
export function planSource(line: LineReview['line'], { month }: BudgetContext): FactSource[] {
  const rows = isMeasured(line.planned) ? 1 : 0
  return [{ dataset: 'budgets', rows, where: { month, ...lineFilter(line) } }]
}

function lineFilter({ campaignId, channelId }: LineReview['line']): Record<string, string> {
  return {
    ...(campaignId === null ? {} : { campaign_id: campaignId }),
    ...(channelId === null ? {} : { channel_id: channelId }),
  }
}

/** What a line's marginal return is made of, where it is known. */
function enterResponse(facts: SubjectFacts, review: LineReview): void {
  const { response, level } = review.evidence
  if (response === null) return
  const source = evidenceSource(review)
  const figures = [
    [
      'evidence_return',
      'average return over the weeks of evidence',
      response.averageReturn,
      level === 'L4'
        ? 'response of the imported curve ÷ spend, at the average week’s spend'
        : 'value per conversion × conversions per unit of spend, drawn towards those of all lines',
    ],
    ['elasticity', 'elasticity of value to spend', response.elasticity, ELASTICITIES[level]],
    [
      'marginal_error',
      'relative standard error of the return on the next unit',
      response.marginalSd,
      level === 'L4'
        ? 'the error that the imported curve states'
        : '√(relative error of the average return² + relative error of the elasticity²)',
    ],
  ] as const
  for (const [metric, label, value, formula] of figures) {
    facts.enter(metric, { label, unit: 'ratio', quantity: measured(value), formula, source })
  }
}

const ELASTICITIES: Readonly<Record<EvidenceLevel, string>> = {
  L0: '',
  L1: 'prior_elasticity of the policy: its own weeks do not tell',
  L2: 'slope of ln value against ln spend over the weeks, drawn towards those of all lines',
  L3: 'slope × spend ÷ response of the line’s own curve at the average week’s spend',
  L4: 'marginal ÷ average return of the imported curve at the average week’s spend',
}

/** How the return on the next unit of spend is found on each rung. */
const MARGINALS: Readonly<Record<EvidenceLevel, string>> = {
  L0: '',
  L1: 'elasticity × average return, at the average week’s spend',
  L2: 'elasticity × average return, at the average week’s spend',
  L3: 'slope of the line’s own curve at the average week’s spend',
  L4: 'elasticity × average return, at the average week’s spend: the slope of the imported curve there',
}

type LineEntry = Parameters<SubjectFacts['enter']>[1]

function lineEntries(review: LineReview, context: BudgetContext): Record<string, LineEntry> {
  const { line, pace, waste } = review
  const source = planSource(line, context)
  return {
    planned: { label: 'planned', unit: 'money', quantity: line.planned, source },
    remainder: {
      label: isClosed(context) ? 'left to give from the next month’s plan' : 'left to give',
      unit: 'money',
      quantity: remainderOf(line, context),
      formula: isClosed(context)
        ? 'planned − committed: the month is over, and its plan stands for the next'
        : 'planned − committed − spend',
      source,
    },
    forecast: {
      label: 'landing forecast',
      unit: 'money',
      quantity: wholeMinor(pace.landing?.forecast ?? null, pace.reason ?? 'nothing was spent yet'),
      formula: 'spend + current level of an average day × day weights left',
    },
    ...returnEntries(review),
    waste_provable: {
      label: 'waste, proven',
      unit: 'money',
      quantity: wholeMinor(
        waste?.provable ?? null,
        'the line has no conversions or no target to hold it against',
      ),
      formula: 'max(0, spend − upper bound of conversions × target cost)',
    },
  }
}

function returnEntries(review: LineReview): Record<string, LineEntry> {
  const { line, delivery, evidence } = review
  const isKnown = evidence.response !== null
  const prefix = linePrefix(line.id)
  return {
    spend: { label: 'spend', unit: 'money', quantity: delivery.spend },
    return: {
      label: 'average return',
      unit: 'ratio',
      quantity: quotient(delivery.value, delivery.spend, 'the spend'),
      ...fraction(delivery.value, delivery.spend),
      formula: 'conversion value ÷ spend, as the platform claims',
      inputs: [`${prefix}.spend`],
    },
    marginal_return: {
      label: 'return on the next unit of spend',
      unit: 'ratio',
      quantity: figure(evidence.response?.marginalReturn ?? null, HOLD_REASONS[evidence.reason]),
      ...(isKnown
        ? {
            formula: MARGINALS[evidence.level],
            inputs:
              evidence.level === 'L3' ? [] : [`${prefix}.elasticity`, `${prefix}.evidence_return`],
          }
        : {}),
      source: evidenceSource(review),
    },
  }
}

/**
 * Lines whose spend should be varied on purpose, the largest first. A line that would have to be more than doubled and halved is left out: its
 * value scatters so much that time, not spend, must tell.
 */
export function linesToVary(lines: readonly LineReview[]): readonly LineReview[] {
  return lines
    .filter(({ evidence }) => {
      const factor = factorOf(evidence)
      return factor !== null && factor <= GREATEST_FACTOR
    })
    .slice(0, LINES_TO_VARY)
}

/** What weekly spend is multiplied with and divided by in turn; null where that is not the obstacle. */
function factorOf({ needed: { alternateBy } }: LineReview['evidence']): number | null {
  return alternateBy === null ? null : 1 + alternateBy
}

/** Fact of the factor by which a line's weekly spend should go up and down. */
export function alternateId(lineId: string): string {
  return `${linePrefix(lineId)}.alternate_factor`
}

/** Enters by what factor the spend of lines should be varied. */
export function enterVariation(book: FactBook, lines: readonly LineReview[]): void {
  for (const review of linesToVary(lines)) {
    const { line, evidence } = review
    book.add({
      id: alternateId(line.id),
      label: `${line.name}: factor by which to multiply and divide weekly spend in turn`,
      unit: 'ratio',
      quantity: figure(factorOf(evidence), HOLD_REASONS[evidence.reason]),
      formula: 'e^(sigma ÷ (√weeks × greatest error of the slope))',
      source: evidenceSource(review),
    })
  }
}

/** Why a line's response to spend is not known, in words a reader understands. */
export const HOLD_REASONS: Readonly<Record<EvidenceReason, string>> = {
  no_spend: 'it spent nothing',
  value_not_measured: 'its conversion value is not reported',
  too_few_weeks: 'too few complete weeks with spend',
  too_few_conversions: 'too few conversions',
  no_value: 'its conversions brought no value',
  spend_did_not_vary: 'its spend hardly varied',
  slope_not_identified: 'its weeks do not determine how value answers to spend',
  confounded_by_trend: 'a trend explains its value as well as its spend does',
  slope_identified: 'its own weeks determine how value answers to spend',
  shape_identified: 'its own weeks determine the shape of its curve',
  imported: 'its curve was estimated elsewhere',
}

/** Enters a campaign's flight budget, `budget.flight.ID.*`. */
export function enterFlight(book: FactBook, flight: CampaignFlight, currency: string): void {
  const where = { campaign_id: flight.campaignId }
  const campaign: FactSource[] = [{ dataset: 'campaigns', rows: 1, where }]
  const ledger: FactSource[] = [
    { dataset: 'cost_ledger', rows: flight.spendRows, where: { ...where, cost_type: 'media' } },
  ]
  const prefix = flightPrefix(flight.campaignId)
  const facts = subjectFacts(book, { prefix, name: flight.name, currency }, campaign)
  facts.enter('budget', { label: 'flight budget', unit: 'money', quantity: flight.budget })
  facts.enter('spend', {
    label: 'media spend of the flight to date',
    unit: 'money',
    quantity: flight.spend,
    source: ledger,
  })
  facts.enter('utilisation', {
    label: 'share of the flight budget spent',
    unit: 'rate',
    quantity: flight.utilisation,
    ...fraction(flight.spend, flight.budget),
    formula: 'media spend ÷ flight budget',
    inputs: [`${prefix}.spend`, `${prefix}.budget`],
    source: [...campaign, ...ledger],
  })
  facts.enter('elapsed', {
    label: 'share of the flight’s days over',
    unit: 'rate',
    quantity: flight.elapsed,
    formula: 'days since the start ÷ days of the flight',
  })
}
