import { join } from 'node:path'

import { expect, it } from 'vitest'

import { copyWithPayloads, PAYLOADS } from '../support/hostile-workspace.ts'
import { promptsOf } from '../support/stage-prompts.ts'
import { runStages } from '../support/stage-run.ts'
import { workspaceWith } from '../support/workspace.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')
const MONTH = '2026-03'
const DAY = '2026-03-31'

it('tells a model the same bytes whatever the text columns hold', async () => {
  const plain = promptsOf((await runStages(COMPANY, MONTH, DAY)).stages)
  expect(plain).toHaveLength(7)
  expect(PAYLOADS).toHaveLength(200)
  // Each run puts some ninety payloads into the cells; the evals go on until every payload was in every column.
  for (const first of [0, 100]) {
    const directory = await workspaceWith({})
    await copyWithPayloads(COMPANY, directory, first)
    const told = promptsOf((await runStages(directory, MONTH, DAY)).stages)
    // One line at a time: a difference then names its line.
    expect(told.map((prompt) => prompt.split('\\n'))).toEqual(
      plain.map((prompt) => prompt.split('\\n')),
    )
  }
})
