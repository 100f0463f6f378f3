import { lstat } from 'node:fs/promises'

import { appendAudit } from '../audit/append.ts'
import { auditEntry } from '../audit/entry.ts'
import { verifyAudit } from '../audit/verify.ts'
import { writeBackup } from '../backup/dump.ts'
import { loadBackup } from '../backup/load.ts'
import { checkBackup } from '../backup/read.ts'
import { AppError } from '../errors.ts'
import { inTransaction } from '../store/transaction.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

export interface BackupOptions extends CommonOptions {
  readonly file: string
}

/** `mo backup FILE`: every row on record, as of one moment. */
export async function runBackup(
  context: CommandContext,
  { file, overwrite = false, ...options }: BackupOptions & { readonly overwrite?: boolean },
): Promise<CommandExit> {
  if (!overwrite && (await isThere(file))) throw new AppError('USAGE', { ...TAKEN, got: file })
  return withStore(context, options, async (store) => {
    const written = await writeBackup(store.pool, file)
    if (context.output.json) context.output.document(written)
    else context.output.line(`${file}: ${written.rows} rows of ${written.tables} tables.`)
    return 0 as const
  })
}

/** An older back-up may be the only whole one. */
const TAKEN = {
  message: 'a file lies there already',
  expected: 'the name of a new file',
  next: 'name another one, such as one with the day in it, or add --overwrite',
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  )
}

/**
 * `mo restore FILE`: the rows of a back-up into a database that holds nothing, and whether the audit log in it is whole.
 *
 * @throws AppError `FILE_UNREADABLE`, `RESTORE_REFUSED`; `CHECK_FAILED` when what was backed up was not whole.
 */
export async function runRestore(
  context: CommandContext,
  { file, ...options }: BackupOptions,
): Promise<CommandExit> {
  const backup = await checkBackup(file)
  return withStore(context, options, async (store) => {
    await store.asOwner((owner) => loadBackup(owner, file, backup))
    const verdict = await verifyAudit(store.pool)
    if (!verdict.ok) {
      throw new AppError('CHECK_FAILED', {
        message: 'the rows were restored, but their audit log is not whole',
        got: `row ${verdict.seq}: ${verdict.fault}`,
        next: 'restore an older back-up into another database, and compare the two from that row on',
      })
    }
    const { takenAt } = backup.head
    const { sha256 } = backup.foot
    await inTransaction(store.pool, (client) =>
      appendAudit(
        client,
        auditEntry(
          { actor: 'system:cli', role: null, onBehalfOf: null },
          { action: 'store.restored', subject: sha256, after: { takenAt, rows: verdict.rows } },
        ),
      ),
    )
    if (context.output.json) context.output.document({ takenAt, auditRows: verdict.rows, sha256 })
    else context.output.line(`Restored as of ${takenAt}; ${verdict.rows} rows of audit, whole.`)
    return 0 as const
  })
}
