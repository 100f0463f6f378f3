import { randomBytes, timingSafeEqual } from 'node:crypto'

import { sha256 } from '../store/hash.ts'

const ID_BYTES = 8
const SECRET_BYTES = 32
const TOKEN = /^mo_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/

/** A token as its holder has it. The id may be shown and logged, the secret never. */
export interface TokenParts {
  readonly id: string
  readonly secret: string
}

/** A new token with 256 random bits. */
export function newToken(): TokenParts & { readonly text: string } {
  const id = randomBytes(ID_BYTES).toString('hex')
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  return { id, secret, text: `mo_${id}_${secret}` }
}

/** What a text says as a token; undefined when it is none. */
export function parseToken(text: string): TokenParts | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/**
 * Is this the secret that was hashed? Takes as long for a wrong first digit as for a wrong last. A secret of 256 random bits cannot be
 * guessed, so a plain hash keeps it as well as a slow one would.
 */
export function isSecret(secret: string, secretSha256: string): boolean {
  const given = Buffer.from(sha256(secret), 'hex')
  const kept = Buffer.from(secretSha256, 'hex')
  return given.length === kept.length && timingSafeEqual(given, kept)
}
