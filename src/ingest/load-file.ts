import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { invariant } from '#rules/kernel/invariant.ts'
import { selectRows } from '#src/warehouse/select.ts'

import type { CellRule, CellSettings } from './cell-rules.ts'
import { stagedInstant, tableValues } from './cell-values.ts'
import type { Referenced } from './contracts/column.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { instantStem, tableColumns } from './contracts/table.ts'
import type { DataFile } from './data-file.ts'
import { parquetRelation, stagedRelation } from './raw-relation.ts'
import { FileFault } from './reject.ts'
import { sqlName, sqlText } from './sql-text.ts'
import { stageCsv, type StagedFile } from './stage-csv.ts'
import { stageJsonl } from './stage-jsonl.ts'
import { createStage, sqlList, type RawRelation } from './stage-table.ts'
import { inGap, zoneOffsets, type ZoneOffsets } from './zone.ts'

/** What the loading of one file needs to know of the rest. */
export interface LoadContext {
  readonly connection: DuckDBConnection
  readonly settings: CellSettings
  readonly timeZone: string
  readonly temporaryDirectory: string
  /** Sets whose ids are known, so that references to them can be checked. */
  readonly known: ReadonlySet<Referenced>
}

/** What became of the rows of a file. */
export interface LoadedFile {
  readonly columns: readonly string[]
  readonly rows: number
  readonly accepted: number
}

/** Reads one file into the data set's table and its refused rows into `rejects`. @throws FileFault when the file as a whole cannot be read. */
export async function loadFile(
  file: DataFile,
  contract: DatasetContract,
  context: LoadContext & { readonly firstRow: number },
): Promise<LoadedFile> {
  const staged = join(context.temporaryDirectory, `staged-${contract.dataset}`)
  try {
    const { relation, columns, rows } = await relationOf(file, contract, { staged, context })
    if (relation === undefined) return { columns, rows: 0, accepted: 0 }
    return { columns, ...(await loadRows(relation, rows, { file, contract, context })) }
  } finally {
    await context.connection.run('drop table if exists stage')
    await rm(staged, { force: true })
  }
}

interface FileRelation {
  /** Undefined when the file has not even a header. */
  readonly relation: RawRelation | undefined
  readonly columns: readonly string[]
  /** Rows counted while the file was cut into rows; undefined when only the engine has counted. */
  readonly rows: number | undefined
}

async function relationOf(
  file: DataFile,
  contract: DatasetContract,
  { staged, context }: { readonly staged: string; readonly context: LoadContext },
): Promise<FileRelation> {
  const input = { path: file.location, shownAs: file.path }
  if (file.format === 'parquet') {
    const parquet = await parquetRelation(context.connection, input, contract)
    checkRequired(parquet.columns, contract, file)
    return { ...parquet, rows: undefined }
  }
  const stage = file.format === 'csv' ? stageCsv : stageJsonl
  const text: StagedFile = await stage(input, contract, staged)
  if (text.columns.length === 0 && text.rows === 0) {
    return { relation: undefined, columns: [], rows: 0 }
  }
  if (file.format === 'csv') checkRequired(text.columns, contract, file)
  return { relation: stagedRelation(staged, text), columns: text.columns, rows: text.rows }
}

function checkRequired(
  columns: readonly string[],
  contract: DatasetContract,
  file: DataFile,
): void {
  const missing = contract.columns.filter(
    ({ name, required }) => required && !columns.includes(name),
  )
  if (missing.length === 0) return
  throw new FileFault({
    file: file.path,
    code: 'missing_column',
    expected: `the column ${missing.map(({ name }) => name).join(', ')}`,
    got: columns.length === 0 ? 'no column' : columns.slice(0, 30).join(', '),
    row: 1,
    column: missing[0]?.name ?? '',
  })
}

interface Loading {
  readonly file: DataFile
  readonly contract: DatasetContract
  readonly context: LoadContext & { readonly firstRow: number }
}

async function loadRows(
  relation: RawRelation,
  expectedRows: number | undefined,
  loading: Loading,
): Promise<{ readonly rows: number; readonly accepted: number }> {
  const { contract, context } = loading
  const { connection } = context
  const stage = createStage(relation, contract, context.settings)
  await connection.run(stage.sql)
  const { rows } = await counts(connection)
  invariant(
    expectedRows === undefined || expectedRows === rows,
    `loadFile: ${String(expectedRows)} rows were cut and ${rows} read`,
  )
  const zone = await zoneOfStage(loading)
  const rules = [...stage.rules]
  for (const rule of laterRules(loading, zone)) {
    rules.push(rule)
    await connection.run(
      `update stage set rule = ${rules.length}, got = ${rule.got} where rule is null and (${rule.broken})`,
    )
  }
  await connection.run(acceptRows(loading, zone))
  await connection.run(refuseRows(loading, rules))
  return counts(connection)
}

const Counts = z.tuple([z.object({ total: z.number(), accepted: z.number() })])

async function counts(
  connection: DuckDBConnection,
): Promise<{ readonly rows: number; readonly accepted: number }> {
  const rows = await selectRows(connection, {
    name: 'staged rows',
    text: 'select count(*) as total, count(case when rule is null then 1 end) as accepted from stage',
    parameters: {},
  })
  const [{ total, accepted }] = Counts.parse(rows)
  return { rows: total, accepted }
}

const Span = z.tuple([z.object({ earliest: z.number().nullable(), latest: z.number().nullable() })])

/** The zone's offsets over all instants of the stage. */
async function zoneOfStage({ contract, context }: Loading): Promise<ZoneOffsets> {
  const clocks = contract.columns
    .filter(({ type }) => type.kind === 'instant')
    .map(({ name }) => stagedInstant(name).clock)
  if (clocks.length === 0) return { firstMs: 0, transitions: [] }
  const all = clocks.map((clock) => `select ${clock} as clock from stage`).join(' union all ')
  const rows = await selectRows(context.connection, {
    name: 'span of instants',
    text: `select min(clock) as earliest, max(clock) as latest from (${all})`,
    parameters: {},
  })
  const [{ earliest, latest }] = Span.parse(rows)
  return zoneOffsets(context.timeZone, earliest ?? 0, latest ?? 0)
}

/** Rules that need more than the row: the ids of other sets, and the time zone. */
function laterRules({ contract, context }: Loading, zone: ZoneOffsets): CellRule[] {
  const references = contract.columns.flatMap(({ name, references }) => {
    if (references === undefined || !context.known.has(references)) return []
    const id = references === 'campaigns' ? 'campaign_id' : `${references.slice(0, -1)}_id`
    return [
      {
        column: name,
        code: 'unknown_id' as const,
        expected: `an id of ${references}`,
        broken: `${name} is not null and ${name} not in (select ${id} from ${references})`,
        got: name,
      },
    ]
  })
  const skipped = contract.columns.flatMap(({ name, type }) => {
    const { clock, local } = stagedInstant(name)
    const gap = type.kind === 'instant' ? inGap(clock, zone) : undefined
    if (gap === undefined) return []
    return [
      {
        column: name,
        code: 'nonexistent_time' as const,
        expected: `a local time that exists in ${context.timeZone}, or one with its offset`,
        broken: `${local} and (${gap})`,
        got: `strftime(make_timestamp_ms(${clock}), '%Y-%m-%d %H:%M:%S')`,
      },
    ]
  })
  return [...references, ...skipped]
}

function acceptRows({ file, contract, context }: Loading, zone: ZoneOffsets): string {
  const values = contract.columns
    .flatMap((column) => tableValues(column, zone))
    .map(({ name, sql }) => `${sql} as ${sqlName(name)}`)
  const origin = [
    `${context.firstRow} + rowid as row_seq`,
    `${sqlText(file.path)} as source_file`,
    `coalesce(line, rowid + 1) as source_row`,
  ]
  const columns = tableColumns(contract).map(({ name }) =>
    name === 'month_key' ? `${monthKey(contract)} as month_key` : sqlName(name),
  )
  return `insert into ${sqlName(contract.dataset)}
select ${columns.join(', ')} from (
  select ${[...values, ...origin].join(', ')} from stage where rule is null
) as accepted`
}

function monthKey({ dated = '', columns, rowRules }: DatasetContract): string {
  const kind = columns.find(({ name }) => name === dated)?.type.kind
  if (rowRules.some((rule) => rule.kind === 'date-or-month')) {
    return 'coalesce(substr("date", 1, 7), "month")'
  }
  if (kind === 'month') return sqlName(dated)
  const day = kind === 'instant' ? `${instantStem(dated)}_on` : dated
  return `substr(${sqlName(day)}, 1, 7)`
}

function refuseRows({ file, contract }: Loading, rules: readonly CellRule[]): string {
  const look = (fault: string, texts: readonly string[]): string =>
    `case rule when 0 then ${fault} else ${sqlList(texts)}[rule] end`
  return `insert into rejects
select ${sqlText(contract.dataset)}, ${sqlText(file.path)}, coalesce(line, rowid + 1),
  ${look(
    "nullif(fault_column, '')",
    rules.map(({ column }) => column),
  )},
  ${look(
    'fault',
    rules.map(({ code }) => code),
  )},
  ${look(
    'fault_expected',
    rules.map(({ expected }) => expected),
  )},
  substr(coalesce(got, ''), 1, 200)
from stage where rule is not null`
}
