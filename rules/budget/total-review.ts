import { isMeasured, measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import { deliveryOf, type Delivery } from './delivery.ts'
import { type BudgetContext, type BudgetInput, knownDelivery, noDelivery } from './input.ts'
import { type LinePace, paceLine } from './line-pace.ts'
import type { LineReviews } from './line-review.ts'
import { plannedTotal } from './lines.ts'
import { type Utilisation, utilisationOf } from './utilisation.ts'

/** The budget as a whole; amounts in minor units. */
export interface TotalReview extends Utilisation {
  readonly planned: Quantity
  readonly committed: Quantity
  readonly delivery: Delivery
  readonly pace: LinePace
  readonly wasteProvable: Quantity
  readonly wasteEstimated: Quantity
}

/** Where does the budget as a whole stand, and where will the month land? */
export function reviewTotal(
  input: BudgetInput,
  { lines, reported, target }: LineReviews,
  context: BudgetContext,
): TotalReview {
  const planned = plannedTotal(input)
  const committed = committedTotal(lines)
  const read = knownDelivery(input)
  const missing = noDelivery(input)
  const delivery = deliveryOf(
    read.filter((day) => day.date.startsWith(context.month)),
    missing,
  )
  const wastes = lines.flatMap((line) => (line.waste === null ? [] : [line.waste]))
  const noWaste = notMeasured(
    target === null
      ? 'the policy sets no target cost per acquisition'
      : 'no line has both spend and conversions',
  )
  const sumWaste = (amounts: readonly number[]): Quantity =>
    amounts.length === 0 ? noWaste : measured(amounts.reduce((sum, amount) => sum + amount, 0))
  return {
    planned,
    committed,
    delivery,
    ...utilisationOf({ budget: planned, spent: delivery.spend, committed }),
    pace: paceLine({ planned, committed, delivery: read, noDelivery: missing }, reported, context),
    wasteProvable: sumWaste(
      wastes.flatMap(({ provable }) => (provable === null ? [] : [provable])),
    ),
    wasteEstimated: sumWaste(wastes.map(({ estimated }) => estimated)),
  }
}

/** Sum of what is committed; not measured when no plan says anything of commitments. */
function committedTotal(lines: LineReviews['lines']): Quantity {
  const stated = lines.flatMap(({ line }) =>
    isMeasured(line.committed) ? [line.committed.value] : [],
  )
  return stated.length === 0
    ? notMeasured('no budget says what is committed')
    : measured(stated.reduce((sum, value) => sum + value, 0))
}

/** The figure when measured, else null: for evidence, where null means "not measured". */
export function valueOrNull(quantity: Quantity): number | null {
  return isMeasured(quantity) ? quantity.value : null
}
