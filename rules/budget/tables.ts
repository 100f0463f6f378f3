import { isMeasured } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { Cell, Table } from '../schema/review.ts'
import { literal } from '../schema/template.ts'
import type { CampaignFlight } from './campaign-flight.ts'
import { flightPrefix, linePrefix } from './line-facts.ts'
import type { LineReview } from './line-review.ts'
import { movePrefix } from './move-facts.ts'
import { isToldByStopLoss } from './stop-findings.ts'

/** Lines that get a row and facts of their own for their size; the rest is only counted. */
const LINES_SHOWN = 12
/** Moves that get a row and facts of their own. */
export const MOVES_SHOWN = 24

const fact = (id: string): Cell => ({ fact: id })
const text = (name: string): Cell => ({ text: literal(name) })
const number = (key: string, label: string) => ({ key, label, numeric: true })
const words = (key: string, label: string) => ({ key, label, numeric: false })

const ALWAYS = [
  number('spend', 'Spend'),
  number('return', 'Return'),
  number('marginal_return', 'Marginal return'),
]
/** Of a month that is over nothing is left: what can move is the next month's plan. */
const withPlan = (isOver: boolean) => [
  number('planned', 'Planned'),
  number('remainder', isOver ? 'Left to give, next month' : 'Left to give'),
  number('forecast', 'Landing'),
]

/** Figures of a line that its table shows; plans, remainders and landings only where there is a plan at all. */
export function lineMetrics(lines: readonly LineReview[]) {
  const hasPlan = lines.some(({ line }) => isMeasured(line.planned))
  const wastes = lines.some(
    ({ waste, stop }) => stop.action === 'stop' || (waste?.provable ?? 0) > 0,
  )
  return [
    ...(hasPlan ? withPlan(lines.every(({ pace }) => pace.daysLeft === 0)) : []),
    ...ALWAYS,
    ...(wastes ? [number('waste_provable', 'Proven waste')] : []),
  ]
}

/** The lines a reader sees: the largest, and every line that stops or moves, up to as many again. */
export function shownLines(
  lines: readonly LineReview[],
  moves: readonly BudgetMove[],
): readonly LineReview[] {
  const moved = new Set(moves.flatMap((move) => [move.fromLine, move.toLine]))
  const others = lines
    .slice(LINES_SHOWN)
    .filter((review) => isToldByStopLoss(review) || moved.has(review.line.id))
  return [...lines.slice(0, LINES_SHOWN), ...others.slice(0, LINES_SHOWN)]
}

/** The largest lines with their return and what they are to do. */
export function lineTable(shown: readonly LineReview[], all: readonly LineReview[]): Table {
  const metrics = lineMetrics(all)
  return {
    id: 'budget.lines',
    title: 'Budget lines',
    columns: [words('line', 'Line'), ...metrics, words('call', 'Call')],
    rows: shown.map(({ line }) => [
      text(line.name),
      ...metrics.map(({ key }) => fact(`${linePrefix(line.id)}.${key}`)),
      { decision: `budget.line:${line.id}` },
    ]),
    ...(all.length > shown.length
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
      .slice(0, MOVES_SHOWN)
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
