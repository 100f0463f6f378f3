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
 * @param knownHeads Heads kept elsewhere; without one a log that was cut at its end cannot be told from a shorter one.
 * @returns The first broken row by number; or the number of rows and the head, which for an empty log is `GENESIS`.
 */
export async function verifyAudit(
  db: Queryable,
  ...knownHeads: readonly AuditHead[]
): Promise<AuditVerdict> {
  return walk(db, GENESIS, knownHeads)
}

/** Recomputes what follows a head that was verified before; rows before it are not looked at again. */
export async function verifyAuditSince(db: Queryable, head: AuditHead): Promise<AuditVerdict> {
  const before = { seq: head.seq - 1, hash: null }
  return walk(db, before, [head])
}

/** Where a walk begins; without a hash the first row's link is taken as it is. */
interface Start {
  readonly seq: number
  readonly hash: string | null
}

async function walk(
  db: Queryable,
  start: Start,
  knownHeads: readonly AuditHead[],
): Promise<AuditVerdict> {
  const known = new Map(knownHeads.map(({ seq, hash }) => [seq, hash]))
  const last = Math.max(0, ...known.keys())
  let before = start
  for await (const row of readAuditRows(db, start.seq)) {
    const fault = findFault(row, before, known.get(row.seq))
    if (fault !== undefined) return { ok: false, seq: before.seq + 1, fault }
    before = { seq: row.seq, hash: row.hash }
  }
  if (last > before.seq) return { ok: false, seq: before.seq + 1, fault: 'head' }
  return { ok: true, rows: before.seq, head: { seq: before.seq, hash: before.hash ?? '' } }
}

function findFault(
  row: AuditRow,
  before: Start,
  knownHash: string | undefined,
): AuditFault | undefined {
  if (row.seq !== before.seq + 1) return 'missing'
  if (before.hash !== null && row.previous_hash !== before.hash) return 'previous_hash'
  if (!isCanonical(row.entry)) return 'entry'
  if (rowHash(row) !== row.hash) return 'hash'
  return knownHash !== undefined && knownHash !== row.hash ? 'head' : undefined
}

function isCanonical(entry: string): boolean {
  try {
    return canonicalJson(JSON.parse(entry)) === entry
  } catch {
    // Not JSON, or JSON that no writer of ours produces: a finding, not a failure.
    return false
  }
}
