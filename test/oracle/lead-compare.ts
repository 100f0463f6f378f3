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
  return Object.entries(expected).flatMap(([key, wanted]) =>
    compareDeep(`recalibration.${key}`, { expected: wanted, actual: read[key] }, toleranceOf(key)),
  )
}

function toleranceOf(key: string) {
  if (key.startsWith('sklearn')) return SIGMOID
  return key.startsWith('platt') ? PLATT : TOLERANCE
}

function negative(value: Reading): Reading {
  return typeof value === 'number' ? -value : value
}
