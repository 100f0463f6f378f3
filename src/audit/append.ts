import type { ClientBase } from 'pg'
import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { BigInteger, query } from '#src/store/query.ts'

import { AuditEntry } from './entry.ts'

/** The last row of the chain: whoever keeps it elsewhere can tell later whether rows before it were changed or cut off. */
export const AuditHead = z.object({ seq: BigInteger, hash: z.string() })
export type AuditHead = z.infer<typeof AuditHead>

/**
 * Adds an entry inside the caller's transaction, so that what happened and its record are kept or lost together.
 *
 * The chain is locked until that transaction ends: append last, after every other lock was taken, or two transactions may wait for
 * each other.
 *
 * @param client A client in a transaction (read committed).
 */
export async function appendAudit(
  client: Pick<ClientBase, 'query'>,
  entry: AuditEntry,
): Promise<AuditHead | undefined> {
  const [head] = await query(client, AuditHead, {
    text: 'insert into mo.audit_log (entry) values ($1) returning seq, hash',
    values: [canonicalJson(AuditEntry.parse(entry))],
  })
  return head
}
