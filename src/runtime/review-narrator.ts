import type { NarratorDeps } from '../llm/narrate.ts'
import { createNarrator, type NarratorSettings } from '../llm/narrator.ts'
import { createLlmLedger } from '../store/llm-calls.ts'
import type { Store } from '../store/store.ts'
import type { ReviewSession } from './session.ts'
import { tracedModel } from './traced-ports.ts'

/** The narrator of a review under its own policy, with its calls kept in the store; undefined without a model. */
export function narratorOf(
  settings: NarratorSettings | undefined,
  store: Store,
  { review, context }: ReviewSession,
): NarratorDeps | undefined {
  const policy = context.policy.narrative
  const ledger = createLlmLedger(store.pool, {
    reviewId: review.reviewId,
    breakerMinutes: policy.breaker.minutes,
    keepRepliesDays: policy.keep_replies_days,
  })
  const narrator = createNarrator(settings, { policy, ledger })
  return narrator === undefined ? undefined : { ...narrator, model: tracedModel(narrator.model) }
}
