import type { CurveFamily } from '../allocation/curve.ts'
import { log } from '../kernel/elementary.ts'
import type { ResponsePoint } from './family-fit.ts'
import { unitResponse } from './family-model.ts'
import type { ParameterBounds } from './least-squares.ts'

/**
 * Where to start a fit: the point of a scan over shape (and steepness) with the least squared residuals, the scale being the best for it.
 *
 * @returns Logarithms of scale, shape and, for hill, steepness.
 */
export function startOf(family: CurveFamily, points: readonly ResponsePoint[]): readonly number[] {
  let best = { rss: Infinity, parameters: [0, 0] as readonly number[] }
  for (const form of formsOf(family, points)) {
    const { rss, scale } = bestScale(family, points, form)
    if (scale > 0 && rss < best.rss) best = { rss, parameters: [log(scale), ...form] }
  }
  return best.parameters
}

/**
 * The best scale of a given form, in which the model is linear: scale = Σgy ÷ Σg², with its squared residuals.
 *
 * @param form Logarithms of shape and, for hill, steepness.
 */
export function bestScale(
  family: CurveFamily,
  points: readonly ResponsePoint[],
  form: readonly number[],
): { readonly scale: number; readonly rss: number } {
  const units = points.map((point) => unitResponse(family, point.spend, form).value)
  const gy = points.reduce((sum, point, index) => sum + (units[index] ?? 0) * point.value, 0)
  const gg = units.reduce((sum, unit) => sum + unit * unit, 0)
  const scale = gy / gg
  const rss = points.reduce(
    (sum, point, index) => sum + (point.value - scale * (units[index] ?? 0)) ** 2,
    0,
  )
  return { scale, rss }
}

/**
 * Where the logarithms of scale, shape and steepness may lie. An exponent below 0.01 is flat for every purpose; a shape far outside of what was
 * spent leaves a straight line or a constant, and further out nothing changes any more.
 */
export function boundsOf(family: CurveFamily, points: readonly ResponsePoint[]): ParameterBounds {
  const { low, high } = logRange(points)
  if (family === 'power') return { low: [-Infinity, log(0.01)], high: [Infinity, log(5)] }
  return {
    low: [-Infinity, low - 40, log(0.05)],
    high: [Infinity, high + (family === 'hill' ? 60 : 40), log(50)],
  }
}

const SHAPES = 60
const STEEPNESSES = [0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12]

function formsOf(family: CurveFamily, points: readonly ResponsePoint[]): readonly number[][] {
  const { low, high } = logRange(points)
  if (family === 'power') return scan(log(0.01), log(5)).map((shape) => [shape])
  const shapes = scan(low - 5, high + 7)
  if (family !== 'hill') return shapes.map((shape) => [shape])
  return shapes.flatMap((shape) => STEEPNESSES.map((steepness) => [shape, log(steepness)]))
}

/** Evenly spaced values from one end to the other. */
function scan(from: number, to: number): number[] {
  return Array.from(
    { length: SHAPES },
    (_shape, step) => from + ((to - from) * step) / (SHAPES - 1),
  )
}

/** ln of the least and the greatest spend above 0. */
function logRange(points: readonly ResponsePoint[]): {
  readonly low: number
  readonly high: number
} {
  const spends = points.filter((point) => point.spend > 0).map((point) => log(point.spend))
  return { low: Math.min(...spends), high: Math.max(...spends) }
}
