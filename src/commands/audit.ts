import { readFile, writeFile } from 'node:fs/promises'

import { exportAudit } from '../audit/export.ts'
import { headFault, publicKeyOf, SignedHead, signHead, signingKey } from '../audit/signed-head.ts'
import { verifyAudit } from '../audit/verify.ts'
import { AppError } from '../errors.ts'
import { workspacePolicy } from '../runtime/workspace.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

/** `mo audit verify`: checks the hash chain, against a head kept outside when one is given; the answer is no when a row was changed, added or cut. */
export async function runAuditVerify(
  context: CommandContext,
  options: CommonOptions & { readonly head?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const head = options.head === undefined ? undefined : await readHead(options.head)
    if (head !== undefined) {
      const key = await signingKey(workspace.directory, context.config.auditSigningKey)
      const fault = headFault(head, publicKeyOf(key))
      if (fault !== undefined) {
        context.output.document({ ok: false, seq: head.seq, fault: `head_${fault}` })
        return 1
      }
    }
    const verdict = await verifyAudit(store.pool, head)
    context.output.document(verdict)
    return verdict.ok ? 0 : 1
  })
}

async function readHead(file: string): Promise<SignedHead> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_NOT_FOUND', { where: { file }, cause })
  })
  try {
    return SignedHead.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', {
      expected: 'a head written by: mo audit head --out FILE',
      where: { file },
      cause,
    })
  }
}

/** `mo audit head`: signs the head of the chain as it stands, to be kept where nobody who can change the database can change it. */
export async function runAuditHead(
  context: CommandContext,
  options: CommonOptions & { readonly out?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const verdict = await verifyAudit(store.pool)
    if (!verdict.ok) {
      context.output.document(verdict)
      return 1
    }
    const { policy } = await workspacePolicy(workspace)
    const key = await signingKey(workspace.directory, context.config.auditSigningKey)
    const { seq, hash } = verdict.head
    const signed = signHead(
      { workspace: policy.company.name, seq, hash, signedAt: context.now().toISOString() },
      key,
    )
    if (options.out === undefined) context.output.document(signed)
    else await writeFile(options.out, `${JSON.stringify(signed, null, 2)}\n`)
    return 0
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
