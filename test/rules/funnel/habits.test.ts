import { describe, expect, test } from 'vitest'

import { planFunnel } from '#rules/funnel/definition.ts'
import { createHabitTally, type Habit, judgeHabits } from '#rules/funnel/habits.ts'
import { createMatcher } from '#rules/funnel/match.ts'

import { personOf, type Row, rowsOf } from './persons.ts'

/** A to B within 10 ms; D and E are numbered besides, F is not. */
const PLAN = planFunnel(
  {
    steps: ['A', 'B'],
    order: 'any_attempt',
    windowMs: 10,
    exclusions: [],
    excluded: 'leaves',
  },
  ['A', 'B', 'D', 'E'],
)

function habitsOf(...persons: readonly string[]): Habit[] {
  const match = createMatcher(PLAN)
  const tally = createHabitTally(PLAN)
  for (const text of persons) {
    const rows: Row[] = rowsOf(text)
    const person = personOf(PLAN, rows)
    tally.enter(person, match(person))
  }
  return tally.finish()
}

describe('createHabitTally', () => {
  test('counts persons of both outcomes, each once', () => {
    expect(habitsOf('A0 D1 D2 B5', 'A0 D1 B5', 'A0 B5', 'A0 D3', 'A0 E4', 'A0')).toEqual([
      {
        stage: 'D',
        table: { successWith: 2, failureWith: 1, successTotal: 3, failureTotal: 3 },
      },
      {
        stage: 'E',
        table: { successWith: 0, failureWith: 1, successTotal: 3, failureTotal: 3 },
      },
    ])
  })

  test.each([
    ['before the entry', 'D0 A1 B5', 0],
    ['at the entry', 'D1 A1 B5', 1],
    ['at the completion', 'A1 B5 D5', 1],
    ['after the completion', 'A1 B5 D6', 0],
    ['at the end of the window', 'A1 D11', 1],
    ['after the window', 'A1 D12', 0],
  ])('an event %s', (_when, text, seen) => {
    const [habit] = habitsOf(text)
    expect((habit?.table.successWith ?? 0) + (habit?.table.failureWith ?? 0)).toBe(seen)
  })

  test('what the next person in the log did is not theirs', () => {
    const rows = rowsOf('A0 A0 D1')
    const tally = createHabitTally(PLAN)
    const person = { ...personOf(PLAN, rows), to: 1 }
    tally.enter(person, createMatcher(PLAN)(person))
    expect(tally.finish()).toEqual([])
  })

  test('steps and unnumbered events are no habits', () => {
    expect(habitsOf('A0 F1 A2 B3')).toEqual([])
  })
})

describe('judgeHabits', () => {
  const habit = (stage: string, successWith: number, failureWith: number, successTotal = 100) => ({
    stage,
    table: { successWith, failureWith, successTotal, failureTotal: 300 },
  })

  test('tells what goes with the goal, with dropping off, and with neither', () => {
    const found = judgeHabits([habit('c', 25, 75), habit('b', 10, 150), habit('a', 80, 60)], 0.05)
    expect(found.map(({ stage, goesWith }) => [stage, goesWith])).toEqual([
      ['a', 'completing'],
      ['b', 'dropping_off'],
      ['c', 'not_told_apart'],
    ])
  })

  test('corrects for the number of habits: twice the p of one where two are looked at', () => {
    const p = judgeHabits([habit('a', 40, 75)], 0.05)[0]?.adjustedP ?? 1
    const called = (habits: readonly Habit[], alpha: number) =>
      judgeHabits(habits, alpha).map(({ stage, goesWith }) => `${stage} ${goesWith}`)
    expect(called([habit('a', 40, 75)], 1.5 * p)).toEqual(['a completing'])
    expect(called([habit('a', 40, 75)], p)).toEqual(['a not_told_apart'])
    const pair = [habit('b', 25, 75), habit('a', 40, 75)]
    expect(judgeHabits(pair, 0.05)[0]?.adjustedP).toBeCloseTo(2 * p, 12)
    expect(called(pair, 1.5 * p)).toEqual(['a not_told_apart', 'b not_told_apart'])
  })

  test('an equal p goes by name', () => {
    expect(judgeHabits([habit('z', 25, 75), habit('y', 25, 75)], 0.05)[0]?.stage).toBe('y')
  })

  test('says nothing of few persons or a rare outcome, however small p is', () => {
    const few = { successWith: 5, failureWith: 0, successTotal: 100, failureTotal: 300 }
    const rare = { successWith: 25, failureWith: 10, successTotal: 29, failureTotal: 300 }
    const found = judgeHabits(
      [
        { stage: 'few', table: few },
        { stage: 'rare', table: rare },
      ],
      0.05,
    )
    expect(found.every(({ adjustedP }) => adjustedP < 0.05)).toBe(true)
    expect(found.map(({ goesWith }) => goesWith)).toEqual(['not_told_apart', 'not_told_apart'])
    expect(judgeHabits([], 0.05)).toEqual([])
  })
})
