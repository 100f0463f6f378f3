import { chiSquareSurvival } from '../kernel/chi-square.ts'
import { invariant } from '../kernel/invariant.ts'

/** How many waited this long: until they converted, or until the review looked while they were still open. */
export interface Waiting {
  readonly time: number
  readonly converted: number
  readonly open: number
}

/** The curve drops at times with conversions. */
export interface SurvivalStep {
  readonly time: number
  readonly atRisk: number
  readonly converted: number
  /** Share not yet converted after this time. */
  readonly survival: number
}

/** Kaplan–Meier's curve with what it rests on. */
export interface SurvivalCurve {
  readonly steps: readonly SurvivalStep[]
  readonly entered: number
  readonly converted: number
  /** Longest time anybody was watched, 0 when nobody entered; the curve says nothing beyond. */
  readonly followUp: number
}

/**
 * What share has not converted after each time, when some have not been watched for long? S(t) = Π (1 − converted ÷ at risk) over the
 * times up to t; who is still open counts as at risk up to and at the time watched. Reading converted ÷ entered instead calls every
 * young month a collapse.
 *
 * @param waits Any order; equal times add up. Times ≥ 0 in one unit, counts ≥ 0.
 * @throws InvariantError on a negative or missing time.
 * Source: E. L. Kaplan and P. Meier, JASA 53 (1958), 457–481; statsmodels `SurvfuncRight`.
 */
export function kaplanMeier(waits: readonly Waiting[]): SurvivalCurve {
  const rows = mergeTimes(waits)
  const entered = rows.reduce((sum, row) => sum + row.converted + row.open, 0)
  const steps: SurvivalStep[] = []
  let atRisk = entered
  let survival = 1
  for (const { time, converted, open } of rows) {
    if (converted > 0) {
      survival *= (atRisk - converted) / atRisk
      steps.push({ time, atRisk, converted, survival })
    }
    atRisk -= converted + open
  }
  return {
    steps,
    entered,
    converted: steps.reduce((sum, step) => sum + step.converted, 0),
    followUp: rows.at(-1)?.time ?? 0,
  }
}

/** Share converted by a time, 1 − S(time): the last known share where the time lies beyond the follow-up. */
export function convertedBy({ steps }: SurvivalCurve, time: number): number {
  let share = 0
  for (const step of steps) {
    if (step.time > time) break
    share = 1 - step.survival
  }
  return share
}

/** The same, null where the time lies beyond the follow-up: nobody has been watched that long. */
export function convertedByIfWatched(curve: SurvivalCurve, time: number): number | null {
  return curve.entered === 0 || time > curve.followUp ? null : convertedBy(curve, time)
}

/** Rounding of the product must not push a curve that is exactly at a half above it. */
const ROUNDING = 1e-12

/**
 * The smallest time by which at least `share` of those who entered have converted, null when the curve never gets there. 0.5 gives the
 * median, 0.9 the time most are through.
 */
export function timeToShare({ steps }: SurvivalCurve, share: number): number | null {
  return steps.find((step) => step.survival <= 1 - share + ROUNDING)?.time ?? null
}

/** A comparison of two curves as wholes. */
export interface LogRank {
  /** Conversions of the first group above those expected if both went at one pace; above 0 when it converts more or sooner. */
  readonly excess: number
  readonly chiSquare: number
  readonly pValue: number
}

/**
 * Do two groups convert at a different pace? χ² = (observed − expected)² ÷ variance of conversions of the first group, summed over the
 * times at which anybody converts; 1 degree of freedom.
 *
 * @returns null when no conversion tells the groups apart.
 * Source: N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163–170; statsmodels `survdiff`.
 */
export function logRank(first: readonly Waiting[], second: readonly Waiting[]): LogRank | null {
  const times = mergeTimes([...first, ...second]).filter((row) => row.converted > 0)
  const groups = [createRiskSet(first), createRiskSet(second)] as const
  let excess = 0
  let variance = 0
  for (const { time, converted } of times) {
    const one = groups[0](time)
    const atRisk = one.atRisk + groups[1](time).atRisk
    const share = one.atRisk / atRisk
    excess += one.converted - converted * share
    if (atRisk > 1) {
      variance += (converted * share * (1 - share) * (atRisk - converted)) / (atRisk - 1)
    }
  }
  if (variance <= 0) return null
  const chiSquare = (excess * excess) / variance
  return { excess, chiSquare, pValue: chiSquareSurvival(chiSquare, 1) }
}

/** At risk and converted at a time; called with rising times. */
function createRiskSet(waits: readonly Waiting[]) {
  const rows = mergeTimes(waits)
  let atRisk = rows.reduce((sum, row) => sum + row.converted + row.open, 0)
  let next = 0
  return (time: number): { atRisk: number; converted: number } => {
    for (let row = rows[next]; row !== undefined && row.time < time; row = rows[next]) {
      atRisk -= row.converted + row.open
      next++
    }
    const row = rows[next]
    return { atRisk, converted: row?.time === time ? row.converted : 0 }
  }
}

function mergeTimes(waits: readonly Waiting[]): Waiting[] {
  const byTime = new Map<number, { time: number; converted: number; open: number }>()
  for (const { time, converted, open } of waits) {
    invariant(time >= 0, `survival: expected a time of at least 0, got ${time}`)
    const row = byTime.get(time) ?? { time, converted: 0, open: 0 }
    byTime.set(time, {
      time,
      converted: row.converted + converted,
      open: row.open + open,
    })
  }
  return [...byTime.values()].toSorted((left, right) => left.time - right.time)
}
