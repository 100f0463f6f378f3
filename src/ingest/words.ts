import type { Problem, ProblemCode, Reject, RejectCode } from './reject.ts'

/** What happened, in words, for every code. */
const WORDS: Readonly<Record<RejectCode | ProblemCode, string>> = {
  missing_value: 'a value is missing',
  wrong_type: 'not of the column’s type',
  out_of_range: 'out of range',
  not_allowed: 'not an allowed value',
  foreign_currency: 'foreign currency',
  unknown_id: 'unknown id',
  inconsistent: 'the row contradicts itself',
  nonexistent_time: 'a local time the clock skipped',
  duplicate_key: 'a copy of an earlier row',
  conflicting_duplicate: 'the same key with other values',
  ragged_row: 'wrong number of cells',
  broken_quote: 'broken quoting',
  cell_too_long: 'cell too long',
  control_character: 'control character',
  broken_line: 'broken line',
  two_sources: 'two sources for one data set',
  unsupported_file: 'a file that cannot be read',
  outside_workspace: 'a path out of the workspace',
  not_a_file: 'not a file',
  duplicate_file: 'the same file twice',
  file_unreadable: 'the file cannot be read',
  file_changed: 'the file changed while it was read',
  encoding: 'unknown text encoding',
  missing_column: 'a required column is missing',
  duplicate_column: 'a column stands twice',
  wrong_column_type: 'a column of a type that cannot be read',
  too_many_columns: 'too many columns',
  broken_header: 'the header cannot be read',
}

/** One line that says what happened, what was expected and what came: `foreign currency: expected USD, got EUR`. */
export function sayFault(fault: Reject | Problem): string {
  return `${WORDS[fault.code]}: expected ${fault.expected}, got ${fault.got}`
}

/** The place of a fault as `file:row:column`, as far as it is known. */
export function sayPlace({ file, row, column }: Reject | Problem): string {
  return [file, row, column].filter((part) => part !== undefined && part !== null).join(':')
}
