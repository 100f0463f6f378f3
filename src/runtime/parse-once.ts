/** Records of about five reviews; more would only help who works on more at once. */
const KEPT_MAX = 40

/**
 * The parser, remembering what it made of the last texts: a review under way looks at its records after every stage, and to parse them all
 * again each time would cost more than the graph. What it gives is shared and therefore frozen.
 */
export function parseOnce<Value>(parse: (text: string) => Value): (text: string) => Value {
  const kept = new Map<string, Value>()
  return (text) => {
    const known = kept.get(text)
    const value = known ?? frozen(parse(text))
    // Set anew, so that the first of the map is the one not asked for the longest.
    kept.delete(text)
    kept.set(text, value)
    const [oldest] = kept.keys()
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
    return value
  }
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}
