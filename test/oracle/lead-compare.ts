import { z } from 'zod'

import type { OracleMismatch } from './adapter.ts'
import { compareDeep, type Reading } from './compare-deep.ts'

const TOLERANCE = { absolute: 1e-12, relative: 1e-9 }
/** scikit-learn's sigmoid stops early: the files allow 1e-4 there, and 1e-6 for the line itself. */
const PLATT = { absolute: 1e-6, relative: 1e-6 }
const SIGMOID = { absolute: 1e-4, relative: 1e-4 }

/** Compares the metrics, bands, drift and recalibration of one lead case, each at its own tolerance. */
export function compareLeadCase(
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, Reading>>,
): OracleMismatch[] {
  return Object.entries(expected).flatMap(([part, wanted]) =>
    part === 'recalibration'
      ? compareRecalibration(wanted, actual[part])
      : compareDeep(part, { expected: wanted, actual: actual[part] }, TOLERANCE),
  )
}

function compareRecalibration(expected: unknown, actual: Reading): OracleMismatch[] {
  if (typeof expected !== 'object' || expected === null) {
    return [{ what: 'recalibration', expected, actual }]
  }
  const given =
    typeof actual === 'object' && actual !== null && !Array.isArray(actual) ? actual : {}
  const fields: Readonly<Record<string, Reading>> = Object.fromEntries(Object.entries(given))
  const read: Readonly<Record<string, Reading>> = {
    ...fields,
    sklearn_sigmoid_a: negative(fields['platt_slope']),
    sklearn_sigmoid_b: negative(fields['platt_intercept']),
  }
  return Object.entries({ ...expected, ...thinned(expected) }).flatMap(([key, wanted]) =>
    compareDeep(`recalibration.${key}`, { expected: wanted, actual: read[key] }, toleranceOf(key)),
  )
}

const Thresholds = z.object({ isotonic_x: z.array(z.number()), isotonic_y: z.array(z.number()) })

/**
 * The thresholds without those inside a flat stretch. scikit-learn leaves them out itself, but where two blocks of one mean differ by a last
 * digit, as its means of means do now and then, it keeps both.
 */
function thinned(expected: object): Partial<z.infer<typeof Thresholds>> {
  const thresholds = Thresholds.safeParse(expected)
  if (!thresholds.success) return {}
  const { isotonic_x: x, isotonic_y: y } = thresholds.data
  const isFlat = (left: number, right: number): boolean =>
    Math.abs((y[left] ?? NaN) - (y[right] ?? NaN)) <= 1e-12
  const kept = x.map((_, index) => !(isFlat(index, index - 1) && isFlat(index, index + 1)))
  return {
    isotonic_x: x.filter((_, index) => kept[index] === true),
    isotonic_y: y.filter((_, index) => kept[index] === true),
  }
}

function toleranceOf(key: string) {
  if (key.startsWith('sklearn')) return SIGMOID
  return key.startsWith('platt') ? PLATT : TOLERANCE
}

function negative(value: Reading): Reading {
  return typeof value === 'number' ? -value : value
}
