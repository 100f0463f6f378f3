import { z } from 'zod'

import { STAGES } from '#rules/schema/review.ts'

import { listApprovals } from '../store/approvals.ts'
import { loadStages } from '../store/stage-results.ts'
import type { Store } from '../store/store.ts'
import { decodeRecords, encodeRecord } from './records.ts'
import { gradeSession } from './review-ports.ts'
import type { ReviewSession } from './session.ts'
import { runSpecialist } from './specialists.ts'

/** One stage computed again. */
export interface ReplayedStage {
  readonly stage: string
  readonly equal: boolean
  /** Ids of decisions that differ, and whether anything else does. */
  readonly differences: readonly string[]
}

/**
 * Computes every finished stage of a review again, from its frozen bytes, policy and recorded approvals, and compares it to the byte with what
 * was stored.
 */
export async function replayReview(store: Store, session: ReviewSession): Promise<ReplayedStage[]> {
  const { reviewId } = session.review
  const stored = await loadStages(store.pool, reviewId)
  const records = decodeRecords(stored)
  const approvals = await listApprovals(store.pool, { reviewId })
  const replayed: ReplayedStage[] = []
  for (const { stage, result } of stored) {
    if (result === null) continue
    const name = STAGES.find((each) => each === stage)
    const record =
      name === undefined
        ? await gradeSession(session)
        : await runSpecialist(name, session, { records, approvals })
    const again = encodeRecord(record)
    replayed.push({ stage, equal: again === result, differences: differences(result, again) })
  }
  return replayed
}

/** Which decisions differ between two records; `(words or facts)` when all decisions agree and the bytes do not. */
function differences(before: string, after: string): string[] {
  if (before === after) return []
  const [left, right] = [decisionTexts(before), decisionTexts(after)]
  const ids = new Set([...left.keys(), ...right.keys()])
  const changed = [...ids].filter((id) => left.get(id) !== right.get(id)).toSorted()
  return changed.length > 0 ? changed : ['(words or facts)']
}

const WithDecisions = z.object({
  result: z.object({ decisions: z.array(z.looseObject({ id: z.string() })) }),
})

function decisionTexts(record: string): Map<string, string> {
  const parsed = WithDecisions.safeParse(JSON.parse(record))
  if (!parsed.success) return new Map()
  return new Map(
    parsed.data.result.decisions.map((decision) => [decision.id, JSON.stringify(decision)]),
  )
}
