import type { Column, ColumnType } from './contracts/column.ts'
import { DATE_MAX, DATE_MIN } from './limits.ts'
import type { RejectCode } from './reject.ts'
import { sqlText } from './sql-text.ts'

/** The company's currency and how many decimals its amounts have. */
export interface CellSettings {
  readonly currency: string
  readonly minorDigits: number
}

/** A test of one cell, in SQL over its raw text; `broken` is true when the cell breaks the rule. */
export interface CellRule {
  readonly column: string
  readonly code: RejectCode
  readonly expected: string
  readonly broken: string
  /** SQL of the text shown as what came. */
  readonly got: string
}

interface Test {
  readonly code: RejectCode
  readonly expected: string
  readonly broken: string
}

/** The largest decimal kept: in millionths it is still a safe integer. */
const DECIMAL_MAX = 9_000_000_000

const DAY = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]'
const ZONE = '(Z| UTC|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)'
const INSTANT = `${DAY}([T ]${CLOCK}(:[0-5][0-9]([.][0-9]{1,9})?${ZONE}?)?)?`

/** True of an instant that names its offset from UTC; one that does not is local time. */
export function namesOffset(raw: string): string {
  return `length(${raw}) > 19 and regexp_matches(${raw}, '${ZONE}$')`
}

/** The rules of one column over the SQL expression of its raw text, the first to be tried first. */
export function cellRules(column: Column, raw: string, settings: CellSettings): CellRule[] {
  const filled = TESTS[column.type.kind](column.type, raw, settings).map((test) => ({
    ...test,
    broken: `${raw} is not null and (${test.broken})`,
  }))
  const tests = [...missing(column, raw), ...filled]
  return tests.map((test) => ({
    ...test,
    column: column.name,
    got: test.code === 'missing_value' ? sqlText('an empty cell') : raw,
  }))
}

function missing(column: Column, raw: string): Test[] {
  if (!column.required) return []
  return [{ code: 'missing_value', expected: 'a value', broken: `${raw} is null` }]
}

type Tests = (type: ColumnType, raw: string, settings: CellSettings) => Test[]

const TESTS: Readonly<Record<ColumnType['kind'], Tests>> = {
  id: (_type, raw) => [
    {
      code: 'wrong_type',
      expected: 'an id of at most 256 characters without control characters or outer spaces',
      broken: `length(${raw}) > 256 or regexp_matches(${raw}, '[\\p{Cc}\\p{Cf}]|^[\\s\\p{Z}]|[\\s\\p{Z}]$')`,
    },
  ],
  text: textTests,
  word: (_type, raw) => [
    {
      code: 'wrong_type',
      expected: 'a name in lower case such as demo_request',
      broken: `not regexp_full_match(${raw}, '[a-z][a-z0-9_]{0,63}')`,
    },
  ],
  choice: (type, raw) => {
    const values = type.kind === 'choice' ? type.values : []
    const list = values.map(sqlText).join(', ')
    const expected = `one of ${values.join(', ')}`
    return [{ code: 'not_allowed', expected, broken: `${raw} not in (${list})` }]
  },
  currency: (_type, raw, { currency }) => [
    { code: 'foreign_currency', expected: currency, broken: `${raw} <> ${sqlText(currency)}` },
  ],
  date: (_type, raw) => [
    {
      code: 'wrong_type',
      expected: 'a date YYYY-MM-DD of the calendar',
      broken: `not regexp_full_match(${raw}, '${DAY}') or try_cast(${raw} as date) is null`,
    },
    plausible(raw, DATE_MIN, DATE_MAX),
  ],
  month: (_type, raw) => [
    {
      code: 'wrong_type',
      expected: 'a month YYYY-MM',
      broken: `not regexp_full_match(${raw}, '[0-9]{4}-(0[1-9]|1[0-2])')`,
    },
    plausible(raw, DATE_MIN.slice(0, 7), DATE_MAX.slice(0, 7)),
  ],
  instant: (_type, raw) => [
    {
      code: 'wrong_type',
      expected:
        'a date YYYY-MM-DD or a time such as 2026-03-01T09:00:00, with or without Z or an offset',
      broken: `not regexp_full_match(${raw}, '${INSTANT}') or try_cast(${raw} as timestamptz) is null`,
    },
    plausible(`substr(${raw}, 1, 10)`, DATE_MIN, DATE_MAX),
  ],
  count: (type, raw) => {
    const min = type.kind === 'count' ? type.min : 0
    return [
      {
        code: 'wrong_type',
        expected: 'a whole number without separators, such as 1234',
        broken: `not regexp_full_match(${raw}, '0|[1-9][0-9]{0,14}')`,
      },
      ...(min === 0 ? [] : [range(`try_cast(${raw} as bigint) < ${min}`, `at least ${min}`)]),
    ]
  },
  decimal: decimalTests,
  figure: decimalTests,
  money: moneyTests,
  boolean: (_type, raw) => [
    {
      code: 'wrong_type',
      expected: 'true or false',
      broken: `lower(${raw}) not in ('true', 'false', '1', '0')`,
    },
  ],
}

function textTests(type: ColumnType, raw: string): Test[] {
  const { maxLength, lineBreaks } =
    type.kind === 'text' ? type : { maxLength: 0, lineBreaks: false }
  const forbidden = lineBreaks
    ? '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x{9f}]'
    : '[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x{9f}]'
  return [
    range(`length(${raw}) > ${maxLength}`, `at most ${maxLength} characters`),
    {
      code: 'control_character',
      expected: lineBreaks
        ? 'text without control characters'
        : 'one line of text without control characters',
      broken: `regexp_matches(${raw}, '${forbidden}')`,
    },
  ]
}

function decimalTests(type: ColumnType, raw: string): Test[] {
  const min = type.kind === 'decimal' || type.kind === 'figure' ? type.min : undefined
  const max = type.kind === 'decimal' ? type.max : undefined
  const value = `try_cast(${raw} as decimal(18, 6))`
  // A figure keeps its digits, so what lies below zero by more than noise is not rounded away.
  const compared = type.kind === 'figure' ? `try_cast(${raw} as double) + 1e-12` : value
  return [
    {
      code: 'wrong_type',
      expected: 'a decimal number with a point, such as 0.25',
      broken: `not regexp_full_match(${raw}, '-?[0-9]{1,30}([.][0-9]{1,30})?([eE][+-]?[0-9]{1,2})?')`,
    },
    range(
      `coalesce(abs(${value}) > ${DECIMAL_MAX}, true)`,
      `a number between -${DECIMAL_MAX} and ${DECIMAL_MAX}`,
    ),
    ...(min === undefined ? [] : [range(`${compared} < ${min}`, `a number of at least ${min}`)]),
    ...(max === undefined ? [] : [range(`${value} > ${max}`, `a number of at most ${max}`)]),
  ]
}

function moneyTests(type: ColumnType, raw: string, { minorDigits }: CellSettings): Test[] {
  const sign = type.kind === 'money' && type.negative ? '-?' : ''
  const decimals = minorDigits === 0 ? '' : `([.][0-9]{1,${minorDigits}})?`
  const form =
    minorDigits === 0
      ? 'an amount without decimals or separators, such as 1234'
      : `an amount with a point and at most ${minorDigits} decimals, such as ${(1234.5).toFixed(minorDigits)}`
  return [
    {
      code: 'wrong_type',
      expected: sign === '' ? `${form}, not negative` : form,
      broken: `not regexp_full_match(${raw}, '${sign}(0|[1-9][0-9]{0,11})${decimals}')`,
    },
  ]
}

function range(broken: string, expected: string): Test {
  return { code: 'out_of_range', expected, broken }
}

function plausible(raw: string, min: string, max: string): Test {
  return range(`${raw} < '${min}' or ${raw} > '${max}'`, `a day from ${min} to ${max}`)
}
