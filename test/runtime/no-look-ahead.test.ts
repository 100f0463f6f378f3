import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { runStages } from '#test/support/stage-run.ts'
import { workspaceWith } from '#test/support/workspace.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')

/** Sets that say of each row when it happened, and in which column. */
const DATED = {
  ad_performance: 'date',
  funnel_counts: 'date',
  content: 'date',
  search_performance: 'date',
  leads: 'created_at',
  touchpoints: 'occurred_at',
  budget_actions: 'created_at',
  risk_signals: 'raised_at',
  experiments: 'started_on',
  decision_log: 'decided_at',
  segment_rollups: 'window_end',
} as const

/** Ledgers whose rows speak of a whole month: before its last day they are of the future too. */
const BOOKED_BY_MONTH = ['cost_ledger', 'value_ledger'] as const

/** The company, without the report it once published: what that claims is held against all data, also of later days. */
async function company(): Promise<string> {
  const directory = await workspaceWith({})
  await cp(COMPANY, directory, {
    recursive: true,
    filter: (source) => !source.includes('.orchestrator'),
  })
  await rm(join(directory, 'data', 'published_figures.csv'))
  // Ledgers that speak of an earlier month too, and a move that waited for a day.
  for (const dataset of BOOKED_BY_MONTH) {
    const path = join(directory, 'data', `${dataset}.csv`)
    const [header = '', first = '', ...rest] = (await readFile(path, 'utf8')).split('\n')
    await writeFile(path, [header, first.replace('2026-03', '2026-02'), first, ...rest].join('\n'))
  }
  // On the first of the days somebody keeps a record of risks and moves, though the month has none yet.
  await appendFile(
    join(directory, 'data', 'risk_signals.csv'),
    'RSK_0000,2026-02-03T10:00:00,CAMP_001,low_conversion,low,,,resolved\n',
  )
  await appendFile(
    join(directory, 'data', 'budget_actions.csv'),
    'BUD_0000,2026-02-03T10:00:00,CAMP_001,CH_01,CH_02,10.00,USD,scale_winner,,human,HUMAN_01,2026-02-03T11:00:00,rejected\n',
  )
  await rewrite(directory, 'budget_actions', (cells, column) =>
    cells[0] === 'BUD_0004' ? cells.with(column('decided_at'), '2026-03-19T08:00:00') : cells,
  )
  return directory
}

/** Rewrites the rows of a data set; a row that becomes null goes. */
async function rewrite(
  directory: string,
  dataset: string,
  row: (cells: string[], column: (name: string) => number) => string[] | null,
): Promise<number> {
  const path = join(directory, 'data', `${dataset}.csv`)
  const [header = '', ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n')
  const names = header.split(',')
  const kept = lines.flatMap((line) => {
    const cells = row(line.split(','), (name) => names.indexOf(name))
    return cells === null ? [] : [cells.join(',')]
  })
  await writeFile(path, `${[header, ...kept].join('\n')}\n`)
  return lines.length - kept.length
}

async function forgetAfter(directory: string, day: string): Promise<number> {
  let forgotten = 0
  for (const [dataset, name] of Object.entries(DATED)) {
    forgotten += await rewrite(directory, dataset, (cells, column) =>
      (cells[column(name)] ?? '').slice(0, day.length) <= day ? cells : null,
    )
  }
  for (const dataset of BOOKED_BY_MONTH) {
    forgotten += await rewrite(directory, dataset, (cells, column) =>
      (cells[column('month')] ?? '') < day.slice(0, 7) ? cells : null,
    )
  }
  return forgotten
}

/** What was decided later waited on the day. */
async function forgetDecisionsAfter(directory: string, day: string): Promise<void> {
  await rewrite(directory, 'budget_actions', (cells, column) => {
    if ((cells[column('decided_at')] ?? '').slice(0, day.length) <= day) return cells
    return cells
      .with(column('decided_at'), '')
      .with(column('approver'), '')
      .with(column('status'), 'pending')
  })
}

async function seenOn(directory: string, day: string) {
  const { stages } = await runStages(directory, '2026-03', day)
  return stages
}

describe.each(['2026-03-10', '2026-03-16', '2026-03-18'])(
  'a review that speaks for %s',
  { timeout: 30_000 },
  (day) => {
    it('knows nothing of what happened later', async () => {
      const [whole, past] = [await company(), await company()]
      expect(await forgetAfter(past, day)).toBeGreaterThan(0)
      await forgetDecisionsAfter(past, day)
      const [seeing, blind] = [await seenOn(whole, day), await seenOn(past, day)]
      for (const [index, stage] of seeing.entries()) {
        expect(stage).toStrictEqual(blind[index])
      }
    })
  },
)
