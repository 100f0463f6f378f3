import type { Curve, CurveFamily } from '../allocation/curve.ts'
import { exp, expm1, log, log1p } from '../kernel/elementary.ts'
import type { ResponsePoint } from './family-fit.ts'
import type { Linearised } from './least-squares.ts'

/** A unit curve (scale 1) at one spend: its value and its derivatives by ln shape and, for hill, ln steepness. */
export interface UnitResponse {
  readonly value: number
  readonly slopes: readonly number[]
}

/** ln(shape) and ln(steepness) of a unit curve. */
type Form = readonly number[]

// The unit curves g of spend x, with shape h and steepness s, and how they answer to ln h and, for hill, to ln s:
//
//   family       g                     ∂g ÷ ∂ln h            ∂g ÷ ∂ln s
//   power        x^h                   g·h·ln x
//   log          ln(1 + x/h)           −x ÷ (h + x)
//   saturating   x ÷ (h + x)           −g·(1 − g)
//   exponential  1 − e^(−x/h)          −x/h·e^(−x/h)
//   hill         x^s ÷ (h^s + x^s)     −s·g·(1 − g)          s·ln(x/h)·g·(1 − g)

const UNIT: Readonly<Record<CurveFamily, (spend: number, form: Form) => UnitResponse>> = {
  power: (spend, [lnShape = 0]) => {
    const shape = exp(lnShape)
    const value = exp(shape * log(spend))
    return { value, slopes: [value * shape * log(spend)] }
  },
  log: (spend, [lnShape = 0]) => {
    const shape = exp(lnShape)
    return { value: log1p(spend / shape), slopes: [-spend / (shape + spend)] }
  },
  saturating: (spend, [lnShape = 0]) => {
    const share = spend / (exp(lnShape) + spend)
    return { value: share, slopes: [-share * (1 - share)] }
  },
  exponential: (spend, [lnShape = 0]) => {
    const ratio = spend / exp(lnShape)
    return { value: -expm1(-ratio), slopes: [-ratio * exp(-ratio)] }
  },
  hill: (spend, [lnShape = 0, lnSteepness = 0]) => {
    const steepness = exp(lnSteepness)
    const reach = log(spend) - lnShape
    const share = 1 / (1 + exp(-steepness * reach))
    const bend = share / (1 + exp(steepness * reach))
    return { value: share, slopes: [-steepness * bend, steepness * reach * bend] }
  },
}

/** The unit curve of a family at a spend ≥ 0; without spend there is no response, whatever the form. */
export function unitResponse(family: CurveFamily, spend: number, form: Form): UnitResponse {
  return spend > 0 ? UNIT[family](spend, form) : { value: 0, slopes: form.map(() => 0) }
}

/** Residuals and derivatives by the logarithms of scale, shape and steepness. */
export function linearise(
  family: CurveFamily,
  points: readonly ResponsePoint[],
  [lnScale = 0, ...form]: readonly number[],
): Linearised {
  const scale = exp(lnScale)
  const rows = points.map((point) => {
    const { value, slopes } = unitResponse(family, point.spend, form)
    const fitted = scale * value
    return {
      residual: point.value - fitted,
      derivatives: [fitted, ...slopes.map((slope) => scale * slope)],
    }
  })
  return {
    residuals: rows.map((row) => row.residual),
    jacobian: rows.map((row) => row.derivatives),
  }
}

/** The curve that these logarithms of scale, shape and steepness stand for. */
export function toCurve(
  family: CurveFamily,
  [lnScale = 0, lnShape = 0, lnSteepness = 0]: readonly number[],
): Curve {
  return {
    family,
    scale: exp(lnScale),
    shape: exp(lnShape),
    steepness: exp(lnSteepness),
  }
}

/** The logarithms of scale, shape and, for hill, steepness that stand for a curve: what `toCurve` reads. */
export function parametersOf({ family, scale, shape, steepness }: Curve): readonly number[] {
  return (family === 'hill' ? [scale, shape, steepness] : [scale, shape]).map(log)
}
