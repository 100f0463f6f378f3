import type { BudgetMove } from '../schema/budget-move.ts'
import type { Cell, Table } from '../schema/review.ts'
import { literal } from '../schema/template.ts'
import type { CampaignFlight } from './campaign-flight.ts'
import { flightPrefix, linePrefix } from './line-facts.ts'
import type { LineReview } from './line-review.ts'
import { movePrefix } from './move-facts.ts'

/** Lines that get a row and facts of their own; the rest is only counted. */
export const LINES_SHOWN = 20

const fact = (id: string): Cell => ({ fact: id })
const text = (name: string): Cell => ({ text: literal(name) })
const number = (key: string, label: string) => ({ key, label, numeric: true })
const words = (key: string, label: string) => ({ key, label, numeric: false })

/** The largest lines with their return and what they are to do. */
export function lineTable(lines: readonly LineReview[]): Table {
  return {
    id: 'budget.lines',
    title: 'Budget lines',
    columns: [
      words('line', 'Line'),
      number('planned', 'Planned'),
      number('spend', 'Spend'),
      number('remainder', 'Left to give'),
      number('forecast', 'Landing'),
      number('return', 'Return'),
      number('marginal_return', 'Marginal return'),
      number('waste_provable', 'Proven waste'),
      words('call', 'Call'),
    ],
    rows: lines
      .slice(0, LINES_SHOWN)
      .map(({ line }) => [
        text(line.name),
        ...[
          'planned',
          'spend',
          'remainder',
          'forecast',
          'return',
          'marginal_return',
          'waste_provable',
        ].map((metric) => fact(`${linePrefix(line.id)}.${metric}`)),
        { decision: `budget.line:${line.id}` },
      ]),
    ...(lines.length > LINES_SHOWN
      ? { note: 'The largest of {{budget.evidence.lines}} lines; the others are in the totals.' }
      : {}),
  }
}

/** Flight budgets of the campaigns. */
export function flightTable(flights: readonly CampaignFlight[]): Table {
  return {
    id: 'budget.flights',
    title: 'Campaign budgets over their flight',
    columns: [
      words('campaign', 'Campaign'),
      number('budget', 'Flight budget'),
      number('spend', 'Media spend to date'),
      number('utilisation', 'Spent'),
      number('elapsed', 'Flight over'),
    ],
    rows: flights
      .slice(0, LINES_SHOWN)
      .map((flight) => [
        text(flight.name),
        ...['budget', 'spend', 'utilisation', 'elapsed'].map((metric) =>
          fact(`${flightPrefix(flight.campaignId)}.${metric}`),
        ),
      ]),
  }
}

/** Moves that wait or are proposed. */
export function moveTable(moves: readonly BudgetMove[]): Table {
  return {
    id: 'budget.moves',
    title: 'Budget moves',
    columns: [
      words('from', 'From'),
      words('to', 'To'),
      number('amount', 'Amount'),
      words('reason', 'Reason'),
      number('low', 'Impact, low'),
      number('mid', 'Impact, mid'),
      number('high', 'Impact, high'),
      words('state', 'State'),
    ],
    rows: moves
      .slice(0, LINES_SHOWN)
      .map((move) => [
        text(move.fromName),
        text(move.toName),
        fact(`${movePrefix(move)}.amount`),
        text(move.reasonCode.replaceAll('_', ' ')),
        ...['low', 'mid', 'high'].map((end) => fact(`${movePrefix(move)}.impact_${end}`)),
        stateOf(move),
      ]),
  }
}

function stateOf(move: BudgetMove): Cell {
  if (move.concerns.length > 0) return { chip: 'bad', text: 'waiting, with concerns' }
  return { chip: 'info', text: move.origin === 'carried' ? 'waiting' : 'proposed' }
}
