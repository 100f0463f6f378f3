import type { Curve } from '../allocation/curve.ts'
import { daysBetween } from '../kernel/calendar.ts'
import type { EvidencePolicy } from '../policy/money-moves.ts'
import type { FamilyChoice } from '../response/best-family.ts'
import type { Evidence } from '../schema/review.ts'
import type { OwnSlope } from './elasticity.ts'
import type { LineEvidence, LineResponse, OwnReading } from './line-evidence.ts'

/**
 * What put a line on its rung of the ladder, and its response: what its weeks hold beside what each rung asks for, slope and pool, the families
 * fitted, the curve. Amounts in minor units, curves per week. Where a fit or an error is no number, null stands: the weeks do not tell it.
 */
export function ladderEvidence(evidence: LineEvidence, policy: EvidencePolicy): Evidence {
  const { line, weeks, conversions, spendRatio, reading, response } = evidence
  return {
    evidence_level: evidence.level,
    evidence_reason: evidence.reason,
    spent_ever: [...line.history, ...line.days].some(({ spendMinor }) => spendMinor > 0),
    weeks: weeks.length,
    weeks_required: policy.min_weeks,
    conversions_in_weeks: conversions,
    conversions_required: policy.min_conversions,
    spend_ratio: spendRatio,
    alternate_spend_by: evidence.needed.alternateBy,
    ...weekEvidence(evidence),
    ...(reading === null ? {} : readingEvidence(reading, policy)),
    ...responseEvidence(response),
  }
}

/** Spend and value of each week, by how many weeks it came after the first; nothing of value where a row left it out. */
function weekEvidence({ weeks }: LineEvidence): Evidence {
  const values = weeks.flatMap(({ value }) => (value === null ? [] : [value]))
  const [first] = weeks
  if (first === undefined) return {}
  return {
    first_week_on: first.monday,
    week_offsets: weeks.map(({ monday }) => daysBetween(first.monday, monday) / 7),
    week_spend_minor: weeks.map(({ spend }) => spend),
    week_value_minor: values.length === weeks.length ? values : null,
  }
}

function readingEvidence(reading: OwnReading, policy: EvidencePolicy): Evidence {
  const { average, slope, pool, families } = reading
  const { prior_elasticity: believed } = policy
  return {
    common_rate: average.commonRate,
    ...(average.prior === null
      ? {}
      : { rate_prior_shape: average.prior.shape, rate_prior_spend: average.prior.rate }),
    return_scatter: average.scatterSd,
    return_count_error: average.countSd,
    spend_ratio_required: policy.min_spend_ratio,
    slope_error_allowed: policy.max_slope_se,
    ...(slope === null ? { slope: null } : slopeEvidence(slope)),
    ...(pool === null
      ? { believed_elasticity: believed.mean, believed_error: believed.sd }
      : {
          pool_mean: pool.mean,
          pool_between: pool.between,
          pool_mean_error: pool.meanError,
          weeks_for_shape: policy.min_weeks_family,
          spend_ratio_for_shape: policy.min_spend_ratio_family,
        }),
    ...(families === null ? {} : familyEvidence(families)),
  }
}

function slopeEvidence({ slope, error, method, slopeWithTrend, sigma }: OwnSlope): Evidence {
  return {
    slope,
    slope_error: finite(error),
    slope_method: method,
    slope_with_trend: slopeWithTrend,
    slope_scatter: finite(sigma),
  }
}

function familyEvidence({ fits, best }: FamilyChoice): Evidence {
  return {
    fitted_families: fits.map(({ curve }) => curve.family),
    fitted_aicc: fits.map(({ aicc }) => finite(aicc)),
    best_family: best.curve.family,
    ...curveEvidence('best', best.curve),
    best_errors: best.standardErrors?.map(finite) ?? null,
    best_is_determined: best.isIdentified,
  }
}

function responseEvidence(response: LineResponse | null): Evidence {
  if (response === null) return { elasticity: null, marginal_return: null }
  const { curve } = response
  return {
    evidence_return: response.averageReturn,
    evidence_return_error: response.averageSd,
    elasticity: response.elasticity,
    elasticity_error: response.elasticitySd,
    marginal_return: response.marginalReturn,
    marginal_return_error: response.marginalSd,
    ...(curve === null ? {} : { curve_family: curve.family, ...curveEvidence('curve', curve) }),
  }
}

function curveEvidence(prefix: string, { scale, shape, steepness }: Curve): Evidence {
  return {
    [`${prefix}_scale`]: scale,
    [`${prefix}_shape`]: shape,
    [`${prefix}_steepness`]: steepness,
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
