/**
 * How does a sentence list several things?
 *
 * `a`, `a and b`, `a, b and c`; nothing for none. The order stays as it is given.
 *
 * Source: English usage without the serial comma.
 */
export function enumerated(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/**
 * A title in the middle of a sentence: the first word loses its capital when it is a plain word (`Pause it` becomes `pause it`). Words with
 * further capitals (`LinkedIn`, `SMB`) and tokens stay as they are. For titles that begin with a word of ours, never with a name.
 *
 * Source: English usage.
 */
export function midSentence(title: string): string {
  return /^[A-Z][a-z]* /.test(title) ? `${title.slice(0, 1).toLowerCase()}${title.slice(1)}` : title
}
