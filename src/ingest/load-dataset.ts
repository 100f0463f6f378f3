import { z } from 'zod'

import type { DatasetState } from '#agents/ports.ts'
import type { DatasetName } from '#rules/schema/review.ts'
import { selectRows } from '#src/warehouse/select.ts'

import type { DatasetContract } from './contracts/contract.ts'
import type { DataFile } from './data-file.ts'
import { refuseDuplicates } from './duplicates.ts'
import { loadFile, type LoadContext } from './load-file.ts'
import { FileFault, type Problem } from './reject.ts'
import { sqlName, sqlText } from './sql-text.ts'

/** What became of one file of a data set. */
interface FileResult {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  /** Accepted rows. */
  readonly rows: number
  readonly rejected: number
  /** Columns the file has, in its order. */
  readonly columns: readonly string[]
}

/** What became of a data set. */
export interface DatasetResult extends DatasetState {
  readonly dataset: DatasetName
  readonly files: readonly FileResult[]
  readonly problems: readonly Problem[]
}

/**
 * Reads all files of a data set into its table. A problem with one file leaves the whole data set unread: a part of it would be
 * taken for the whole.
 *
 * @param input.problems Faults found before a file was opened.
 * @returns The result, and the number from which the next data set counts its rows.
 */
export async function loadDataset(
  contract: DatasetContract,
  input: { readonly files: readonly DataFile[]; readonly problems: readonly Problem[] },
  context: LoadContext & { readonly firstRow: number },
): Promise<{ readonly result: DatasetResult; readonly nextRow: number }> {
  if (input.files.length + input.problems.length === 0) {
    const { dataset } = contract
    return { result: { dataset, ...ABSENT, files: [], problems: [] }, nextRow: context.firstRow }
  }
  const problems = input.problems.length > 0 ? [...input.problems] : copies(input.files)
  const read = new Map<string, { readonly columns: readonly string[]; readonly rows: number }>()
  let nextRow = context.firstRow
  for (const file of problems.length === 0 ? input.files : []) {
    try {
      const loaded = await loadFile(file, contract, { ...context, firstRow: nextRow })
      read.set(file.path, loaded)
      nextRow += loaded.rows
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      problems.push(error.problem)
    }
  }
  if (problems.length > 0) await clear(contract, context)
  else await refuseDuplicates(contract, context.connection)
  const accepted = await acceptedByFile(contract, context)
  const files = input.files.map(({ path, bytes, sha256 }): FileResult => {
    const { columns, rows } = read.get(path) ?? { columns: [], rows: 0 }
    const kept = accepted.get(path) ?? 0
    const rejected = problems.length === 0 ? rows - kept : 0
    return { path, bytes, sha256, columns, rows: kept, rejected }
  })
  return {
    result: { dataset: contract.dataset, problems, files, ...stateOf(files, problems) },
    nextRow,
  }
}

const ABSENT: DatasetState = { state: 'absent', rows: 0, rejected: 0 }

function stateOf(files: readonly FileResult[], problems: readonly Problem[]): DatasetState {
  const rows = files.reduce((total, file) => total + file.rows, 0)
  const rejected = files.reduce((total, file) => total + file.rejected, 0)
  if (problems.length > 0) return { state: 'unreadable', rows: 0, rejected: 0 }
  if (rows > 0) return { state: 'present', rows, rejected }
  // Rows came and not one could be read: that is no empty file.
  return { state: rejected > 0 ? 'unreadable' : 'empty', rows, rejected }
}

/** The same bytes twice would count everything twice. */
function copies(files: readonly DataFile[]): Problem[] {
  const seen = new Map<string, string>()
  return files.flatMap(({ path, sha256, bytes }) => {
    const first = seen.get(sha256)
    seen.set(sha256, first ?? path)
    if (first === undefined || bytes === 0) return []
    return [
      {
        file: path,
        code: 'duplicate_file',
        expected: 'every file once',
        got: `a copy of ${first}`,
      },
    ]
  })
}

async function clear({ dataset }: DatasetContract, { connection }: LoadContext): Promise<void> {
  await connection.run(`delete from ${sqlName(dataset)}`)
  await connection.run(`delete from rejects where dataset = ${sqlText(dataset)}`)
}

const AcceptedRows = z.array(z.object({ source_file: z.string(), accepted: z.number() }))

async function acceptedByFile(
  { dataset }: DatasetContract,
  { connection }: LoadContext,
): Promise<Map<string, number>> {
  const rows = await selectRows(connection, {
    name: 'accepted rows',
    text: `select source_file, count(*) as accepted from ${sqlName(dataset)} group by source_file`,
    parameters: {},
  })
  return new Map(AcceptedRows.parse(rows).map((row) => [row.source_file, row.accepted]))
}
