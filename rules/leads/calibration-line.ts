import { log } from '../kernel/elementary.ts'
import type { ForecastLead } from './accuracy.ts'
import { fitInterceptOnly, fitLogisticLine, type LogisticPoint } from './logistic-fit.ts'

/** Outcomes regressed on the claimed ln odds. A perfect score has slope 1 and intercept 0. null where no finite fit exists. */
export interface CalibrationLine {
  /** Below 1: claims are too extreme; above 1: too timid. */
  readonly slope: number | null
  readonly intercept: number | null
  /** Intercept with the slope held at 1: above 0, claims are too low on the whole. */
  readonly inTheLarge: number | null
}

/**
 * Are claims too extreme, too timid, too low or too high?
 *
 * Source: Cox (1958), Biometrika 45; Van Calster et al. (2019), BMC Medicine 17.
 */
export function calibrationLine(leads: readonly ForecastLead[]): CalibrationLine {
  const points = leads.map(({ probability, converted }): LogisticPoint => ({
    x: logOdds(probability),
    target: converted ? 1 : 0,
  }))
  const line = fitLogisticLine(points)
  return {
    slope: line?.slope ?? null,
    intercept: line?.intercept ?? null,
    inTheLarge: fitInterceptOnly(points),
  }
}

/** ln(p ÷ (1 − p)), clipped to the double's own precision so that a claim of 0 or 1 stays finite. */
export function logOdds(probability: number): number {
  const clipped = Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON)
  return log(clipped / (1 - clipped))
}
