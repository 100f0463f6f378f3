/** Why a row was refused. The code is for machines and never changes; `expected` and `got` are for people. */
export const REJECT_CODES = [
  'missing_value',
  'wrong_type',
  'out_of_range',
  'not_allowed',
  'foreign_currency',
  'unknown_id',
  'inconsistent',
  'nonexistent_time',
  'duplicate_key',
  'conflicting_duplicate',
  'ragged_row',
  'broken_quote',
  'cell_too_long',
  'control_character',
  'broken_line',
] as const
export type RejectCode = (typeof REJECT_CODES)[number]

/** One refused row. */
export interface Reject {
  readonly file: string
  /** Line of the file where the row begins; in Parquet the number of the record. Both count from 1. */
  readonly row: number
  /** Null when the fault is the row's and not a cell's. */
  readonly column: string | null
  readonly code: RejectCode
  readonly expected: string
  readonly got: string
}

/** Why a whole data set was refused. */
export const PROBLEM_CODES = [
  'two_sources',
  'unsupported_file',
  'outside_workspace',
  'not_a_file',
  'duplicate_file',
  'file_unreadable',
  'file_changed',
  'encoding',
  'missing_column',
  'duplicate_column',
  'wrong_column_type',
  'too_many_columns',
  'broken_header',
] as const
export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** A fault of a file or of the way files are laid out: nothing of the data set is read, because a part of it would be taken for the whole. */
export interface Problem {
  readonly file: string
  readonly code: ProblemCode
  readonly expected: string
  readonly got: string
  readonly row?: number
  readonly column?: string
}

/** Carries a file's problem out of the reading of it; `loadDataset` turns it into a value. */
export class FileFault extends Error {
  override readonly name = 'FileFault'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.file}: expected ${problem.expected}, got ${problem.got}`)
    this.problem = problem
  }
}

/** A cell as it may be shown: control and format characters are escaped, 80 characters at most. */
export function shown(cell: string): string {
  const escaped = cell
    .slice(0, 200)
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    )
  return escaped.length > 80 ? `${escaped.slice(0, 79)}…` : escaped
}
