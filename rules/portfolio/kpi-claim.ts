import { printedDecimal } from '../kernel/printed-decimal.ts'
import { isMeasured, measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import type { SegmentDelivery, SegmentRollup } from './rollup.ts'

/** A rate as it can be recomputed, with the counts behind it where both were measured. */
export interface RecomputedKpi {
  readonly rate: Quantity
  readonly numerator?: number
  readonly denominator?: number
}

/** A stated rate beside what the counts give. */
export interface KpiRuling {
  readonly verdict: 'agrees' | 'differs' | 'not_checked'
  readonly kpi: string
  readonly stated: number
  /** From the platforms' counts of the month. */
  readonly delivered: RecomputedKpi
  /** From the counts that stand beside the statement. */
  readonly own: RecomputedKpi
}

/** Rates are read with two to four decimals, a zero with four; a statement agrees within half a unit of its last one. */
const FEWEST_DECIMALS = 2
const MOST_DECIMALS = 4

type Counts = Pick<SegmentRollup, 'impressions' | 'clicks' | 'conversions'>

/**
 * Does a stated rate agree with the counts it is made of?
 *
 * Click-through rates are clicks ÷ impressions; any other rate is conversions ÷ impressions, or conversions ÷ clicks, whichever the
 * company means: either agrees. Checked against the counts beside the statement and against the platforms' counts; one agreement is
 * enough; the rate shown beside it is by impression unless only clicks were counted. A statement without a rate's name or without counts
 * is not checked.
 *
 * @returns null when nothing was stated.
 */
export function checkKpi(
  rollup: SegmentRollup,
  delivery: SegmentDelivery | undefined,
): KpiRuling | null {
  const { primaryKpi: kpi, kpiValue: stated } = rollup
  if (kpi === null || stated === null) return null
  const readings = basesOf(kpi).map((basis) => ({
    delivered: recompute(delivery, basis),
    own: recompute(rollup, basis),
  }))
  const rates = readings.flatMap(({ delivered, own }) => [delivered.rate, own.rate])
  const known = rates.filter(isMeasured)
  const agrees = known.some(({ value }) => isPrinted(stated, value))
  const shown = readings.find(
    ({ delivered, own }) => isMeasured(delivered.rate) || isMeasured(own.rate),
  )
  return {
    kpi,
    stated,
    verdict: known.length === 0 ? 'not_checked' : verdictOf(agrees),
    ...(shown ?? { delivered: UNCHECKED, own: UNCHECKED }),
  }
}

type Basis = (counts: Counts) => readonly [number | null, number | null]

const BY_IMPRESSION: Basis = ({ conversions, impressions }) => [conversions, impressions]
const BY_CLICK: Basis = ({ conversions, clicks }) => [conversions, clicks]
const CLICK_THROUGH: Basis = ({ clicks, impressions }) => [clicks, impressions]

function basesOf(kpi: string): readonly Basis[] {
  if (/click_?through|(^|_)ctr$/.test(kpi)) return [CLICK_THROUGH]
  return kpi.endsWith('_rate') ? [BY_IMPRESSION, BY_CLICK] : []
}

const UNCHECKED: RecomputedKpi = {
  rate: notMeasured('the counts behind the rate were not measured'),
}

function recompute(counts: Counts | undefined, basis: Basis): RecomputedKpi {
  const [numerator, denominator] = counts === undefined ? [null, null] : basis(counts)
  if (numerator === null || denominator === null) return UNCHECKED
  const rate = quotient(measured(numerator), measured(denominator), 'the count it is divided by')
  return { numerator, denominator, rate }
}

function verdictOf(agrees: boolean): 'agrees' | 'differs' {
  return agrees ? 'agrees' : 'differs'
}

/** True when `rate`, rounded as `stated` is printed, is `stated`. */
function isPrinted(stated: number, rate: number): boolean {
  const written = String(printedDecimal(stated).scale).length - 1
  const decimals =
    stated === 0 ? MOST_DECIMALS : Math.min(Math.max(written, FEWEST_DECIMALS), MOST_DECIMALS)
  return Math.abs(rate - stated) <= 0.5 / 10 ** decimals
}
