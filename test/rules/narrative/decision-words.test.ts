import { describe, expect, it } from 'vitest'

import {
  decisionPhrase,
  listHeading,
  reasonWords,
  spoken,
} from '#rules/narrative/decision-words.ts'

/** Every call: as something its subject has, and as the heading of a list. */
const CALLS = [
  ['keep', 'a call to keep it as it is', 'to keep as it is'],
  ['refresh', 'a call to refresh it', 'to refresh'],
  ['promote', 'a call to promote it', 'to promote'],
  ['retire', 'a call to retire it', 'to retire'],
  ['write', 'a call to write a page for it', 'to write a page for'],
  ['hold', 'a call to hold', 'to hold'],
  ['scale', 'a call to scale', 'to scale'],
  ['revise', 'a call to revise', 'to revise'],
  ['stop', 'a call to stop', 'to stop'],
  ['pause', 'a call to pause', 'to pause'],
  ['watch', 'a call to watch it', 'to watch'],
  ['review', 'a call to have it reviewed by a person', 'to have reviewed by a person'],
  [
    'check_tracking',
    'a call to check it for faults of tracking',
    'to check for faults of tracking',
  ],
  ['revise_copy', 'a call to revise its copy', 'to revise the copy of'],
  ['investigate', 'a call to investigate', 'to investigate'],
  ['correct', 'a call to correct it where it was published', 'to correct where it was published'],
  ['decide', 'a call to decide on it', 'to decide on'],
  ['increase', 'a call to give it more budget', 'to give more budget'],
  ['decrease', 'a call to give it less budget', 'to give less budget'],
] as const

/** Every finding, which is said alike of one subject and of a list. */
const FINDINGS = [
  ['none', 'no call'],
  ['on_target', 'performance on target'],
  ['below_target', 'performance below target'],
  ['profit', 'a profit below target'],
  ['loss', 'a loss'],
  ['met', 'its target met'],
  ['missed', 'its target missed'],
  ['untraceable', 'spend that cannot be traced'],
  ['reconciled', 'spend that is reconciled'],
  ['relied_on', 'credit that can be relied on'],
  ['directional', 'credit to be read as a direction only'],
  ['WIN', 'a winning result'],
  ['LOSS', 'a losing result'],
  ['DIRECTIONAL', 'a result to be read as a direction only'],
  ['INCONCLUSIVE', 'an inconclusive result'],
  ['INSUFFICIENT_OUTCOMES', 'too few outcomes for a judgement'],
  ['not_assessable', 'no judgement possible'],
  ['not_assessed', 'no judgement made'],
  ['unknown', 'no judgement yet'],
  ['overclaimed', 'more conversions claimed than counted'],
  ['plausible', 'plausible claims'],
  ['pass', 'figures that add up'],
  ['attention', 'a state that needs attention'],
  ['critical', 'a critical state'],
  ['on_track', 'a state on track'],
  ['answered', 'a page that answers it'],
  ['no_demand', 'no demand'],
  ['question', 'a published figure in question'],
  ['go_on', 'a call to go on'],
] as const

describe('every action of the rules', () => {
  it.each(CALLS)('%s is %s, and %s of several', (action, phrase, heading) => {
    expect(decisionPhrase({ action, reason: 'x' })).toBe(`${phrase} (x)`)
    expect(listHeading(action)).toBe(heading)
  })

  it.each(FINDINGS)('%s is %s', (action, phrase) => {
    expect(decisionPhrase({ action, reason: 'x' })).toBe(`${phrase} (x)`)
    expect(listHeading(action)).toBe(phrase)
  })
})

describe('decisionPhrase', () => {
  it.each([
    ['scale', 'improving_and_roi_at_target', 'a call to scale (improving and ROI at target)'],
    ['loss', 'value_below_cost', 'a loss (value below cost)'],
    ['some_new_action', 'x', 'the call “some new action” (x)'],
  ])('says %s because of %s', (action, reason, phrase) => {
    expect(decisionPhrase({ action, reason })).toBe(phrase)
  })
})

describe('listHeading', () => {
  it('heads an action without words of its own by its name', () => {
    expect(listHeading('some_new_action')).toBe('the call “some new action”')
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
