import { logMarginalAt, responseAt } from '../allocation/curve.ts'
import { exp } from '../kernel/elementary.ts'
import { power } from '../kernel/power.ts'
import type { EvidencePolicy, ImportedCurve } from '../policy/money-moves.ts'
import { bestFamily } from '../response/best-family.ts'
import { shrinkElasticities, type ShrunkenElasticity } from '../response/shrunken-elasticities.ts'
import { shrinkRates } from '../response/shrunken-rates.ts'
import { type OwnSlope, ownSlopes } from './elasticity.ts'
import {
  alternationFor,
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
 * as well; a shape needs more weeks and wider variation and parameters that are determined. Estimates of lines are drawn towards each other.
 */
export function climbLadder(
  lines: readonly BudgetLine[],
  terms: LadderTerms,
): readonly LineEvidence[] {
  const { policy } = terms
  const histories = lines.map((line) => lineHistory(line, terms.reported, policy))
  const able = histories.filter(({ obstacle }) => obstacle === null)
  const averages = averageReturns(able)
  const slopes = ownSlopes(able)
  const doubts = able.map((history, index) => doubtOf(history, slopes[index] ?? null, policy))
  const shrunken = shrinkSure(slopes, doubts, policy)
  return histories.map((history) => {
    const imported = importedFor(history.line, terms)
    if (imported !== null) return importedEvidence(history, imported, terms)
    if (history.obstacle !== null) return heldEvidence(history, history.obstacle, policy)
    const index = able.indexOf(history)
    const average = averages[index] ?? { mean: 0, sd: 0 }
    const doubt = doubts[index] ?? null
    const elasticity = shrunken[index]
    return doubt === null && elasticity !== undefined && elasticity !== null
      ? slopeEvidence(history, { average, elasticity }, policy)
      : believedEvidence(history, { average, doubt, slope: slopes[index] ?? null }, policy)
  })
}

interface Believed {
  readonly mean: number
  readonly sd: number
}

/** Average returns: conversions per spend drawn towards the other lines', times the line's value per conversion; sd of the logarithm. */
function averageReturns(histories: readonly LineHistory[]): readonly Believed[] {
  if (histories.length === 0) return []
  const rates = shrinkRates(
    histories.map(({ spend, conversions }) => ({ spend, conversions: conversions ?? 0 })),
  )
  return histories.map((history, index) => {
    const { conversions, value, spend, weeks } = history
    const rate = rates.lines[index]?.mean ?? 0
    const own = (value ?? 0) / spend
    const n = weeks.length
    const squares = weeks.reduce(
      (sum, week) => sum + ((week.value ?? 0) - own * week.spend) ** 2,
      0,
    )
    const observed = Math.sqrt((squares * n) / (n - 1)) / (value ?? 1)
    const counted = 1 / Math.sqrt((rates.shape ?? 0) + (conversions ?? 0))
    return { mean: (rate * (value ?? 0)) / (conversions ?? 1), sd: Math.max(observed, counted) }
  })
}

/** Why a line's own slope is not to be believed; null when it is. */
function doubtOf(
  { spendRatio }: LineHistory,
  slope: OwnSlope | null,
  policy: EvidencePolicy,
): EvidenceReason | null {
  if (slope === null || (spendRatio ?? 1) < policy.min_spend_ratio) return 'spend_did_not_vary'
  if (!(slope.error <= policy.max_slope_se)) return 'slope_not_identified'
  const { slopeWithTrend } = slope
  const isConfounded =
    slope.method === 'poisson' &&
    (slopeWithTrend === null || Math.abs(slopeWithTrend - slope.slope) > 2 * slope.error)
  return isConfounded ? 'confounded_by_trend' : null
}

/** The slopes without a doubt, drawn towards each other; a single one towards the policy's belief. */
function shrinkSure(
  slopes: readonly (OwnSlope | null)[],
  doubts: readonly (EvidenceReason | null)[],
  { prior_elasticity: prior }: EvidencePolicy,
): readonly (ShrunkenElasticity | null)[] {
  const sure = slopes.flatMap((slope, index) =>
    slope !== null && doubts[index] === null ? [{ slope, index }] : [],
  )
  if (sure.length === 0) return slopes.map(() => null)
  const estimates = sure.map(({ slope }) => ({ estimate: slope.slope, standardError: slope.error }))
  const lines =
    estimates.length === 1
      ? estimates.map(({ estimate, standardError }) => {
          const [own, believed] = [1 / standardError ** 2, 1 / prior.sd ** 2]
          const sum = own + believed
          return { mean: (estimate * own + prior.mean * believed) / sum, sd: Math.sqrt(1 / sum) }
        })
      : shrinkElasticities(estimates).lines
  return slopes.map((_slope, index) => {
    const place = sure.findIndex((entry) => entry.index === index)
    return lines[place] ?? null
  })
}

function believedEvidence(
  history: LineHistory,
  known: { average: Believed; doubt: EvidenceReason | null; slope: OwnSlope | null },
  policy: EvidencePolicy,
): LineEvidence {
  const { prior_elasticity: prior } = policy
  const base = evidenceBase(history, policy)
  const sigma = known.slope?.sigma ?? known.average.sd * Math.sqrt(history.weeks.length)
  return {
    ...base,
    level: 'L1',
    reason: known.doubt ?? 'slope_not_identified',
    response: { ...responseOf(known.average, prior), curve: null },
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
  known: { average: Believed; elasticity: ShrunkenElasticity },
  policy: EvidencePolicy,
): LineEvidence {
  const mean = Math.min(ELASTICITY_MAX, Math.max(ELASTICITY_MIN, known.elasticity.mean))
  const weekly = history.spend / history.weeks.length
  const response = responseOf(known.average, { mean, sd: known.elasticity.sd })
  const base = evidenceBase(history, policy)
  const chosen = chosenFamily(history, policy)
  if (chosen !== null) {
    const marginalReturn = exp(logMarginalAt(chosen, weekly))
    return {
      ...base,
      level: 'L3',
      reason: 'shape_identified',
      response: { ...response, marginalReturn, curve: chosen },
    }
  }
  const scale = (known.average.mean * weekly) / power(weekly, mean)
  return {
    ...base,
    level: 'L2',
    reason: 'slope_identified',
    response: { ...response, curve: { family: 'power', scale, shape: mean, steepness: 1 } },
  }
}

/** The best family when the history is long and wide enough and its parameters are determined. */
function chosenFamily({ weeks, spendRatio }: LineHistory, policy: EvidencePolicy) {
  if (weeks.length < policy.min_weeks_family) return null
  if ((spendRatio ?? 1) < policy.min_spend_ratio_family) return null
  const { best } = bestFamily(weeks.map((week) => ({ spend: week.spend, value: week.value ?? 0 })))
  const isCurve = best.curve.family !== 'power' || best.curve.shape < 1
  return best.isIdentified && isCurve ? best.curve : null
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
  const averageReturn = responseAt(curve, weekly) / weekly
  const marginalReturn = exp(logMarginalAt(curve, weekly))
  const elasticity = marginalReturn / averageReturn
  return {
    ...base,
    level: 'L4',
    reason: 'imported',
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
