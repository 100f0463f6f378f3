import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { AppError } from '#src/errors.ts'
import { selectRows } from '#src/warehouse/select.ts'

import { acceptRows, refuseRows, type Origin } from './accept.ts'
import type { CellRule, CellSettings } from './cell-rules.ts'
import { stagedInstant } from './cell-values.ts'
import type { Referenced } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import type { DataFile } from './data-file.ts'
import { fileRelation, type FileRelation } from './file-relation.ts'
import { laterRules } from './later-rules.ts'
import { unreadableParquet } from './parquet.ts'
import type { RawRelation } from './raw-relation.ts'
import { FileFault } from './reject.ts'
import { createStage } from './stage-table.ts'
import { zoneOffsets, type ZoneOffsets } from './zone.ts'

/** What the loading of one file needs to know of the rest. */
export interface LoadContext {
  readonly connection: DuckDBConnection
  readonly settings: CellSettings
  readonly timeZone: string
  readonly temporaryDirectory: string
  /** Sets whose ids are known, so that references to them can be checked. */
  readonly known: ReadonlySet<Referenced>
  /** The place in input order of the file's first row. */
  readonly firstRow: number
}

/** What a file turned out to hold. */
export interface LoadedFile {
  readonly columns: readonly string[]
  readonly rows: number
}

/**
 * Reads one file: its accepted rows go into the data set's table, the others into `rejects`.
 *
 * @throws FileFault when the file as a whole cannot be read.
 */
export async function loadFile(
  file: DataFile,
  contract: DatasetContract,
  context: LoadContext,
): Promise<LoadedFile> {
  const { connection, temporaryDirectory } = context
  const stagedPath = join(temporaryDirectory, `staged-${contract.dataset}`)
  try {
    const input = await fileRelation(file, contract, { connection, stagedPath })
    const { relation, columns } = input
    if (relation === undefined) return { columns, rows: 0 }
    const { rules, rows } = await stageRows(file, { ...input, relation }, { contract, context })
    const zone = await zoneOfStage(contract, context)
    const { known, timeZone } = context
    for (const rule of laterRules(contract, { known, timeZone, zone })) {
      rules.push(rule)
      await connection.run(refuseLater(rule, rules.length))
    }
    const origin: Origin = {
      file: file.path,
      firstRow: context.firstRow,
      firstLine: relation.firstLine,
    }
    await connection.run(acceptRows(contract, origin, zone))
    await connection.run(refuseRows(contract, origin, rules))
    return { columns, rows }
  } finally {
    await connection.run('drop table if exists stage')
    await rm(stagedPath, { force: true })
  }
}

/** Fills the staging table; returns the rules its rows were held to and how many there are. */
async function stageRows(
  file: DataFile,
  input: FileRelation & { readonly relation: RawRelation },
  { contract, context }: { readonly contract: DatasetContract; readonly context: LoadContext },
): Promise<{ readonly rules: CellRule[]; readonly rows: number }> {
  const stage = createStage(input.relation, contract, context.settings)
  try {
    await context.connection.run(stage.sql)
  } catch (error) {
    const failure = new AppError('WAREHOUSE_FAILED', {
      message: `reading ${file.path} failed`,
      got: error instanceof Error ? error.message : String(error),
      cause: error,
    })
    if (file.format !== 'parquet') throw failure
    throw unreadableParquet(failure, { path: file.location, shownAs: file.path })
  }
  const rows = await countStage(context.connection)
  if (input.rows === undefined || input.rows === rows) return { rules: [...stage.rules], rows }
  throw new FileFault({
    file: file.path,
    code: 'file_changed',
    expected: `${input.rows} rows, as counted before`,
    got: `${rows} rows`,
  })
}

function refuseLater({ broken, got }: CellRule, number: number): string {
  return `update stage set rule = ${number}, got = ${got} where rule is null and (${broken})`
}

const Counted = z.tuple([z.object({ total: z.number() })])

async function countStage(connection: DuckDBConnection): Promise<number> {
  const rows = await selectRows(connection, {
    name: 'staged rows',
    text: 'select count(*) as total from stage',
    parameters: {},
  })
  return Counted.parse(rows)[0].total
}

const Span = z.tuple([z.object({ earliest: z.number().nullable(), latest: z.number().nullable() })])

/** The zone's offsets over all instants of the staging table. */
async function zoneOfStage(
  { columns }: DatasetContract,
  { connection, timeZone }: LoadContext,
): Promise<ZoneOffsets> {
  const staged = columns
    .filter(({ type }) => type.kind === 'instant')
    .map(({ name }) => stagedInstant(name).ms)
  if (staged.length === 0) return { firstMs: 0, transitions: [] }
  const all = staged.map((ms) => `select ${ms} as ms from stage`).join(' union all ')
  const rows = await selectRows(connection, {
    name: 'span of instants',
    text: `select min(ms) as earliest, max(ms) as latest from (${all}) as instants`,
    parameters: {},
  })
  const [{ earliest, latest }] = Span.parse(rows)
  return zoneOffsets(timeZone, earliest ?? 0, latest ?? 0)
}
