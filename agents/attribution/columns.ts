import { invariant, present } from '#rules/kernel/invariant.ts'

import type { ColumnBatch } from '../ports.ts'

type Cell = number | string | null

/** A column of whole numbers. @throws InvariantError when a cell is something else. */
export function numbers(batch: ColumnBatch, name: string): number[] {
  return column(batch, name).map((cell) => {
    invariant(typeof cell === 'number', `column ${name}: expected a number`)
    return cell
  })
}

/** A column of whole numbers with gaps. @throws InvariantError when a cell is text. */
export function numbersOrNull(batch: ColumnBatch, name: string): (number | null)[] {
  return column(batch, name).map((cell) => {
    invariant(typeof cell !== 'string', `column ${name}: expected a number or nothing`)
    return cell
  })
}

/** A column of texts. @throws InvariantError when a cell is something else. */
export function texts(batch: ColumnBatch, name: string): string[] {
  return column(batch, name).map((cell) => {
    invariant(typeof cell === 'string', `column ${name}: expected a text`)
    return cell
  })
}

function column(batch: ColumnBatch, name: string): readonly Cell[] {
  return present(batch[name], `column ${name}`)
}
