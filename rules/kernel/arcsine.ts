import { invariant } from './invariant.ts'

/**
 * The angle whose sine is `sine`, from + − × ÷ and √ alone so that every engine gives the same bits.
 *
 * @param sine In [0, 1]: the root of a rate.
 * @throws InvariantError outside [0, 1].
 * Source: Sun Microsystems, FDLIBM 5.3, e_asin.c; above ½ by asin x = π/2 − 2 asin √((1 − x)/2).
 */
export function arcsine(sine: number): number {
  invariant(sine >= 0 && sine <= 1, `arcsine: expected a number in [0, 1], got ${sine}`)
  return sine < 0.5 ? nearZero(sine) : Math.PI / 2 - 2 * nearZero(Math.sqrt((1 - sine) / 2))
}

/** Coefficients: e_asin.c, pS0…pS5 over qS1…qS4, in x². */
function nearZero(x: number): number {
  const t = x * x
  const top =
    t *
    (0.16666666666666666 +
      t *
        (-0.3255658186224009 +
          t *
            (0.20121253213486293 +
              t *
                (-0.04005553450067941 +
                  t * (0.0007915349942898145 + t * 0.000034793310759602117)))))
  const bottom =
    1 +
    t *
      (-2.403394911734414 +
        t * (2.0209457602335057 + t * (-0.6882839716054533 + t * 0.07703815055590194)))
  return x + x * (top / bottom)
}
