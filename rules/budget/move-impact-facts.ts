import { measured, notMeasured } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { SubjectFacts } from './fact-entries.ts'
import { linePrefix } from './line-facts.ts'

/** How a figure of a move came about. */
interface Trace {
  readonly formula: string
  readonly inputs: readonly string[]
}

/** The ways by which a move gets an impact. */
interface ImpactTrace {
  readonly mid: Trace
  readonly error: Trace
}

/** Enters what a move is expected to bring by itself, `PREFIX.impact_*`, so that a reader can redo it from its inputs. */
export function enterImpact(book: FactBook, facts: SubjectFacts, move: BudgetMove): void {
  const { expectedImpact: impact, impactNotMeasured, basis } = move
  if (impact === null) {
    const quantity = notMeasured(impactNotMeasured ?? 'no impact is known')
    for (const [metric, label] of ENDS) facts.enter(metric, { label, unit: 'money', quantity })
    return
  }
  const { mid, error } = traceOf(book, facts.prefix, move)
  const [sd, cost] = [basis['sd_minor'], basis['switching_cost_minor']]
  if (typeof sd === 'number') {
    facts.enter('impact_error', {
      label: 'standard error of the expected change of value',
      unit: 'money',
      quantity: measured(Math.round(sd)),
      ...error,
    })
  }
  const bounds = [`${facts.prefix}.impact_mid`, `${facts.prefix}.impact_error`]
  const traces = {
    impact_low: { formula: 'mid − 1.645 × standard error: 90 % of a normal', inputs: bounds },
    impact_mid: mid,
    impact_high: { formula: 'mid + 1.645 × standard error: 90 % of a normal', inputs: bounds },
  }
  const values = {
    impact_low: impact.low.minor,
    impact_mid: impact.mid.minor,
    impact_high: impact.high.minor,
  }
  for (const [metric, label] of ENDS) {
    facts.enter(metric, {
      label,
      unit: 'money',
      quantity: measured(values[metric]),
      ...traces[metric],
    })
  }
  if (typeof cost !== 'number') return
  facts.enter('switching_cost', {
    label: 'value lost while the receiving line learns',
    unit: 'money',
    quantity: measured(Math.round(cost)),
    formula: 'amount × switching cost share of the policy; not taken off the impact',
    inputs: [`${facts.prefix}.amount`],
  })
}

const ENDS = [
  ['impact_low', 'expected change of value, low'],
  ['impact_mid', 'expected change of value, mid'],
  ['impact_high', 'expected change of value, high'],
] as const

function traceOf(book: FactBook, prefix: string, move: BudgetMove): ImpactTrace {
  if (move.ruleId === 'budget.optimal_plan') return planTrace(prefix)
  const known = (ids: readonly string[]): string[] => ids.filter((id) => book.has(id))
  const [to, from] = [linePrefix(move.toLine ?? ''), linePrefix(move.fromLine ?? '')]
  const returns = [`${prefix}.amount`, `${to}.marginal_return`, `${from}.marginal_return`]
  return {
    mid: {
      formula: 'amount × (marginal return of the receiver − of the giver)',
      inputs: known(returns),
    },
    error: {
      formula:
        'amount × √((marginal return × its relative error)² of the receiver + the same of the giver)',
      inputs: known([...returns, `${to}.marginal_error`, `${from}.marginal_error`]),
    },
  }
}

function planTrace(prefix: string): ImpactTrace {
  return {
    mid: {
      formula:
        'change of the receiver’s value + change of the giver’s, when this amount alone moves from today’s plan',
      inputs: [`${prefix}.change_to`, `${prefix}.change_from`],
    },
    error: {
      formula:
        '√(error of the receiver² + error of the giver² + 2 × correlation × error of the receiver × error of the giver)',
      inputs: [`${prefix}.error_to`, `${prefix}.error_from`, 'budget.plan.correlation'],
    },
  }
}
