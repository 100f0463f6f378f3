import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { headFault, publicKeyOf, signHead, signingKey } from '#src/audit/signed-head.ts'

const newKey = () => generateKeyPairSync('ed25519').privateKey
const HEAD = {
  workspace: 'acme',
  seq: 7,
  hash: 'a'.repeat(64),
  signedAt: '2026-11-21T09:00:00.000Z',
}

async function workspace(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'mo-head-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

describe('a signed head', () => {
  const key = newKey()

  it('holds while nothing in it is changed', () => {
    expect(headFault(signHead(HEAD, key), publicKeyOf(key))).toBeUndefined()
  })

  it.each([
    ['its number', { seq: 6 }],
    ['its hash', { hash: 'b'.repeat(64) }],
    ['its time', { signedAt: '2026-11-20T09:00:00.000Z' }],
    ['its workspace', { workspace: 'other' }],
    ['its signature', { signature: Buffer.alloc(64).toString('base64') }],
  ])('does not with %s changed', (_, changes) => {
    expect(headFault({ ...signHead(HEAD, key), ...changes }, publicKeyOf(key))).toBe('signature')
  })

  it('does not by another key, also not by one it brings along', () => {
    expect(headFault(signHead(HEAD, newKey()), publicKeyOf(key))).toBe('key')
  })
})

describe('signingKey', () => {
  it('is made once for a workspace, also by two at once, for its owner alone', async () => {
    const directory = await workspace()
    const keys = await Promise.all([1, 2, 3].map(() => signingKey(directory, undefined)))
    expect(new Set(keys.map(publicKeyOf)).size).toBe(1)
    const { mode } = await stat(join(directory, '.orchestrator', 'audit-signing-key.pem'))
    expect(mode & 0o777).toBe(0o600)
  })

  it('is that of the environment when there is one', async () => {
    const key = newKey()
    const text = String(key.export({ type: 'pkcs8', format: 'pem' }))
    expect(publicKeyOf(await signingKey('/nowhere', text))).toBe(publicKeyOf(key))
    // As it stands on one line of a file of settings.
    const oneLine = text.replaceAll('\n', '\\n')
    expect(publicKeyOf(await signingKey('/nowhere', oneLine))).toBe(publicKeyOf(key))
  })

  it.each([
    ['nonsense', 'x'],
    [
      'a key of another kind',
      String(
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
          type: 'pkcs8',
          format: 'pem',
        }),
      ),
    ],
  ])('refuses %s without showing it', async (_, text) => {
    await expect(signingKey('/nowhere', text)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
