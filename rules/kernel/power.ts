import { expRemainder } from './elementary.ts'
import { highWord, scaleByPowerOfTwo, withHighWord, withoutLowWord } from './float-bits.ts'
import { invariant } from './invariant.ts'

/** A number in two parts whose sum carries more digits than one double. */
interface Split {
  readonly high: number
  readonly low: number
}

const LN2_HIGH = 0.6931471824645996
const LN2_LOW = -1.904654299957768e-9
/** 2/(3 ln 2), and in two parts. */
const CP = 0.9617966939259756
const CP_HIGH = 0.9617967009544373
const CP_LOW = -7.028461650952758e-9
/** log2(1.5) in two parts. */
const LOG2_1_5_HIGH = 0.5849624872207642
const LOG2_1_5_LOW = 1.350039202129749e-8

/**
 * `base` to the power `exponent`, with the same bits on every engine and an error below one unit in the last place.
 *
 * @param base Finite and ≥ 0: a growth factor, a share, a saturation. 0 to a negative power is Infinity.
 * @param exponent Finite.
 * @throws InvariantError on a negative base or a figure that is not finite.
 * Source: Sun Microsystems, FDLIBM 5.3, e_pow.c.
 */
export function power(base: number, exponent: number): number {
  invariant(Number.isFinite(base) && base >= 0, `power: expected a finite base ≥ 0, got ${base}`)
  invariant(Number.isFinite(exponent), `power: expected a finite exponent, got ${exponent}`)
  if (exponent === 0) return 1
  if (exponent === 1) return base
  if (base === 0) return exponent > 0 ? 0 : Infinity
  return powerOfTwoSplit(timesExponent(log2Split(base), exponent))
}

/** log2 of a positive number in two parts. */
function log2Split(base: number): Split {
  const subnormal = base < 2 ** -1022
  const scaled = subnormal ? base * 2 ** 53 : base
  const bits = highWord(scaled)
  const fraction = bits & 0xf_ff_ff
  // The reduced number lies near 1 or near 1.5, whichever leaves the smaller remainder.
  const nearOneAndHalf = fraction > 0x3_98_8e && fraction < 0xb_b6_7a
  const carry = fraction >= 0xb_b6_7a ? 1 : 0
  const exponent = (bits >> 20) - 1023 + carry - (subnormal ? 53 : 0)
  const high = (fraction | 0x3f_f0_00_00) - (carry << 20)
  return log2Near(withHighWord(scaled, high), exponent, nearOneAndHalf)
}

/** log2(mantissa) + exponent by the series of ln((1+s)/(1−s)) around `centre` 1 or 1.5. */
function log2Near(mantissa: number, exponent: number, nearOneAndHalf: boolean): Split {
  const centre = nearOneAndHalf ? 1.5 : 1
  const top = mantissa - centre
  const inverse = 1 / (mantissa + centre)
  const s = top * inverse
  const sHigh = withoutLowWord(s)
  const bottomHigh = withoutLowWord(mantissa + centre)
  const bottomLow = mantissa - (bottomHigh - centre)
  const sLow = inverse * (top - sHigh * bottomHigh - sHigh * bottomLow)
  const series = logSeries(s * s) + sLow * (sHigh + s)
  const square = sHigh * sHigh
  const seriesHigh = withoutLowWord(3 + square + series)
  const seriesLow = series - (seriesHigh - 3 - square)
  const u = sHigh * seriesHigh
  const v = sLow * seriesHigh + seriesLow * s
  const productHigh = withoutLowWord(u + v)
  const productLow = v - (productHigh - u)
  const zHigh = CP_HIGH * productHigh
  const zLow = CP_LOW * productHigh + productLow * CP + (nearOneAndHalf ? LOG2_1_5_LOW : 0)
  const centreHigh = nearOneAndHalf ? LOG2_1_5_HIGH : 0
  const high = withoutLowWord(zHigh + zLow + centreHigh + exponent)
  return { high, low: zLow - (high - exponent - centreHigh - zHigh) }
}

/** Coefficients: e_pow.c, L1…L6, in s². */
function logSeries(z: number): number {
  return (
    z *
    z *
    (0.5999999999999946 +
      z *
        (0.4285714285785502 +
          z *
            (0.33333332981837743 +
              z * (0.272728123808534 + z * (0.23066074577556175 + z * 0.20697501780033842)))))
  )
}

function timesExponent(logarithm: Split, exponent: number): Split {
  const exponentHigh = withoutLowWord(exponent)
  return {
    high: exponentHigh * logarithm.high,
    low: (exponent - exponentHigh) * logarithm.high + exponent * logarithm.low,
  }
}

/** 2 to the power high + low. */
function powerOfTwoSplit({ high, low }: Split): number {
  const total = low + high
  if (total >= 1024) return Infinity
  if (total <= -1075) return 0
  const whole = Math.round(total)
  const rest = high - whole
  const t = withoutLowWord(low + rest)
  const u = t * LN2_HIGH
  const v = (low - (t - rest)) * Math.LN2 + t * LN2_LOW
  const z = u + v
  const w = v - (z - u)
  const c = z - expRemainder(z * z)
  const remainder = (z * c) / (c - 2) - (w + z * w)
  return scaleByPowerOfTwo(1 - (remainder - z), whole)
}
