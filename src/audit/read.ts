import { query } from '#src/store/query.ts'
import type { Queryable } from '#src/store/transaction.ts'

import { AuditRow } from './row.ts'

const PAGE_ROWS = 1000

/**
 * The log, a page at a time, so that its length does not matter.
 *
 * @yields Every row after number `after`, by number.
 */
export async function* readAuditRows(db: Queryable, after = 0): AsyncGenerator<AuditRow> {
  let last = after
  for (;;) {
    const page = await query(db, AuditRow, {
      text: `select seq, at, entry, previous_hash, hash from mo.audit_log
             where seq > $1 order by seq limit $2`,
      values: [last, PAGE_ROWS],
    })
    yield* page
    last = page.at(-1)?.seq ?? last
    if (page.length < PAGE_ROWS) return
  }
}
