import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import { subjectFacts, type SubjectFacts } from './fact-entries.ts'
import type { ImpactLine } from './impact.ts'
import type { BudgetContext } from './input.ts'
import { evidenceSource, planSource } from './line-facts.ts'
import { movePrefix } from './move-facts.ts'
import { marginalToday } from './plan-impact.ts'
import type { MonthLine, PlanReview } from './plan-review.ts'
import type { PlanTransfer } from './plan-transfers.ts'

/**
 * Enters what the impact of each move of a plan is made of: the curves of its two lines, `budget.curve.LINE.*`, and by how much either line's value
 * changes, `budget.move.ID.*`. Of moves that are in the book; lines once.
 */
export function enterPlanMoves(book: FactBook, plan: PlanReview, context: BudgetContext): void {
  const { currency } = context.policy.company
  for (const [index, move] of plan.moves.entries()) {
    const prefix = movePrefix(move)
    const transfer = plan.transfers[index]
    if (transfer === undefined || !book.has(`${prefix}.amount`)) continue
    enterCurve(book, transfer.from, { terms: transfer.giver, context })
    enterCurve(book, transfer.to, { terms: transfer.receiver, context })
    const name = `${move.fromName} to ${move.toName}`
    enterChanges(subjectFacts(book, { prefix, name, currency }, []), transfer)
  }
}

function curvePrefix({ candidate }: MonthLine): string {
  return `budget.curve.${distinctPart(candidate.line.id)}`
}

function enterCurve(
  book: FactBook,
  line: MonthLine,
  { terms, context }: { readonly terms: ImpactLine; readonly context: BudgetContext },
): void {
  const prefix = curvePrefix(line)
  if (book.has(`${prefix}.today`)) return
  const { candidate } = line
  const { currency } = context.policy.company
  const source = evidenceSource(candidate)
  const facts = subjectFacts(book, { prefix, name: candidate.line.name, currency }, source)
  facts.enter('today', {
    label: 'today’s plan',
    unit: 'money',
    quantity: measured(terms.from),
    source: planSource(candidate.line, context),
  })
  facts.enter('response', {
    label: 'value that today’s plan brings by its curve',
    unit: 'money',
    quantity: measured(Math.round(terms.value)),
    formula: 'response of the curve to today’s plan, spread evenly over the weeks of the month',
    inputs: [`${prefix}.today`],
  })
  facts.enter('marginal', {
    label: 'return on the next unit beyond today’s plan',
    unit: 'ratio',
    quantity: measured(marginalToday(line)),
    formula:
      'slope of the curve at today’s plan; no amount brings more per unit where returns fall',
    inputs: [`${prefix}.response`, `${prefix}.today`],
  })
  const isImported = candidate.evidence.level === 'L4'
  facts.enter('response_cv', {
    label: 'relative error of that value',
    unit: 'ratio',
    quantity: measured(terms.valueCv),
    formula: isImported
      ? 'the error that the imported curve states'
      : 'the larger of the scatter of its weeks and 1 ÷ √conversions',
  })
  facts.enter('elasticity_error', {
    label: 'standard error of the elasticity',
    unit: 'number',
    quantity: measured(terms.elasticitySe),
    formula: isImported
      ? 'the error that the imported curve states × elasticity'
      : 'of the slope over its weeks, of a fitted power curve’s exponent',
  })
}

function enterChanges(facts: SubjectFacts, transfer: PlanTransfer): void {
  const ends = [
    ['from', 'giver', transfer.from, transfer.giver],
    ['to', 'receiver', transfer.to, transfer.receiver],
  ] as const
  for (const [index, [end, name, line, terms]] of ends.entries()) {
    const curve = curvePrefix(line)
    const source = evidenceSource(line.candidate)
    const part = transfer.impact.lines[index] ?? { delta: 0, sd: 0 }
    facts.enter(`elasticity_${end}`, {
      label: `elasticity of the ${name}`,
      unit: 'number',
      quantity: measured(terms.elasticity),
      formula: 'ln(response after ÷ response today) ÷ ln(spend after ÷ spend today), by its curve',
      source,
    })
    const inputs = [
      `${curve}.response`,
      `${curve}.today`,
      `${facts.prefix}.amount`,
      `${facts.prefix}.elasticity_${end}`,
    ]
    const sign = end === 'to' ? '+' : '−'
    facts.enter(`change_${end}`, {
      label: `change of value of the ${name}`,
      unit: 'money',
      quantity: measured(Math.round(part.delta)),
      formula: `response × (((today’s plan ${sign} amount) ÷ today’s plan)^elasticity − 1)`,
      inputs,
      source,
    })
    facts.enter(`error_${end}`, {
      label: `standard error of the change of the ${name}`,
      unit: 'money',
      quantity: measured(Math.round(part.sd)),
      formula:
        '√((relative error of the response × change)² + (error of the elasticity × response × ratio^elasticity × ln ratio)²), ratio = spend after ÷ today’s plan',
      inputs: [
        ...inputs,
        `${facts.prefix}.change_${end}`,
        `${curve}.response_cv`,
        `${curve}.elasticity_error`,
      ],
      source,
    })
  }
}
