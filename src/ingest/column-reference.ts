import type { DatasetName } from '#rules/schema/review.ts'

import { CONTRACTS } from './contracts/all.ts'
import type { Column, ColumnType } from './contracts/column.ts'
import type { RowRule } from './contracts/contract.ts'

interface Told {
  readonly type: string
  readonly example: string
  /** What an empty cell of a column that may be empty means. */
  readonly empty: string
}

const NOT_MEASURED = 'not measured (zero is `0`)'
const NOT_STATED = 'not stated'
const NOT_YET = 'it did not happen, or not yet'

const KINDS: Readonly<Record<ColumnType['kind'], Omit<Told, 'type'> & { readonly type: string }>> =
  {
    id: { type: 'id', example: 'C-001', empty: 'of none, or not known' },
    text: { type: 'text', example: 'Spring promotion', empty: NOT_STATED },
    word: { type: 'name in lower case', example: 'demo_request', empty: NOT_STATED },
    choice: { type: 'one of', example: '', empty: NOT_STATED },
    currency: {
      type: 'currency of the company',
      example: 'USD',
      empty: 'the currency of the company',
    },
    date: { type: 'date YYYY-MM-DD', example: '2026-03-01', empty: NOT_YET },
    month: { type: 'month YYYY-MM', example: '2026-03', empty: NOT_STATED },
    instant: {
      type: 'date, or time with or without an offset',
      example: '2026-03-01T09:30:00Z',
      empty: NOT_YET,
    },
    count: { type: 'whole number', example: '1234', empty: NOT_MEASURED },
    decimal: { type: 'decimal with a point', example: '0.25', empty: NOT_MEASURED },
    figure: {
      type: 'decimal with a point, every digit kept',
      example: '0.0423861',
      empty: NOT_MEASURED,
    },
    money: { type: 'amount, no thousands separators', example: '1234.50', empty: NOT_MEASURED },
    boolean: { type: '`true` or `false`', example: 'true', empty: NOT_STATED },
  }

/**
 * Every column of the data sets as a page of Markdown: whether it is required, what it may hold, what an empty cell means, and an
 * example. It is made from the contracts, so it says what is enforced.
 */
export function columnReference(datasets: readonly DatasetName[]): string {
  return `${datasets.map(datasetReference).join('\n\n')}\n`
}

function datasetReference(dataset: DatasetName): string {
  const { columns, key, rowRules } = CONTRACTS[dataset]
  const notes = [
    key.length === 0
      ? 'Rows have no key: each is an event of its own.'
      : `A row is known by: ${key.join(', ')}. A second row with the same is rejected.`,
    ...rowRules.map(ruleNote),
  ]
  return [
    `## ${dataset}`,
    '',
    '| column | required | holds | empty cell | example |',
    '| --- | --- | --- | --- | --- |',
    ...columns.map(columnLine),
    '',
    notes.join(' '),
  ].join('\n')
}

function ruleNote(rule: RowRule): string {
  if (rule.kind === 'ordered') return `\`${rule.low}\` is not above \`${rule.high}\`.`
  if (rule.kind === 'date-or-month') return 'Each row has a `date` or a `month`.'
  const [left, right] = rule.variances
  return `\`${rule.covariance}\` is in size at most the root of \`${left}\` × \`${right}\`.`
}

function columnLine(column: Column): string {
  const { type, empty, example } = toldOf(column)
  const told = column.required ? 'the row is rejected' : empty
  return `| ${column.name} | ${column.required ? 'yes' : 'no'} | ${type} | ${told} | ${example} |`
}

function toldOf({ type, references }: Column): Told {
  const told = KINDS[type.kind]
  if (references !== undefined) {
    return { ...told, type: `id of \`${references}\`, where that data set has rows` }
  }
  if (type.kind === 'choice') {
    return { ...told, type: `one of ${type.values.join(', ')}`, example: type.values[0] ?? '' }
  }
  const bounds = boundsOf(type)
  return bounds === '' ? told : { ...told, type: `${told.type}, ${bounds}` }
}

function boundsOf(type: ColumnType): string {
  if (type.kind === 'money') return type.negative ? 'below zero for refunds' : 'not below zero'
  if (type.kind === 'text') return `at most ${type.maxLength} characters`
  if (type.kind !== 'count' && type.kind !== 'decimal' && type.kind !== 'figure') return ''
  const { min } = type
  const max = type.kind === 'decimal' ? type.max : undefined
  if (min === undefined) return ''
  return max === undefined ? `at least ${min}` : `${min} to ${max}`
}
