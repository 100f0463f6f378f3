/** A subject id as part of a fact id: letters, digits, `_` and `-` stay, everything else becomes `-`. */
export function idPart(subjectId: string): string {
  const plain = subjectId.replaceAll(/[^A-Za-z0-9_-]/g, '-')
  return plain === '' ? '-' : plain
}

/** Each name as part of a fact id, no two alike: names that would become the same part are numbered in the order given. */
export function uniqueParts(names: readonly string[]): ReadonlyMap<string, string> {
  const parts = new Map<string, string>()
  const taken = new Set<string>()
  for (const name of names) {
    if (parts.has(name)) continue
    let part = idPart(name)
    for (let number = 2; taken.has(part); number++) part = `${idPart(name)}-${number}`
    taken.add(part)
    parts.set(name, part)
  }
  return parts
}

/**
 * An id as part of a fact id, such that two different ids do not meet: `Brand / US` and `Brand - US` stay apart.
 *
 * Letters, digits, `_` and `-` stay, `@` becomes `:`; where anything else had to be replaced, a hash of the id follows.
 *
 * Source: Fowler, Noll and Vo, FNV-1a, 32 bits, over UTF-16 code units.
 */
export function distinctPart(id: string): string {
  const plain = id.replaceAll('@', ':')
  return /^[A-Za-z0-9_:-]+$/.test(plain) && !id.includes(':')
    ? plain
    : `${idPart(id)}:${hashOf(id)}`
}

function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
