import type { Curve } from '../allocation/curve.ts'
import { expm1 } from '../kernel/elementary.ts'
import type { EvidencePolicy } from '../policy/money-moves.ts'
import type { FamilyChoice } from '../response/best-family.ts'
import { spendVariation } from '../response/power-law.ts'
import type { ElasticityPool } from './drawn-slopes.ts'
import type { OwnSlope } from './elasticity.ts'
import type { BudgetLine } from './lines.ts'
import { type LineWeek, lineWeeks } from './weekly.ts'

/**
 * The rungs of evidence: what a line's history allows to be said of its response to spend. L0 nothing; L1 its average return, the slope believed
 * from the policy; L2 its own slope, drawn towards the other lines'; L3 the shape of its curve; L4 a curve estimated elsewhere.
 */
export type EvidenceLevel = 'L0' | 'L1' | 'L2' | 'L3' | 'L4'

/** Why a line stands on its rung. */
export type EvidenceReason =
  | 'no_spend'
  | 'value_not_measured'
  | 'too_few_weeks'
  | 'too_few_conversions'
  | 'no_value'
  | 'spend_did_not_vary'
  | 'slope_not_identified'
  | 'confounded_by_trend'
  | 'slope_identified'
  | 'shape_identified'
  | 'imported'

/** What is known of a line's return. Returns are value per unit of spend; sds are of logarithms; the curve is per week, in minor units. */
export interface LineResponse {
  readonly averageReturn: number
  readonly averageSd: number
  /** d ln(value) ÷ d ln(spend) at the average week's spend: of a curve fitted or imported its own. */
  readonly elasticity: number
  readonly elasticitySd: number
  /** Median return on the next unit beyond the average week's spend. */
  readonly marginalReturn: number
  readonly marginalSd: number
  /** Null on the second rung: a believed slope makes no curve to optimise. */
  readonly curve: Curve | null
}

/** The spend variation or time that would carry a line one rung up. */
export interface EvidenceNeed {
  readonly weeksMissing: number
  readonly conversionsMissing: number
  /** a of the factor 1 + a with which to multiply and divide weekly spend in turn so that the slope could be read; null when that is not the obstacle. */
  readonly alternateBy: number | null
}

/** How far up the ladder a line's evidence reaches, and what would carry it further. */
export interface LineEvidence {
  readonly line: BudgetLine
  readonly level: EvidenceLevel
  readonly reason: EvidenceReason
  readonly weeks: readonly LineWeek[]
  readonly conversions: number | null
  /** Highest ÷ lowest weekly spend; null below two weeks. */
  readonly spendRatio: number | null
  readonly response: LineResponse | null
  /** Null where nothing was read of the line's own weeks: they are too thin, or its curve was estimated elsewhere. */
  readonly reading: OwnReading | null
  readonly needed: EvidenceNeed
}

/** What was read of a line's own weeks, with what the other lines lent it: from this the rung and the response follow. */
export interface OwnReading {
  readonly average: AverageReading
  /** Null where spend does not vary. */
  readonly slope: OwnSlope | null
  /** What the slope was drawn towards; null where it is not believed. */
  readonly pool: ElasticityPool | null
  /** Every family fitted and the best of them; null where the weeks are too few, or too alike, for a shape. */
  readonly families: FamilyChoice | null
}

/** Average return over the weeks; sds are of its logarithm, and the larger one counts. */
export interface AverageReading {
  readonly mean: number
  readonly sd: number
  readonly scatterSd: number
  readonly countSd: number
  /** Conversions per unit of spend of all lines, and the gamma prior that the line's own were drawn towards; null where lines do not differ beyond noise. */
  readonly commonRate: number
  readonly prior: { readonly shape: number; readonly rate: number } | null
}

/** A line with what its weeks hold, before any response is estimated; `obstacle` null lets it climb. */
export interface LineHistory {
  readonly line: BudgetLine
  readonly weeks: readonly LineWeek[]
  readonly conversions: number | null
  readonly value: number | null
  readonly spend: number
  readonly spendRatio: number | null
  readonly obstacle: EvidenceReason | null
}

/** What does the history of a line hold, and does anything keep it on the lowest rung? */
export function lineHistory(
  line: BudgetLine,
  reported: ReadonlySet<string>,
  policy: EvidencePolicy,
): LineHistory {
  const days = [...line.history, ...line.days]
  const weeks = lineWeeks(days, reported)
  const history = {
    line,
    weeks,
    conversions: sumOrNull(weeks.map((week) => week.conversions)),
    value: sumOrNull(weeks.map((week) => week.value)),
    spend: weeks.reduce((sum, week) => sum + week.spend, 0),
    spendRatio:
      weeks.length < 2
        ? null
        : spendVariation(weeks.map((week) => ({ spend: week.spend, value: 0 }))).ratio,
  }
  return {
    ...history,
    obstacle: obstacleOf(
      history,
      policy,
      days.every((day) => day.spendMinor === 0),
    ),
  }
}

/** A line that is held: nothing is said of its response. */
export function heldEvidence(
  history: LineHistory,
  reason: EvidenceReason,
  policy: EvidencePolicy,
): LineEvidence {
  return {
    ...evidenceBase(history, policy),
    level: 'L0',
    reason,
    response: null,
    reading: null,
  }
}

/** What every rung's evidence has in common. */
export function evidenceBase(
  { line, weeks, conversions, spendRatio }: LineHistory,
  policy: EvidencePolicy,
): Omit<LineEvidence, 'level' | 'reason' | 'response' | 'reading'> {
  return {
    line,
    weeks,
    conversions,
    spendRatio,
    needed: {
      weeksMissing: Math.max(0, policy.min_weeks - weeks.length),
      conversionsMissing: Math.max(0, policy.min_conversions - (conversions ?? 0)),
      alternateBy: null,
    },
  }
}

/**
 * By what share must weekly spend go up and down in turn so that the slope is known to the policy's standard error?
 *
 * Alternating between x·(1 + a) and x ÷ (1 + a) over n weeks gives a slope error of sigma ÷ (√n·ln(1 + a)).
 * @param sigma Standard deviation of ln(value) around its line.
 */
export function alternationFor(sigma: number, weeks: number, maxError: number): number {
  return expm1(sigma / (Math.sqrt(weeks) * maxError))
}

function obstacleOf(
  { weeks, value, conversions }: Omit<LineHistory, 'obstacle'>,
  policy: EvidencePolicy,
  spentNothing: boolean,
): EvidenceReason | null {
  const obstacles: readonly (readonly [boolean, EvidenceReason])[] = [
    [spentNothing, 'no_spend'],
    [value === null, 'value_not_measured'],
    [weeks.length < policy.min_weeks, 'too_few_weeks'],
    [(conversions ?? 0) < policy.min_conversions, 'too_few_conversions'],
    [value === 0, 'no_value'],
  ]
  return obstacles.find(([holds]) => holds)?.[1] ?? null
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  let total = 0
  for (const value of values) {
    if (value === null) return null
    total += value
  }
  return total
}
