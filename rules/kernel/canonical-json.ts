import { invariant, InvariantError } from './invariant.ts'
import { compareText } from './order.ts'

const DEEPEST = 200

/**
 * The one text of a plain value: two equal values give the same bytes on every machine, so a hash of them can be compared.
 *
 * Object keys in code-unit order, no white space, numbers as ECMAScript prints them (−0 as 0). What JSON would drop or bend in
 * silence is refused: undefined, bigint, NaN, infinities, text with half a surrogate pair, instances of classes, holes in arrays.
 * Every finite double is taken, since its shortest text reads back as the same double; that money stays in safe integers is
 * `money`'s promise.
 *
 * @param value Plain JSON, at most 200 levels deep.
 * @throws InvariantError on a value that is not plain JSON; the message names its place as a path from `$`.
 * Source: RFC 8785, JSON Canonicalization Scheme.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0)
}

function write(value: unknown, path: string, depth: number): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') return writeNumber(value, path)
  if (typeof value === 'string') return writeText(value, path)
  invariant(depth < DEEPEST, `canonicalJson: ${path} is nested too deeply`)
  if (Array.isArray(value)) return writeArray(value, path, depth)
  if (isPlainObject(value)) return writeObject(value, path, depth)
  throw new InvariantError(`canonicalJson: ${path} is not plain JSON (${typeof value})`)
}

function writeNumber(value: number, path: string): string {
  invariant(Number.isFinite(value), `canonicalJson: ${path} is not a finite number`)
  return JSON.stringify(value)
}

function writeText(value: string, path: string): string {
  invariant(value.isWellFormed(), `canonicalJson: ${path} holds half a surrogate pair`)
  return JSON.stringify(value)
}

function writeArray(values: readonly unknown[], path: string, depth: number): string {
  // Array.from visits holes too, as undefined, which is refused.
  const items = Array.from(values, (item, index) => write(item, `${path}[${index}]`, depth + 1))
  return `[${items.join(',')}]`
}

function writeObject(
  value: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): string {
  const members = Object.keys(value)
    .toSorted(compareText)
    .map((key) => `${writeText(key, path)}:${write(value[key], `${path}.${key}`, depth + 1)}`)
  return `{${members.join(',')}}`
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
