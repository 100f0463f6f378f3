import fc from 'fast-check'

/** A share in [0, 1]. In millionths: of the doubles between 0 and 1 nearly all lie next to 0, and the cases drawn from them are all one case. */
export const share = (): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1e6)
