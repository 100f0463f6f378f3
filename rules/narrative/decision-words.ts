import { enumerated } from '../kernel/enumeration.ts'
import type { Decision } from '../schema/review.ts'

/** Calls that ask for something to be done: what is to be done, in words of the field. */
const CALLS: ReadonlyMap<string, string> = new Map([
  ['keep', 'keep as it is'],
  ['refresh', 'refresh'],
  ['promote', 'promote'],
  ['retire', 'retire'],
  ['write', 'write a page for'],
  ['hold', 'hold'],
  ['scale', 'scale'],
  ['revise', 'revise'],
  ['stop', 'stop'],
  ['pause', 'pause'],
  ['watch', 'watch'],
  ['review', 'have reviewed by a person'],
  ['check_tracking', 'check for faults of tracking'],
  ['revise_copy', 'revise the copy of'],
  ['investigate', 'investigate'],
  ['correct', 'correct where it was published'],
  ['decide', 'decide on'],
  ['increase', 'give more budget'],
  ['decrease', 'give less budget'],
])

/** Findings on a subject, as something it has. */
const STATES: ReadonlyMap<string, string> = new Map([
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
])

/** Calls that are not said without their object: `a recommendation to keep it as it is`, but `a recommendation to scale`. */
const CALLS_ON_IT: ReadonlyMap<string, string> = new Map([
  ['keep', 'keep it as it is'],
  ['refresh', 'refresh it'],
  ['promote', 'promote it'],
  ['retire', 'retire it'],
  ['write', 'write a page for it'],
  ['watch', 'watch it'],
  ['decide', 'decide on it'],
  ['review', 'have it reviewed by a person'],
  ['correct', 'correct it where it was published'],
  ['check_tracking', 'check it for faults of tracking'],
  ['revise_copy', 'revise its copy'],
  ['increase', 'give it more budget'],
  ['decrease', 'give it less budget'],
])

/** A decision as something its subject has, with its reason: `a loss (value below cost)`. An action without words of its own stands as it is. */
export function decisionPhrase({ action, reason }: Pick<Decision, 'action' | 'reason'>): string {
  const call = CALLS.get(action)
  const words =
    call === undefined
      ? (STATES.get(action) ?? `the call “${spoken(action)}”`)
      : `a recommendation to ${CALLS_ON_IT.get(action) ?? call}`
  return `${words} (${reasonWords(reason)})`
}

/** What a list of subjects under one action is called: `to refresh`, `credit that can be relied on`. */
export function listHeading(action: string): string {
  const call = CALLS.get(action)
  return call === undefined ? (STATES.get(action) ?? `the call “${spoken(action)}”`) : `to ${call}`
}

/** Reasons whose codes read as codes, in words. All others are spoken as they stand. */
const REASONS: ReadonlyMap<string, string> = new Map([
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
])

/** A reason in words, several as a list: `improving, ROI at target and priority segment`. */
export function reasonWords(reason: string): string {
  return REASONS.get(reason) ?? enumerated(reason.split('_and_').map(spoken))
}

/** Short forms that are written in capitals, and several of them. */
const SHORT_FORMS = /\b(roi|roas|mql|sql|cac|cpa|cpc|ctr|auc)(s?)\b/g

/** `not_assessable` → `not assessable`; codes come from closed sets of the rules. */
export function spoken(code: string): string {
  return code
    .replaceAll('_', ' ')
    .replace(SHORT_FORMS, (_whole, form: string, plural: string) => form.toUpperCase() + plural)
}
