import { highWord, powerOfTwo, scaleByPowerOfTwo } from './float-bits.ts'

/**
 * exp, expm1, log and log1p from + − × ÷ alone, so that every engine gives the same bits (ECMAScript leaves the
 * precision of the built-in ones open). Errors stay below one unit in the last place.
 *
 * Source: Sun Microsystems, FDLIBM 5.3 (e_exp.c, s_expm1.c, e_log.c, s_log1p.c); reductions as in musl libc.
 */

/** ln 2 in two parts; products of the first with an exponent are exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

const EXP_OVERFLOW = 709.782712893384
const EXP_UNDERFLOW = -745.1332191019411

/** x = k·ln2 + (high − low), |high − low| ≤ ½·ln2. */
interface Reduced {
  readonly k: number
  readonly high: number
  readonly low: number
}

function reduceByLn2(x: number): Reduced {
  const k = Math.round(Math.LOG2E * x)
  return { k, high: x - k * LN2_HIGH, low: k * LN2_LOW }
}

/** The remainder c of exp in t = x²: exp(x) = 1 + x + x·(x − c)/(2 − (x − c)), for x in [−½ ln2, ½ ln2]. Coefficients: e_exp.c, P1…P5. */
export function expRemainder(t: number): number {
  return (
    t *
    (0.16666666666666602 +
      t *
        (-0.0027777777777015593 +
          t *
            (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))))
  )
}

/** e to the power x. 0 below −745.13, Infinity above 709.78, NaN for NaN. */
export function exp(x: number): number {
  if (x > EXP_OVERFLOW) return Infinity
  if (x < EXP_UNDERFLOW) return 0
  const { k, high, low } = reduceByLn2(x)
  const rest = high - low
  const c = rest - expRemainder(rest * rest)
  return scaleByPowerOfTwo(1 + ((rest * c) / (2 - c) - low + high), k)
}

/** Coefficients: s_expm1.c, Q1…Q5, in h = x²/2. */
function expm1Remainder(h: number): number {
  return (
    1 +
    h *
      (-0.03333333333333313 +
        h *
          (0.0015873015872548146 +
            h *
              (-0.0000793650757867488 +
                h * (0.000004008217827329362 + h * -2.0109921818362437e-7))))
  )
}

/** e^x − 1, exact to the last digits also where x is near zero. −1 far below zero, Infinity above 709.78. */
export function expm1(x: number): number {
  if (x > EXP_OVERFLOW) return Infinity
  if (x < EXP_UNDERFLOW) return -1
  // −0 too, so that 1 − e^(−x) is 0 at 0.
  if (x === 0) return x
  const { k, high, low } = reduceByLn2(x)
  const rest = high - low
  const half = 0.5 * rest
  const h = rest * half
  const r = expm1Remainder(h)
  const t = 3 - r * half
  const e = h * ((r - t) / (6 - rest * t))
  const lost = high - rest - low
  return expm1Scaled(rest, rest * (e - lost) - lost - h, k)
}

/** 2^k·(1 + rest − e) − 1 in the order of additions that loses least. */
function expm1Scaled(rest: number, e: number, k: number): number {
  if (k === -1) return 0.5 * (rest - e) - 0.5
  if (k === 1) return rest < -0.25 ? -2 * (e - (rest + 0.5)) : 1 + 2 * (rest - e)
  if (k < 0 || k > 56) return scaleByPowerOfTwo(rest - e + 1, k) - 1
  const fraction = powerOfTwo(-k)
  const value = k < 20 ? rest - e + (1 - fraction) : rest - (e + fraction) + 1
  return value * powerOfTwo(k)
}

/** ln(1 + f) + k·ln2 for 1 + f in [√½, √2]; `lost` is what rounding took from f. Coefficients: e_log.c, Lg1…Lg7. */
function logReduced(f: number, k: number, lost: number): number {
  const halfSquare = 0.5 * f * f
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
  const even =
    z *
    (0.6666666666666735 +
      w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
  return s * (halfSquare + odd + even) + (k * LN2_LOW + lost) - halfSquare + f + k * LN2_HIGH
}

const SMALLEST_NORMAL = 2.2250738585072014e-308
/** Upper bits of √½; adding the distance to 1 moves the reduction point from 1 to √½. */
const SQRT_HALF_HIGH = 0x3f_e6_a0_9e
const REDUCTION_SHIFT = 0x3f_f0_00_00 - SQRT_HALF_HIGH

/** Natural logarithm. −Infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN
  if (x === Infinity) return x
  if (x < SMALLEST_NORMAL) return log(x * powerOfTwo(54)) - 54 * LN2_HIGH - 54 * LN2_LOW
  const k = ((highWord(x) + REDUCTION_SHIFT) >> 20) - 1023
  return logReduced(x * powerOfTwo(-k) - 1, k, 0)
}

/** ln(1 + x), exact to the last digits also where x is near zero. −Infinity at −1, NaN below. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : Number.NaN
  if (x === Infinity || x === 0) return x
  if (x > -0.2928932188134524 && x < 0.41421356237309503) return logReduced(x, 0, 0)
  const sum = 1 + x
  const k = ((highWord(sum) + REDUCTION_SHIFT) >> 20) - 1023
  // Exact while 1 counts in x at all.
  const lost = (x - (sum - 1)) / sum
  return logReduced(sum * powerOfTwo(-k) - 1, k, lost)
}
