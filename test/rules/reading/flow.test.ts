import { expect, it } from 'vitest'

import { readBack } from '#rules/reading/read-back.ts'
import type { Scene } from '#rules/reading/scene.ts'

const figure = (label: string, current: string) => ({
  labels: [label],
  current,
  previous: null,
  sizes: [],
  direction: 'unknown' as const,
})
const SCENE: Scene = {
  subjects: [
    {
      name: '“Email”',
      figures: [
        { ...figure('full cost', '$500'), previous: '$400', sizes: ['25%'], direction: 'rise' },
        figure('value', '$900'),
        figure('leads', '12'),
        figure('cost per lead', '$42'),
        figure('spend', '$300'),
        figure('amount', '$77'),
      ],
      calls: [],
    },
  ],
  statements: [],
  labels: ['full cost', 'value', 'leads', 'cost per lead', 'spend', 'amount'],
}

it.each([
  ['“Email” brought in a full cost of $500.', 'brought in a SPENT'],
  ['“Email” brought in value of $900 and a full cost of $500.', 'brought in GAINED and a SPENT'],
  ['“Email” earned, overall, spend of $300.', 'earned overall SPENT'],
  ['“Email” brought in a 25% rise in full cost ($400 to $500).', 'brought in a SPENT'],
  ['“Email” brought in a rise in full cost ($400 to $500).', 'brought in a SPENT'],
  ['“Email” brought in a change of 25% in full cost ($400 to $500).', 'brought in a SPENT'],
  ['“Email” generated 12 leads and spend of $300.', 'generated GAINED and SPENT'],
  ['Of “Email”, a full cost of $500 was brought in.', 'SPENT was brought'],
  ['“Email” spent 12 leads.', 'spent GAINED'],
  ['“Email” paid a full cost of $500 and value of $900.', 'paid a SPENT and GAINED'],
])('%s', (text, words) => {
  expect(readBack(text, SCENE)).toBe(`a verb that its figure does not take: ${words}`)
})

it.each([
  '“Email” brought in value of $900 for a full cost of $500.',
  '“Email” brought in 12 leads at a cost per lead of $42.',
  '“Email” delivered a cost per lead of $42.',
  '“Email” took a full cost of $500 and gave value of $900.',
  '“Email” had a full cost of $500 alongside value of $900.',
  '“Email”, with a full cost of $500, brought in value of $900.',
  '“Email” brought in amount of $77.',
])('%s is said as it may be', (text) => {
  expect(readBack(text, SCENE)).toBeNull()
})
