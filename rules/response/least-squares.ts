import { solveDefinite } from './linear-system.ts'

/** Residuals (observed − fitted) of a model and the fitted values' derivatives by its parameters, one row per observation. */
export interface Linearised {
  readonly residuals: readonly number[]
  readonly jacobian: readonly (readonly number[])[]
}

/** A model to be fitted: its linearisation at a parameter vector. */
export type Model = (parameters: readonly number[]) => Linearised

/**
 * How residuals count. `squares`: r². `soft`: 2·scale²·(√(1 + (r/scale)²) − 1), which grows like |r| for outliers and like r² near 0.
 * Source: SciPy least_squares, loss soft_l1; P. Charbonnier et al., 1994.
 */
export type Loss = { readonly kind: 'squares' } | { readonly kind: 'soft'; readonly scale: number }

/** Least and greatest value of each parameter. */
export interface ParameterBounds {
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** The parameters found and their loss. */
export interface Minimum {
  readonly parameters: readonly number[]
  readonly loss: number
}

const STEPS_MAX = 2000
/** Damping by tens: less after a step that gains (nearer to Gauss–Newton), more after one that does not (nearer to steepest descent). */
const DAMPING = { start: 1e-3, least: 1e-14, most: 1e14, factor: 10 }
/** A gain below this share of the loss is rounding; after three of them the search ends. */
const NO_GAIN = 1e-15
const IDLE_MAX = 3

/**
 * Parameters of least loss near a start, by Levenberg and Marquardt's damped Gauss–Newton steps; a soft loss is met by reweighting.
 *
 * Each step solves (J′WJ with its diagonal × (1 + damping))·step = J′Wr, J the jacobian, r the residuals, W their weights.
 *
 * Stops when neither a whole nor a damped step lowers the loss any more. The result is never worse than the start.
 * Source: K. Levenberg 1944, D. Marquardt 1963; K. Madsen, H. B. Nielsen, O. Tingleff, Methods for Non-Linear Least Squares Problems, 2004.
 */
export function minimise(
  model: Model,
  start: readonly number[],
  { loss, bounds }: { readonly loss: Loss; readonly bounds: ParameterBounds },
): Minimum {
  let current = evaluate(model, start, loss)
  let damping = DAMPING.start
  let idle = 0
  for (let step = 0; step < STEPS_MAX && damping < DAMPING.most && idle < IDLE_MAX; step++) {
    const move = solveDefinite(damped(current.normal, damping), current.gradient)
    const next =
      move === null ? null : evaluate(model, moved(current.parameters, move, bounds), loss)
    if (next !== null && next.loss < current.loss) {
      idle = current.loss - next.loss <= NO_GAIN * current.loss ? idle + 1 : 0
      current = next
      damping = Math.max(DAMPING.least, damping / DAMPING.factor)
    } else {
      damping *= DAMPING.factor
    }
  }
  return { parameters: current.parameters, loss: current.loss }
}

/** The parameters after a step, held within their bounds. */
function moved(
  parameters: readonly number[],
  step: readonly number[],
  { low, high }: ParameterBounds,
): number[] {
  return parameters.map((value, index) =>
    Math.min(
      high[index] ?? Infinity,
      Math.max(low[index] ?? -Infinity, value + (step[index] ?? 0)),
    ),
  )
}

/** Total loss of residuals. */
export function lossOf(residuals: readonly number[], loss: Loss): number {
  return residuals.reduce((sum, residual) => {
    if (loss.kind === 'squares') return sum + residual * residual
    const ratio = residual / loss.scale
    const root = Math.sqrt(1 + ratio * ratio)
    return sum + (2 * residual * residual) / (1 + root)
  }, 0)
}

interface Evaluated extends Minimum {
  /** J′WJ and J′Wr. */
  readonly normal: readonly (readonly number[])[]
  readonly gradient: readonly number[]
}

function evaluate(model: Model, parameters: readonly number[], loss: Loss): Evaluated {
  const { residuals, jacobian } = model(parameters)
  const weights = residuals.map((residual) =>
    loss.kind === 'squares' ? 1 : 1 / Math.sqrt(1 + (residual / loss.scale) ** 2),
  )
  const total = lossOf(residuals, loss)
  return {
    parameters,
    loss: Number.isFinite(total) ? total : Infinity,
    normal: parameters.map((_row, row) =>
      parameters.map((_column, column) => weightedSum(jacobian, weights, { row, column })),
    ),
    gradient: parameters.map((_parameter, row) =>
      jacobian.reduce(
        (sum, entry, index) =>
          sum + (weights[index] ?? 0) * (entry[row] ?? 0) * (residuals[index] ?? 0),
        0,
      ),
    ),
  }
}

/** Σ weight × jacobian[row] × jacobian[column]. */
export function weightedSum(
  jacobian: readonly (readonly number[])[],
  weights: readonly number[],
  { row, column }: { readonly row: number; readonly column: number },
): number {
  return jacobian.reduce(
    (sum, entry, index) => sum + (weights[index] ?? 0) * (entry[row] ?? 0) * (entry[column] ?? 0),
    0,
  )
}

function damped(matrix: readonly (readonly number[])[], damping: number): number[][] {
  return matrix.map((row, index) =>
    row.map((value, column) => {
      if (column !== index) return value
      // A parameter that nothing answers to must not stop the others.
      return value > 0 ? value * (1 + damping) : 1
    }),
  )
}
