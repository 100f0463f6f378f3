import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { runStages } from '#test/support/stage-run.ts'
import { workspaceWith } from '#test/support/workspace.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')
/** Sets that say of each row on which day it happened. */
const DATED = ['ad_performance', 'funnel_counts', 'content', 'search_performance']

/** The company, without the report it once published: what that claims is held against all data, also of later days. */
async function company(): Promise<string> {
  const directory = await workspaceWith({})
  await cp(COMPANY, directory, {
    recursive: true,
    filter: (source) => !source.includes('.orchestrator'),
  })
  await rm(join(directory, 'data', 'published_figures.csv'))
  return directory
}

async function forgetAfter(directory: string, day: string): Promise<number> {
  let forgotten = 0
  for (const dataset of DATED) {
    const path = join(directory, 'data', `${dataset}.csv`)
    const [header = '', ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n')
    const kept = rows.filter((row) => row.slice(0, day.length) <= day)
    forgotten += rows.length - kept.length
    await writeFile(path, `${[header, ...kept].join('\n')}\n`)
  }
  return forgotten
}

it.each(['2026-03-10', '2026-03-15'])(
  'a review that speaks for %s knows nothing of what happened later',
  async (day) => {
    const [whole, past] = [await company(), await company()]
    expect(await forgetAfter(past, day)).toBeGreaterThan(0)
    const [seeing, blind] = [
      await runStages(whole, '2026-03', day),
      await runStages(past, '2026-03', day),
    ]
    for (const [index, stage] of seeing.stages.entries()) {
      expect(stage).toStrictEqual(blind.stages[index])
    }
  },
)
