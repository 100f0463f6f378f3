import { invariant, InvariantError } from './invariant.ts'

/** Two points and the values of a function there; the values differ in sign or one is zero. */
export interface Bracket {
  readonly a: number
  readonly fa: number
  readonly b: number
  readonly fb: number
}

const MAX_DOUBLINGS = 1000

/**
 * Walks from `start` in doubled steps until an increasing function changes its sign.
 *
 * @throws InvariantError when it never does.
 */
export function bracketRoot(f: (x: number) => number, start: number): Bracket {
  let [b, fb] = [start, f(start)]
  const direction = fb < 0 ? 1 : -1
  let step = direction
  for (let doublings = 0; doublings < MAX_DOUBLINGS; doublings++) {
    const [a, fa] = [b, fb]
    b = start + step
    fb = f(b)
    if (direction * fb >= 0) return { a, fa, b, fb }
    step *= 2
  }
  throw new InvariantError('bracketRoot: the function does not change its sign')
}

/**
 * A root of a continuous function inside a bracket, to the last digits the function itself carries.
 *
 * Inverse quadratic interpolation where it is safe, bisection where it is not.
 *
 * @param smallestStep Stops when the bracket is this narrow; 0 asks for every digit of the root.
 * @throws InvariantError when the bracket holds no change of sign.
 * Source: T. R. Chandrupatla, Advances in Engineering Software 28 (1997), 145–149.
 */
export function findRoot(f: (x: number) => number, bracket: Bracket, smallestStep = 0): number {
  invariant(!(bracket.fa * bracket.fb > 0), 'findRoot: no change of sign')
  let far: Point = [bracket.a, bracket.fa]
  let near: Point = [bracket.b, bracket.fb]
  let share = 0.5
  for (;;) {
    const [best, residual] = closer(near, far)
    const gap = far[0] - near[0]
    const limit = (Number.EPSILON * Math.abs(best) + smallestStep) / Math.abs(gap)
    if (residual === 0 || !(limit <= 0.5)) return best
    const x = near[0] + Math.min(1 - limit, Math.max(limit, share)) * gap
    const next: Point = [x, f(x)]
    const replaced = next[1] > 0 === near[1] > 0 ? near : far
    if (replaced === far) far = near
    near = next
    share = nextShare(near, far, replaced)
  }
}

function closer(near: Point, far: Point): Point {
  return Math.abs(near[1]) < Math.abs(far[1]) ? near : far
}

type Point = readonly [x: number, f: number]

/** Where between x1 and x2 to look next: interpolated when the three points are monotone enough, else the middle. */
function nextShare([x1, f1]: Point, [x2, f2]: Point, [x3, f3]: Point): number {
  const xi = (x1 - x2) / (x3 - x2)
  const phi = (f1 - f2) / (f3 - f2)
  if (!(1 - Math.sqrt(1 - xi) < phi && phi < Math.sqrt(xi))) return 0.5
  const first = (f1 / (f2 - f1)) * (f3 / (f2 - f3))
  const second = ((x3 - x1) / (x2 - x1)) * (f1 / (f3 - f1)) * (f2 / (f3 - f2))
  return first + second
}
