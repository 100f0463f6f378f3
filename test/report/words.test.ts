import { describe, expect, it } from 'vitest'

import { indexReview, monthName, moveReason, renderText, spoken } from '#src/report/words.ts'

const stage = {
  stage: 'funnel' as const,
  status: 'assessed' as const,
  facts: [
    {
      id: 'funnel.visits',
      label: 'Visits',
      unit: 'count' as const,
      status: 'known' as const,
      value: 1200,
      source: [],
    },
    {
      id: 'funnel.signups',
      label: 'Signups',
      unit: 'count' as const,
      status: 'not_measured' as const,
      value: null,
      reason: 'no signup was counted',
      source: [],
    },
  ],
  decisions: [],
  findings: [],
  tables: [],
  charts: [],
  summary: [],
}

describe('a template in words', () => {
  const index = indexReview([stage])

  it.each([
    ['{{funnel.visits}} came.', '1,200 came.'],
    ['{{funnel.signups}} signed up.', 'not measured signed up.'],
    ['{{funnel.leads}} left.', '[no fact funnel.leads] left.'],
    ['Nothing happened.', 'Nothing happened.'],
  ])('%s reads %s', (template, text) => {
    expect(renderText(template, index)).toBe(text)
  })

  it.each([
    ['not_assessable', 'not assessable'],
    ['a_b_c', 'a b c'],
    ['hold', 'hold'],
  ])('the code %s is spoken as %s', (code, words) => {
    expect(spoken(code)).toBe(words)
  })

  it.each([
    ['2026-01', 'January 2026'],
    ['2026-12', 'December 2026'],
  ])('%s is %s', (month, name) => {
    expect(monthName(month)).toBe(name)
  })

  it.each([
    ['L2', 'L3', 'higher marginal return'],
    [undefined, undefined, 'higher marginal return'],
    [
      'L1',
      'L2',
      'higher marginal return; how one of the lines would respond is assumed by the policy, not measured',
    ],
    [
      'L1',
      'L1',
      'higher marginal return; how both lines would respond is assumed by the policy, not measured',
    ],
  ])(
    'a move between lines at %s and %s says whether its response is assumed',
    (from, to, words) => {
      const basis = from === undefined ? {} : { evidence_from: from, evidence_to: to }
      expect(moveReason({ reasonCode: 'higher_marginal_return', basis })).toBe(words)
    },
  )
})
