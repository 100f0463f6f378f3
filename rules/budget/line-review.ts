import { minorPerMajor } from '../kernel/currency.ts'
import { sortByLargest } from '../kernel/order.ts'
import { isMeasured } from '../kernel/quantity.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import { absence, type BudgetContext, type BudgetInput } from './input.ts'
import { type LineEvidence, lineEvidence } from './line-evidence.ts'
import { type LinePace, paceLine } from './line-pace.ts'
import { type LineStop, lineStops, type TargetCpa, targetCpa } from './line-stops.ts'
import { type BudgetLine, budgetLines } from './lines.ts'
import { type LineWaste, wasteOf } from './waste.ts'

/** Everything the review knows of one line. */
export interface LineReview {
  readonly line: BudgetLine
  readonly delivery: Delivery
  readonly pace: LinePace
  readonly stop: LineStop
  readonly evidence: LineEvidence
  readonly waste: LineWaste | null
}

/** All lines, largest first, with what holds for all of them. */
export interface LineReviews {
  readonly lines: readonly LineReview[]
  readonly reported: ReadonlySet<string>
  readonly target: TargetCpa | null
  readonly minorPerUnit: number
}

/** What is known of each line of the budget: delivery, pace, stop-loss, evidence and waste? */
export function reviewLines(input: BudgetInput, context: BudgetContext): LineReviews {
  const { policy, month } = context
  const minorPerUnit = minorPerMajor(policy.company.currency)
  const target = targetCpa(policy, minorPerUnit)
  const reported = new Set(input.delivery.map((day) => day.date))
  const lines = budgetLines(input, month)
  const stops = lineStops(lines, target, context)
  const reason = noSpend(input)
  const reviews = lines.flatMap((line, index) => {
    const stop = stops[index]
    if (stop === undefined) return []
    const delivery = deliveryOf(line.days, reason)
    return [
      {
        line,
        delivery,
        stop,
        pace: paceLine({ ...line, delivery: [...line.history, ...line.days] }, reported, context),
        evidence: lineEvidence(line, reported, policy.budget.evidence),
        waste: wasteOf({
          spend: isMeasured(delivery.spend) ? delivery.spend.value : 0,
          overTarget:
            stop.evidence === null
              ? null
              : { point: stop.evidence.wastePoint, provable: stop.evidence.wasteProvable },
          saturation: null,
        }),
      },
    ]
  })
  return {
    lines: sortByLargest(reviews, sizeOf, ({ line }) => line.id),
    reported,
    target,
    minorPerUnit,
  }
}

/** Why a part of the budget has no spend figure. */
export function noSpend(input: BudgetInput): string {
  return input.presence.ad_performance === 'present'
    ? 'the ad performance has no row for it this month'
    : absence('ad_performance', input.presence.ad_performance)
}

function sizeOf({ line, delivery }: LineReview): number {
  if (isMeasured(line.planned)) return line.planned.value
  return isMeasured(delivery.spend) ? delivery.spend.value : 0
}
