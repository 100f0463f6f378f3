import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { DatasetName } from '#rules/schema/review.ts'
import { AppError } from '#src/errors.ts'
import { CONTRACTS } from '#src/ingest/contracts/all.ts'
import { runReviewOf } from '#test/support/review-run.ts'
import { runStages, type StageRun } from '#test/support/stage-run.ts'

const COMPANY = join(import.meta.dirname, '../../examples/reference-company')
const MONTH = '2026-03'
const AS_OF = '2026-03-31'
const DATASETS = (await readdir(join(COMPANY, 'data'))).map((file) =>
  DatasetName.parse(basename(file, '.csv')),
)

/** What is done to a file: its new bytes, or undefined to remove it. */
type Spoil = (text: string, dataset: DatasetName) => string | Buffer | undefined

const headerOf = (text: string): string => text.slice(0, text.indexOf('\n') + 1)

/** Faults that leave a data set without a row to read. */
const GONE: Readonly<Record<string, Spoil>> = {
  'is removed': () => undefined,
  'has no rows': headerOf,
  'cannot be read': (text) => `extra,extra,${text}`,
  'has the wrong types': (text, dataset) => {
    const [header = '', ...rows] = text.trimEnd().split('\n')
    const typed = CONTRACTS[dataset].columns.find(
      ({ name, type, required }) =>
        required && !/id|text|word/.test(type.kind) && header.split(',').includes(name),
    )
    const at = header.split(',').indexOf(typed?.name ?? 'name')
    // Names are the only cells of a set without dates and amounts; a control character spoils those.
    const cell = typed === undefined ? '"a\u0007b"' : 'about 12'
    return [header, ...rows.map((row) => withCell(row, at, cell))].join('\n')
  },
}

function withCell(row: string, at: number, cell: string): string {
  let place = 0
  return row.replaceAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g, (whole, _cell, end: string) =>
    place++ === at ? `${cell}${end}` : whole,
  )
}

/** Faults that cost no row, or only rows of their own. */
const HARMLESS: Readonly<Record<string, Spoil>> = {
  'begins with a byte-order mark': (text) => `\uFEFF${text}`,
  'ends its lines as Windows does': (text) => text.replaceAll(/\r?\n/g, '\r\n'),
  'holds every row twice, where rows have a key': (text, dataset) =>
    CONTRACTS[dataset].key.length === 0
      ? text
      : `${text.trimEnd()}\n${text.slice(headerOf(text).length)}`,
}

async function spoilt(spoil: Spoil, datasets: readonly DatasetName[]): Promise<string> {
  const directory = await mkdtemp(join(root, 'company-'))
  await cp(COMPANY, directory, { recursive: true })
  for (const dataset of datasets) {
    const path = join(directory, 'data', `${dataset}.csv`)
    const bytes = spoil(await readFile(path, 'utf8'), dataset)
    await (bytes === undefined ? rm(path) : writeFile(path, bytes))
  }
  return directory
}

let root = ''
let full: StageRun
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mo-spoilt-'))
  full = await runStages(await spoilt((text) => text, []), MONTH, AS_OF)
})

afterAll(() => rm(root, { recursive: true, force: true }))

/** Counts of the review's own calls: without priorities nothing is called to scale, and zero calls is what happened. */
const OWN_CALLS = /^synthesis\.segments\.(scale|hold|revise|stop)$/

/** Figures that turned to zero although nothing was counted, and texts whose figure is gone. */
function faultsOf(run: StageRun, gone: readonly DatasetName[]): string[] {
  const faults = run.danglingTokens.map((id) => `no fact for the token ${id}`)
  for (const fact of run.facts.values()) {
    const before = full.facts.get(fact.id)?.status
    if (fact.status !== 'zero') continue
    if (before === 'known' && !OWN_CALLS.test(fact.id))
      faults.push(`${fact.id} was known and is zero`)
    else if (
      before !== 'zero' &&
      fact.source.length > 0 &&
      fact.source.every(({ dataset }) => gone.includes(dataset))
    ) {
      faults.push(`${fact.id} was ${before ?? 'not there'} and is zero`)
    }
  }
  return faults
}

/** The figures that are known, to be compared with those of another run. */
function figuresOf(run: StageRun): [string, unknown][] {
  return Array.from(run.facts.values(), ({ id, status, value }) => [id, [status, value]])
}

/** Each data set meets these alone; the others, which end in the same states, are met by all sets at once. */
const ALONE = Object.entries(GONE).slice(0, 2)

describe.each(DATASETS)('when %s', (dataset) => {
  test.each(ALONE)('%s, its figures are missing and not zero', async (_fault, spoil) => {
    const run = await runStages(await spoilt(spoil, [dataset]), MONTH, AS_OF)
    expect(faultsOf(run, [dataset])).toEqual([])
  })
})

describe('when every data set', () => {
  test.each(Object.entries(GONE))('%s, no figure is zero', async (_fault, spoil) => {
    const run = await runStages(await spoilt(spoil, DATASETS), MONTH, AS_OF)
    expect(faultsOf(run, DATASETS)).toEqual([])
  })

  test.each(Object.entries(HARMLESS))('%s, every figure stays', async (_fault, spoil) => {
    const run = await runStages(await spoilt(spoil, DATASETS), MONTH, AS_OF)
    expect(run.danglingTokens).toEqual([])
    expect(figuresOf(run)).toEqual(figuresOf(full))
  })

  test('is in a foreign currency, no amount is zero', async () => {
    const run = await runStages(
      await spoilt((text) => text.replaceAll(/\bUSD\b/g, 'EUR'), DATASETS),
      MONTH,
      AS_OF,
    )
    expect(faultsOf(run, [])).toEqual([])
  })
})

describe('the whole review', () => {
  const empty = (): string => ''
  const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le')
  test.each([
    ['the ledger is truly empty', empty, ['cost_ledger']],
    ['touchpoints are in UTF-16', utf16, ['touchpoints']],
    ['everything is in UTF-16', utf16, DATASETS],
    ['everything is removed', () => undefined, DATASETS],
  ] as const)('answers when %s', async (_name, spoil, datasets) => {
    const directory = await spoilt(spoil, datasets)
    const answer = await runReviewOf(directory, MONTH).then(
      ({ outcome }) => outcome,
      (error: unknown) => (error instanceof AppError ? error.code : error),
    )
    expect(answer).toMatch(/^(completed|awaiting_approval|withheld|[A-Z][A-Z_]+)$/)
  })
})
