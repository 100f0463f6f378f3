import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import type { Queryable } from '#src/store/transaction.ts'

import type { AuditHead } from './append.ts'
import { readAuditRows } from './read.ts'
import { GENESIS, rowHash } from './row.ts'
import type { AuditRow } from './row.ts'

/**
 * What is wrong with the first broken row: `missing` its number is skipped; `previous_hash` it does not follow the row before it;
 * `entry` it is not canonical JSON; `hash` its content is not what was hashed; `head` the row kept elsewhere is gone or another.
 */
type AuditFault = 'missing' | 'previous_hash' | 'entry' | 'hash' | 'head'

export type AuditVerdict =
  | { readonly ok: true; readonly rows: number; readonly head: AuditHead }
  | { readonly ok: false; readonly seq: number; readonly fault: AuditFault }

/**
 * Recomputes the whole chain, independently of the database that wrote it.
 *
 * @param knownHead A head kept elsewhere; without it a log that was cut at its end cannot be told from a shorter one.
 * @returns The first broken row by number; or the number of rows and the head, which for an empty log is `GENESIS`.
 */
export async function verifyAudit(db: Queryable, knownHead?: AuditHead): Promise<AuditVerdict> {
  let head: AuditHead = GENESIS
  for await (const row of readAuditRows(db)) {
    const fault = findFault(row, head, knownHead)
    if (fault !== undefined) return { ok: false, seq: head.seq + 1, fault }
    head = { seq: row.seq, hash: row.hash }
  }
  if (knownHead !== undefined && knownHead.seq > head.seq) {
    return { ok: false, seq: head.seq + 1, fault: 'head' }
  }
  return { ok: true, rows: head.seq, head }
}

function findFault(
  row: AuditRow,
  before: AuditHead,
  knownHead: AuditHead | undefined,
): AuditFault | undefined {
  if (row.seq !== before.seq + 1) return 'missing'
  if (row.previous_hash !== before.hash) return 'previous_hash'
  if (!isCanonical(row.entry)) return 'entry'
  if (rowHash(row) !== row.hash) return 'hash'
  if (knownHead?.seq === row.seq && knownHead.hash !== row.hash) return 'head'
  return undefined
}

function isCanonical(entry: string): boolean {
  try {
    return canonicalJson(JSON.parse(entry)) === entry
  } catch {
    // Not JSON, or JSON that no writer of ours produces: a finding, not a failure.
    return false
  }
}
