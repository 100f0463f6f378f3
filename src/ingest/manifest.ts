import { createHash } from 'node:crypto'

import { z } from 'zod'

import { DatasetName } from '#rules/schema/review.ts'

import { PROBLEM_CODES } from './reject.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** A path inside the workspace's data folder; nothing that climbs out of it. */
const DataPath = z
  .string()
  .regex(/^data\/[^/\\]+(\/[^/\\]+)?$/)
  .refine((path) => !path.split('/').includes('..'), 'expected a path without ..')

/** What the review saw of one file. */
const ManifestFile = z.strictObject({
  path: DataPath,
  bytes: z.int().nonnegative(),
  sha256: Sha256,
  rows: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  columns: z.array(z.string()),
})

const ManifestProblem = z.strictObject({
  file: z.string(),
  code: z.enum(PROBLEM_CODES),
  expected: z.string(),
  got: z.string(),
  row: z.int().optional(),
  column: z.string().optional(),
})

/** What the review saw of one data set. `rows` are accepted rows. */
const ManifestDataset = z.strictObject({
  dataset: DatasetName,
  state: z.enum(['absent', 'empty', 'present', 'unreadable']),
  rows: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  /** Of the file's bytes, or of the list of paths and hashes when there are several; none when there is no file. */
  sha256: Sha256.optional(),
  files: z.array(ManifestFile),
  problems: z.array(ManifestProblem),
})

/** Everything that decided what a review read: with it and the frozen bytes the same rows can be read again. */
export const Manifest = z.strictObject({
  schemaVersion: z.literal(1),
  contractVersion: z.int().positive(),
  currency: z.string(),
  timeZone: z.string(),
  datasets: z.array(ManifestDataset),
})
export type Manifest = z.infer<typeof Manifest>

/** One hash for the files of a data set. */
export function hashOfFiles(
  files: readonly { readonly path: string; readonly sha256: string }[],
): string | undefined {
  if (files.length < 2) return files[0]?.sha256
  const list = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')
  return createHash('sha256').update(list).digest('hex')
}
