import { describe, expect, test } from 'vitest'

import { plainFunnel, planFunnel } from '#rules/funnel/definition.ts'

describe('planFunnel', () => {
  test('numbers stages in the order they come, steps before exclusions', () => {
    const plan = planFunnel({
      ...plainFunnel(['visit', 'signup', 'visit'], 5),
      exclusions: [{ stage: 'bounce', fromStep: 0, toStep: 2 }],
    })
    expect([...plan.kindOfStage]).toEqual([
      ['visit', 0],
      ['signup', 1],
      ['bounce', 2],
    ])
    expect(plan.kindOfStep).toEqual([0, 1, 0])
    expect(plan.stepsOfKind).toEqual([[2, 0], [1], []])
    expect(plan.exclusionsOfKind).toEqual([[], [], [0, 1]])
    expect(plan.laterSteps).toEqual([2, 1])
  })

  test('an exclusion reaches from its first step to its last', () => {
    const plan = planFunnel({
      ...plainFunnel(['a', 'b', 'c', 'd'], 5),
      exclusions: [{ stage: 'x', fromStep: 1, toStep: 3 }],
    })
    expect(plan.exclusionsOfKind.at(-1)).toEqual([1, 2])
  })

  test('a shared vocabulary comes first, so that plans can read the same log', () => {
    const plan = planFunnel(plainFunnel(['c', 'a'], 5), ['a', 'b', 'c'])
    expect(plan.kindOfStep).toEqual([2, 0])
    expect(plan.stepsOfKind).toEqual([[1], [], [0]])
  })

  test('a plain funnel is any attempt without exclusions', () => {
    expect(plainFunnel(['a', 'b'], 7)).toEqual({
      steps: ['a', 'b'],
      order: 'any_attempt',
      windowMs: 7,
      exclusions: [],
      excluded: 'leaves',
    })
  })

  test.each([
    ['no steps', plainFunnel([], 5), 'expected at least one step'],
    ['a negative window', plainFunnel(['a'], -1), 'expected a window of at least 0 ms, got -1'],
    ['an endless window', plainFunnel(['a'], Infinity), 'got Infinity'],
    ['a window that is no number', plainFunnel(['a'], Number.NaN), 'got NaN'],
    [
      'an exclusion that ends before it begins',
      { ...plainFunnel(['a', 'b'], 5), exclusions: [{ stage: 'x', fromStep: 1, toStep: 1 }] },
      'between two steps',
    ],
    [
      'an exclusion before the funnel',
      { ...plainFunnel(['a', 'b'], 5), exclusions: [{ stage: 'x', fromStep: -1, toStep: 1 }] },
      'between two steps',
    ],
    [
      'an exclusion beyond the funnel',
      { ...plainFunnel(['a', 'b'], 5), exclusions: [{ stage: 'x', fromStep: 0, toStep: 2 }] },
      'between two steps',
    ],
  ])('refuses %s', (_name, definition, message) => {
    expect(() => planFunnel(definition)).toThrow(message)
  })

  test('a window of nothing and a single step are funnels', () => {
    expect(planFunnel(plainFunnel(['a'], 0)).kindOfStep).toEqual([0])
  })
})
