import { measured, notMeasured } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { CellStep } from './cell-steps.ts'

interface Place {
  readonly prefix: string
  readonly name: string
  readonly source: FactSource[]
}

/** What chance says of a step of a cell: of a zero, and of a rate far below that of the other cells. */
export function enterDropOff(book: FactBook, step: CellStep, place: Place): void {
  enterZero(book, step, place)
  enterFarBelow(book, step, place)
}

function enterZero(book: FactBook, { judged }: CellStep, { prefix, name, source }: Place): void {
  if (judged?.zero == null) return
  const { zero } = judged
  book.add({
    id: `${prefix}.p_zero`,
    label: `${name}: chance of nobody going on if the step works`,
    unit: 'probability',
    quantity: zero.pHolm === null ? notMeasured('nothing to compare with') : measured(zero.pHolm),
    formula:
      zero.against === 'other_cells'
        ? 'B(α, β + n) ÷ B(α, β) from the other cells, corrected for the number of zeros'
        : '(1 − least conversion of a working step)^n, corrected for the number of zeros',
    inputs: [`${prefix}.entered`],
    source,
  })
  book.add({
    id: `${prefix}.upper_rate`,
    label: `${name}: highest conversion that a zero this large leaves plausible`,
    unit: 'rate',
    quantity: measured(zero.upperRate95),
    formula: '1 − 0.05^(1 ÷ n)',
    inputs: [`${prefix}.entered`],
    source,
  })
}

function enterFarBelow(
  book: FactBook,
  { judged, farBelow }: CellStep,
  { prefix, name, source }: Place,
): void {
  if (farBelow === null) return
  book.add({
    id: `${prefix}.baseline`,
    label: `${name}: conversion of the same step in all other cells`,
    unit: 'rate',
    quantity: judged?.baseline == null ? notMeasured('no other cell') : measured(judged.baseline),
    formula: 'people after the step ÷ people before it, without this cell',
    source,
  })
  book.add({
    id: `${prefix}.p_lower`,
    label: `${name}: chance of this few at the conversion of the other cells`,
    unit: 'probability',
    quantity: measured(farBelow.pHolm),
    formula: 'P(X ≤ reached), X binomial, corrected for the number of cells',
    inputs: [`${prefix}.reached`, `${prefix}.entered`, `${prefix}.baseline`],
    source,
  })
}
