import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

import { DATASETS } from '#rules/schema/review.ts'
import { selectRows } from '#src/warehouse/select.ts'

import { closestName } from './closest.ts'
import { CONTRACTS } from './contracts/all.ts'
import type { DatasetContract } from './contracts/contract.ts'
import { storedAs } from './contracts/table.ts'
import type { DatasetResult } from './load-dataset.ts'
import {
  firstRejects,
  rejectedByCode,
  waitingRows,
  type CodeCount,
  type Waiting,
} from './refused.ts'
import { shown, type Reject } from './reject.ts'
import { sqlName } from './sql-text.ts'

/** A name that means nothing to us, and the one that may have been meant. */
interface UnknownName {
  readonly name: string
  readonly where: string
  readonly suggestion?: string
}

/** A sum over the accepted rows, to be held against the system the file came from. Money is in minor units, decimals in millionths. */
interface ControlTotal {
  readonly column: string
  /** A whole number in digits: sums may outgrow what a number can hold. Null when no row has a value. */
  readonly sum: string | null
  /** Rows with a value. */
  readonly values: number
}

/** What the contract found in one data set. */
interface DatasetReport extends DatasetResult {
  /** Refused rows by code, most frequent first. */
  readonly rejectedByCode: readonly CodeCount[]
  /** The first refused rows in the order of files and rows; those that wait for a row of another set come last. */
  readonly firstRejects: readonly Reject[]
  /** Columns that are read over. */
  readonly unknownColumns: readonly UnknownName[]
  readonly controlTotals: readonly ControlTotal[]
  /** First and last month of the accepted rows, where the set has a time of its own. */
  readonly months?: { readonly from: string; readonly to: string }
}

/** The data-contract report of a workspace. */
export interface ContractReport {
  readonly datasets: readonly DatasetReport[]
  /** Names in the data folder that are no data set. */
  readonly unknownFiles: readonly UnknownName[]
  /** Refused rows that are not at fault: the row they refer to is. */
  readonly waiting: readonly Waiting[]
  /** Over all data sets: what a trust grade starts from. */
  readonly rows: { readonly accepted: number; readonly rejected: number }
}

export interface ReportInput {
  readonly connection: DuckDBConnection
  readonly datasets: readonly DatasetResult[]
  readonly inputs: { readonly strangers: readonly string[] }
}

/** Describes what was read, refused and not understood. `examples` is how many refused rows are shown per data set. */
export async function reportContracts(
  { connection, datasets, inputs }: ReportInput,
  examples: number,
): Promise<ContractReport> {
  const reports: DatasetReport[] = []
  for (const result of datasets) reports.push(await reportDataset(connection, result, examples))
  const total = (count: (result: DatasetResult) => number): number =>
    datasets.reduce((sum, result) => sum + count(result), 0)
  return {
    datasets: reports,
    unknownFiles: inputs.strangers.map((name) => unknownName(name, 'data', DATASETS)),
    waiting: await waitingRows(connection),
    rows: { accepted: total(({ rows }) => rows), rejected: total(({ rejected }) => rejected) },
  }
}

async function reportDataset(
  connection: DuckDBConnection,
  result: DatasetResult,
  examples: number,
): Promise<DatasetReport> {
  const contract = CONTRACTS[result.dataset]
  const known = contract.columns.map(({ name }) => name)
  const unknownColumns = result.files.flatMap(({ path, columns }) =>
    columns.filter((name) => !known.includes(name)).map((name) => unknownName(name, path, known)),
  )
  const months = await monthsOf(connection, contract)
  return {
    ...result,
    unknownColumns,
    rejectedByCode: await rejectedByCode(connection, result.dataset),
    firstRejects: await firstRejects(connection, result.dataset, examples),
    controlTotals: result.rows === 0 ? [] : await controlTotals(connection, contract),
    ...(months === undefined ? {} : { months }),
  }
}

function unknownName(name: string, where: string, known: readonly string[]): UnknownName {
  const suggestion = closestName(name.split('.', 1)[0] ?? name, known)
  return { name: shown(name), where, ...(suggestion === undefined ? {} : { suggestion }) }
}

async function controlTotals(
  connection: DuckDBConnection,
  contract: DatasetContract,
): Promise<ControlTotal[]> {
  const summed = contract.columns
    .filter(({ type }) => ['money', 'count', 'decimal'].includes(type.kind))
    .map((column) => storedAs(column)[0]?.name ?? column.name)
  if (summed.length === 0) return []
  const sums = summed.flatMap((name, index) => [
    `cast(sum(${sqlName(name)}) as varchar) as sum_${index}`,
    `count(${sqlName(name)}) as values_${index}`,
  ])
  const [row = {}] = await selectRows(connection, {
    name: `control totals of ${contract.dataset}`,
    text: `select ${sums.join(', ')} from ${sqlName(contract.dataset)}`,
    parameters: {},
  })
  return summed.map((column, index) => ({
    column,
    sum: z.string().nullable().parse(row[`sum_${index}`]),
    values: z.number().parse(row[`values_${index}`]),
  }))
}

const Months = z.tuple([z.object({ first: z.string().nullable(), last: z.string().nullable() })])

async function monthsOf(
  connection: DuckDBConnection,
  { dataset, dated }: DatasetContract,
): Promise<DatasetReport['months']> {
  if (dated === undefined) return undefined
  const rows = await selectRows(connection, {
    name: `months of ${dataset}`,
    text: `select min(month_key) as first, max(month_key) as last from ${sqlName(dataset)}`,
    parameters: {},
  })
  const [{ first, last }] = Months.parse(rows)
  return first === null || last === null ? undefined : { from: first, to: last }
}
