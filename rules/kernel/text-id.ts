/** A subject id as part of a fact id: letters, digits, `_` and `-` stay, everything else becomes `-`. */
export function idPart(subjectId: string): string {
  const plain = subjectId.replaceAll(/[^A-Za-z0-9_-]/g, '-')
  return plain === '' ? '-' : plain
}
