import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { DATASETS } from '#rules/schema/review.ts'
import { columnReference } from '#src/ingest/column-reference.ts'
import { CONTRACTS } from '#src/ingest/contracts/all.ts'
import { mo } from '#test/support/mo.ts'
import { workspaceWith } from '#test/support/workspace.ts'

/** The cells of the line of a column. */
function lineOf(dataset: (typeof DATASETS)[number], column: string): string[] {
  const line = columnReference([dataset])
    .split('\n')
    .find((text) => text.startsWith(`| ${column} |`))
  return (line ?? '').split('|').map((cell) => cell.trim())
}

test.each(DATASETS)('every column of %s has a line with an example', (dataset) => {
  for (const { name, required } of CONTRACTS[dataset].columns) {
    const [, , isRequired, holds, empty, example] = lineOf(dataset, name)
    expect([name, isRequired]).toEqual([name, required ? 'yes' : 'no'])
    for (const cell of [holds, empty, example]) expect([name, cell]).not.toEqual([name, ''])
  }
})

test.each([
  [
    'ad_performance',
    'spend',
    'amount, no thousands separators, not below zero',
    'the row is rejected',
  ],
  ['ad_performance', 'clicks', 'whole number, at least 0', 'not measured (zero is `0`)'],
  [
    'ad_performance',
    'campaign_id',
    'id of `campaigns`, where that data set has rows',
    'the row is rejected',
  ],
  [
    'cost_ledger',
    'cost_type',
    'one of media, human_review, llm, tooling, agency',
    'the row is rejected',
  ],
  [
    'value_ledger',
    'amount',
    'amount, no thousands separators, below zero for refunds',
    'the row is rejected',
  ],
  ['experiments', 'planned_share', 'decimal with a point, 0 to 1', 'not measured (zero is `0`)'],
  [
    'experiments',
    'covariance',
    'decimal with a point, every digit kept',
    'not measured (zero is `0`)',
  ],
  [
    'experiments',
    'denominator_variance',
    'decimal with a point, every digit kept, at least 0',
    'not measured (zero is `0`)',
  ],
  ['leads', 'won_at', 'date, or time with or without an offset', 'it did not happen, or not yet'],
] as const)('%s.%s holds %s; empty: %s', (dataset, column, holds, empty) => {
  expect(lineOf(dataset, column).slice(3, 5)).toEqual([holds, empty])
})

test('keys and rules over two cells are told', () => {
  expect(columnReference(['cost_ledger'])).toContain('Each row has a `date` or a `month`.')
  expect(columnReference(['budgets'])).toContain('`min` is not above `max`.')
  expect(columnReference(['experiments'])).toContain(
    '`covariance` is in size at most the root of `variance` × `denominator_variance`.',
  )
  expect(columnReference(['journeys'])).toContain('Rows have no key')
  expect(columnReference(['campaigns'])).toContain('A row is known by: campaign_id.')
})

test('a new workspace has it beside its templates, and validate prints it', async () => {
  const directory = join(await workspaceWith({}), 'company')
  expect((await mo(['init', directory])).status).toBe(0)
  const page = await readFile(join(directory, 'templates/README.md'), 'utf8')
  expect(page).toContain(columnReference(DATASETS))
  const one = await mo(['validate', '--columns', 'leads'])
  expect(one.stdout).toBe(columnReference(['leads']))
  const wrong = await mo(['validate', '--columns', 'lead'])
  expect(wrong.status).toBe(2)
  expect(wrong.stderr).toContain('leads')
})
