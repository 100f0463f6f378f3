import { randomUUID } from 'node:crypto'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { DuckDBConnection } from '@duckdb/node-api'

import type { Warehouse } from '#agents/ports.ts'
import { DATASETS } from '#rules/schema/review.ts'
import { AppError } from '#src/errors.ts'
import { CONTRACT_VERSION, CONTRACTS } from '#src/ingest/contracts/all.ts'
import { isReferenced, type Referenced } from '#src/ingest/contracts/column.ts'
import { createTable } from '#src/ingest/contracts/table.ts'
import { inputsOfManifest, inputsOfWorkspace, type Inputs } from '#src/ingest/inputs.ts'
import { loadDataset, type DatasetResult } from '#src/ingest/load-dataset.ts'
import { hashOfFiles, type Manifest } from '#src/ingest/manifest.ts'
import { minorDigitsOf } from '#src/ingest/minor-digits.ts'
import { storageFault } from '#src/ingest/storage-fault.ts'
import { sweep } from '#src/ingest/sweep.ts'
import { isTimeZone } from '#src/ingest/zone.ts'

import { createEngine } from './engine.ts'
import { createRunning, type Running } from './running.ts'
import { createWarehouse } from './warehouse.ts'

export interface OpenOptions {
  readonly workspaceDir: string
  readonly company: { readonly currency: string; readonly timeZone: string }
  /** Reads the frozen bytes this manifest names instead of the workspace's data. */
  readonly manifest?: Manifest
  /** Copies every input into the workspace's store before it is read, so that a later replay can read the same bytes. */
  readonly freeze?: boolean
  /** Default `1GB`. */
  readonly memoryLimit?: string
  /** Default 2. */
  readonly threads?: number
}

/** A workspace's data, read and judged, with queries over what was accepted. Close it when done. */
export interface OpenWarehouse {
  readonly warehouse: Warehouse
  /** What became of each data set, in the order of `DATASETS`. */
  readonly datasets: readonly DatasetResult[]
  readonly inputs: Inputs
  readonly manifest: Manifest
  /** For reports about the input itself, such as `validate`. */
  readonly connection: DuckDBConnection
  /** Does what uses the connection in a review, which may be handed back at any moment. */
  readonly during: Running['during']
  /** Waits for queries that are under way, and lets none begin. */
  readonly close: () => Promise<void>
}

/**
 * Reads the workspace's data sets into tables of an engine of its own and returns queries over them.
 *
 * @throws AppError WORKSPACE_NOT_FOUND, POLICY_INVALID (an unknown time zone or currency), REVIEW_INPUT_CHANGED (frozen bytes are gone or
 * changed), FILE_UNREADABLE (copies cannot be kept), WAREHOUSE_FAILED. Faults in the data are results, not errors.
 */
export async function openWarehouse(options: OpenOptions): Promise<OpenWarehouse> {
  checkCompany(options.company)
  const root = await realpath(options.workspaceDir).catch((cause: unknown) => {
    throw new AppError('WORKSPACE_NOT_FOUND', { got: options.workspaceDir, cause })
  })
  try {
    return await openAt(root, options)
  } catch (error) {
    throw storageFault(error, root) ?? error
  }
}

async function openAt(root: string, options: OpenOptions): Promise<OpenWarehouse> {
  const inputs =
    options.manifest === undefined
      ? await inputsOfWorkspace(root, { freeze: options.freeze ?? false })
      : await inputsOfManifest(root, options.manifest)
  const temporaryDirectory = await createTemporaryDirectory(root)
  const engine = await createEngine({
    directory: root,
    temporaryDirectory,
    memoryLimit: options.memoryLimit ?? '1GB',
    threads: options.threads ?? 2,
  })
  const close = async (): Promise<void> => {
    engine.close()
    await rm(temporaryDirectory, { recursive: true, force: true })
  }
  try {
    const connection = await engine.connect()
    const running = createRunning()
    const datasets = await loadAll(connection, inputs, { options, temporaryDirectory })
    return {
      warehouse: createWarehouse({ connection, connect: engine.connect, running, datasets }),
      datasets,
      inputs,
      manifest: manifestOf(datasets, options),
      connection,
      during: running.during,
      close: once(async () => {
        await running.end()
        connection.closeSync()
        await close()
      }),
    }
  } catch (error) {
    await close()
    throw error
  }
}

const TEMPORARY_PREFIX = 'warehouse-'

/** A directory for this engine alone; those of processes that died long ago go. */
async function createTemporaryDirectory(root: string): Promise<string> {
  const parent = join(root, '.orchestrator', 'tmp')
  await sweep(parent, TEMPORARY_PREFIX, Date.now())
  const directory = join(parent, `${TEMPORARY_PREFIX}${randomUUID()}`)
  await mkdir(directory, { recursive: true })
  return directory
}

/** The action, done at most once however often it is asked for. */
function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}

function checkCompany({ currency, timeZone }: OpenOptions['company']): void {
  if (!isTimeZone(timeZone)) {
    throw new AppError('POLICY_INVALID', {
      message: 'the company has an unknown time zone',
      expected: 'an IANA name such as America/New_York',
      got: timeZone,
      where: { file: 'policy.yaml', column: 'company.time_zone' },
    })
  }
  if (/^[A-Z]{3}$/.test(currency)) return
  throw new AppError('POLICY_INVALID', {
    message: 'the company has an unknown currency',
    expected: 'an ISO 4217 code such as USD',
    got: currency,
    where: { file: 'policy.yaml', column: 'company.currency' },
  })
}

const REJECTS = `create table rejects (dataset TEXT, source_file TEXT, source_row BIGINT, column_name TEXT, code TEXT, expected TEXT, got TEXT, row_id TEXT, dated_on TEXT)`

async function loadAll(
  connection: DuckDBConnection,
  inputs: Inputs,
  {
    options,
    temporaryDirectory,
  }: { readonly options: OpenOptions; readonly temporaryDirectory: string },
): Promise<DatasetResult[]> {
  await connection.run(REJECTS)
  const known = new Set<Referenced>()
  const results: DatasetResult[] = []
  let firstRow = 1
  for (const dataset of DATASETS) {
    const contract = CONTRACTS[dataset]
    await connection.run(createTable(contract))
    const { result, nextRow } = await loadDataset(contract, inputs.of(dataset), {
      connection,
      settings: {
        currency: options.company.currency,
        minorDigits: minorDigitsOf(options.company.currency),
      },
      timeZone: options.company.timeZone,
      temporaryDirectory,
      known,
      firstRow,
    })
    firstRow = nextRow
    results.push(result)
    if (result.state === 'present' && isReferenced(dataset)) known.add(dataset)
  }
  return results
}

function manifestOf(datasets: readonly DatasetResult[], { company }: OpenOptions): Manifest {
  return {
    schemaVersion: 1,
    contractVersion: CONTRACT_VERSION,
    currency: company.currency,
    timeZone: company.timeZone,
    datasets: datasets.map(({ dataset, state, rows, rejected, files, problems }) => {
      const sha256 = hashOfFiles(files)
      return {
        dataset,
        state,
        rows,
        rejected,
        ...(sha256 === undefined ? {} : { sha256 }),
        files: files.map((file) => ({ ...file, columns: [...file.columns] })),
        problems: problems.map((problem) => ({ ...problem })),
      }
    }),
  }
}
