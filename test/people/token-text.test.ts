import { describe, expect, it } from 'vitest'

import { isSecret, newToken, parseToken } from '#src/people/token-text.ts'
import { sha256 } from '#src/store/hash.ts'

describe('a token', () => {
  it('has an id that may be shown and 256 random bits that may not', () => {
    const tokens = Array.from({ length: 200 }, () => newToken())
    for (const { id, secret, text } of tokens) {
      expect(parseToken(text)).toStrictEqual({ id, secret })
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    }
    expect(new Set(tokens.map(({ secret }) => secret)).size).toBe(200)
    expect(new Set(tokens.map(({ id }) => id)).size).toBe(200)
  })

  it.each([
    ['nothing', ''],
    ['a name', 'cmo'],
    ['no secret', `mo_${'a'.repeat(16)}_`],
    ['a short id', `mo_${'a'.repeat(15)}_${'s'.repeat(43)}`],
    ['a short secret', `mo_${'a'.repeat(16)}_${'s'.repeat(42)}`],
    ['a long secret', `mo_${'a'.repeat(16)}_${'s'.repeat(44)}`],
    ['something before it', `x mo_${'a'.repeat(16)}_${'s'.repeat(43)}`],
    ['a line after it', `mo_${'a'.repeat(16)}_${'s'.repeat(43)}\n`],
    ['SQL', `mo_' or 1=1 --_${'s'.repeat(43)}`],
  ])('is not read from %s', (_, text) => {
    expect(parseToken(text)).toBeUndefined()
  })
})

describe('isSecret', () => {
  it('knows the secret by its hash, and no other', () => {
    const { secret } = newToken()
    expect(isSecret(secret, sha256(secret))).toBe(true)
    expect(
      isSecret(`${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`, sha256(secret)),
    ).toBe(false)
    expect(isSecret('', sha256(secret))).toBe(false)
    // The hash is not the secret, and a hash that is none fits nothing.
    expect(isSecret(sha256(secret), sha256(secret))).toBe(false)
    expect(isSecret(secret, '')).toBe(false)
  })
})
