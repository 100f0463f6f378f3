import type { EvidencePolicy } from '../policy/money-moves.ts'
import type { BudgetLine } from './lines.ts'
import { lineWeeks, type LineWeek } from './weekly.ts'

/** The rungs of evidence: what a line's history allows to be said of its response to spend. */
export type EvidenceLevel = 'L0' | 'L1' | 'L2' | 'L3' | 'L4'

export type EvidenceReason =
  | 'no_spend'
  | 'value_not_measured'
  | 'too_few_weeks'
  | 'too_few_conversions'
  | 'no_value'
  | 'spend_did_not_vary'

/** What is known of a line's return. Returns are value per unit of spend; sds are of logarithms. */
export interface LineResponse {
  readonly averageReturn: number
  readonly averageSd: number
  readonly elasticity: number
  readonly elasticitySd: number
  /** Median return on the next unit of spend: elasticity × average return. */
  readonly marginalReturn: number
  readonly marginalSd: number
}

/** How far up the ladder a line's evidence reaches, and what would carry it further. */
export interface LineEvidence {
  readonly line: BudgetLine
  readonly level: EvidenceLevel
  readonly reason: EvidenceReason
  readonly weeks: number
  readonly conversions: number | null
  /** Highest ÷ lowest weekly spend; null below two weeks. */
  readonly spendRatio: number | null
  readonly response: LineResponse | null
  /** What would answer the question that is open. */
  readonly needed: EvidenceNeed
}

/** The spend variation or time that would carry a line one rung up. */
export interface EvidenceNeed {
  readonly weeksMissing: number
  readonly conversionsMissing: number
  /** Step, as a share of weekly spend, by which to alternate weeks so that the slope can be read; null when that is not the obstacle. */
  readonly alternateBy: number | null
}

/**
 * How much does the history of this line allow to be said?
 *
 * L0 hold: no value, too few weeks or conversions. L1 gated bounded step: the average return is known and the slope is believed from
 * the policy's prior, because spend hardly varied.
 */
export function lineEvidence(
  line: BudgetLine,
  reported: ReadonlySet<string>,
  policy: EvidencePolicy,
): LineEvidence {
  const weeks = lineWeeks([...line.history, ...line.days], reported)
  const conversions = sumOrNull(weeks.map((week) => week.conversions))
  const spends = weeks.map((week) => week.spend)
  const base = {
    line,
    weeks: weeks.length,
    conversions,
    spendRatio: weeks.length < 2 ? null : Math.max(...spends) / Math.min(...spends),
    needed: {
      weeksMissing: Math.max(0, policy.min_weeks - weeks.length),
      conversionsMissing: Math.max(0, policy.min_conversions - (conversions ?? 0)),
      alternateBy: null,
    },
  }
  const obstacle = obstacleOf(line, weeks, policy)
  if (obstacle !== null) return { ...base, level: 'L0', reason: obstacle, response: null }
  const response = believedResponse(weeks, policy)
  return {
    ...base,
    level: 'L1',
    reason: 'spend_did_not_vary',
    response,
    needed: { ...base.needed, alternateBy: policy.min_spend_ratio - 1 },
  }
}

function obstacleOf(
  line: BudgetLine,
  weeks: readonly LineWeek[],
  policy: EvidencePolicy,
): EvidenceReason | null {
  if ([...line.history, ...line.days].every((day) => day.spendMinor === 0)) return 'no_spend'
  const value = sumOrNull(weeks.map((week) => week.value))
  const conversions = sumOrNull(weeks.map((week) => week.conversions))
  if (value === null) return 'value_not_measured'
  if (weeks.length < policy.min_weeks) return 'too_few_weeks'
  if ((conversions ?? 0) < policy.min_conversions) return 'too_few_conversions'
  return value > 0 ? null : 'no_value'
}

/** Average return by linearised ratio, marginal return by the believed elasticity. */
function believedResponse(weeks: readonly LineWeek[], policy: EvidencePolicy): LineResponse {
  const spend = weeks.reduce((sum, week) => sum + week.spend, 0)
  const value = weeks.reduce((sum, week) => sum + (week.value ?? 0), 0)
  const averageReturn = value / spend
  const squares = weeks.reduce(
    (sum, week) => sum + ((week.value ?? 0) - averageReturn * week.spend) ** 2,
    0,
  )
  const n = weeks.length
  const averageSd = Math.sqrt((squares * n) / (n - 1)) / value
  const { mean, sd } = policy.prior_elasticity
  return {
    averageReturn,
    averageSd,
    elasticity: mean,
    elasticitySd: sd,
    marginalReturn: mean * averageReturn,
    marginalSd: Math.sqrt(averageSd * averageSd + (sd / mean) ** 2),
  }
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  let total = 0
  for (const value of values) {
    if (value === null) return null
    total += value
  }
  return total
}
