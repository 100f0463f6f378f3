import { createHash } from 'node:crypto'

/** Enough of a hash to tell one policy of a company from another, for readers. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12)
}

/** SHA-256 of a text's UTF-8 bytes, as 64 lower-case hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
