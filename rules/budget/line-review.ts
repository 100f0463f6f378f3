import { overPeriods } from '../allocation/curve.ts'
import { minorPerMajor } from '../kernel/currency.ts'
import { present } from '../kernel/invariant.ts'
import { sortByLargest } from '../kernel/order.ts'
import { isMeasured } from '../kernel/quantity.ts'
import { type ClaimCheck, createClaimCheck } from './claims.ts'
import { type Delivery, deliveryOf } from './delivery.ts'
import { type BudgetContext, type BudgetInput, knownDelivery } from './input.ts'
import { climbLadder } from './ladder.ts'
import type { LineEvidence } from './line-evidence.ts'
import { coverageOf, type LinePace, paceLine } from './line-pace.ts'
import { type LineStop, lineStops, type TargetCpa, targetCpa } from './line-stops.ts'
import { type BudgetLine, budgetLines } from './lines.ts'
import { type PlatformRoom, platformRoom } from './platform-room.ts'
import { saturationOf } from './saturation.ts'
import { type LineWaste, wasteOf } from './waste.ts'

/** Everything the review knows of one line. */
export interface LineReview {
  readonly line: BudgetLine
  readonly delivery: Delivery
  readonly pace: LinePace
  readonly stop: LineStop
  readonly evidence: LineEvidence
  readonly waste: LineWaste | null
  readonly room: PlatformRoom | null
  /** What the platforms claim of it beside the books; null where the books do not speak of it. */
  readonly claims: ClaimCheck | null
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
  const read = knownDelivery(input)
  const reported = new Set(read.map((day) => day.date))
  const lines = budgetLines(input, month)
  const stops = lineStops(lines, target, context)
  const evidences = climbLadder(lines, {
    policy: policy.budget.evidence,
    imported: policy.budget.response_curves,
    reported,
    minorPerUnit,
  })
  const platforms = new Map(input.channels.map((row) => [row.channelId, row.platform]))
  const coveredOn = coverageOf(read, platforms)
  const claimsOf = createClaimCheck(input, context)
  const reviews = lines.map((line, index) => {
    const stop = present(stops[index], 'the stop-loss of a line')
    const evidence = present(evidences[index], 'the evidence of a line')
    const delivery = deliveryOf(line.days, line.noDelivery)
    const part = { ...line, delivery: [...line.history, ...line.days] }
    const pace = paceLine(part, coveredOn(line.channelId), context)
    const waste = lineWaste({ delivery, stop, evidence, pace }, policy.budget.margin)
    const room = platformRoom(pace, platforms.get(line.channelId ?? '') ?? null)
    return { line, delivery, stop, pace, evidence, waste, room, claims: claimsOf(line) }
  })
  return {
    lines: sortByLargest(reviews, sizeOf, ({ line }) => line.id),
    reported,
    target,
    minorPerUnit,
  }
}

/** Waste seen by the stop-loss and by the line's curve over the days of the month so far. */
function lineWaste(
  { delivery, stop, evidence, pace }: Omit<LineReview, 'line' | 'waste' | 'room' | 'claims'>,
  margin: number,
): LineWaste | null {
  const spend = isMeasured(delivery.spend) ? delivery.spend.value : 0
  const curve = evidence.response?.curve ?? null
  const weeks = pace.daysElapsed / 7
  return wasteOf({
    spend,
    overTarget:
      stop.evidence === null
        ? null
        : { point: stop.evidence.wastePoint, provable: stop.provenWaste ?? 0 },
    saturation:
      curve === null || weeks === 0
        ? null
        : saturationOf(overPeriods(curve, weeks), spend, margin).waste,
  })
}

function sizeOf({ line, delivery }: LineReview): number {
  if (isMeasured(line.planned)) return line.planned.value
  return isMeasured(delivery.spend) ? delivery.spend.value : 0
}
