import { z } from 'zod'

import { appendAudit } from '../audit/append.ts'
import { auditEntry } from '../audit/entry.ts'
import { bellKey, type Bell } from '../queue/bell.ts'
import type { WorkQueue } from '../queue/queue.ts'
import { listWorkspaces } from '../schedule/workspaces.ts'
import { execute } from '../store/query.ts'
import { loadReview } from '../store/reviews.ts'
import type { Store } from '../store/store.ts'
import { inTransaction } from '../store/transaction.ts'
import type { Visitor } from './visitor.ts'

/** Something a visitor wants done, as the path of the request says it. */
export interface Action {
  readonly name: 'retry' | 'promote' | 'clean'
  /** One job, or all jobs that ended so. */
  readonly target:
    | { readonly kind: 'job'; readonly jobId: string }
    | { readonly kind: 'all'; readonly state: 'failed' | 'completed' }
}

/** Ids as `bull-queue.ts` and BullMQ's calendar give them, so that no id can be read as another path. */
const ONE = /^\/queues\/[\w-]+\/((?:repeat:)?(?:review|tick)-[0-9a-f:-]+)\/(retry|promote|clean)$/
const ALL = /^\/queues\/[\w-]+\/(retry|clean)\/(failed|completed)$/
const Name = z.enum(['retry', 'promote', 'clean'])
const State = z.enum(['failed', 'completed'])

/**
 * The action that a PUT to this path of the library asks for; undefined for all others. The library could do more: add a job or change its
 * data, empty, stop or destroy the queue, change calendars. A job is a bell that the store rings, so nobody needs that, and it stays shut.
 */
export function parseAction(path: string): Action | undefined {
  // Ids of the calendar have colons, which browsers may send as they please; no other escape is in any id.
  const readable = path.replaceAll(/%3a/gi, ':')
  const [, jobId, act] = ONE.exec(readable) ?? []
  if (jobId !== undefined) return { name: Name.parse(act), target: { kind: 'job', jobId } }
  const [, deed, state] = ALL.exec(readable) ?? []
  if (deed === undefined) return undefined
  return { name: Name.parse(deed), target: { kind: 'all', state: State.parse(state) } }
}

interface Board {
  readonly store: Store
  readonly queue: WorkQueue
}

/** Why an action is refused, in words for the one who asked. */
export type Refusal =
  | 'not an operator'
  | 'not a job of your company'
  | 'jobs of other companies are among them'

/**
 * May this visitor do it, and if so, is it on the audit log? A job that is tried again is given up no more, so that its review is looked at
 * whatever becomes of the job. Both are written before the library acts, in one transaction.
 *
 * @returns Why it is refused, which is on the audit log too; undefined: the library may act.
 */
export async function admitAction(
  board: Board,
  visitor: Visitor,
  action: Action,
): Promise<Refusal | undefined> {
  const bell = await bellOf(board, action)
  const refusal = await refusalOf(board, { visitor, action, bell })
  await inTransaction(board.store.pool, async (client) => {
    if (refusal === undefined && action.name === 'retry') {
      await execute(client, {
        text: `delete from mo.dead_letters
               where workspace = $1 and ($2::text is null or (kind, subject) = ($2, $3))`,
        values: [visitor.company, bell?.kind ?? null, bell?.subject ?? null],
      })
    }
    const actor = { actor: visitor.person, role: visitor.operatorRole, onBehalfOf: null }
    const what = {
      action: refusal === undefined ? `queue.${action.name}` : 'queue.refused',
      subject: subjectOf(action, bell),
      reason: refusal ?? null,
      ruleIds: ['security.operator_roles'],
      after: { ...action.target, action: action.name, tokenId: visitor.token.tokenId },
    }
    await appendAudit(client, auditEntry(actor, what))
  })
  return refusal
}

async function bellOf({ queue }: Board, { target }: Action): Promise<Bell | undefined> {
  if (target.kind === 'all') return undefined
  return queue.bellOf(target.jobId)
}

async function refusalOf(
  { store }: Board,
  { visitor, action, bell }: { visitor: Visitor; action: Action; bell: Bell | undefined },
): Promise<Refusal | undefined> {
  if (visitor.operatorRole === null) return 'not an operator'
  if (action.target.kind === 'job') {
    const isOwn = bell !== undefined && (await companyOf(store, bell)) === visitor.company
    return isOwn ? undefined : 'not a job of your company'
  }
  const others = (await listWorkspaces(store.pool)).some(({ name }) => name !== visitor.company)
  return others ? 'jobs of other companies are among them' : undefined
}

async function companyOf(store: Store, { kind, subject }: Bell): Promise<string | undefined> {
  return kind === 'tick' ? subject : (await loadReview(store.pool, subject))?.workspace
}

/** What the audit log calls it: a review by its id, all else without a name. */
function subjectOf({ target }: Action, bell: Bell | undefined): string {
  if (target.kind === 'all') return `all ${target.state}`
  if (bell === undefined) return target.jobId
  return bell.kind === 'review' ? bell.subject : bellKey(bell)
}
