import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { sha256 } from '#src/store/hash.ts'
import { BigInteger } from '#src/store/query.ts'

/** One row of the log as it is stored. `entry` is the canonical JSON of an `AuditEntry`. */
export const AuditRow = z.object({
  seq: BigInteger,
  at: z.string(),
  entry: z.string(),
  previous_hash: z.string(),
  hash: z.string(),
})
export type AuditRow = z.infer<typeof AuditRow>

/** What the first row follows. */
export const GENESIS = { seq: 0, hash: '0'.repeat(64) } as const

/**
 * The hash a row must have: SHA-256 of the canonical JSON of `{at, entry, previousHash, seq}`.
 *
 * @throws SyntaxError when the entry is not JSON.
 */
export function rowHash(row: AuditRow): string {
  const entry: unknown = JSON.parse(row.entry)
  return sha256(canonicalJson({ at: row.at, entry, previousHash: row.previous_hash, seq: row.seq }))
}
