import { z } from 'zod'

import { appendAudit } from '../audit/append.ts'
import { auditEntry } from '../audit/entry.ts'
import { AppError } from '../errors.ts'
import { execute, Instant, query } from '../store/query.ts'
import type { Queryable } from '../store/transaction.ts'
import type { Bell } from './bell.ts'
import type { DeadBell } from './queue.ts'

const DeadLetterRow = z
  .object({
    kind: z.enum(['review', 'tick']),
    subject: z.string(),
    workspace: z.string(),
    code: z.string(),
    message: z.string(),
    attempts: z.int(),
    died_at: Instant,
  })
  .transform(({ died_at: diedAt, ...row }) => ({ ...row, diedAt }))
/** A job that is tried no more until somebody says so. */
export type DeadLetter = z.output<typeof DeadLetterRow>

const MESSAGE_MAX = 500

/**
 * Keeps why a bell is rung no more; a later death of the same bell takes the place of the first. A review that ended meanwhile needs no bell, and
 * is not given up.
 */
export async function buryBell(
  db: Queryable,
  { bell, code, message, attempts }: DeadBell,
  workspace: string,
): Promise<void> {
  await execute(db, {
    text: `insert into mo.dead_letters (kind, subject, workspace, code, message, attempts)
           select $1, $2, $3, $4, $5, $6 where not exists (
             select from mo.reviews where $1 = 'review' and review_id = $2
               and status in ('completed', 'withheld', 'superseded'))
           on conflict (kind, subject) do update set workspace = excluded.workspace,
             code = excluded.code, message = excluded.message, attempts = excluded.attempts, died_at = now()`,
    values: [bell.kind, bell.subject, workspace, code, message.slice(0, MESSAGE_MAX), attempts],
  })
}

/** Dead letters, the newest first; of one workspace, or of all. */
export async function listDeadLetters(db: Queryable, workspace?: string): Promise<DeadLetter[]> {
  return query(db, DeadLetterRow, {
    text: `select kind, subject, workspace, code, message, attempts, died_at from mo.dead_letters
           where $1::text is null or workspace = $1 order by died_at desc, kind, subject`,
    values: [workspace ?? null],
  })
}

/**
 * Takes a dead letter away, so that its bell may be rung again.
 *
 * @throws AppError `ID_UNKNOWN`.
 */
export async function reviveBell(db: Queryable, bell: Bell): Promise<DeadLetter> {
  const [revived] = await query(db, DeadLetterRow, {
    text: `delete from mo.dead_letters where kind = $1 and subject = $2
           returning kind, subject, workspace, code, message, attempts, died_at`,
    values: [bell.kind, bell.subject],
  })
  if (revived !== undefined) return revived
  throw new AppError('ID_UNKNOWN', {
    message: 'there is no such dead letter',
    got: bell.subject,
    next: 'list them with: mo queue dead',
  })
}

/**
 * A bell that was given up, and whose work was then done another way, is given up no more: there is nothing left to mend, and it may be rung
 * again. Says so on the audit log, in the transaction of the deed that mended it.
 */
export async function healBell(
  client: Queryable,
  { kind, subject }: Bell,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<void> {
  const [healed] = await query(client, DeadLetterRow.in.pick({ code: true, attempts: true }), {
    text: 'delete from mo.dead_letters where kind = $1 and subject = $2 returning code, attempts',
    values: [kind, subject],
  })
  if (healed === undefined) return
  const who = { actor, role: null, onBehalfOf: null }
  const what = { action: 'queue.healed', subject, reason, before: healed }
  await appendAudit(client, auditEntry(who, what))
}
