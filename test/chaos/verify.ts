import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { present } from '#rules/kernel/invariant.ts'
import { verifyAudit } from '#src/audit/verify.ts'
import { replayReview } from '#src/runtime/replay.ts'
import { openSession } from '#src/runtime/session.ts'
import type { Workspace } from '#src/runtime/workspace.ts'
import { query } from '#src/store/query.ts'
import { listReviews, loadReview, type Review } from '#src/store/reviews.ts'
import { loadStages, type StoredStage } from '#src/store/stage-results.ts'
import type { Store } from '#src/store/store.ts'

/** What must not be, counted. */
export interface Damage {
  /** Reviews that did not come to their end, whose report does not say so, and decisions that are gone. */
  lost: number
  /** Steps that are on the audit log, or in a table of record, more than once. */
  duplicated: number
  /** Finished stages that were computed again. */
  recomputed: number
  /** Calls of the model for stages that were finished, or that are not on record. */
  retold: number
  auditBroken: number
  notReplayed: number
}

/** Steps that happen once for each subject (and person who decided or was told), whatever is killed. Refusals may come as often as somebody tries. */
const DUPLICATES = `
  select count(*)::int as count from (
    select from mo.audit_log where action not like '%refused%'
    group by action, subject, review_id,
      case when action like '%decided%' then actor else entry::jsonb #>> '{after,person}' end
    having count(*) > 1
    union all
    select from mo.effects group by review_id, stage, subject having count(*) > 1
    union all
    select from mo.approval_decisions group by approval_id, principal having count(*) > 1
    union all
    select from mo.approvals where status in ('pending', 'approved', 'applying', 'applied', 'verified')
      and move::jsonb ->> 'actionId' is not null
    group by move::jsonb ->> 'actionId' having count(*) > 1
    union all
    select from mo.reviews where status not in ('completed', 'withheld', 'superseded') group by workspace, month having count(*) > 1
  ) twice`

/** Holds what is on record after a round against what must be. */
export async function findDamage(
  store: Store,
  workspace: Workspace,
  expected: {
    /** The review that no other took the place of. */
    readonly reviewId: string
    /** `APPROVAL PERSON` of every decision that was seen. */
    readonly decided: ReadonlySet<string>
    /** By `REVIEW STAGE`. */
    readonly finished: ReadonlyMap<string, StoredStage>
    /** How often the model was asked. */
    readonly modelCalls: number
  },
): Promise<Damage> {
  const { reviewId } = expected
  const review = await loadReview(store.pool, reviewId)
  const gone = await query(store.pool, z.unknown(), {
    text: `select seen from unnest($1::text[]) seen
           except select approval_id || ' ' || person from mo.approval_decisions`,
    values: [[...expected.decided]],
  })
  const unfinished = [
    review?.status,
    review === undefined ? undefined : await reportedStatus(workspace, review),
  ].filter((status) => status !== 'completed')
  return {
    lost: Math.min(unfinished.length, 1) + gone.length,
    duplicated: await countDuplicates(store),
    recomputed: await countRecomputed(store, expected.finished),
    retold: await countRetold(store, expected.modelCalls),
    auditBroken: (await verifyAudit(store.pool)).ok ? 0 : 1,
    notReplayed: review === undefined ? 1 : await differingStages(store, workspace),
  }
}

const Reported = z.object({ reviewId: z.string().optional(), status: z.string().optional() })

/** What the review's files say; undefined when there are none, or another review's. */
async function reportedStatus(workspace: Workspace, review: Review): Promise<string | undefined> {
  const path = join(workspace.reviewsDirectory, review.month, 'review.json')
  const text = await readFile(path, 'utf8').catch(() => '{}')
  const reported = Reported.parse(JSON.parse(text))
  return reported.reviewId === review.reviewId ? reported.status : undefined
}

/** Of all reviews: one that another took the place of replays as well. */
async function differingStages(store: Store, workspace: Workspace): Promise<number> {
  let differing = 0
  for (const { reviewId } of await listReviews(store.pool)) {
    const review = present(await loadReview(store.pool, reviewId), 'the review that was listed')
    const session = await openSession(workspace, review)
    try {
      const replayed = await replayReview(store, session)
      differing += replayed.filter(({ equal }) => !equal).length
    } finally {
      await session.data.close()
    }
  }
  return differing
}

async function countRecomputed(
  store: Store,
  finished: ReadonlyMap<string, StoredStage>,
): Promise<number> {
  const reviews = await listReviews(store.pool)
  const now = await Promise.all(
    reviews.map(async ({ reviewId }) =>
      (await loadStages(store.pool, reviewId)).map(
        (stage) => [`${reviewId} ${stage.stage}`, JSON.stringify(stage)] as const,
      ),
    ),
  )
  const stands = new Map<string, string>(now.flat())
  return [...finished].filter(([key, before]) => stands.get(key) !== JSON.stringify(before)).length
}

/** A call is on record before it is made, so more calls than on record are calls nobody knows of. */
async function countRetold(store: Store, modelCalls: number): Promise<number> {
  const [row] = await query(store.pool, z.object({ late: z.int(), begun: z.int() }), {
    text: `select count(*) filter (where call.begun_at > told.finished_at)::int as late,
             coalesce(sum(call.begun), 0)::int as begun
           from mo.llm_calls call join mo.stage_results told using (review_id, stage)`,
  })
  return (row?.late ?? 0) + Math.max(0, modelCalls - (row?.begun ?? 0))
}

async function countDuplicates(store: Store): Promise<number> {
  const [row] = await query(store.pool, z.object({ count: z.int() }), { text: DUPLICATES })
  return row?.count ?? 0
}
