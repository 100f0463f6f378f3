import { readFile, writeFile } from 'node:fs/promises'

import { exportAudit } from '../audit/export.ts'
import { keptHeads, type HeadKeeping } from '../audit/kept-heads.ts'
import {
  headFault,
  parseHead,
  publicKeyOf,
  signHead,
  signingKey,
  type HeadFault,
  type SignedHead,
} from '../audit/signed-head.ts'
import { verifyAudit } from '../audit/verify.ts'
import { AppError } from '../errors.ts'
import { spoken } from '../report/words.ts'
import { headKeepingOf } from './audit-heads.ts'
import { withStore, type CommandContext, type CommandExit, type CommonOptions } from './context.ts'

/**
 * `mo audit verify`: checks the hash chain against every signed head that was kept of it, or against the one that is given; the answer is no
 * when a row was changed, added or cut, or a head is not what was signed.
 */
export async function runAuditVerify(
  context: CommandContext,
  options: CommonOptions & { readonly head?: string },
): Promise<CommandExit> {
  return withStore(context, options, async (store, workspace) => {
    const keeping = await headKeepingOf(context, workspace)
    const found = await headsToHold(keeping, options.head)
    if (found.fault !== undefined) {
      tellVerdict(context, { ok: false, ...found.fault })
      return 1
    }
    const verdict = await verifyAudit(store.pool, ...found.heads)
    const held = { heads: found.heads.length, headsOfOtherKeys: found.ofOtherKeys }
    tellVerdict(context, verdict.ok ? { ...verdict, ...held } : verdict)
    return verdict.ok ? 0 : 1
  })
}

/** What a check found: in words, or as it is for machines. */
type Found =
  | {
      readonly ok: true
      readonly rows: number
      readonly heads: number
      readonly headsOfOtherKeys: number
    }
  | { readonly ok: false; readonly fault: string; readonly seq?: number; readonly file?: string }

function tellVerdict({ output }: CommandContext, found: Found): void {
  if (output.json) {
    output.document(found)
    return
  }
  if (found.ok) {
    const others =
      found.headsOfOtherKeys === 0
        ? ''
        : `; ${found.headsOfOtherKeys} more are of other keys and were not looked at`
    output.line(
      `The audit log is whole: ${found.rows} rows, each bound to the one before; signed heads held against it: ${found.heads}${others}.`,
    )
    return
  }
  const where = found.file ?? (found.seq === undefined ? '' : `row ${found.seq}`)
  output.line(`The audit log is not what was written: ${spoken(found.fault)}, at ${where}.`)
}

interface HeldHeads {
  readonly heads: readonly SignedHead[]
  readonly ofOtherKeys: number
  readonly fault?: { readonly fault: `head_${HeadFault}`; readonly file: string }
}

async function headsToHold(keeping: HeadKeeping, file: string | undefined): Promise<HeldHeads> {
  if (file === undefined) {
    const { heads, ofOtherKeys, spoilt } = await keptHeads(keeping)
    const [first] = spoilt
    return first === undefined
      ? { heads, ofOtherKeys }
      : { heads, ofOtherKeys, fault: { fault: 'head_signature', file: first } }
  }
  const head = await readHead(file)
  const key = await signingKey(keeping.workspaceDir, keeping.signingKey)
  const fault = headFault(head, publicKeyOf(key))
  const held = { heads: [head], ofOtherKeys: 0 }
  return fault === undefined ? held : { ...held, fault: { fault: `head_${fault}`, file } }
}

async function readHead(file: string): Promise<SignedHead> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_NOT_FOUND', { where: { file }, cause })
  })
  const head = parseHead(text)
  if (head !== undefined) return head
  throw new AppError('FILE_UNREADABLE', {
    expected: 'a head written by: mo audit head --out FILE',
    where: { file },
  })
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
    const keeping = await headKeepingOf(context, workspace)
    const key = await signingKey(keeping.workspaceDir, keeping.signingKey)
    const { seq, hash } = verdict.head
    const signedAt = context.now().toISOString()
    const signed = signHead({ workspace: keeping.workspace, seq, hash, signedAt }, key)
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
