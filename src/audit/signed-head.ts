import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { z } from 'zod'

import { canonicalJson } from '#rules/kernel/canonical-json.ts'
import { AppError } from '#src/errors.ts'

/** A head of the audit chain with the signature of whoever wrote it; kept outside, it proves later that nothing before it was changed or cut. */
export const SignedHead = z.strictObject({
  version: z.literal(1),
  workspace: z.string(),
  seq: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  signedAt: z.iso.datetime(),
  /** Ed25519, SPKI in DER, base64. */
  publicKey: z.base64(),
  /** Over the canonical JSON of everything else. */
  signature: z.base64(),
})
export type SignedHead = z.infer<typeof SignedHead>

/** A signed head as `mo audit head` writes it; undefined for any other text. */
export function parseHead(text: string): SignedHead | undefined {
  try {
    return SignedHead.parse(JSON.parse(text))
  } catch {
    // Whoever asks says what an unreadable head means.
    return undefined
  }
}

const KEY_FILE = join('.orchestrator', 'audit-signing-key.pem')

/**
 * The key that signs heads: that of `AUDIT_SIGNING_KEY`, else one of the workspace's own, made when it is first needed and readable by its
 * owner alone. Only the environment's protects against somebody who may write in the workspace.
 *
 * @throws AppError `CONFIG_INVALID` when the environment's is no Ed25519 key.
 */
export async function signingKey(
  workspaceDir: string,
  fromEnvironment: string | undefined,
): Promise<KeyObject> {
  if (fromEnvironment !== undefined) return parseKey(fromEnvironment.replaceAll('\\n', '\n'))
  const file = join(workspaceDir, KEY_FILE)
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known !== undefined) return parseKey(known)
  const { privateKey } = generateKeyPairSync('ed25519')
  await mkdir(dirname(file), { recursive: true })
  const text = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  // Of two processes at once one makes the key; the other takes that one.
  await writeFile(file, text, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  return parseKey(await readFile(file, 'utf8'))
}

function parseKey(text: string): KeyObject {
  try {
    const key = createPrivateKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below, without the key.
  }
  throw new AppError('CONFIG_INVALID', {
    message: 'the signing key of the audit log is not readable',
    expected: 'an Ed25519 private key, PKCS #8 in PEM',
    next: 'make one with: openssl genpkey -algorithm ed25519',
  })
}

/** Signs a head. */
export function signHead(
  head: Pick<SignedHead, 'workspace' | 'seq' | 'hash' | 'signedAt'>,
  key: KeyObject,
): SignedHead {
  const publicKey = publicKeyOf(key)
  const unsigned = { version: 1 as const, ...head, publicKey }
  const signature = sign(null, Buffer.from(canonicalJson(unsigned)), key).toString('base64')
  return { ...unsigned, signature }
}

/** The public half, as heads carry it. */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
}

/** Why a head kept outside proves nothing: `signature` it was changed, `key` another key signed it than the one expected. */
export type HeadFault = 'signature' | 'key'

/** Checks a head's signature, and that the expected key made it. */
export function headFault(head: SignedHead, expectedKey: string): HeadFault | undefined {
  const { signature, ...unsigned } = head
  if (head.publicKey !== expectedKey) return 'key'
  const key = createPublicKey({
    key: Buffer.from(head.publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  })
  const isValid = verify(
    null,
    Buffer.from(canonicalJson(unsigned)),
    key,
    Buffer.from(signature, 'base64'),
  )
  return isValid ? undefined : 'signature'
}
