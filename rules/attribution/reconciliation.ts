import type { Decision } from '../schema/review.ts'
import type { ControlTotals } from './input.ts'
import type { Tally } from './journey.ts'
import { isCredit, MODELS, type Credits } from './models.ts'
import type { Measurement } from './month-measurement.ts'

/** How far floating-point sums may be from whole totals, relative to them. */
const TOLERANCE = 1e-9

/** Everything the models and lines account for, beside the books. */
export interface Balance {
  readonly booked: Tally
  /** Largest distance of a model's sum from the attributed total. */
  readonly conversionsGap: number
  readonly valueGapMinor: number
}

/**
 * Do channels and lines add up to the books? booked = attributed + every unattributed line; per model, the gap is
 * |Σ credit − attributed|.
 */
export function balanceOf(measurement: Measurement): Balance {
  const { attributed } = measurement
  const lines = [attributed, ...measurement.unattributed.values()]
  const booked = {
    conversions: lines.reduce((total, line) => total + line.conversions, 0),
    valueMinor: lines.reduce((total, line) => total + line.valueMinor, 0),
  }
  return {
    booked,
    conversionsGap: largestGap(measurement.credits, 'conversions', attributed.conversions),
    valueGapMinor: largestGap(measurement.credits, 'valueMinor', attributed.valueMinor),
  }
}

/**
 * May the credits be shown? The gate passes when the books and the lines agree exactly, in conversions and in minor units, and every model
 * hands out all that was attributed, up to the rounding of sums. If not, no credit is shown.
 */
export function judgeReconciliation(
  measurement: Measurement,
  control: ControlTotals,
  policyVersion: string,
): Decision {
  const balance = balanceOf(measurement)
  const { attributed } = measurement
  const booksAgree =
    balance.booked.conversions === control.conversions &&
    balance.booked.valueMinor === control.valueMinor
  const modelsAgree =
    balance.conversionsGap <= TOLERANCE * Math.max(1, attributed.conversions) &&
    balance.valueGapMinor <= TOLERANCE * Math.max(1, attributed.valueMinor)
  return {
    id: 'attribution.reconciliation:total',
    stage: 'attribution',
    subject: 'total:conversions',
    subjectName: 'Conversions and their value',
    action: booksAgree && modelsAgree ? 'pass' : 'fail',
    reason: reasonOf(booksAgree, modelsAgree),
    ruleId: 'attribution.reconciliation',
    policyVersion,
    evidence: {
      controlConversions: control.conversions,
      bookedConversions: balance.booked.conversions,
      controlValueMinor: control.valueMinor,
      bookedValueMinor: balance.booked.valueMinor,
      attributedConversions: attributed.conversions,
      attributedValueMinor: attributed.valueMinor,
      largestModelGapConversions: balance.conversionsGap,
      largestModelGapMinor: balance.valueGapMinor,
      relativeTolerance: TOLERANCE,
    },
  }
}

function reasonOf(booksAgree: boolean, modelsAgree: boolean): string {
  if (!booksAgree) return 'lines_miss_the_books'
  return modelsAgree ? 'balanced' : 'model_misses_the_total'
}

function largestGap(credits: Credits, part: 'conversions' | 'valueMinor', total: number): number {
  return MODELS.reduce((largest, model) => {
    const credit = credits[model]
    // Where nothing was attributed, there is nothing a model could hand out.
    if (!isCredit(credit)) return largest
    const sum = credit[part].reduce((running, amount) => running + amount, 0)
    return Math.max(largest, Math.abs(sum - total))
  }, 0)
}
