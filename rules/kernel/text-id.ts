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
