import { invariant } from './invariant.ts'

/** The next number of a sequence, in [0, 1), a multiple of 2⁻³². */
export type RandomSource = () => number

/**
 * A sequence of numbers in [0, 1) that looks random and is the same for the same seed on every machine, for
 * bootstraps and simulations whose result must be repeatable. Not for secrets.
 *
 * @param seed A safe integer; its lowest 32 bits count.
 * @throws InvariantError when the seed is not a safe integer.
 * Source: T. Ettinger, mulberry32 (2017), public domain; full period 2³².
 */
export function createRandom(seed: number): RandomSource {
  invariant(Number.isSafeInteger(seed), `createRandom: expected a whole seed, got ${seed}`)
  let state = seed | 0
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
