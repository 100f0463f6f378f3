import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { sweep } from './sweep.ts'

/** Size and hash of a file's bytes. */
export interface Fingerprint {
  readonly bytes: number
  readonly sha256: string
}

/** The fingerprint of a file. */
export async function fingerprint(path: string): Promise<Fingerprint> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of pieces(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Where the frozen bytes of a hash lie. */
export function frozenPath(store: string, sha256: string): string {
  return join(store, sha256)
}

const DRAFT_PREFIX = '.draft-'

/**
 * Copies a file into the content-addressed store and returns the fingerprint of the copy. The copy appears under its hash only
 * when it is whole and on disk; it takes the place of what lies there, which somebody may have changed.
 */
export async function freeze(path: string, store: string): Promise<Fingerprint> {
  await mkdir(store, { recursive: true })
  await sweep(store, DRAFT_PREFIX, Date.now())
  const draft = join(store, `${DRAFT_PREFIX}${randomUUID()}`)
  try {
    const copied = await copy(path, draft)
    await rename(draft, frozenPath(store, copied.sha256))
    return copied
  } finally {
    await rm(draft, { force: true })
  }
}

async function copy(from: string, to: string): Promise<Fingerprint> {
  const hash = createHash('sha256')
  const target = await open(to, 'wx', 0o600)
  let bytes = 0
  try {
    for await (const chunk of pieces(from)) {
      hash.update(chunk)
      bytes += chunk.length
      await target.writeFile(chunk)
    }
    await target.sync()
  } finally {
    await target.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

async function* pieces(path: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    if (Buffer.isBuffer(chunk)) yield chunk
  }
}
