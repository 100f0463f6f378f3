import { invariant } from '../kernel/invariant.ts'
import type { Authority } from './decision-rights.ts'

/** One decision on a request, taken with an authority that `decision-rights.ts` granted. */
export interface RecordedDecision {
  readonly authority: Authority
  readonly outcome: 'approved' | 'rejected'
}

/** Where a request stands: `missing` says how many different people still have to agree. */
export interface Quorum {
  readonly state: 'pending' | 'approved' | 'rejected'
  readonly missing: number
}

/**
 * Have enough different people agreed?
 *
 * One rejection rejects. Approvals count when neither their person nor their principal counted before, so a principal and a delegate are
 * one. Approved when the count reaches `approvers`; a tier without approvers is approved at once.
 *
 * @param decisions In the order they were recorded.
 * @param approvers ≥ 0, of the tier.
 * @throws InvariantError when `approvers` is negative or fractional.
 */
export function quorumOf(decisions: readonly RecordedDecision[], approvers: number): Quorum {
  invariant(
    Number.isInteger(approvers) && approvers >= 0,
    'quorumOf: approvers must be a whole count',
  )
  if (decisions.some((decision) => decision.outcome === 'rejected')) {
    return { state: 'rejected', missing: 0 }
  }
  const missing = Math.max(0, approvers - countDistinct(decisions))
  return { state: missing === 0 ? 'approved' : 'pending', missing }
}

function countDistinct(decisions: readonly RecordedDecision[]): number {
  const seen = new Set<string>()
  let count = 0
  for (const { authority } of decisions) {
    const names = [authority.personId, authority.principalId]
    if (names.every((name) => !seen.has(name))) count++
    for (const name of names) seen.add(name)
  }
  return count
}
