import { reviewLeadScoring } from '#rules/leads/review.ts'

import type { Agent } from '../ports.ts'
import { gather } from './gather.ts'

/** Lead scoring: reads the leads and asks how many sales takes, and whether the score that picks them can be trusted. */
export const leadScoringAgent: Agent = {
  stage: 'lead_scoring',
  run: async (context, { warehouse }) =>
    reviewLeadScoring(await gather(context, warehouse), {
      month: context.month,
      asOfOn: context.asOfOn,
      policy: context.policy,
    }),
}
