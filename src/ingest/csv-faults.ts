import type { RecordFault } from './csv-record.ts'
import { CELL_BYTES_MAX } from './limits.ts'
import type { RowFault } from './staged-writer.ts'

/** The words for a fault found in the bytes of a record. */
export function recordFault(fault: RecordFault, column: string): RowFault {
  return WORDS[fault](column)
}

/** A quote opened or closed in the wrong place. */
export function brokenQuote(column: string): RowFault {
  return {
    code: 'broken_quote',
    column,
    expected: 'a cell without quotes, or one quoted as a whole with inner quotes doubled',
    got: 'a quote that opens or closes in the wrong place',
  }
}

export function cellTooLong(column: string): RowFault {
  return {
    code: 'cell_too_long',
    column,
    expected: `at most ${CELL_BYTES_MAX} bytes in a cell`,
    got: 'more',
  }
}

/** A row with more or fewer cells than the header. */
export function ragged(expected: number, got: number): RowFault {
  return { code: 'ragged_row', column: '', expected: `${expected} cells`, got: `${got} cells` }
}

function controlCharacter(column: string): RowFault {
  return {
    code: 'control_character',
    column,
    expected: 'text without control characters',
    got: 'a cell with one',
  }
}

const WORDS: Readonly<Record<RecordFault, (column: string) => RowFault>> = {
  broken_quote: brokenQuote,
  cell_too_long: cellTooLong,
  control_character: controlCharacter,
}
