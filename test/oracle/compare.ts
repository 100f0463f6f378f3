import type { OracleMismatch } from './adapter.ts'

/** How near a number must come: |actual − expected| ≤ absolute + relative × |expected|. */
export interface Tolerance {
  readonly absolute?: number
  readonly relative?: number
}

/** A number as the files write it: "NaN", "Infinity" and "-Infinity" are strings. */
export function toNumber(value: unknown): number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity' || value === '-Infinity') return Number(value)
  throw new TypeError(`expected a number, null, "NaN" or "Infinity", got ${JSON.stringify(value)}`)
}

/** Nothing when `actual` is within the tolerance of `expected`; otherwise the mismatch. Null equals only null, NaN only NaN. */
export function compareNumber(
  what: string,
  { expected, actual }: { expected: unknown; actual: number | null | undefined },
  { absolute = 0, relative = 0 }: Tolerance,
): OracleMismatch[] {
  const wanted = toNumber(expected)
  const got = actual ?? null
  if (Object.is(wanted, got) || wanted === got) return []
  if (wanted === null || got === null) return [{ what, expected, actual: got }]
  // Of two infinities the difference says nothing, and a share of one is everything.
  const near =
    Number.isFinite(wanted) && Math.abs(got - wanted) <= absolute + relative * Math.abs(wanted)
  return near ? [] : [{ what, expected, actual: got }]
}

/** Nothing when the two are equal as JSON; otherwise the mismatch. */
export function compareExact(
  what: string,
  { expected, actual }: { expected: unknown; actual: unknown },
): OracleMismatch[] {
  return JSON.stringify(expected) === JSON.stringify(actual) ? [] : [{ what, expected, actual }]
}
