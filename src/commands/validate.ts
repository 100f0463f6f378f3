import { join, relative } from 'node:path'

import type { Policy } from '#rules/policy/policy.ts'
import { DATASETS } from '#rules/schema/review.ts'
import { gradeTrust } from '#rules/trust/grade.ts'

import { AppError } from '../errors.ts'
import { columnReference } from '../ingest/column-reference.ts'
import { LISTED_MAX, type Waiting } from '../ingest/refused.ts'
import type { RejectCode } from '../ingest/reject.ts'
import { REJECTS_FOLDER, writeRejects } from '../ingest/rejects-file.ts'
import { reportContracts, type ContractReport } from '../ingest/validate.ts'
import { lostRows } from '../runtime/lost-rows.ts'
import { openWorkspace, workspacePolicy } from '../runtime/workspace.ts'
import type { Output } from '../terminal/output.ts'
import { columns } from '../terminal/output.ts'
import { openWarehouse } from '../warehouse/open.ts'
import type { CommandContext, CommandExit, CommonOptions } from './context.ts'

const EXAMPLES = 5

export interface ValidateOptions extends CommonOptions {
  /** Lists refused rows up to a bound that is said, not only the first of each data set. */
  readonly all?: boolean
  /** Only tells what each column holds: of one data set, or of all. */
  readonly columns?: string | true
}

/** `mo validate`: what the data contract says of every data set. The answer is no when a row or file was refused. */
export async function runValidate(
  { output }: CommandContext,
  options: ValidateOptions,
): Promise<CommandExit> {
  if (options.columns !== undefined) return tellColumns(output, options.columns)
  const workspace = await openWorkspace(options.workspace)
  const { policy } = await workspacePolicy(workspace)
  const data = await openWarehouse({
    workspaceDir: workspace.directory,
    company: { currency: policy.company.currency, timeZone: policy.company.time_zone },
  })
  try {
    const report = await reportContracts(
      data,
      output.json || options.all === true ? LISTED_MAX : EXAMPLES,
    )
    const listed = await writeRejects(workspace.directory, data.connection, data.datasets)
    const lost = await lostRows(data.warehouse)
    const trust = gradeTrust(
      {
        datasets: data.datasets.map(({ dataset, ...state }) => ({
          name: dataset,
          lost: lost(dataset),
          ...state,
        })),
        recording: [],
        silent: [],
        later: [],
        ledgerMediaMinor: null,
        platformSpendMinor: null,
      },
      policy.trust,
    )
    if (output.json) output.document({ ...report, listedMax: LISTED_MAX, trust })
    else {
      tell(output, report, trust.grade)
      if (listed.length > 0) {
        const folder = relative(process.cwd(), join(workspace.directory, REJECTS_FOLDER))
        output.line(`Every rejected row: ${join(folder, 'DATASET.csv')} (${listed.join(', ')})`)
      }
      for (const text of warningsOf(report, policy)) output.line(`warning: ${text}`)
    }
    return report.datasets.some((set) => set.rejected > 0 || set.problems.length > 0) ? 1 : 0
  } finally {
    await data.close()
  }
}

function warningsOf(report: ContractReport, policy: Policy): string[] {
  const strangers = report.unknownFiles.map(
    ({ name, where, suggestion }) =>
      `${where}/${name} is no data set${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
  )
  return [...emptyFiles(report), ...strangerOwners(policy), ...strangers]
}

/** Files that hold nothing: somebody meant to send rows. */
function emptyFiles({ datasets }: ContractReport): string[] {
  return datasets.flatMap(({ problems, files }) =>
    files
      .filter(({ rows, rejected }) => problems.length === 0 && rows + rejected === 0)
      .map(({ path, bytes }) =>
        bytes === 0 ? `${path} is empty: not even a header` : `${path} has no rows`,
      ),
  )
}

/** Owners are told in reports and asked by mail; one nobody knows is told by id and asked nothing. */
function strangerOwners({ operating_model: { owners }, people }: Policy): string[] {
  const known = new Set(people.map(({ id }) => id))
  return Object.entries(owners)
    .filter(([, id]) => !known.has(id))
    .map(
      ([area, id]) => `policy.yaml: operating_model.owners.${area} is ${id}, who is not in people`,
    )
}

function tellColumns(output: Output, asked: string | true): CommandExit {
  const found = asked === true ? DATASETS : DATASETS.filter((name) => name === asked)
  if (found.length === 0) {
    throw new AppError('USAGE', {
      message: 'there is no such data set',
      expected: `one of ${DATASETS.join(', ')}`,
      got: String(asked),
    })
  }
  const page = columnReference(found)
  if (output.json) output.document({ columns: page })
  else output.line(page.trimEnd())
  return 0
}

function tell(output: Output, { datasets, waiting }: ContractReport, grade: string): void {
  output.line(
    columns([
      ['DATA SET', 'STATE', 'ROWS', 'REJECTED', 'MONTHS'],
      ...datasets.map(({ dataset, state, rows, rejected, months }) => [
        dataset,
        state,
        String(rows),
        String(rejected),
        months === undefined ? '' : `${months.from} to ${months.to}`,
      ]),
    ]),
  )
  for (const set of datasets) {
    const { problems, unknownColumns } = set
    for (const { file, row, column, code, expected, got } of problems) {
      output.line(`${place(file, row, column)}  ${code}: expected ${expected}, got ${got}`)
    }
    tellRejects(output, set, waiting)
    for (const { name, where, suggestion } of unknownColumns) {
      output.line(
        `warning: ${where} has a column ${name} that is not read${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`,
      )
    }
  }
  for (const group of waiting) output.line(waitingLine(group))
  output.line(`Trust grade from the rows alone: ${grade}`)
}

/** Rows at fault, and how many more there are of which kind; rows that wait for others are told once for all. */
function tellRejects(
  output: Output,
  { dataset, firstRejects, rejectedByCode }: ContractReport['datasets'][number],
  waiting: readonly Waiting[],
): void {
  const left = new Map(rejectedByCode.map(({ code, rows }) => [code, rows]))
  const take = (code: RejectCode, rows: number) => left.set(code, (left.get(code) ?? 0) - rows)
  const waits = waiting.reduce(
    (sum, { sets }) => sum + (sets.find((set) => set.dataset === dataset)?.rows ?? 0),
    0,
  )
  take('unknown_id', waits)
  const atFault = [...left.values()].reduce((sum, rows) => sum + rows, 0)
  for (const { file, row, column, code, expected, got } of firstRejects.slice(0, atFault)) {
    take(code, 1)
    output.line(
      `${place(file, row, column ?? undefined)}  ${code}: expected ${expected}, got ${got}`,
    )
  }
  const more = [...left].filter(([, rows]) => rows > 0)
  if (more.length === 0) return
  const total = more.reduce((sum, [, rows]) => sum + rows, 0)
  output.line(
    `${dataset}: and ${total} more rejected rows: ${more.map(([code, rows]) => `${rows} ${code}`).join(', ')}`,
  )
}

function waitingLine({ id, file, row, rows, sets }: Waiting): string {
  const where = sets.map((set) => `${set.dataset} ${set.rows}`).join(', ')
  return `${file}:${row}  ${rows} rows wait for ${id}, which was rejected here: ${where}`
}

function place(file: string, row: number | undefined, column: string | undefined): string {
  return [file, row, column].filter((part) => part !== undefined).join(':')
}
