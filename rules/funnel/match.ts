import { createAnyAttemptMatcher } from './any-attempt.ts'
import type { FunnelDefinition, FunnelPlan } from './definition.ts'
import { createFirstEntryMatcher } from './first-entry.ts'
import type { Matcher } from './person-events.ts'
import { createStrictMatcher } from './strict.ts'
import { createUnorderedMatcher } from './unordered.ts'

const MATCHERS: Readonly<Record<FunnelDefinition['order'], (plan: FunnelPlan) => Matcher>> = {
  any_attempt: createAnyAttemptMatcher,
  first_entry: createFirstEntryMatcher,
  strict: createStrictMatcher,
  strict_repeats: createStrictMatcher,
  unordered: createUnorderedMatcher,
}

/** The matcher for the order a funnel is read in. */
export function createMatcher(plan: FunnelPlan): Matcher {
  return MATCHERS[plan.order](plan)
}
