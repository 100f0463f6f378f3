import type { FillProblem } from '#rules/allocation/fill.ts'
import { createRandom } from '#rules/kernel/random.ts'

/** Generated lines with the budget they spend today. */
export interface ScaleLines extends FillProblem {
  readonly current: Float64Array
}

/**
 * Lines of concave curves for measurements of scale: every family as often, bounds 10 to 50 % below and above today's spend, every twentieth line
 * fixed; the budget is today's sum.
 *
 * The generator is the one the reference file states: mulberry32, six uniforms a line.
 */
export function scaleLines(size: number, seed: number): ScaleLines {
  const next = createRandom(seed)
  const floats = (): Float64Array => new Float64Array(size)
  const curves = {
    size,
    family: new Uint8Array(size),
    scale: floats(),
    shape: floats(),
    steepness: floats().fill(1),
  }
  const [lower, upper, current] = [floats(), floats(), floats()]
  for (let line = 0; line < size; line++) {
    const [kind, spend, yielded, form, down, up] = [next(), next(), next(), next(), next(), next()]
    const family = Math.floor(4 * kind)
    const x = Math.exp(4 + 6 * spend)
    const shape = family === 0 ? 0.3 + 0.6 * form : x * (0.3 + 2.7 * form)
    curves.family[line] = family
    curves.shape[line] = shape
    curves.scale[line] = scaleFor(family, { x, shape, value: (0.5 + 4.5 * yielded) * x })
    current[line] = x
    lower[line] = line % 20 === 0 ? x : x * (1 - (0.1 + 0.4 * down))
    upper[line] = line % 20 === 0 ? x : x * (1.1 + 0.4 * up)
  }
  return { curves, lower, upper, current, budget: current.reduce((sum, x) => sum + x, 0) }
}

/** The scale at which a curve of a family brings `value` at spend x. */
function scaleFor(
  family: number,
  { x, shape, value }: { readonly x: number; readonly shape: number; readonly value: number },
): number {
  if (family === 0) return value / x ** shape
  if (family === 1) return value / Math.log1p(x / shape)
  if (family === 2) return (value * (shape + x)) / x
  return -value / Math.expm1(-x / shape)
}
