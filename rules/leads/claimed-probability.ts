import type { LeadPolicy } from '../policy/leads.ts'
import type { ForecastLead } from './accuracy.ts'
import type { SettledLead } from './input.ts'
import { probabilityAt } from './logistic-fit.ts'
import { fitSoftLine } from './recalibration.ts'

/** A settled lead with the chance to win that its score stood for before the outcome was known. */
export interface ClaimedLead extends ForecastLead {
  readonly channelId: string | null
}

/** Settled leads by time: what a score claims is learned or read before the outcomes it is judged on. */
export interface ClaimedOutcomes {
  /** Outcomes on which a correction is learned; older than `judge`. */
  readonly fit: readonly ClaimedLead[]
  /** The newest outcomes, on which it is judged. */
  readonly judge: readonly ClaimedLead[]
}

/**
 * What chance to win does each score stand for?
 *
 * A probability is read as score ÷ maximum; the older two thirds then fit corrections and the newest third judges them. Points claim only an
 * order: the oldest third teaches the chance at each score (a logistic line), the second fits corrections, the newest judges them, so that no
 * outcome is used to judge what was learned from it.
 *
 * @param settled Oldest first.
 * @returns null with fewer than three leads, and when points do not vary in the oldest third: then no chance can be learned.
 */
export function claimProbabilities(
  settled: readonly SettledLead[],
  policy: Pick<LeadPolicy, 'score_meaning' | 'score_max'>,
): ClaimedOutcomes | null {
  const third = Math.floor(settled.length / 3)
  if (third === 0) return null
  const newest = settled.slice(2 * third)
  if (policy.score_meaning === 'probability') {
    const claim = asProbability(policy.score_max)
    return { fit: settled.slice(0, 2 * third).map(claim), judge: newest.map(claim) }
  }
  const claim = learnFrom(settled.slice(0, third))
  return claim && { fit: settled.slice(third, 2 * third).map(claim), judge: newest.map(claim) }
}

/**
 * How many scores claim more than certainty or less than nothing, and are read as 1 or 0?
 *
 * @returns Leads whose score ÷ maximum lies outside [0, 1]; 0 for points, which claim no chance.
 */
export function countOutsideRange(
  settled: readonly SettledLead[],
  policy: Pick<LeadPolicy, 'score_meaning' | 'score_max'>,
): number {
  if (policy.score_meaning !== 'probability') return 0
  return settled.filter(({ score }) => score < 0 || score > policy.score_max).length
}

type Claim = (lead: SettledLead) => ClaimedLead

function asProbability(maximum: number): Claim {
  return ({ score, converted, channelId }) => ({
    probability: Math.min(Math.max(score / maximum, 0), 1),
    converted,
    channelId,
  })
}

function learnFrom(oldest: readonly SettledLead[]): Claim | null {
  const line = fitSoftLine(oldest.map(({ score, converted }) => ({ x: score, converted })))
  if (line === null) return null
  return ({ score, converted, channelId }) => ({
    probability: probabilityAt(line, score),
    converted,
    channelId,
  })
}
