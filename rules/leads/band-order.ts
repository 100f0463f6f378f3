import { compareRates } from '../momentum/rates.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision } from '../schema/review.ts'
import type { BandTrend, ScoreBand } from './score-bands.ts'

const RULE_ID = 'lead_scoring.bands'

/** The bands from the lowest up, as the policy names them. */
export const BAND_NAMES = ['below', 'mel', 'mql', 'hql'] as const

/**
 * Do the bands still tell good leads from poor ones?
 *
 * `redraw` when a band converts worse than the one below it beyond chance, or when the trend over the bands is not significantly rising; else
 * `keep`.
 *
 * @param bands Lowest first, over settled leads.
 */
export function judgeBands(
  bands: readonly ScoreBand[],
  trend: BandTrend,
  policy: Policy,
): Decision {
  const inversion = worstInversion(bands, policy)
  const rises = (trend.z ?? 0) > 0 && (trend.p ?? 1) <= policy.leads.alpha
  return {
    id: RULE_ID,
    stage: 'lead_scoring',
    subject: 'score:bands',
    subjectName: 'Score bands',
    ...callOf(inversion.inversionP !== null && inversion.inversionP <= policy.leads.alpha, rises),
    ruleId: RULE_ID,
    policyVersion: policy.version,
    evidence: { trendZ: trend.z, trendP: trend.p, ...inversion, alpha: policy.leads.alpha },
  }
}

const NO_INVERSION = {
  invertedBand: null,
  invertedBandRate: null,
  bandBelowRate: null,
  inversionP: null,
}

function callOf(inverted: boolean, rises: boolean): Pick<Decision, 'action' | 'reason'> {
  if (inverted) return { action: 'redraw', reason: 'higher_band_converts_worse' }
  return rises
    ? { action: 'keep', reason: 'bands_rise' }
    : { action: 'redraw', reason: 'bands_not_separated' }
}

/** The neighbouring pair that falls with the smallest p; bands without a lead are stepped over. */
function worstInversion(bands: readonly ScoreBand[], policy: Policy) {
  const filled = bands.filter((band) => band.leads > 0)
  const falls = filled.flatMap((upper, index) => {
    const lower = filled[index - 1]
    if (lower === undefined || (upper.rate ?? 0) >= (lower.rate ?? 0)) return []
    const { p, previousRate, currentRate } = compareRates(
      { successes: lower.converted, trials: lower.leads },
      { successes: upper.converted, trials: upper.leads },
      policy.momentum.thin_below,
    )
    return [
      {
        invertedBand: BAND_NAMES[upper.band] ?? '',
        invertedBandRate: currentRate,
        bandBelowRate: previousRate,
        inversionP: p,
      },
    ]
  })
  return falls.toSorted((left, right) => left.inversionP - right.inversionP)[0] ?? NO_INVERSION
}
