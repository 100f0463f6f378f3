import { join } from 'node:path'

import { sortByText } from '#rules/kernel/order.ts'
import type { DatasetName } from '#rules/schema/review.ts'
import { AppError } from '#src/errors.ts'

import { formatOf, type DataFile } from './data-file.ts'
import { discover } from './discover.ts'
import { fingerprint, freeze, frozenPath } from './freeze.ts'
import type { Manifest } from './manifest.ts'
import type { Problem } from './reject.ts'

/** The files to read and what is wrong with how they lie, by data set. */
export interface Inputs {
  readonly of: (dataset: DatasetName) => {
    readonly files: readonly DataFile[]
    readonly problems: readonly Problem[]
  }
  /** Names in the data folder that belong to no data set. */
  readonly strangers: readonly string[]
}

/** The workspace's store of frozen inputs. */
function frozenStore(root: string): string {
  return join(root, '.orchestrator', 'frozen')
}

/** What lies in the workspace's data folder now. With `freeze`, the bytes are copied first and read from the copy. */
export async function inputsOfWorkspace(
  root: string,
  options: { readonly freeze: boolean },
): Promise<Inputs> {
  const found = await discover(root)
  const files: DataFile[] = []
  const problems = [...found.problems]
  for (const file of found.files) {
    const source = join(root, file.path)
    try {
      const print = await (options.freeze ? freeze(source, frozenStore(root)) : fingerprint(source))
      const location = options.freeze ? frozenPath(frozenStore(root), print.sha256) : source
      files.push({ ...file, ...print, location })
    } catch (error) {
      problems.push({ dataset: file.dataset, ...unreadable(file.path, source, error) })
    }
  }
  return collect(files, problems, found.strangers)
}

const CANNOT_OPEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'ENOENT', 'EISDIR', 'ELOOP'])

/** A file that cannot be opened, such as one without permission. @throws The error itself when it is not the file's. */
function unreadable(path: string, source: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const isOfFile = !(error instanceof Error && 'path' in error) || error.path === source
  if (!CANNOT_OPEN.has(code) || !isOfFile) throw error
  return { file: path, code: 'file_unreadable', expected: 'a file we may read', got: code }
}

/**
 * The frozen inputs a manifest names.
 *
 * @throws AppError REVIEW_INPUT_CHANGED when frozen bytes are missing or are no longer what they were.
 */
export async function inputsOfManifest(root: string, manifest: Manifest): Promise<Inputs> {
  const files: DataFile[] = []
  const problems: (Problem & { readonly dataset: DatasetName })[] = []
  for (const { dataset, files: listed, problems: known } of manifest.datasets) {
    for (const { path, bytes, sha256 } of listed) {
      const location = frozenPath(frozenStore(root), sha256)
      const found = await fingerprint(location).catch(() => undefined)
      const format = formatOf(path)
      if (found?.sha256 !== sha256 || format === undefined) {
        throw new AppError('REVIEW_INPUT_CHANGED', {
          message: 'the frozen input of the review is missing or was changed',
          expected: `bytes with sha256 ${sha256}`,
          got: found === undefined ? 'no file' : `sha256 ${found.sha256}`,
          where: { file: path },
          next: 'restore .orchestrator/frozen from a back-up, or begin the month anew on the data as they are: mo review --workspace DIR --month YYYY-MM',
        })
      }
      files.push({ dataset, path, bytes, sha256, location, format })
    }
    for (const problem of known) {
      // Faults inside a file are found again when it is read; how files lay cannot be seen any more.
      const isListed = listed.some(({ path }) => path === problem.file)
      const { file, code, expected, got } = problem
      if (code === 'two_sources' || !isListed) problems.push({ dataset, file, code, expected, got })
    }
  }
  return collect(files, problems, [])
}

function collect(
  files: readonly DataFile[],
  problems: readonly (Problem & { readonly dataset: DatasetName })[],
  strangers: readonly string[],
): Inputs {
  const ordered = sortByText(files, ({ path }) => path)
  return {
    strangers,
    of: (dataset) => ({
      files: ordered.filter((file) => file.dataset === dataset),
      problems: problems
        .filter((problem) => problem.dataset === dataset)
        .map(({ dataset: _dataset, ...problem }) => problem),
    }),
  }
}
