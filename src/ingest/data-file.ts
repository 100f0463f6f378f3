import type { DatasetName } from '#rules/schema/review.ts'

export type DataFormat = 'csv' | 'parquet' | 'jsonl'

/** One file of a data set. */
export interface DataFile {
  readonly dataset: DatasetName
  readonly format: DataFormat
  /** Path inside the workspace, with `/` between its parts. */
  readonly path: string
  /** Where its bytes are read: in the workspace's data, or frozen. */
  readonly location: string
  readonly bytes: number
  readonly sha256: string
}

/** The format a file name announces; undefined for all others. */
export function formatOf(name: string): DataFormat | undefined {
  const extension = name.slice(name.lastIndexOf('.') + 1)
  return FORMATS.find((format) => format === extension)
}

const FORMATS = ['csv', 'parquet', 'jsonl'] as const
