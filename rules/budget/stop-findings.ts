import { isMeasured, measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { fraction, subjectFacts } from './fact-entries.ts'
import type { BudgetContext } from './input.ts'
import { linePrefix } from './line-facts.ts'
import type { LineReview } from './line-review.ts'
import type { LineStop } from './line-stops.ts'

const TARGET = 'budget.stop_loss.target'
const ASSUMED = 'budget.stop_loss.assumed_dispersion'
const RETURN_TARGET = 'budget.stop_loss.return_target'

/** Lines of which the stop-loss has something to tell: stopped, or missing one target and meeting the other. */
export function isToldByStopLoss({ stop }: Pick<LineReview, 'stop'>): boolean {
  return stop.action === 'stop' || stop.reason === 'return_meets_target'
}

/** Enters what the findings of the stop-loss compare: the targets, and each told line's conversions and cost per conversion. */
export function enterStops(
  book: FactBook,
  lines: readonly LineReview[],
  { policy, month }: BudgetContext,
): void {
  const told = lines.filter(isToldByStopLoss)
  const [first] = told
  if (first === undefined) return
  const { currency } = policy.company
  enterTargets(book, first.stop, currency)
  for (const { line, delivery, stop } of told) {
    const where = {
      month_key: month,
      ...(line.campaignId === null ? {} : { campaign_id: line.campaignId }),
      ...(line.channelId === null ? {} : { channel_id: line.channelId }),
    }
    const source: FactSource[] = [{ dataset: 'ad_performance', rows: delivery.rows, where }]
    const prefix = linePrefix(line.id)
    const facts = subjectFacts(book, { prefix, name: line.name, currency }, source)
    facts.enter('conversions', {
      label: 'conversions',
      unit: 'count',
      quantity: delivery.conversions,
    })
    facts.enter('cpa', {
      label: 'cost per conversion',
      unit: 'money',
      quantity: wholeCost(delivery),
      ...fraction(delivery.spend, delivery.conversions),
      formula: 'spend ÷ conversions',
      inputs: [`${prefix}.spend`, `${prefix}.conversions`],
    })
    facts.enter('dispersion', {
      label: 'scatter of daily conversions that the stop-loss allows for, as a multiple of chance',
      unit: 'ratio',
      quantity: measured(stop.dispersion.value),
      source: [{ dataset: 'ad_performance', rows: stop.dispersion.days }],
      formula:
        'max(1, (days × variance ÷ mean of daily conversions given spend + 14 × assumed dispersion) ÷ (days + 14))',
      inputs: [ASSUMED],
    })
  }
}

function enterTargets(
  book: FactBook,
  { target, returned, dispersion }: LineStop,
  currency: string,
): void {
  if (target !== null) {
    book.add({
      id: TARGET,
      label:
        target.targetId === 'cpa'
          ? 'Target cost per conversion (target cpa)'
          : 'Target cost per customer (target cac), as the policy sets no target cpa',
      unit: 'money',
      currency,
      quantity: measured(target.minor),
      source: [],
    })
  }
  book.add({
    id: ASSUMED,
    label: 'Scatter of daily conversions, as a multiple of chance, that the policy assumes',
    unit: 'ratio',
    quantity: measured(dispersion.assumed),
    source: [],
  })
  if (returned.target === null) return
  book.add({
    id: RETURN_TARGET,
    label: 'Target return on ad spend (target roas)',
    unit: 'ratio',
    quantity: measured(returned.target),
    source: [],
  })
}

function wholeCost({ spend, conversions }: LineReview['delivery']): Quantity {
  const cost = quotient(spend, conversions, 'the conversions')
  if (!isMeasured(cost)) return notMeasured('it has no conversion to divide by')
  return measured(Math.round(cost.value))
}

/** Lines that are proven to miss their target cost: stopped, or spared because what their conversions are worth meets the target return. */
export function stopFindings(lines: readonly LineReview[]): Finding[] {
  return lines
    .filter(isToldByStopLoss)
    .map((review) => (review.stop.action === 'stop' ? stopped(review) : spared(review)))
}

function stopped(review: LineReview): Finding {
  const { line } = review
  return {
    id: `finding.budget.stop.${line.id}`,
    ruleId: 'budget.stop_loss',
    severity: 'serious',
    subject: `line:${line.id}`,
    title: `${literal(line.name)} is to be stopped`,
    detail: `${costWords(review)} ${returnWords(review)}. Proven waste: ${token(`${linePrefix(line.id)}.waste_provable`)}.`,
  }
}

function spared(review: LineReview): Finding {
  const { line } = review
  return {
    id: `finding.budget.stop_or_go.${line.id}`,
    ruleId: 'budget.stop_loss',
    severity: 'warning',
    subject: `line:${line.id}`,
    title: `${literal(line.name)} misses its target cost and meets its target return`,
    detail: `${costWords(review)} ${returnWords(review)}, so it is not stopped. Decide which of the two targets holds for it.`,
  }
}

function costWords({ line, stop }: LineReview): string {
  const of = (metric: string): string => token(`${linePrefix(line.id)}.${metric}`)
  const from =
    stop.target?.targetId === 'cpa'
      ? '(target cpa)'
      : '(target cac, of a customer, because the policy sets no target cpa: there are at least as many conversions as customers)'
  const spent =
    stop.evidence?.cpa === null
      ? `It spent ${of('spend')} without a conversion, against a target of ${token(TARGET)} each ${from}.`
      : `It spent ${of('spend')} on ${of('conversions')} conversions, ${of('cpa')} each, against a target of ${token(TARGET)} ${from}.`
  return stop.reason === 'no_conversion_at_hard_cap'
    ? `${spent} That reaches the hard cap of its budget without a conversion.`
    : `${spent} That is proven to be above target, also after counting how many lines were tested, ${assumptionWords({ line, stop })}.`
}

/** How far the proof holds: days independent of one another, clustering no more than allowed for. */
function assumptionWords({ line, stop }: Pick<LineReview, 'line' | 'stop'>): string {
  const allowed = `${token(`${linePrefix(line.id)}.dispersion`)} times chance`
  return stop.dispersion.basis === 'assumed'
    ? `as far as its days are independent of one another and scatter no more than ${allowed}, which the policy assumes because it has no conversion to tell by`
    : `as far as its days are independent of one another and scatter no more than ${allowed}, read from its own days and the policy’s ${token(ASSUMED)}`
}

function returnWords({ line, stop }: LineReview): string {
  const { ratio, target } = stop.returned
  if (ratio === null) return 'What its conversions are worth is not reported'
  const returned = `It returned ${token(`${linePrefix(line.id)}.return`)} of value per unit of spend, as the platform claims`
  if (target === null) return `${returned}; no target roas says whether that is enough`
  const side = stop.returned.meets ? 'at or above' : 'below'
  return `${returned}, ${side} the target of ${token(RETURN_TARGET)}`
}
