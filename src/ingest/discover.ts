import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

import { compareText } from '#rules/kernel/order.ts'
import { DatasetName } from '#rules/schema/review.ts'
import { AppError } from '#src/errors.ts'

import { formatOf, type DataFormat } from './data-file.ts'
import { shown, type Problem } from './reject.ts'

/** A file of a data set before its bytes are looked at. */
interface FoundFile {
  readonly dataset: DatasetName
  readonly format: DataFormat
  /** Path inside the workspace, with `/` between its parts. */
  readonly path: string
}

/** What lies in a workspace's data folder. */
export interface Discovery {
  /** By data set and path, both in code-unit order. */
  readonly files: readonly FoundFile[]
  readonly problems: readonly (Problem & { readonly dataset: DatasetName })[]
  /** Names in the data folder that belong to no data set. */
  readonly strangers: readonly string[]
}

interface Finding {
  readonly files: FoundFile[]
  readonly problems: (Problem & { readonly dataset: DatasetName })[]
  readonly strangers: string[]
}

/** Looks for `data/NAME.{csv,parquet,jsonl}` and `data/NAME/*` without opening a file. Hidden files are passed over. */
export async function discover(workspace: string): Promise<Discovery> {
  const root = await realpath(workspace)
  const found: Finding = { files: [], problems: [], strangers: [] }
  for (const entry of await entriesOf(join(root, 'data'), 'data')) {
    const dataset = DatasetName.safeParse(entry.name.split('.', 1)[0])
    if (!dataset.success) found.strangers.push(entry.name)
    else await inspect(entry, { root, dataset: dataset.data, found })
  }
  return { ...found, problems: [...found.problems, ...twoSources(found.files)] }
}

interface Inspection {
  readonly root: string
  readonly dataset: DatasetName
  readonly found: Finding
}

async function inspect(entry: Dirent, { root, dataset, found }: Inspection): Promise<void> {
  const path = `data/${entry.name}`
  if (entry.name !== dataset) {
    await addFile(path, { root, dataset, found })
    return
  }
  const problem = await unreachable(path, root, 'directory')
  if (problem !== undefined) {
    found.problems.push({ dataset, ...problem })
    return
  }
  for (const part of await entriesOf(join(root, path), path)) {
    await addFile(`${path}/${part.name}`, { root, dataset, found })
  }
}

async function addFile(path: string, { root, dataset, found }: Inspection): Promise<void> {
  const format = formatOf(path)
  const name = path.split('/').at(-1) ?? ''
  const isPlainName = path.split('/').length > 2 || name === `${dataset}.${format ?? ''}`
  if (format === undefined || !isPlainName) {
    found.problems.push({
      dataset,
      file: path,
      code: 'unsupported_file',
      expected: `${dataset}.csv, .parquet or .jsonl, or such files in a folder ${dataset}/`,
      got: shown(name),
    })
    return
  }
  const problem = await unreachable(path, root, 'file')
  if (problem === undefined) found.files.push({ dataset, format, path })
  else found.problems.push({ dataset, ...problem })
}

/** Why a path may not be read: it leads out of the workspace, or is no file (folder) to be read. */
async function unreachable(
  path: string,
  root: string,
  kind: 'file' | 'directory',
): Promise<Problem | undefined> {
  const target = await realpath(join(root, path)).catch(() => undefined)
  if (target === undefined || !target.startsWith(root + sep)) {
    return {
      file: path,
      code: 'outside_workspace',
      expected: 'a file inside the workspace',
      got: target === undefined ? 'a link that leads nowhere' : 'a link that leads out of it',
    }
  }
  const status = await stat(target)
  if (kind === 'file' ? status.isFile() : status.isDirectory()) return undefined
  return { file: path, code: 'not_a_file', expected: `a ${kind}`, got: 'something else' }
}

/** A data set may come from one file or one folder: which of two would be the right one is not ours to guess. */
function twoSources(files: readonly FoundFile[]): (Problem & { dataset: DatasetName })[] {
  const sources = new Map<DatasetName, Set<string>>()
  for (const { dataset, path } of files) {
    const source = path.split('/').slice(0, 3).join('/')
    const top = path.split('/').length > 2 ? `${source.split('/').slice(0, 2).join('/')}/` : source
    sources.set(dataset, (sources.get(dataset) ?? new Set()).add(top))
  }
  return [...sources].flatMap(([dataset, paths]) =>
    paths.size < 2
      ? []
      : [
          {
            dataset,
            file: [...paths][0] ?? '',
            code: 'two_sources' as const,
            expected: 'one file or one folder for the data set',
            got: [...paths].join(' and '),
          },
        ],
  )
}

/**
 * Entries of a folder in code-unit order, hidden ones left out; none when it does not exist.
 *
 * @throws AppError WORKSPACE_INVALID when it is no folder or may not be read: that is not the same as nothing being there.
 */
async function entriesOf(directory: string, shownAs: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((left, right) => compareText(left.name, right.name))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error'
    if (code === 'ENOENT') return []
    throw new AppError('WORKSPACE_INVALID', {
      message: `the folder ${shownAs} cannot be read`,
      expected: 'a folder we may read',
      got: code,
      where: { file: shownAs },
      next: `make ${shownAs} a readable folder, or remove it`,
      cause,
    })
  }
}
