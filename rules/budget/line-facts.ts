import { isMeasured, measured, quotient } from '../kernel/quantity.ts'
import { idPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { CampaignFlight } from './campaign-flight.ts'
import { figure, fraction, subjectFacts, type SubjectFacts, wholeMinor } from './fact-entries.ts'
import type { BudgetContext } from './input.ts'
import type { EvidenceReason } from './line-evidence.ts'
import type { LineReview } from './line-review.ts'
import { remainderOf } from './move-scope.ts'
import { enterPace } from './total-facts.ts'

/** Prefix of a line's facts. */
export function linePrefix(lineId: string): string {
  return `budget.line.${idPart(lineId)}`
}

/** Prefix of a campaign's flight facts. */
export function flightPrefix(campaignId: string): string {
  return `budget.flight.${idPart(campaignId)}`
}

/** Enters the figures of one line, `budget.line.ID.*`. */
export function enterLine(book: FactBook, review: LineReview, context: BudgetContext): void {
  const { line, delivery, waste } = review
  const { currency } = context.policy.company
  const where = {
    month_key: context.month,
    ...(line.campaignId === null ? {} : { campaign_id: line.campaignId }),
    ...(line.channelId === null ? {} : { channel_id: line.channelId }),
  }
  const source: FactSource[] = [{ dataset: 'ad_performance', rows: delivery.rows, where }]
  const plan: FactSource[] = [
    { dataset: 'budgets', rows: isMeasured(line.planned) ? 1 : 0, where: { month: context.month } },
  ]
  const prefix = linePrefix(line.id)
  const facts = subjectFacts(book, { prefix, name: line.name, currency }, source)
  facts.enter('planned', { label: 'planned', unit: 'money', quantity: line.planned, source: plan })
  facts.enter('spend', { label: 'spend', unit: 'money', quantity: delivery.spend })
  facts.enter('remainder', {
    label: 'uncommitted remainder',
    unit: 'money',
    quantity: remainderOf(line, context),
    formula: 'planned − committed − spend of a month still open',
    inputs: [`${prefix}.planned`, `${prefix}.spend`],
    source: plan,
  })
  enterReturn(facts, review)
  enterPace(facts, review.pace)
  const noWaste = 'the line has no conversions or no target to hold it against'
  facts.enter('waste_provable', {
    label: 'waste, proven',
    unit: 'money',
    quantity: wholeMinor(waste?.provable ?? null, noWaste),
  })
  facts.enter('waste_estimated', {
    label: 'waste, estimated beyond the proven part',
    unit: 'money',
    quantity: wholeMinor(waste?.estimated ?? null, noWaste),
  })
}

function enterReturn(facts: SubjectFacts, { delivery, evidence }: LineReview): void {
  const { prefix } = facts
  facts.enter('conversions', {
    label: 'conversions the platform claims',
    unit: 'count',
    quantity: delivery.conversions,
  })
  facts.enter('value', {
    label: 'conversion value the platform claims',
    unit: 'money',
    quantity: delivery.value,
  })
  facts.enter('return', {
    label: 'average return',
    unit: 'ratio',
    quantity: quotient(delivery.value, delivery.spend, 'the spend'),
    ...fraction(delivery.value, delivery.spend),
    formula: 'value ÷ spend',
    inputs: [`${prefix}.value`, `${prefix}.spend`],
  })
  const cpa = quotient(delivery.spend, delivery.conversions, 'conversions')
  facts.enter('cpa', {
    label: 'cost per conversion',
    unit: 'money',
    quantity: isMeasured(cpa) ? measured(Math.round(cpa.value)) : cpa,
    ...fraction(delivery.spend, delivery.conversions),
    formula: 'spend ÷ conversions',
    inputs: [`${prefix}.spend`, `${prefix}.conversions`],
  })
  facts.enter('marginal_return', {
    label: 'return on the next unit of spend',
    unit: 'ratio',
    quantity: figure(evidence.response?.marginalReturn ?? null, HOLD_REASONS[evidence.reason]),
    formula: 'elasticity × average return over the weeks of evidence',
  })
  facts.enter('evidence_weeks', {
    label: 'complete weeks with spend',
    unit: 'count',
    quantity: measured(evidence.weeks),
  })
}

/** Why a line's response to spend is not known, in words a reader understands. */
export const HOLD_REASONS: Readonly<Record<EvidenceReason, string>> = {
  no_spend: 'it spent nothing',
  value_not_measured: 'its conversion value is not reported',
  too_few_weeks: 'too few complete weeks with spend',
  too_few_conversions: 'too few conversions',
  no_value: 'its conversions brought no value',
  spend_did_not_vary: 'its spend hardly varied',
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
