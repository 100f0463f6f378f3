import type { Table } from '#rules/schema/review.ts'

/** Keys of columns that show figures and are not set as numbers, or the other way round; empty when every column is set right. */
export function misalignedColumns({ columns, rows }: Table): string[] {
  return columns
    .filter(({ numeric }, index) =>
      rows.some((row) => {
        const cell = row[index]
        return cell === undefined || numeric !== 'fact' in cell
      }),
    )
    .map(({ key }) => key)
}
