import { present } from '#rules/kernel/invariant.ts'

import type { CellRule, CellSettings } from './cell-rules.ts'
import type { Column } from './contracts/column.ts'
import type { DatasetContract, RowRule } from './contracts/contract.ts'
type Source = (column: Column) => string

/** The rules over two cells of a row, to be tried after those of single cells. */
export function rowRules(
  contract: DatasetContract,
  source: Source,
  settings: CellSettings,
): CellRule[] {
  const column = (name: string): Column =>
    present(
      contract.columns.find((candidate) => candidate.name === name),
      `column ${name} of ${contract.dataset}`,
    )
  return contract.rowRules.flatMap((rule) => rulesOf(rule, column, { source, settings }))
}

function rulesOf(
  rule: RowRule,
  column: (name: string) => Column,
  { source, settings }: { readonly source: Source; readonly settings: CellSettings },
): CellRule[] {
  if (rule.kind === 'date-or-month')
    return dateOrMonth(source(column('date')), source(column('month')))
  if (rule.kind === 'covariance') return covariance(rule, (name) => source(column(name)))
  const [low, high] = [column(rule.low), column(rule.high)]
  return [
    {
      column: rule.high,
      code: 'inconsistent',
      expected: `not less than ${rule.low}`,
      broken: isAbove(low, { low: source(low), high: source(high) }, settings),
      got: `${source(high)} || ' with ${rule.low} ' || ${source(low)}`,
    },
  ]
}

function isAbove(
  { type }: Column,
  { low, high }: { readonly low: string; readonly high: string },
  settings: CellSettings,
): string {
  if (type.kind === 'money') {
    const amount = (raw: string): string =>
      `try_cast(${raw} as decimal(18, ${settings.minorDigits}))`
    return `${amount(low)} > ${amount(high)}`
  }
  return `${low} > ${high}`
}

function number(raw: string): string {
  return `try_cast(${raw} as double)`
}

/** Cauchy and Schwarz, with room for the last digits of figures that were rounded. */
function covariance(
  { covariance: name, variances }: Extract<RowRule, { kind: 'covariance' }>,
  cell: (name: string) => string,
): CellRule[] {
  const [left, right] = [cell(variances[0]), cell(variances[1])]
  return [
    {
      column: name,
      code: 'inconsistent',
      expected: `at most the root of ${variances[0]} × ${variances[1]} in size`,
      broken: `abs(${number(cell(name))}) > sqrt(abs(${number(left)} * ${number(right)})) * 1.000001`,
      got: `${cell(name)} || ' with ${variances[0]} ' || ${left} || ' and ${variances[1]} ' || ${right}`,
    },
  ]
}

function dateOrMonth(date: string, month: string): CellRule[] {
  return [
    {
      column: 'date',
      code: 'missing_value',
      expected: 'a date or a month',
      broken: `${date} is null and ${month} is null`,
      got: `'neither'`,
    },
    {
      column: 'month',
      code: 'inconsistent',
      expected: 'the month of the date',
      broken: `substr(${date}, 1, 7) <> ${month}`,
      got: `${month} || ' with date ' || ${date}`,
    },
  ]
}
