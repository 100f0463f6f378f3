import { type Curve, type CurveFamily, responseAt } from '../allocation/curve.ts'
import { exp, log } from '../kernel/elementary.ts'
import { sampleMedian } from '../kernel/sample-quantile.ts'
import { linearise, parametersOf, toCurve } from './family-model.ts'
import { bestScale, boundsOf, startOf } from './family-start.ts'
import { type Loss, lossOf, minimise, weightedSum } from './least-squares.ts'
import { invertDefinite } from './linear-system.ts'

/** One period of a line: what was spent (≥ 0) and what it brought. */
export interface ResponsePoint {
  readonly spend: number
  readonly value: number
}

/** A curve of one family fitted to a line's history. */
export interface FamilyFit {
  readonly curve: Curve
  /** Standard errors of scale, shape and (for hill) steepness; null when the data do not determine them. */
  readonly standardErrors: readonly number[] | null
  readonly residualSquares: number
  /** Akaike's criterion with the correction for few points; lower is better. Infinity with too few points for the correction. */
  readonly aicc: number
  readonly r2: number
  /** Every parameter is known to within five times itself. */
  readonly isIdentified: boolean
}

/** se(p) ÷ p = se(ln p): above 5 a parameter is not known even to within a factor of e⁵ = 148. */
const RELATIVE_ERROR_MAX = 5
/** Median absolute deviation of a normal sample × this is its standard deviation. */
const MAD_TO_SD = 1.4826

/**
 * The curve of one family with the least squared residuals over a line's history.
 *
 * A scan over the shape (scale follows in closed form) finds the valley, Levenberg–Marquardt on logarithms of the parameters its floor.
 * AICc = n·ln(RSS/n) + 2q + 2q(q + 1)/(n − q − 1) over n points, q = parameters + 1 for the residual variance.
 *
 * @param points More than the family has parameters, some with spend above 0.
 * Source: Burnham and Anderson, Model Selection and Multimodel Inference, 2002 (AICc); G. Golub and V. Pereyra 1973 (separable least squares).
 */
export function fitFamily(family: CurveFamily, points: readonly ResponsePoint[]): FamilyFit {
  const model = (parameters: readonly number[]) => linearise(family, points, parameters)
  const found = minimise(model, startOf(family, points), {
    loss: { kind: 'squares' },
    bounds: boundsOf(family, points),
  })
  const form = found.parameters.slice(1)
  const { scale, rss } = bestScale(family, points, form)
  const parameters = [log(scale), ...form]
  const standardErrors = errorsOf(parameters, model(parameters).jacobian, rss)
  const n = points.length
  const q = parameters.length + 1
  const mean = points.reduce((sum, point) => sum + point.value, 0) / n
  const spread = points.reduce((sum, point) => sum + (point.value - mean) ** 2, 0)
  return {
    curve: toCurve(family, parameters),
    standardErrors,
    residualSquares: rss,
    aicc: n > q + 1 ? n * log(rss / n) + 2 * q + (2 * q * (q + 1)) / (n - q - 1) : Infinity,
    r2: 1 - rss / spread,
    isIdentified:
      standardErrors?.every(
        (error, index) => error <= RELATIVE_ERROR_MAX * exp(parameters[index] ?? 0),
      ) ?? false,
  }
}

/**
 * The same family when outliers must not decide: soft loss at the scale 1.4826 × median |residual| of the least-squares fit.
 */
export function fitFamilyRobustly(
  fit: FamilyFit,
  points: readonly ResponsePoint[],
): { readonly curve: Curve; readonly loss: number; readonly scale: number } {
  const { family } = fit.curve
  const residuals = points.map((point) => point.value - responseAt(fit.curve, point.spend))
  const scale = MAD_TO_SD * sampleMedian(residuals.map(Math.abs))
  if (scale === 0) return { curve: fit.curve, loss: 0, scale }
  const loss: Loss = { kind: 'soft', scale }
  const bounds = boundsOf(family, points)
  const start = parametersOf(fit.curve)
  const found = minimise((at) => linearise(family, points, at), start, { loss, bounds })
  return { curve: toCurve(family, found.parameters), loss: found.loss, scale }
}

/** The soft loss of a curve at a scale. */
export function softLoss(curve: Curve, points: readonly ResponsePoint[], scale: number): number {
  return lossOf(
    points.map((point) => point.value - responseAt(curve, point.spend)),
    { kind: 'soft', scale },
  )
}

/**
 * Standard errors that the points give the parameters of a curve, whether or not it is the best one; null when they do not determine them.
 */
export function errorsAt(curve: Curve, points: readonly ResponsePoint[]): readonly number[] | null {
  const parameters = parametersOf(curve)
  const { residuals, jacobian } = linearise(curve.family, points, parameters)
  return errorsOf(parameters, jacobian, lossOf(residuals, { kind: 'squares' }))
}

/** se(p) = p × se(ln p), from the inverse of the normal matrix and the residual variance. */
function errorsOf(
  parameters: readonly number[],
  jacobian: readonly (readonly number[])[],
  residualSquares: number,
): readonly number[] | null {
  const degrees = jacobian.length - parameters.length
  const weights = jacobian.map(() => 1)
  const normal = parameters.map((_row, row) =>
    parameters.map((_column, column) => weightedSum(jacobian, weights, { row, column })),
  )
  const inverse = degrees > 0 ? invertDefinite(normal) : null
  if (inverse === null) return null
  const variance = residualSquares / degrees
  return parameters.map(
    (parameter, index) => exp(parameter) * Math.sqrt(variance * (inverse[index]?.[index] ?? 0)),
  )
}
