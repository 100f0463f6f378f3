import type { CurveFamily } from '../allocation/curve.ts'
import { log } from '../kernel/elementary.ts'
import type { ResponsePoint } from './family-fit.ts'
import { unitResponse } from './family-model.ts'
import type { ParameterBounds } from './least-squares.ts'

// A curve is scale × g(spend), and g has a form: its shape and, for hill, its steepness. All are above 0, so a fit works on their logarithms;
// "ln 2 further" means twice as large.

/** Exponents of a power curve: below the first it is flat for every purpose, above the last no line of advertising ever was. */
const EXPONENTS = { low: log(0.01), high: log(5) }
/** Steepness of a hill: below the first a flat line, above the last a step. */
const STEEPNESS = { low: log(0.05), high: log(50) }

/**
 * How far from what was spent a shape may lie, in ln. Out there the curve is a straight line or a constant to the last digit. A flat hill bends
 * over so wide a range that it needs more room above.
 */
const REACH = { any: 40, hillAbove: 60 }

/** What is looked at for a start: shapes from e⁻⁵ of the least spend to e⁷ of the greatest, evenly in ln. */
const SCANNED = { shapes: 60, below: 5, above: 7 }
const SCANNED_STEEPNESSES = [0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12]

/**
 * Where to start a fit: the form with the least squared residuals among those scanned, with the scale that is best for it.
 *
 * @returns Logarithms of scale, shape and, for hill, steepness; zeros where no form responds.
 */
export function startOf(family: CurveFamily, points: readonly ResponsePoint[]): readonly number[] {
  let best = { rss: Infinity, parameters: [0, 0] as readonly number[] }
  for (const form of scannedForms(family, points)) {
    const { rss, scale } = bestScale(family, points, form)
    if (scale > 0 && rss < best.rss) best = { rss, parameters: [log(scale), ...form] }
  }
  return best.parameters
}

/**
 * The best scale of a given form. The model is linear in it, so it has a closed form: scale = Σ g·y ÷ Σ g², y being what the spend brought.
 *
 * @param form Logarithms of shape and, for hill, steepness.
 * @returns The scale and the sum of squared residuals, Σ (y − scale·g)².
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

/** Where the logarithms of scale, shape and steepness may lie while a fit searches; the scale anywhere. */
export function boundsOf(family: CurveFamily, points: readonly ResponsePoint[]): ParameterBounds {
  if (family === 'power') {
    return { low: [-Infinity, EXPONENTS.low], high: [Infinity, EXPONENTS.high] }
  }
  const spent = spentRange(points)
  const above = family === 'hill' ? REACH.hillAbove : REACH.any
  return {
    low: [-Infinity, spent.low - REACH.any, STEEPNESS.low],
    high: [Infinity, spent.high + above, STEEPNESS.high],
  }
}

function scannedForms(
  family: CurveFamily,
  points: readonly ResponsePoint[],
): readonly (readonly number[])[] {
  if (family === 'power') return scan(EXPONENTS.low, EXPONENTS.high).map((shape) => [shape])
  const spent = spentRange(points)
  const shapes = scan(spent.low - SCANNED.below, spent.high + SCANNED.above)
  if (family !== 'hill') return shapes.map((shape) => [shape])
  return shapes.flatMap((shape) => SCANNED_STEEPNESSES.map((steepness) => [shape, log(steepness)]))
}

/** Evenly spaced values from one end to the other. */
function scan(from: number, to: number): number[] {
  const steps = SCANNED.shapes - 1
  return Array.from(
    { length: SCANNED.shapes },
    (_shape, step) => from + ((to - from) * step) / steps,
  )
}

/** ln of the least and of the greatest spend above 0. */
function spentRange(points: readonly ResponsePoint[]): {
  readonly low: number
  readonly high: number
} {
  const spends = points.filter((point) => point.spend > 0).map((point) => log(point.spend))
  return { low: Math.min(...spends), high: Math.max(...spends) }
}
