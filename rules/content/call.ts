import { daysBetween } from '../kernel/calendar.ts'
import { isMeasured, type Quantity } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision } from '../schema/review.ts'
import type { Decay } from './decay.ts'
import type { Piece } from './input.ts'

const RULE_ID = 'content.call'

/** What the call on a piece looks at. */
export interface CallFacts {
  readonly piece: Piece
  readonly views: Quantity
  readonly conversions: Quantity
  readonly conversionRate: Quantity
  readonly decay: Decay
  /** The conversion rate that parts the best pieces from the rest, and the median of views; not measured with too few pieces. */
  readonly bestConversionRate: Quantity
  readonly medianViews: Quantity
  /** The last day of the review's month. */
  readonly monthEndOn: string
}

interface Verdict {
  readonly action: 'retire' | 'refresh' | 'promote' | 'keep' | 'not_assessable'
  readonly reason: string
}

/**
 * What should be done with a piece? First match wins:
 * not_assessable — nobody measured its views;
 * retire — fewer than `min_views` views, published `stale_days` or more before the month's last day, and no conversion;
 * not_assessable — fewer than `min_views` views;
 * refresh — its views decay;
 * promote — its conversion rate is above zero and at least that of the best, and it is read less than the median piece;
 * keep — everything else.
 */
export function judgePiece(facts: CallFacts, policy: Policy): Decision {
  const { piece, views, conversions, conversionRate, decay } = facts
  const age = piece.publishedOn === null ? null : daysBetween(piece.publishedOn, facts.monthEndOn)
  const { action, reason } = verdictOf(facts, age, policy.content)
  return {
    id: `${RULE_ID}:${piece.contentId}`,
    stage: 'content',
    subject: `content:${piece.contentId}`,
    subjectName: piece.title,
    action,
    reason,
    ruleId: RULE_ID,
    policyVersion: policy.version,
    evidence: {
      views: valueOf(views),
      minViews: policy.content.min_views,
      ageDays: age,
      staleDays: policy.content.stale_days,
      conversions: valueOf(conversions),
      conversionRate: valueOf(conversionRate),
      bestConversionRate: valueOf(facts.bestConversionRate),
      medianViews: valueOf(facts.medianViews),
      viewsChange: valueOf(decay.change),
      decayShare: policy.content.decay_share,
    },
  }
}

function verdictOf(facts: CallFacts, age: number | null, policy: Policy['content']): Verdict {
  const { views, decay } = facts
  if (!isMeasured(views)) return { action: 'not_assessable', reason: 'views_missing' }
  if (views.value < policy.min_views) return smallPiece(facts, age, policy)
  if (decay.decaying) return { action: 'refresh', reason: 'views_decay' }
  return convertsWellReadLittle(facts, views.value)
    ? { action: 'promote', reason: 'converts_well_read_little' }
    : { action: 'keep', reason: 'no_reason_to_change' }
}

/** An old piece that nobody reads and that converts nobody goes; one whose conversions nobody measured stays. */
function smallPiece(
  { conversions }: CallFacts,
  age: number | null,
  policy: Policy['content'],
): Verdict {
  // A piece of unknown age may be new.
  const isOld = (age ?? 0) >= policy.stale_days
  return isOld && conversions.status === 'zero'
    ? { action: 'retire', reason: 'old_unread_without_conversions' }
    : { action: 'not_assessable', reason: 'too_few_views' }
}

/** Where there is nothing to compare with, nothing is among the best and nothing is read little. */
function convertsWellReadLittle(
  { conversionRate, bestConversionRate, medianViews }: CallFacts,
  views: number,
): boolean {
  const rate = valueOf(conversionRate) ?? 0
  const best = valueOf(bestConversionRate) ?? Infinity
  return rate > 0 && rate >= best && views < (valueOf(medianViews) ?? 0)
}

function valueOf(quantity: Quantity): number | null {
  return isMeasured(quantity) ? quantity.value : null
}
