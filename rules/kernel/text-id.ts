/** Text as part of a fact id that need not tell it from other text: letters, digits, `_` and `-` stay, everything else becomes `-`. */
export function idPart(subjectId: string): string {
  const plain = subjectId.replaceAll(/[^A-Za-z0-9_-]/g, '-')
  return plain === '' ? '-' : plain
}

/**
 * An id as part of a fact id, such that two different ids do not meet: `Brand / US` and `Brand - US` stay apart.
 *
 * Letters, digits, `_` and `-` stay; in ids joined of several, `@` becomes `:`, `:` becomes `::` and `/` becomes `.`; where anything else had to be replaced, a hash of the id follows.
 *
 * Source: Fowler, Noll and Vo, FNV-1a, 32 bits, over UTF-16 code units.
 */
export function distinctPart(id: string): string {
  if (/^[A-Za-z0-9_-]+(?:@[A-Za-z0-9_-]+)*$/.test(id)) return id.replaceAll('@', ':')
  if (/^[A-Za-z0-9_-]+(?::[A-Za-z0-9_-]+)*$/.test(id)) return id.replaceAll(':', '::')
  if (/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/.test(id)) return id.replaceAll('/', '.')
  return `${idPart(id)}:${hashOf(id)}`
}

/** Long text as part of a fact id: its beginning and a hash of the whole. */
export function shortPart(text: string, length: number): string {
  return `${idPart(text).slice(0, length)}:${hashOf(text)}`
}

/** Two ids as one part of a fact id: `mql-sql`. */
export function distinctPair(from: string, to: string): string {
  return /^\w+$/.test(from) && /^\w+$/.test(to) ? `${from}-${to}` : distinctPart(`${from}>${to}`)
}

function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
