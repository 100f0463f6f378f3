import { describe, expect, test } from 'vitest'

import { flightTable, lineTable, moveTable, shownLines } from '#rules/budget/tables.ts'
import { notMeasured } from '#rules/kernel/quantity.ts'
import type { BudgetMove } from '#rules/schema/budget-move.ts'

import { carriedMove } from './recorded-move.ts'
import { type LineChanges, reviewedLine } from './reviewed-line.ts'

const proposed = (changes: Partial<BudgetMove> = {}) =>
  carriedMove({ id: 'MOVE:C1/A>C1/B', origin: 'proposed', actionId: null, ...changes })

/** The last word of a fact's id. */
const metricOf = (cell: object | undefined) =>
  cell !== undefined && 'fact' in cell ? String(cell.fact).split('.').at(-1) : cell

describe('the table of moves', () => {
  test('has what moves, why, what it would bring and how it stands', () => {
    const { columns, rows } = moveTable([carriedMove()])
    expect(columns.map(({ key, numeric }) => [key, numeric])).toEqual([
      ['from', false],
      ['to', false],
      ['amount', true],
      ['reason', false],
      ['low', true],
      ['mid', true],
      ['high', true],
      ['state', false],
    ])
    expect(rows.map((row) => row.map(metricOf))).toEqual([
      [
        { text: 'A in C1' },
        { text: 'B in C1' },
        'amount',
        { text: 'scale winner' },
        'impact_low',
        'impact_mid',
        'impact_high',
        { chip: 'info', text: 'waiting' },
      ],
    ])
  })

  test('says how a move stands', () => {
    const states = moveTable([
      carriedMove(),
      proposed(),
      carriedMove({ concerns: ['same_line'] }),
    ]).rows.map((row) => row.at(-1))
    expect(states).toEqual([
      { chip: 'info', text: 'waiting' },
      { chip: 'info', text: 'proposed' },
      { chip: 'bad', text: 'waiting, with concerns' },
    ])
  })

  test('shows 24 moves at most', () => {
    expect(moveTable(Array.from({ length: 25 }, () => carriedMove())).rows).toHaveLength(24)
  })
})

describe('the lines that are shown', () => {
  const lines = (isStopped: (index: number) => boolean, length = 20) =>
    Array.from({ length }, (_line, index) =>
      reviewedLine(`L${index}`, isStopped(index) ? { stop: { action: 'stop' } } : {}),
    )
  const shown = (all: ReturnType<typeof lines>, moves: readonly BudgetMove[] = []) =>
    shownLines(all, moves).map(({ line }) => line.channelId)

  test('are the twelve largest, and of the others those that stop or move', () => {
    const one = lines((index) => index === 15)
    expect(shown(one)).toHaveLength(13)
    expect(shown(one).at(-1)).toBe('L15')
    const moves = [proposed({ fromLine: 'C1/L18', toLine: 'C1/L16' })]
    expect(shown(one, moves).slice(12)).toEqual(['L15', 'L16', 'L18'])
  })

  test('are as many again at most', () => {
    expect(shown(lines(() => true, 30))).toHaveLength(24)
  })
})

describe('the table of lines', () => {
  const keys = (...changes: LineChanges[]) => {
    const lines = changes.map((own, index) => reviewedLine(`L${index}`, own))
    return lineTable(lines, lines).columns.map(({ key }) => key)
  }
  const PLAIN = [
    'line',
    'planned',
    'remainder',
    'forecast',
    'spend',
    'return',
    'marginal_return',
    'call',
  ]
  const WASTEFUL = [...PLAIN.slice(0, -1), 'waste_provable', 'call']
  const unplanned = { line: { planned: notMeasured('none') } }

  test('has a row for each line shown, and says that there are others', () => {
    const lines = [reviewedLine('A'), reviewedLine('B')]
    const all = lineTable(lines, lines)
    expect(all.rows.map((row) => row.map(metricOf))).toEqual(
      ['A', 'B'].map((channel) => [
        { text: `${channel} in C1` },
        ...PLAIN.slice(1, -1),
        { decision: `budget.line:C1/${channel}` },
      ]),
    )
    expect(all).not.toHaveProperty('note')
    expect(lineTable(lines.slice(0, 1), lines).note).toBe(
      'The largest of {{budget.evidence.lines}} lines; the others are in the totals.',
    )
    expect(all.columns.filter(({ numeric }) => !numeric).map(({ key }) => key)).toEqual([
      'line',
      'call',
    ])
  })

  test('waste has a column only where a line wastes or stops', () => {
    expect(keys({})).toEqual(PLAIN)
    expect(keys({}, { stop: { action: 'stop' } })).toEqual(WASTEFUL)
    expect(keys({}, { review: { waste: { provable: 1, estimated: 0 } } })).toEqual(WASTEFUL)
    expect(keys({ review: { waste: { provable: 0, estimated: 9 } } })).toEqual(PLAIN)
  })

  test('plans have columns where any line has one', () => {
    expect(keys({}, unplanned)).toEqual(PLAIN)
    expect(keys(unplanned)).toEqual(['line', 'spend', 'return', 'marginal_return', 'call'])
  })

  test('what is left is the next month’s once the month of all lines is over', () => {
    const label = (...daysLeft: readonly number[]) => {
      const lines = daysLeft.map((days) => reviewedLine('A', { pace: { daysLeft: days } }))
      return lineTable(lines, lines).columns[2]?.label
    }
    expect(label(0, 0)).toBe('Left to give, next month')
    expect(label(0, 1)).toBe('Left to give')
  })
})

test('a flight has its figures in order, and twelve at most are shown', () => {
  const nothing = notMeasured('none')
  const flight = {
    campaignId: 'C1',
    name: 'Spring',
    budget: nothing,
    spend: nothing,
    spendRows: 0,
    utilisation: nothing,
    elapsed: nothing,
  }
  const { rows, columns } = flightTable(Array.from({ length: 13 }, () => flight))
  expect(rows).toHaveLength(12)
  expect(rows[0]?.map(metricOf)).toEqual([
    { text: 'Spring' },
    'budget',
    'spend',
    'utilisation',
    'elapsed',
  ])
  expect(columns.map(({ key, numeric }) => [key, numeric])).toEqual([
    ['campaign', false],
    ['budget', true],
    ['spend', true],
    ['utilisation', true],
    ['elapsed', true],
  ])
})
