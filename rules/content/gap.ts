import { isMeasured } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision } from '../schema/review.ts'
import type { SearchResult } from './search.ts'

const RULE_ID = 'content.gap'

/** A query with its search results. */
export interface Query {
  readonly text: string
  readonly result: SearchResult
}

/** A query with demand that no good page answers, and how its facts begin. */
export interface GapLine extends Query {
  readonly prefix: string
  readonly decision: Decision
}

/**
 * Is there demand that no good page answers?
 *
 * A query is a gap when it was shown at least `gap_min_impressions` times and our pages stood, on average, behind `gap_position`. Every other
 * query with that much demand is answered; below it there is no demand to speak of. Without impressions nothing is said about demand.
 */
export function judgeGap(query: Query, policy: Policy): Decision {
  const { impressions, position, clicks } = query.result
  const { gap_min_impressions: minImpressions, gap_position: positionMax } = policy.content
  const shown = isMeasured(impressions) ? impressions.value : null
  const place = isMeasured(position) ? position.value : null
  const decision = {
    id: `${RULE_ID}:${query.text}`,
    stage: 'content' as const,
    subject: `query:${query.text}`,
    subjectName: query.text,
    ruleId: RULE_ID,
    policyVersion: policy.version,
    evidence: {
      impressions: shown,
      minImpressions,
      position: place,
      positionMax,
      clicks: isMeasured(clicks) ? clicks.value : null,
    },
  }
  if (shown === null)
    return { ...decision, action: 'not_assessable', reason: 'impressions_missing' }
  if (shown < minImpressions) return { ...decision, action: 'no_demand', reason: 'few_impressions' }
  if (place === null) return { ...decision, action: 'not_assessable', reason: 'position_missing' }
  return place > positionMax
    ? { ...decision, action: 'write', reason: 'demand_without_a_good_page' }
    : { ...decision, action: 'answered', reason: 'page_ranks_well' }
}
