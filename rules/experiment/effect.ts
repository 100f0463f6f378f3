import type { ArmReading, PairReading } from './adjustment.ts'

/** A difference with its standard error and Welch–Satterthwaite degrees of freedom. */
export interface Effect {
  readonly estimate: number
  readonly standardError: number
  readonly df: number
}

/** Both scales of the same comparison; `absolute` decides, `relative` tells. A control at zero has nothing to relate to: `relative` is null. */
export interface Effects {
  readonly absolute: Effect
  readonly relative: Effect | null
}

/** Why no effect can be stated: an arm whose users are all alike. */
export type NoEffect = 'no_variance'

export type EffectsResult =
  | { readonly ok: true; readonly effects: Effects }
  | { readonly ok: false; readonly reason: NoEffect }

/**
 * By how much does the treatment differ from the control?
 *
 * absolute = mₜ − m_c with variance Vₜ/nₜ + V_c/n_c; relative = (mₜ − m_c) ÷ |plain m_c| with the delta method's
 * variance. Both share the degrees of freedom of the absolute difference.
 *
 * Source: B. L. Welch, Biometrika 34 (1947), 28–35; GrowthBook gbstats 0.8.
 */
export function effectsOf(pair: PairReading): EffectsResult {
  const { control, treatment } = pair
  if (!(control.variance > 0 && treatment.variance > 0)) return { ok: false, reason: 'no_variance' }
  const difference = treatment.mean - control.mean
  const df = welchDf(control, treatment)
  const variance = treatment.variance / treatment.users + control.variance / control.users
  const absolute = { estimate: difference, standardError: Math.sqrt(variance), df }
  if (control.mean === 0 || control.plain.mean === 0) {
    return { ok: true, effects: { absolute, relative: null } }
  }
  const ofRatio = relativeVariance(pair)
  if (!(ofRatio > 0)) return { ok: false, reason: 'no_variance' }
  const relative = {
    estimate: difference / Math.abs(control.plain.mean),
    standardError: Math.sqrt(ofRatio),
    df,
  }
  return { ok: true, effects: { absolute, relative } }
}

/** (a + b)² ÷ (a²/(nₜ − 1) + b²/(n_c − 1)) with a, b the arms' variances of the mean. */
function welchDf(control: ArmReading, treatment: ArmReading): number {
  const a = treatment.variance / treatment.users
  const b = control.variance / control.users
  return (a + b) ** 2 / (a ** 2 / (treatment.users - 1) + b ** 2 / (control.users - 1))
}

/**
 * Variance of (adjusted difference) ÷ (plain control mean): the control enters above and below the line, so its share
 * is V + (r − 1)² V_plain + 2 (r − 1) C with r how far the treatment lies above the control.
 */
function relativeVariance({ control, treatment, relativeBy }: PairReading): number {
  const base = control.plain.mean
  const excess =
    relativeBy === 'plain_ratio'
      ? treatment.plain.mean / base - 1
      : (treatment.mean - control.mean) / Math.abs(base)
  const ofControl =
    control.variance + excess ** 2 * control.plain.variance + 2 * excess * control.covariance
  return (treatment.variance / treatment.users + ofControl / control.users) / base ** 2
}
