/** Bytes in one cell; the longest text of an advertisement or note is far below. */
export const CELL_BYTES_MAX = 65_536
/** Bytes in one row, so that an unclosed quote or a monstrous cell cannot fill the memory. */
export const ROW_BYTES_MAX = 1_048_576
/** Columns in one file. */
export const COLUMNS_MAX = 200
/** Dates outside are typing errors or clocks that were never set. */
export const DATE_MIN = '1990-01-01'
export const DATE_MAX = '2099-12-31'
