import { writeFile } from 'node:fs/promises'

import { exportAudit } from '../audit/export.ts'
import { verifyAudit } from '../audit/verify.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

/** `mo audit verify`: checks the hash chain; the answer is no when a row was changed, added or cut. */
export async function runAuditVerify(
  context: CommandContext,
  options: CommonOptions,
): Promise<CommandExit> {
  return withStore(context, options, async (store) => {
    const verdict = await verifyAudit(store.pool)
    context.output.document(verdict)
    return verdict.ok ? 0 : 1
  })
}

/** `mo audit export`: the whole log as CSV or JSON lines. */
export async function runAuditExport(
  context: CommandContext,
  options: CommonOptions & { readonly format: 'csv' | 'jsonl'; readonly out?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store) => {
    const parts: string[] = []
    for await (const part of exportAudit(store.pool, options.format)) parts.push(part)
    if (options.out === undefined) process.stdout.write(parts.join(''))
    else await writeFile(options.out, parts.join(''))
    return 0
  })
}
