import type { Decision } from '../schema/review.ts'

/** Calls that ask for something to be done, in words of the field. */
const CALLS: ReadonlyMap<string, string> = new Map([
  ['keep', 'a call to keep it as it is'],
  ['refresh', 'a call to refresh it'],
  ['promote', 'a call to promote it'],
  ['retire', 'a call to retire it'],
  ['write', 'a call to write a page for it'],
  ['hold', 'a call to hold'],
  ['scale', 'a call to scale'],
  ['revise', 'a call to revise'],
  ['stop', 'a call to stop'],
  ['pause', 'a call to pause'],
  ['watch', 'a call to watch it'],
  ['review', 'a call for review by a person'],
  ['check_tracking', 'a call to check the tracking'],
  ['revise_copy', 'a call to revise the copy'],
  ['investigate', 'a call to investigate'],
  ['correct', 'a call to correct what was published'],
  ['question', 'a published figure in question'],
  ['decide', 'a call to decide'],
  ['increase', 'a call to increase its budget'],
  ['decrease', 'a call to decrease its budget'],
  ['go_on', 'a call to go on'],
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
  ['overclaimed', 'more conversions claimed than counted'],
  ['plausible', 'plausible claims'],
  ['pass', 'figures that add up'],
  ['attention', 'a state that needs attention'],
  ['critical', 'a critical state'],
  ['on_track', 'a state on track'],
  ['answered', 'a page that answers it'],
  ['no_demand', 'no demand'],
])

/** A decision as something its subject has: `a loss (basis: value below cost)`. An action without words of its own stands as it is. */
export function decisionPhrase({ action, reason }: Pick<Decision, 'action' | 'reason'>): string {
  const words = CALLS.get(action) ?? STATES.get(action) ?? `the call “${spoken(action)}”`
  return `${words} (basis: ${spoken(reason)})`
}

/** What a list of subjects under one action is called: `a call to refresh it`. */
export function listHeading(action: string): string {
  return CALLS.get(action) ?? STATES.get(action) ?? `the call “${spoken(action)}”`
}

/** `not_assessable` → `not assessable`; codes come from closed sets of the rules. */
export function spoken(code: string): string {
  return code.replaceAll('_', ' ')
}
