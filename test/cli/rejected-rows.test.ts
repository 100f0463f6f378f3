import { appendFile, cp } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { expect, test, vi } from 'vitest'

import { ReviewDocument } from '#rules/schema/document.ts'
import { mo } from '#test/support/mo.ts'
import { createReadyWorkspace } from '#test/support/store.ts'

// Every command is a process with a database of its own to start; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 })

const COMPANY = 'examples/reference-company'
const BAD_DAY = 'soon,CAMP_001,CH_01,SEG_001,ASSET_001,USD,1.00,1,1,1,1.00\n'
const BAD_MONTH = '2026-99,CAMP_001,media,1.00,USD\n'

test('a review says how many rows of which data sets were rejected, and how to see them', async () => {
  const { directory, remove } = await createReadyWorkspace()
  try {
    await cp(COMPANY, directory, { recursive: true })
    const review = (...more: readonly string[]) =>
      mo(['review', '--workspace', directory, '--month', '2026-03', ...more])
    const spoil = (file: string, rows: string) => appendFile(join(directory, 'data', file), rows)
    const clean = await review()
    expect(clean.stdout).toContain('Verdict:')
    expect(clean.stdout).not.toContain('rejected')

    await spoil('ad_performance.csv', BAD_DAY)
    const one = await review()
    expect(one.stdout).toContain('\n1 row was rejected (ad_performance 1): ')

    await spoil('ad_performance.csv', BAD_DAY)
    await spoil('cost_ledger.csv', BAD_MONTH)
    const { stdout } = await review()
    expect(stdout).toContain(
      `\n3 rows were rejected (ad_performance 2, cost_ledger 1): npm run -s mo -- validate --workspace ${relative(process.cwd(), directory)}\n`,
    )

    const told = ReviewDocument.parse(JSON.parse((await review('--json')).stdout))
    const rejected = told.inputs.filter((input) => input.rejected > 0)
    expect(rejected.map((input) => [input.dataset, input.rejected])).toEqual([
      ['ad_performance', 2],
      ['cost_ledger', 1],
    ])
  } finally {
    await remove()
  }
})
