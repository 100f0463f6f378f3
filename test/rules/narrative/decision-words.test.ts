import { describe, expect, it } from 'vitest'

import {
  decisionPhrase,
  listHeading,
  reasonWords,
  spoken,
} from '#rules/narrative/decision-words.ts'

describe('decisionPhrase', () => {
  it.each([
    ['scale', 'improving_and_roi_at_target', 'a call to scale (improving and ROI at target)'],
    ['keep', 'bound_held', 'a call to keep it as it is (bound held)'],
    ['refresh', 'views_decay', 'a call to refresh it (views decay)'],
    ['write', 'no_row', 'a call to write a page for it (no row)'],
    ['review', 'x', 'a call to have it reviewed by a person (x)'],
    ['revise_copy', 'x', 'a call to revise its copy (x)'],
    ['check_tracking', 'x', 'a call to check it for faults of tracking (x)'],
    ['correct', 'x', 'a call to correct it where it was published (x)'],
    ['increase', 'x', 'a call to give it more budget (x)'],
    ['decrease', 'x', 'a call to give it less budget (x)'],
    ['loss', 'value_below_cost', 'a loss (value below cost)'],
    ['INSUFFICIENT_OUTCOMES', 'too_few', 'too few outcomes for a judgement (too few)'],
    ['some_new_action', 'x', 'the call “some new action” (x)'],
  ])('says %s because of %s', (action, reason, phrase) => {
    expect(decisionPhrase({ action, reason })).toBe(phrase)
  })
})

describe('listHeading', () => {
  it.each([
    ['refresh', 'to refresh'],
    ['keep', 'to keep as it is'],
    ['correct', 'to correct where it was published'],
    ['relied_on', 'credit that can be relied on'],
    ['some_new_action', 'the call “some new action”'],
  ])('heads subjects under %s', (action, heading) => {
    expect(listHeading(action)).toBe(heading)
  })

  it('says of a subject and of a list the same of every call', () => {
    for (const action of ['hold', 'pause', 'stop', 'revise', 'investigate', 'scale']) {
      expect(decisionPhrase({ action, reason: 'x' })).toBe(`a call ${listHeading(action)} (x)`)
    }
  })
})

describe('reasons in words', () => {
  it('lists several and writes short forms in capitals', () => {
    expect(reasonWords('declining')).toBe('declining')
    expect(reasonWords('improving_and_roi_at_target_and_priority_segment')).toBe(
      'improving, ROI at target and priority segment',
    )
    expect(spoken('cpa_proven_above_target')).toBe('CPA proven above target')
    expect(spoken('mqls_without_sql')).toBe('MQLs without SQL')
    expect(spoken('heroic_roi')).toBe('heroic ROI')
  })
})
