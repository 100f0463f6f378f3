import type { PlainArm } from './arm.ts'
import type { ExperimentArmRow } from './input.ts'

/** What a metric is: a share of users who did something, a mean per user, or one mean per user divided by another. */
export type Measure = 'rate' | 'mean' | 'ratio'

/** The arms of one metric, as far as they tell what it is. */
interface Measured {
  readonly arms: readonly ExperimentArmRow[]
}

/** What one arm may lack to be read as a ratio, by the name of the column that states it. */
const RATIO_COLUMNS = [
  ['mean', (arm: ExperimentArmRow) => arm.mean],
  ['variance', (arm: ExperimentArmRow) => arm.variance],
  ['denominator_mean', (arm: ExperimentArmRow) => arm.denominatorMean],
  ['denominator_variance', (arm: ExperimentArmRow) => arm.denominatorVariance],
  ['covariance', (arm: ExperimentArmRow) => arm.covariance],
] as const

/** A stated covariance may pass the largest possible one by this part of it: figures come rounded. */
const ROUNDING = 1e-6

/**
 * What is the metric measured as? A ratio where any arm states something of a denominator, whatever else is stated; a
 * rate where every arm states conversions; else a mean.
 */
export function measureOf({ arms }: Measured): Measure {
  if (arms.some(statesDenominator)) return 'ratio'
  return arms.every((arm) => arm.conversions !== null) ? 'rate' : 'mean'
}

function statesDenominator(arm: ExperimentArmRow): boolean {
  return [arm.denominatorMean, arm.denominatorVariance, arm.covariance].some(
    (figure) => figure !== null,
  )
}

/** Why a ratio cannot be read. */
export type RatioFlaw =
  | 'incomplete_ratio'
  | 'negative_variance'
  | 'impossible_covariance'
  | 'no_denominator'

/** The first flaw of a ratio's figures, over all arms; null when every arm can be read. */
export function ratioFlawOf({ arms }: Measured): RatioFlaw | null {
  if (arms.some((arm) => missingOf(arm).length > 0)) return 'incomplete_ratio'
  const ratios = arms.map(ratioArm)
  if (ratios.some((arm) => Math.min(arm.numerator.variance, arm.denominator.variance) < 0)) {
    return 'negative_variance'
  }
  if (ratios.some(isImpossible)) return 'impossible_covariance'
  return ratios.some((arm) => arm.denominator.mean === 0) ? 'no_denominator' : null
}

/** By Cauchy and Schwarz, |C(m, d)| ≤ √(V(m) V(d)). */
function isImpossible({ numerator, denominator, covariance }: ReturnType<typeof ratioArm>) {
  const largest = Math.sqrt(numerator.variance * denominator.variance)
  return Math.abs(covariance) > largest * (1 + ROUNDING)
}

function missingOf(arm: ExperimentArmRow): string[] {
  return RATIO_COLUMNS.flatMap(([column, figure]) => (figure(arm) === null ? [column] : []))
}

/** Each arm that lacks a figure of the ratio, with the columns it lacks. */
export function missingRatioFigures({
  arms,
}: Measured): readonly { readonly arm: string; readonly columns: readonly string[] }[] {
  return arms
    .map((arm) => ({ arm: arm.arm, columns: missingOf(arm) }))
    .filter(({ columns }) => columns.length > 0)
}

/** One arm as it is compared. The trial has no flaw, so the figures of its measure are stated. */
export function toArm(row: ExperimentArmRow, measure: Measure): PlainArm {
  const { users, conversions, mean, variance } = row
  if (measure === 'ratio') return ratioArm(row)
  return measure === 'rate'
    ? { kind: 'proportion', users, conversions: conversions ?? 0 }
    : { kind: 'moments', users, mean: mean ?? 0, variance: variance ?? 0 }
}

/** Only for an arm that states every figure of a ratio. */
function ratioArm({ users, ...row }: ExperimentArmRow) {
  return {
    kind: 'ratio_moments' as const,
    users,
    numerator: { mean: row.mean ?? 0, variance: row.variance ?? 0 },
    denominator: { mean: row.denominatorMean ?? 0, variance: row.denominatorVariance ?? 0 },
    covariance: row.covariance ?? 0,
  }
}
