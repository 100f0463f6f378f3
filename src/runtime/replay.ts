import { z } from 'zod'

import { STAGES } from '#rules/schema/review.ts'

import { listApprovals, standing } from '../store/approvals.ts'
import { loadStages } from '../store/stage-results.ts'
import type { Store } from '../store/store.ts'
import { programSha256 } from './program.ts'
import { decodeRecords, encodeRecord, type StageRecord } from './records.ts'
import { gradeSession } from './review-ports.ts'
import type { ReviewSession } from './session.ts'
import { runSpecialist, type Earlier } from './specialists.ts'
import { wordsHold } from './tell.ts'

/** One stage computed again. */
export interface ReplayedStage {
  readonly stage: string
  readonly equal: boolean
  /** Whether this very program found what is stored; null where the review does not say. */
  readonly sameProgram: boolean | null
  /** Ids of decisions that differ, and whether anything else does. */
  readonly differences: readonly string[]
}

/**
 * Computes every finished stage of a review again, from its frozen bytes, policy and recorded approvals, and compares it to the byte with what
 * was stored. No model is asked: where one arranged the words, they are made again from its arrangement and the facts.
 */
export async function replayReview(store: Store, session: ReviewSession): Promise<ReplayedStage[]> {
  const { reviewId } = session.review
  const stored = await loadStages(store.pool, reviewId)
  const records = decodeRecords(stored)
  const approvals = standing(await listApprovals(store.pool, { reviewId }))
  const replayed: ReplayedStage[] = []
  const present = await programSha256()
  for (const { stage, result, program } of stored) {
    if (result === null) continue
    const name = STAGES.find((each) => each === stage)
    const record =
      name === undefined
        ? await gradeSession(session)
        : inStoredWords(await runSpecialist(name, session, { records, approvals }), {
            records,
            approvals,
          })
    const again = encodeRecord(record)
    replayed.push({
      stage,
      equal: again === result,
      sameProgram: program === null ? null : program === present,
      differences: differences(result, again),
    })
  }
  return replayed
}

/** The stage computed again, with the words that were stored if they are what its facts give; else with its own, which then differ. */
function inStoredWords(computed: StageRecord, earlier: Earlier): StageRecord {
  const stored = earlier.records.stages.get(computed.result.stage)
  if (stored === undefined || !wordsHold(stored, computed, earlier)) return computed
  return { ...computed, narrative: stored.narrative }
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
