import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_HEX = /^[0-9a-f]{64}$/i

/** Whether a text is a key of 256 bits in hexadecimal. */
export function isArchiveKey(text: string): boolean {
  return KEY_HEX.test(text)
}

/** Encrypts a raw answer with AES-256-GCM: nonce, tag and cipher text, in base64. It opens only for the call it belongs to. */
export function sealReply(key: string, text: string, call: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce)
  cipher.setAAD(Buffer.from(call, 'utf8'))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** The raw answer; null with another key, for another call, or after a change of any bit. */
export function openReply(key: string, sealed: string, call: string): string | null {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce)
  decipher.setAAD(Buffer.from(call, 'utf8'))
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
    return Buffer.concat([opened, decipher.final()]).toString('utf8')
  } catch {
    // The tag does not fit: a wrong key or changed bytes.
    return null
  }
}
