/** Scratch for reading and writing the bits of one double; every function fills it before it reads, so nothing is remembered. */
const scratch = new DataView(new ArrayBuffer(8))

/** Sign, exponent and the upper 20 bits of the fraction of a double, as a signed 32-bit integer. Source: IEEE 754. */
export function highWord(value: number): number {
  scratch.setFloat64(0, value)
  return scratch.getInt32(0)
}

/** The double with its upper 32 bits replaced by `high`; the lower 32 bits stay. */
export function withHighWord(value: number, high: number): number {
  scratch.setFloat64(0, value)
  scratch.setInt32(0, high)
  return scratch.getFloat64(0)
}

/** The double with its lower 32 bits cleared: a nearby number whose products with another such number are exact. */
export function withoutLowWord(value: number): number {
  scratch.setFloat64(0, value)
  scratch.setInt32(4, 0)
  return scratch.getFloat64(0)
}

const SMALLEST_EXPONENT = -1074
/** Every power of two that a double can hold, smallest first: reading one is quicker than putting its bits together. */
const POWERS = new Float64Array(1024 - SMALLEST_EXPONENT)
for (let place = 0, power = Number.MIN_VALUE; place < POWERS.length; place++, power *= 2) {
  POWERS[place] = power
}

/** 2 to the power `exponent`, an integer in [−1074, 1023] (the callers reduce to it). */
export function powerOfTwo(exponent: number): number {
  return POWERS[exponent - SMALLEST_EXPONENT] ?? Number.NaN
}

/**
 * value · 2^exponent, rounded once, also where the result is subnormal.
 *
 * @param value Between 0.5 and 2 in size.
 * @param exponent An integer in [−1080, 1024].
 */
export function scaleByPowerOfTwo(value: number, exponent: number): number {
  if (exponent > 1023) return value * 2 * powerOfTwo(exponent - 1)
  if (exponent < -1021) return value * powerOfTwo(exponent + 1000) * powerOfTwo(-1000)
  return value * powerOfTwo(exponent)
}
