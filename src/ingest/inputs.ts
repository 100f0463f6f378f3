import { join } from 'node:path'

import { sortByText } from '#rules/kernel/order.ts'
import type { DatasetName } from '#rules/schema/review.ts'
import { AppError } from '#src/errors.ts'

import { formatOf, type DataFile } from './data-file.ts'
import { discover } from './discover.ts'
import { fingerprint, freeze, frozenPath } from './freeze.ts'
import type { Manifest } from './manifest.ts'
import type { Problem, ProblemCode } from './reject.ts'

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
export function frozenStore(root: string): string {
  return join(root, '.orchestrator', 'frozen')
}

/** What lies in the workspace's data folder now. With `freeze`, the bytes are copied first and read from the copy. */
export async function inputsOfWorkspace(
  root: string,
  options: { readonly freeze: boolean },
): Promise<Inputs> {
  const found = await discover(root)
  const files: DataFile[] = []
  for (const file of found.files) {
    const source = join(root, file.path)
    const print = options.freeze
      ? await freeze(source, frozenStore(root))
      : await fingerprint(source)
    const location = options.freeze ? frozenPath(frozenStore(root), print.sha256) : source
    files.push({ ...file, ...print, location })
  }
  return collect(files, found.problems, found.strangers)
}

/** Problems known before a file is read; a replay cannot find them again, so it takes them from the manifest. */
const LAYOUT: ReadonlySet<string> = new Set<ProblemCode>([
  'two_sources',
  'unsupported_file',
  'outside_workspace',
  'not_a_file',
])

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
        })
      }
      files.push({ dataset, path, bytes, sha256, location, format })
    }
    for (const problem of known) {
      if (!isLayout(problem.code)) continue
      const { file, expected, got } = problem
      problems.push({ dataset, file, code: problem.code, expected, got })
    }
  }
  return collect(files, problems, [])
}

function isLayout(code: string): code is ProblemCode {
  return LAYOUT.has(code)
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
