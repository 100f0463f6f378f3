import { type Curve, marginalAt, responseAt } from '../allocation/curve.ts'
import { present } from '../kernel/invariant.ts'
import { power } from '../kernel/power.ts'
import type { EvidencePolicy, ImportedCurve } from '../policy/money-moves.ts'
import { bestFamily, type FamilyChoice } from '../response/best-family.ts'
import type { FamilyFit } from '../response/family-fit.ts'
import { shrinkRates } from '../response/shrunken-rates.ts'
import { drawSlopes, type DrawnSlope } from './drawn-slopes.ts'
import { LEAST_ERROR, type OwnSlope, ownSlopes } from './elasticity.ts'
import {
  alternationFor,
  type AverageReading,
  evidenceBase,
  type EvidenceReason,
  heldEvidence,
  type LineEvidence,
  type LineHistory,
  lineHistory,
  type LineResponse,
} from './line-evidence.ts'
import type { BudgetLine } from './lines.ts'

/** What the ladder is climbed with. */
export interface LadderTerms {
  readonly policy: EvidencePolicy
  readonly imported: readonly ImportedCurve[]
  readonly reported: ReadonlySet<string>
  readonly minorPerUnit: number
}

/**
 * How far up the ladder does the evidence of each line reach?
 *
 * Nothing is fitted that the data cannot identify: a slope needs spend that varied, a standard error below the policy's and no trend that explains it
 * as well; a shape needs more weeks and wider variation and parameters that are determined. Estimates of lines are drawn towards each other; a shape
 * stands as it was fitted.
 */
export function climbLadder(
  lines: readonly BudgetLine[],
  terms: LadderTerms,
): readonly LineEvidence[] {
  const { policy } = terms
  const histories = lines.map((line) => lineHistory(line, terms.reported, policy))
  const own = ownEvidence(
    histories.filter(({ obstacle }) => obstacle === null),
    policy,
  )
  return histories.map((history) => {
    const imported = importedFor(history.line, terms)
    if (imported !== null) return importedEvidence(history, imported, terms)
    return history.obstacle === null
      ? present(own.get(history), 'the evidence of a line')
      : heldEvidence(history, history.obstacle, policy)
  })
}

/** What the lines' own weeks give, read together. */
function ownEvidence(
  histories: readonly LineHistory[],
  policy: EvidencePolicy,
): ReadonlyMap<LineHistory, LineEvidence> {
  const averages = averageReturns(histories)
  const slopes = ownSlopes(histories)
  const readings = histories.map((history, index) => ({
    history,
    average: present(averages[index], 'the average return of a line'),
    own: slopes[index] ?? null,
    slope: readSlope(history, slopes[index] ?? null, policy),
  }))
  const sure = readings.flatMap(({ slope }) => ('sure' in slope ? [slope.sure] : []))
  const drawn = new Map(drawSlopes(sure, policy).map((entry, index) => [sure[index], entry]))
  return new Map(
    readings.map(({ history, average, own, slope }) => [
      history,
      'sure' in slope
        ? slopeEvidence(
            history,
            { average, slope: slope.sure, ...present(drawn.get(slope.sure), 'a slope drawn') },
            policy,
          )
        : believedEvidence(history, { average, slope: own, ...slope }, policy),
    ]),
  )
}

interface Believed {
  readonly mean: number
  readonly sd: number
}

/** Average returns: conversions per spend drawn towards the other lines', times the line's value per conversion; sd of the logarithm. */
function averageReturns(histories: readonly LineHistory[]): readonly AverageReading[] {
  if (histories.length === 0) return []
  const rates = shrinkRates(
    histories.map(({ spend, conversions }) => ({ spend, conversions: conversions ?? 0 })),
  )
  const { shape, rate: ofSpend } = rates
  const prior = shape === null || ofSpend === null ? null : { shape, rate: ofSpend }
  return histories.map((history, index) => {
    const { conversions, value, spend, weeks } = history
    const rate = present(rates.lines[index], 'the rate of a line').mean
    const own = (value ?? 0) / spend
    const n = weeks.length
    const squares = weeks.reduce(
      (sum, week) => sum + ((week.value ?? 0) - own * week.spend) ** 2,
      0,
    )
    const scatterSd = Math.sqrt((squares * n) / (n - 1)) / (value ?? 1)
    const countSd = 1 / Math.sqrt((prior?.shape ?? 0) + (conversions ?? 0))
    return {
      mean: (rate * (value ?? 0)) / (conversions ?? 1),
      sd: Math.max(scatterSd, countSd),
      scatterSd,
      countSd,
      commonRate: rates.commonRate,
      prior,
    }
  })
}

/** A slope to be believed, or why it is not and how far the line's value lies around it (null: no slope at all). */
type SlopeReading =
  | { readonly sure: OwnSlope }
  | { readonly doubt: EvidenceReason; readonly sigma: number | null }

function readSlope(
  { spendRatio }: LineHistory,
  slope: OwnSlope | null,
  policy: EvidencePolicy,
): SlopeReading {
  // A panel of lines whose spend moves together tells neither slope nor scatter.
  const sigma = slope !== null && slope.error < Infinity ? slope.sigma : null
  if (slope === null || (spendRatio ?? 1) < policy.min_spend_ratio) {
    return { doubt: 'spend_did_not_vary', sigma }
  }
  if (!(slope.error <= policy.max_slope_se)) return { doubt: 'slope_not_identified', sigma }
  return isConfounded(slope) ? { doubt: 'confounded_by_trend', sigma } : { sure: slope }
}

/** Of a line read alone: does a straight trend explain its value as well, or cannot be told apart from its spend? */
function isConfounded({ method, slope, error, slopeWithTrend }: OwnSlope): boolean {
  if (method === 'panel') return false
  return slopeWithTrend === null || Math.abs(slopeWithTrend - slope) > 2 * error
}

function believedEvidence(
  history: LineHistory,
  known: {
    average: AverageReading
    slope: OwnSlope | null
    doubt: EvidenceReason
    sigma: number | null
  },
  policy: EvidencePolicy,
): LineEvidence {
  const { prior_elasticity: prior } = policy
  const base = evidenceBase(history, policy)
  const sigma = known.sigma ?? known.average.sd * Math.sqrt(history.weeks.length)
  return {
    ...base,
    level: 'L1',
    reason: known.doubt,
    response: { ...responseOf(known.average, prior), curve: null },
    reading: { average: known.average, slope: known.slope, pool: null, families: null },
    needed: {
      ...base.needed,
      alternateBy: alternationFor(sigma, policy.min_weeks, policy.max_slope_se),
    },
  }
}

/** Elasticities outside of these bounds make no curve with falling returns; the nearest that does stands in. */
const ELASTICITY_MIN = 0.02
const ELASTICITY_MAX = 0.98

function slopeEvidence(
  history: LineHistory,
  { average, slope, pool, elasticity }: DrawnSlope & { average: AverageReading; slope: OwnSlope },
  policy: EvidencePolicy,
): LineEvidence {
  const weekly = history.spend / history.weeks.length
  const families = fittedFamilies(history, policy)
  const base = { ...evidenceBase(history, policy), reading: { average, slope, pool, families } }
  const fit = families === null ? null : believedFit(families)
  if (fit !== null) {
    const { elasticity: mean, marginalReturn } = atAverageWeek(fit.curve, weekly)
    const response = responseOf(average, { mean, sd: elasticityError(fit, elasticity) })
    return {
      ...base,
      level: 'L3',
      reason: 'shape_identified',
      response: { ...response, marginalReturn, curve: fit.curve },
    }
  }
  const mean = Math.min(ELASTICITY_MAX, Math.max(ELASTICITY_MIN, elasticity.mean))
  const scale = (average.mean * weekly) / power(weekly, mean)
  return {
    ...base,
    level: 'L2',
    reason: 'slope_identified',
    response: {
      ...responseOf(average, { mean, sd: elasticity.sd }),
      curve: { family: 'power', scale, shape: mean, steepness: 1 },
    },
  }
}

/** What a curve returns at the average week's spend, and its elasticity there: of a power curve the exponent. */
function atAverageWeek(curve: Curve, weekly: number) {
  const averageReturn = responseAt(curve, weekly) / weekly
  const marginalReturn = marginalAt(curve, weekly)
  return { averageReturn, marginalReturn, elasticity: marginalReturn / averageReturn }
}

/** Of a power curve the error of its own exponent. Any other states no elasticity: how far weeks err about a slope is what is known. */
function elasticityError({ curve, standardErrors }: FamilyFit, drawn: Believed): number {
  const [, exponentError = 0] = standardErrors ?? []
  return curve.family === 'power' ? Math.max(LEAST_ERROR, exponentError) : drawn.sd
}

/** Every family fitted, when the history is long and wide enough for a shape. */
function fittedFamilies(
  { weeks, spendRatio }: LineHistory,
  policy: EvidencePolicy,
): FamilyChoice | null {
  if (weeks.length < policy.min_weeks_family) return null
  if ((spendRatio ?? 1) < policy.min_spend_ratio_family) return null
  return bestFamily(weeks.map((week) => ({ spend: week.spend, value: week.value ?? 0 })))
}

/** The fit of the best family, when its parameters are determined and returns do not rise without end. */
function believedFit({ best }: FamilyChoice): FamilyFit | null {
  const isCurve = best.curve.family !== 'power' || best.curve.shape < 1
  return best.isIdentified && isCurve ? best : null
}

function responseOf(average: Believed, elasticity: Believed): Omit<LineResponse, 'curve'> {
  const relative = elasticity.sd / elasticity.mean
  return {
    averageReturn: average.mean,
    averageSd: average.sd,
    elasticity: elasticity.mean,
    elasticitySd: elasticity.sd,
    marginalReturn: elasticity.mean * average.mean,
    marginalSd: Math.sqrt(average.sd * average.sd + relative * relative),
  }
}

function importedFor(line: BudgetLine, { imported }: LadderTerms): ImportedCurve | null {
  return (
    imported.find(
      (curve) =>
        (curve.campaign_id ?? null) === line.campaignId &&
        (curve.channel_id ?? null) === line.channelId,
    ) ?? null
  )
}

function importedEvidence(
  history: LineHistory,
  imported: ImportedCurve,
  { policy, minorPerUnit }: LadderTerms,
): LineEvidence {
  const base = evidenceBase(history, policy)
  const weekly = history.weeks.length > 0 ? history.spend / history.weeks.length : 0
  if (weekly === 0) return heldEvidence(history, 'no_spend', policy)
  const isPower = imported.family === 'power'
  const curve = {
    family: imported.family,
    scale: isPower
      ? imported.scale * power(minorPerUnit, 1 - imported.shape)
      : imported.scale * minorPerUnit,
    shape: isPower ? imported.shape : imported.shape * minorPerUnit,
    steepness: imported.steepness,
  }
  const { averageReturn, marginalReturn, elasticity } = atAverageWeek(curve, weekly)
  return {
    ...base,
    level: 'L4',
    reason: 'imported',
    reading: null,
    response: {
      averageReturn,
      averageSd: imported.log_sd,
      elasticity,
      elasticitySd: imported.log_sd * elasticity,
      marginalReturn,
      marginalSd: imported.log_sd,
      curve,
    },
  }
}
