import type { ForecastLead } from './accuracy.ts'
import { logOdds } from './calibration-line.ts'
import { fitIsotonic, isotonicAt, type IsotonicMap } from './isotonic.ts'
import {
  fitInterceptOnly,
  fitLogisticLine,
  probabilityAt,
  type LogisticLine,
} from './logistic-fit.ts'

/** A correction of claimed probabilities, learned from one period, to be applied to another. Each step bends more than the one before and needs more outcomes. */
export type Recalibration =
  | { readonly step: 'none' }
  | { readonly step: 'intercept'; readonly line: LogisticLine }
  | { readonly step: 'platt'; readonly line: LogisticLine }
  | { readonly step: 'isotonic'; readonly map: IsotonicMap }

/**
 * The logistic line through (x, outcome) with Platt's softened outcomes (n₁ + 1) ÷ (n₁ + 2) and 1 ÷ (n₀ + 2), which keep it finite when a
 * threshold on x separates the outcomes.
 *
 * @returns null when x does not vary.
 * Source: Platt (1999), Probabilistic outputs for support vector machines.
 */
export function fitSoftLine(
  points: readonly { readonly x: number; readonly converted: boolean }[],
): LogisticLine | null {
  const count = points.filter((point) => point.converted).length
  const positive = (count + 1) / (count + 2)
  const negative = 1 / (points.length - count + 2)
  return fitLogisticLine(
    points.map(({ x, converted }) => ({ x, target: converted ? positive : negative })),
  )
}

/** The soft line over the claimed ln odds. Source: Platt (1999); scikit-learn's sigmoid has a = −slope, b = −intercept. */
export function fitPlatt(leads: readonly ForecastLead[]): LogisticLine | null {
  return fitSoftLine(
    leads.map(({ probability, converted }) => ({ x: logOdds(probability), converted })),
  )
}

/** The rising step map from claimed to observed; at least one lead. Source: Zadrozny and Elkan (2002). */
export function fitIsotonicMap(leads: readonly ForecastLead[]): IsotonicMap {
  return fitIsotonic(
    leads.map(({ probability, converted }) => ({ x: probability, target: converted ? 1 : 0 })),
  )
}

/** Every correction that these outcomes can support, the simplest first; at least one lead. */
export function fitLadder(leads: readonly ForecastLead[]): Recalibration[] {
  const shift = fitInterceptOnly(
    leads.map(({ probability, converted }) => ({
      x: logOdds(probability),
      target: converted ? 1 : 0,
    })),
  )
  const line = fitPlatt(leads)
  return [
    { step: 'none' },
    ...(shift === null
      ? []
      : [{ step: 'intercept' as const, line: { intercept: shift, slope: 1 } }]),
    ...(line === null ? [] : [{ step: 'platt' as const, line }]),
    { step: 'isotonic', map: fitIsotonicMap(leads) },
  ]
}

/** The claimed probability after the correction. */
export function recalibrate(correction: Recalibration, probability: number): number {
  if (correction.step === 'none') return probability
  return correction.step === 'isotonic'
    ? isotonicAt(correction.map, probability)
    : probabilityAt(correction.line, logOdds(probability))
}
