import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { sha256 } from '../store/hash.ts'
import type { Queryable } from '../store/transaction.ts'
import {
  headFault,
  parseHead,
  publicKeyOf,
  signHead,
  signingKey,
  type SignedHead,
} from './signed-head.ts'
import { verifyAudit, verifyAuditSince, type AuditVerdict } from './verify.ts'

const HOUR_MS = 3_600_000
const HEAD_FILE = /^head-\d{8}T\d{6}Z\.json$/

/** Whose heads are kept, how often, and by what means. */
export interface HeadKeeping {
  /** The company's name. */
  readonly workspace: string
  readonly workspaceDir: string
  readonly everyHours: number
  /** `AUDIT_SIGNING_KEY` and `AUDIT_HEAD_DIR`. */
  readonly signingKey: string | undefined
  readonly headDir: string | undefined
}

/** What became of a look: a head was kept, it was not time yet, or the log is broken and nothing was signed. */
export type HeadLook =
  | { readonly kind: 'kept'; readonly file: string }
  | { readonly kind: 'not_due' }
  | { readonly kind: 'broken'; readonly verdict: Extract<AuditVerdict, { ok: false }> }

/**
 * The folder of the heads: in the workspace, or under `AUDIT_HEAD_DIR` in one for each company, which is where they protect against
 * somebody who may write in the workspace.
 */
export function headFolder({ workspace, workspaceDir, headDir }: HeadKeeping): string {
  if (headDir === undefined) return join(workspaceDir, '.orchestrator', 'audit-heads')
  const name = workspace.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return join(headDir, `${name}-${sha256(workspace).slice(0, 8)}`)
}

/**
 * Keeps a signed head of the log once in every interval, counted from 1970 in UTC: called again, or by several processes, it adds nothing.
 * What was written since the last head is verified first, and that head itself, so that a broken log is never signed.
 */
export async function keepHead(db: Queryable, keeping: HeadKeeping, now: Date): Promise<HeadLook> {
  const folder = headFolder(keeping)
  const file = join(folder, fileOfInterval(keeping.everyHours, now))
  const kept = await headFiles(folder)
  if (kept.includes(file)) return { kind: 'not_due' }
  const key = await signingKey(keeping.workspaceDir, keeping.signingKey)
  const last = await newestOf(kept, publicKeyOf(key))
  const verdict = await (last === undefined ? verifyAudit(db) : verifyAuditSince(db, last))
  if (!verdict.ok) return { kind: 'broken', verdict }
  if (verdict.rows === 0) return { kind: 'not_due' }
  const { seq, hash } = verdict.head
  const { workspace } = keeping
  await writeHead(file, signHead({ workspace, seq, hash, signedAt: now.toISOString() }, key))
  return { kind: 'kept', file }
}

function fileOfInterval(everyHours: number, now: Date): string {
  const lengthMs = everyHours * HOUR_MS
  const begin = new Date(Math.floor(now.getTime() / lengthMs) * lengthMs)
  return `head-${begin.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.json`
}

/** Paths of the heads in a folder, the oldest first. */
async function headFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => HEAD_FILE.test(name))
    .toSorted()
    .map((name) => join(folder, name))
}

/** The newest head that this key signed and nobody changed. */
async function newestOf(files: readonly string[], key: string): Promise<SignedHead | undefined> {
  for (const file of files.toReversed()) {
    const head = parseHead(await readFile(file, 'utf8'))
    if (head !== undefined && headFault(head, key) === undefined) return head
  }
  return undefined
}

async function writeHead(file: string, head: SignedHead): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${randomUUID()}.draft`
  await writeFile(draft, `${JSON.stringify(head, null, 2)}\n`)
  await rename(draft, file)
}

/** What the kept heads are worth. */
export interface KeptHeads {
  readonly heads: readonly SignedHead[]
  /** Signed by another key, such as one that was replaced: they prove nothing here. */
  readonly ofOtherKeys: number
  /** Unreadable, or changed after they were signed. */
  readonly spoilt: readonly string[]
}

/** Every head that was kept, judged by the key in use. */
export async function keptHeads(keeping: HeadKeeping): Promise<KeptHeads> {
  const key = publicKeyOf(await signingKey(keeping.workspaceDir, keeping.signingKey))
  const heads: SignedHead[] = []
  const spoilt: string[] = []
  let ofOtherKeys = 0
  for (const file of await headFiles(headFolder(keeping))) {
    const head = parseHead(await readFile(file, 'utf8'))
    const fault = head === undefined ? 'signature' : headFault(head, key)
    if (fault === 'key') ofOtherKeys++
    else if (head === undefined || fault === 'signature') spoilt.push(file)
    else heads.push(head)
  }
  return { heads, ofOtherKeys, spoilt }
}
