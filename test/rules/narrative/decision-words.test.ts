import { describe, expect, it } from 'vitest'

import {
  decisionPhrase,
  listHeading,
  reasonWords,
  spoken,
} from '#rules/narrative/decision-words.ts'

/** Every call: as something its subject has, and as the heading of a list. */
const CALLS = [
  ['keep', 'a recommendation to keep it as it is', 'to keep as it is'],
  ['refresh', 'a recommendation to refresh it', 'to refresh'],
  ['promote', 'a recommendation to promote it', 'to promote'],
  ['retire', 'a recommendation to retire it', 'to retire'],
  ['write', 'a recommendation to write a page for it', 'to write a page for'],
  ['hold', 'a recommendation to hold', 'to hold'],
  ['scale', 'a recommendation to scale', 'to scale'],
  ['revise', 'a recommendation to revise', 'to revise'],
  ['stop', 'a recommendation to stop', 'to stop'],
  ['pause', 'a recommendation to pause', 'to pause'],
  ['watch', 'a recommendation to watch it', 'to watch'],
  ['review', 'a recommendation to have it reviewed by a person', 'to have reviewed by a person'],
  [
    'check_tracking',
    'a recommendation to check it for faults of tracking',
    'to check for faults of tracking',
  ],
  ['revise_copy', 'a recommendation to revise its copy', 'to revise the copy of'],
  ['investigate', 'a recommendation to investigate', 'to investigate'],
  [
    'correct',
    'a recommendation to correct it where it was published',
    'to correct where it was published',
  ],
  ['decide', 'a recommendation to decide on it', 'to decide on'],
  ['increase', 'a recommendation to give it more budget', 'to give more budget'],
  ['decrease', 'a recommendation to give it less budget', 'to give less budget'],
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
  ['stable', 'a figure that is stable'],
  ['undecided', 'a change that decides nothing'],
  ['improving', 'a figure that improves'],
  ['declining', 'a figure that declines'],
  ['overclaimed', 'more conversions claimed than counted'],
  ['plausible', 'plausible claims'],
  ['pass', 'figures that add up'],
  ['attention', 'a state that needs attention'],
  ['critical', 'a critical state'],
  ['on_track', 'a state on track'],
  ['answered', 'a page that answers it'],
  ['no_demand', 'no demand'],
  ['question', 'a published figure in question'],
  ['go_on', 'a recommendation to go on'],
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
    [
      'scale',
      'improving_and_roi_at_target',
      'a recommendation to scale (improving and ROI at target)',
    ],
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
  it.each([
    ['roi_at_least_target', 'ROI at or above the target'],
    ['rate_at_least_target', 'a rate at or above the target'],
    ['rate_below_target', 'a rate below the target'],
    ['too_few_outcomes', 'too few leads have settled'],
    ['support_below_minimum', 'too few conversions behind it'],
    ['supported', 'enough conversions behind it'],
    ['views_decay', 'its readers leave'],
    ['converts_well_read_little', 'it converts well and is read little'],
    ['old_unread_without_conversions', 'it is old, unread and without conversions'],
    ['demand_without_a_good_page', 'people search for it and no page of ours answers'],
    ['thin_evidence', 'too little history to judge by'],
    ['untraceable_share_above_bound', 'more of it untraceable than the policy allows'],
    ['missing_not_zero', 'a row that is missing is not a zero'],
    ['broken', 'nobody goes on'],
    ['far_below', 'far fewer go on than elsewhere'],
    ['underpowered', 'too few people to tell'],
    ['test_excludes_zero', 'the difference is more than chance'],
    ['anytime_excludes_zero', 'the difference is more than chance'],
    ['one_side_missing', 'one side was not measured'],
    ['bound_broken', 'the bound is broken'],
    ['bound_held', 'the bound is held'],
    ['within_chance', 'the change is within chance'],
    ['within_business_minimum', 'the change is shown to be too small to act on'],
    ['below_business_minimum', 'the change is too small to act on'],
    ['size_not_shown', 'the change is beyond chance and its size is not shown'],
    ['immature', 'conversions still to be reported could turn it'],
    ['shown_beyond_minimum', 'the change is shown to be large enough to act on'],
    ['no_row_matched', 'no rule asks for more'],
  ])('says %s as “%s”', (reason, words) => {
    expect(reasonWords(reason)).toBe(words)
  })

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
