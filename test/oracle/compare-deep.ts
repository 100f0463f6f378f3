import type { OracleMismatch } from './adapter.ts'
import { compareExact, compareNumber, type Tolerance } from './compare.ts'

/** A value as our modules give it, laid out as in the file. */
export type Reading =
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly Reading[]
  | { readonly [key: string]: Reading }

/** Compares every field the file expects, however nested; numbers within the tolerance. A field we do not give is a mismatch unless null is expected. */
export function compareDeep(
  what: string,
  { expected, actual }: { expected: unknown; actual: Reading },
  tolerance: Tolerance,
): OracleMismatch[] {
  if (Array.isArray(expected)) return compareLists(what, { expected, actual }, tolerance)
  if (isRecord(expected)) {
    const fields = isReadingRecord(actual) ? actual : {}
    return Object.entries(expected).flatMap(([key, value]) =>
      compareDeep(`${what}.${key}`, { expected: value, actual: fields[key] }, tolerance),
    )
  }
  if (isNumeric(expected) && (typeof actual === 'number' || actual == null)) {
    return compareNumber(what, { expected, actual }, tolerance)
  }
  return compareExact(what, { expected, actual: actual ?? null })
}

function compareLists(
  what: string,
  { expected, actual }: { expected: readonly unknown[]; actual: Reading },
  tolerance: Tolerance,
): OracleMismatch[] {
  const given = isReadingList(actual) ? actual : []
  if (given.length !== expected.length) {
    return [{ what: `${what}.length`, expected: expected.length, actual: given.length }]
  }
  return expected.flatMap((value, index) =>
    compareDeep(`${what}[${index}]`, { expected: value, actual: given[index] }, tolerance),
  )
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity'
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isReadingList(value: Reading): value is readonly Reading[] {
  return Array.isArray(value)
}

function isReadingRecord(value: Reading): value is { readonly [key: string]: Reading } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
