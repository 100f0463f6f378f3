/** The values of one JSON object as they were written, by key. */
export type FlatObject = ReadonlyMap<string, FlatValue>

export interface FlatValue {
  /** A string's characters, a number's digits as written, true, false, the JSON of a nested value; null where the value is null. */
  readonly text: string | null
  readonly nested: boolean
}

/** What is wrong with a line that is no JSON object with each key once. */
export type JsonFault = 'not_json' | 'not_an_object' | 'key_twice'

/** A pair of a flat object without escapes, as strict as JSON: most lines consist of nothing else. */
const FLAT_PAIR =
  /[ \t]*"([^"\\\p{Cc}]*)"[ \t]*:[ \t]*(?:"([^"\\\p{Cc}]*)"|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))[ \t]*([,}])/uy
const LINE_END = /[ \t\r\n]*$/y
const KEY = /\s*"((?:[^"\\]|\\.)*)"\s*:\s*/y
const PLAIN = /"(?:[^"\\]|\\.)*"|[^\s,}]+/y
const NEXT = /\s*[,}]/y

/**
 * Reads one line of JSON without changing a digit: `JSON.parse` alone would round `12345678901234567890`, turn `1.50` into `1.5`
 * and keep only the last of two equal keys.
 */
export function parseFlatObject(line: string): FlatObject | JsonFault {
  const flat = readFlatPairs(line)
  if (flat !== undefined) return flat
  const value = parseJson(line)
  if (value === undefined) return 'not_json'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_an_object'
  return readPairs(line)
}

/** The pairs of a line that is a flat object and nothing else; undefined for all that has to be looked at more closely. */
function readFlatPairs(line: string): FlatObject | undefined {
  if (!line.startsWith('{')) return undefined
  const pairs = new Map<string, FlatValue>()
  FLAT_PAIR.lastIndex = 1
  for (;;) {
    const match = FLAT_PAIR.exec(line)
    if (match === null) return undefined
    const [, key = '', text, word, end] = match
    if (pairs.has(key)) return undefined
    pairs.set(key, { text: text ?? plainText(word ?? ''), nested: false })
    if (end === ',') continue
    LINE_END.lastIndex = FLAT_PAIR.lastIndex
    return LINE_END.test(line) ? pairs : undefined
  }
}

function parseJson(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return value
  } catch {
    return undefined
  }
}

/** The pairs of a line known to be a JSON object. */
function readPairs(line: string): FlatObject | JsonFault {
  const pairs = new Map<string, FlatValue>()
  let at = line.indexOf('{') + 1
  for (;;) {
    const key = matchAt(KEY, line, at)
    if (key === undefined) return pairs
    const name = unescaped(key.group)
    if (pairs.has(name)) return 'key_twice'
    const { value, end } = readValue(line, key.end)
    pairs.set(name, value)
    at = matchAt(NEXT, line, end)?.end ?? line.length
  }
}

function readValue(
  line: string,
  start: number,
): { readonly value: FlatValue; readonly end: number } {
  if (line[start] === '{' || line[start] === '[') {
    const end = endOfNested(line, start)
    return { value: { text: line.slice(start, end), nested: true }, end }
  }
  const end = matchAt(PLAIN, line, start)?.end ?? line.length
  return { value: { text: plainText(line.slice(start, end)), nested: false }, end }
}

function matchAt(
  pattern: RegExp,
  line: string,
  at: number,
): { readonly group: string; readonly end: number } | undefined {
  pattern.lastIndex = at
  const match = pattern.exec(line)
  return match === null ? undefined : { group: match[1] ?? '', end: pattern.lastIndex }
}

function endOfNested(line: string, start: number): number {
  let depth = 0
  for (let at = start; at < line.length; at++) {
    const character = line[at]
    if (character === '"') at = (matchAt(PLAIN, line, at)?.end ?? line.length) - 1
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    if (depth === 0) return at + 1
  }
  return line.length
}

function plainText(text: string): string | null {
  if (text === 'null') return null
  return text.startsWith('"') ? unescaped(text.slice(1, -1)) : text
}

function unescaped(text: string): string {
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text
}
