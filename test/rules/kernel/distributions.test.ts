import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  betaCdf,
  betaLogitQuantile,
  betaQuantile,
  betaSurvival,
  betaTails,
  logistic,
} from '#rules/kernel/beta.ts'
import {
  binomialAtLeast,
  binomialCdf,
  binomialLogPmf,
  binomialPmf,
} from '#rules/kernel/binomial.ts'
import {
  chiSquareCdf,
  chiSquareLogSurvival,
  chiSquareQuantile,
  chiSquareSurvival,
} from '#rules/kernel/chi-square.ts'
import { gammaCdf, gammaLogSurvival, gammaQuantile, gammaSurvival } from '#rules/kernel/gamma.ts'
import {
  negativeBinomialAtLeast,
  negativeBinomialCdf,
  negativeBinomialPmf,
} from '#rules/kernel/negative-binomial.ts'
import {
  normalCdf,
  normalDensity,
  normalLogTwoSided,
  normalQuantile,
  normalSurvival,
  normalTwoSided,
} from '#rules/kernel/normal.ts'
import { poissonAtLeast, poissonCdf, poissonLogPmf, poissonPmf } from '#rules/kernel/poisson.ts'
import {
  studentTCdf,
  studentTQuantile,
  studentTSurvival,
  studentTTwoSided,
} from '#rules/kernel/student-t.ts'
import { lowerTail, upperTail } from '#rules/kernel/tails.ts'

/** |actual ÷ expected − 1|; 0 where both are equal. */
function off(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual / expected - 1)
}

/** Expected values: mpmath 1.3 with 60 to 340 digits. */
const DIGITS = 1e-13

describe('gamma', () => {
  it.each([
    [0.02, 0.5, 0.15851941887820606, 0.8414805811217939, -0.17259234212164998],
    [0.3, 0.5, 0.5614219739190002, 0.4385780260809999, -0.8242175443879222],
    [1.4, 0.5, 0.9057356931587897, 0.09426430684121032, -2.361652667450257],
    [1.6, 0.5, 0.9263617298796973, 0.07363827012030265, -2.6085904139265486],
    [40, 0.5, 1.0, 3.744097384202899e-19, -42.42893619787184],
    [0.01, 0.03, 0.8852733436516289, 0.11472665634837109, -2.165202881251561],
    [0.9, 0.03, 0.9919754122919339, 0.008024587708066138, -4.8252449872277605],
    [0.5, 1, 0.3934693402873666, 0.6065306597126334, -0.5],
    [3, 1, 0.950212931632136, 0.049787068367863944, -3],
    [1, 2.5, 0.15085496391539036, 0.8491450360846097, -0.16352527559465035],
    [3.4, 2.5, 0.7640554623054786, 0.2359445376945214, -1.4441585113446271],
    [3.6, 2.5, 0.7938140802904441, 0.20618591970955588, -1.578976994359509],
    [4, 9.7, 0.010967583622840085, 0.9890324163771599, -0.011028170973260157],
    [22, 9.7, 0.998858555952906, 0.0011414440470940976, -6.775461110196149],
    [9, 10, 0.4125917556680586, 0.5874082443319414, -0.5320352250216928],
    [29, 30, 0.4508291147181239, 0.5491708852818761, -0.5993456194544534],
    [32.5, 30, 0.6931626270356457, 0.30683737296435426, -1.1814374015091211],
    [5, 30, 2.8175176155779225e-14, 0.9999999999999718, -2.8175176155779623e-14],
    [199, 200, 0.48115858808787204, 0.518841411912128, -0.6561570072271753],
    [215, 200, 0.8551262439557168, 0.14487375604428318, -1.9318925637661033],
    [1490, 1500, 0.4012305141433336, 0.5987694858566663, -0.5128785865583112],
    [1600, 1500, 0.9943825139720729, 0.005617486027927148, -5.181871041148266],
    [900, 1500, 1.6340591356757455e-74, 1.0, -1.6340591356757455e-74],
  ])('at x = %d, shape %d', (x, shape, lower, upper, logUpper) => {
    expect(off(gammaCdf(x, shape), lower)).toBeLessThan(DIGITS)
    expect(off(gammaSurvival(x, shape), upper)).toBeLessThan(DIGITS)
    expect(off(gammaLogSurvival(x, shape), logUpper)).toBeLessThan(DIGITS)
  })

  it('puts all mass above 0', () => {
    expect([gammaCdf(0, 2), gammaSurvival(0, 2), gammaLogSurvival(0, 2)]).toEqual([0, 1, 0])
    expect([gammaCdf(-3, 2), gammaSurvival(-3, 2)]).toEqual([0, 1])
    expect([gammaCdf(Infinity, 2), gammaSurvival(Infinity, 2)]).toEqual([1, 0])
    expect(gammaLogSurvival(Infinity, 2)).toBe(-Infinity)
  })

  it('still has a logarithm where the tail itself is 0', () => {
    expect(gammaSurvival(1000, 1)).toBe(0)
    expect(off(gammaLogSurvival(1000, 1), -1000)).toBeLessThan(DIGITS)
  })

  it('finds its quantiles again', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        fc.double({ min: 0.05, max: 3000, noNaN: true }),
        (p, shape) => {
          const x = gammaQuantile(p, shape)
          expect(off(gammaCdf(x, shape), p)).toBeLessThan(1e-10)
          expect(off(gammaSurvival(x, shape), 1 - p)).toBeLessThan(1e-10)
        },
      ),
      { numRuns: 100 },
    )
    expect(gammaQuantile(0, 2)).toBe(0)
    expect(gammaQuantile(1, 2)).toBe(Infinity)
    expect(off(gammaQuantile(0.5, 1), Math.LN2)).toBeLessThan(DIGITS)
    expect(off(gammaQuantile(1e-200, 1), 1e-200)).toBeLessThan(DIGITS)
  })

  it('refuses what is no gamma distribution', () => {
    expect(() => gammaCdf(1, 0)).toThrow('expected a shape above 0, got 0')
    expect(() => gammaCdf(1, Infinity)).toThrow('shape above 0')
    expect(() => gammaCdf(1, Number.NaN)).toThrow('shape above 0')
    expect(() => gammaCdf(Number.NaN, 1)).toThrow('expected a number, got NaN')
    expect(() => gammaQuantile(-0.1, 1)).toThrow('expected a probability, got -0.1')
    expect(() => gammaQuantile(1.1, 1)).toThrow('expected a probability')
  })
})

describe('chi-square', () => {
  it.each([
    [3.841458820694124, 1, 0.95, 0.05000000000000006, -2.99573227355399],
    [0.4, 2, 0.18126924692201815, 0.8187307530779818, -0.2],
    [11, 4, 0.9734359856499836, 0.026564014350016436, -3.6281978230984087],
    [250, 3, 1.0, 6.543750030967994e-54, -122.4610846213093],
    [90, 100, 0.24680203440017026, 0.7531979655998298, -0.28342718321204163],
  ])('at %d with %d degrees of freedom', (x, df, lower, upper, logUpper) => {
    expect(off(chiSquareCdf(x, df), lower)).toBeLessThan(DIGITS)
    expect(off(chiSquareSurvival(x, df), upper)).toBeLessThan(DIGITS)
    expect(off(chiSquareLogSurvival(x, df), logUpper)).toBeLessThan(DIGITS)
  })

  it('has 3.841 as its 95 % point with one degree of freedom', () => {
    expect(chiSquareQuantile(0.95, 1)).toBeCloseTo(3.841_458_820_694_124, 12)
  })
})

describe('beta', () => {
  it.each([
    [0.2, 0.5, 0.5, 0.2951672353008666, 0.7048327646991335],
    [0.9, 0.5, 0.5, 0.7951672353008665, 0.20483276469913342],
    [0.3, 1, 1, 0.3, 0.7],
    [0.1, 0.02, 3, 0.9800726013155309, 0.0199273986844691],
    [0.3, 2, 3, 0.3483, 0.6517000000000001],
    [0.45, 2, 3, 0.60901875, 0.39098125],
    [0.02, 1.5, 40, 0.34654713215022037, 0.6534528678497796],
    [0.2, 1.5, 40, 0.9995518019778433, 0.0004481980221566966],
    [0.6, 30.5, 12.25, 0.056484304391965674, 0.9435156956080343],
    [0.8, 30.5, 12.25, 0.9022278155448643, 0.09777218445513564],
    [0.72, 30.5, 12.25, 0.5184344740337451, 0.48156552596625485],
    [0.001, 3, 900, 0.06309596105315822, 0.9369040389468418],
    [0.05, 9.3, 120, 0.16485545025497747, 0.8351445497450225],
    [0.999, 40, 0.7, 0.8865078524209272, 0.11349214757907275],
    [0.5, 400, 380, 0.236829937356067, 0.7631700626439331],
    [0.55, 400, 380, 0.9813141902078497, 0.01868580979215031],
    [0.4, 400, 380, 1.0110027867587369e-10, 0.9999999998988998],
  ])('at x = %d, a = %d, b = %d', (x, a, b, lower, upper) => {
    expect(off(betaCdf(x, a, b), lower)).toBeLessThan(DIGITS)
    expect(off(betaSurvival(x, a, b), upper)).toBeLessThan(DIGITS)
    // Mirrored: the same distribution read from the other end.
    expect(off(betaSurvival(1 - x, b, a), lower)).toBeLessThan(2e-13)
  })

  // Half a million to one: a − n·x keeps six digits fewer than the distance from the other end.
  it.each([
    [1e-6, 0.1572991551618036, 0.8427008448381964],
    [4e-6, 0.004677698813863047, 0.995322301186137],
  ])('keeps its digits %d before the end at 1', (complement, lower, upper) => {
    const tails = betaTails({ x: 1 - complement, complement }, 1e6, 0.5)
    expect(off(lowerTail(tails), lower)).toBeLessThan(DIGITS)
    expect(off(upperTail(tails), upper)).toBeLessThan(DIGITS)
  })

  it('puts all mass inside the unit interval', () => {
    expect([betaCdf(0, 2, 3), betaSurvival(0, 2, 3)]).toEqual([0, 1])
    expect([betaCdf(-1, 2, 3), betaSurvival(-1, 2, 3)]).toEqual([0, 1])
    expect([betaCdf(1, 2, 3), betaSurvival(1, 2, 3)]).toEqual([1, 0])
    expect([betaCdf(2, 2, 3), betaSurvival(2, 2, 3)]).toEqual([1, 0])
  })

  it('finds its quantiles again', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }),
        fc.double({ min: 0.1, max: 2000, noNaN: true }),
        fc.double({ min: 0.1, max: 2000, noNaN: true }),
        (p, a, b) => {
          const logit = betaLogitQuantile({ lower: p, upper: 1 - p }, a, b)
          const x = betaQuantile(p, a, b)
          expect(x).toBe(logistic(logit).x)
          expect(x >= 0.9 || off(betaCdf(x, a, b), p) < 1e-10).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
    expect(betaQuantile(0, 2, 3)).toBe(0)
    expect(betaQuantile(1, 2, 3)).toBe(1)
    expect(off(betaQuantile(0.3, 1, 1), 0.3)).toBeLessThan(DIGITS)
    expect(off(betaQuantile(0.5, 7, 7), 0.5)).toBeLessThan(DIGITS)
  })

  it('keeps both sides of a logistic point', () => {
    expect(logistic(0)).toEqual({ x: 0.5, complement: 0.5 })
    expect(off(logistic(-50).x, Math.exp(-50))).toBeLessThan(DIGITS)
    expect(logistic(-50).complement).toBe(1)
    expect(off(logistic(50).complement, Math.exp(-50))).toBeLessThan(DIGITS)
    expect(logistic(50).x).toBe(1)
    expect(off(logistic(2).x, 1 / (1 + Math.exp(-2)))).toBeLessThan(DIGITS)
  })

  it('refuses what is no beta distribution', () => {
    expect(() => betaCdf(0.5, 0, 1)).toThrow('expected a, b > 0, got 0, 1')
    expect(() => betaCdf(0.5, 1, 0)).toThrow('a, b > 0')
    expect(() => betaCdf(0.5, Infinity, 1)).toThrow('a, b > 0')
    expect(() => betaCdf(0.5, 1, Infinity)).toThrow('a, b > 0')
    expect(() => betaCdf(Number.NaN, 1, 1)).toThrow('expected a number, got NaN')
    expect(() => betaQuantile(-0.1, 1, 1)).toThrow('expected a probability, got -0.1')
    expect(() => betaQuantile(1.1, 1, 1)).toThrow('expected a probability')
  })
})

describe("Student's t", () => {
  it.each([
    [0.3, 1, 0.5927735790777423, 0.40722642092225764, 0.8144528418445153],
    [-2, 1, 0.14758361765043326, 0.8524163823495667, 0.2951672353008665],
    [12, 1, 0.9735353239404101, 0.026464676059589874, 0.05292935211917975],
    [0.8, 2.5, 0.7536629950736385, 0.24633700492636146, 0.4926740098527229],
    [2.5, 7, 0.9795038907071235, 0.020496109292876447, 0.040992218585752895],
    [-4.4, 7, 0.0015784265436086678, 0.9984215734563914, 0.0031568530872173356],
    [1.96, 30, 0.9703288435519748, 0.02967115644802524, 0.05934231289605048],
    [-30, 4, 3.6764280488306612e-6, 0.9999963235719511, 7.3528560976613225e-6],
    [3, 1000, 0.9986166454778809, 0.0013833545221190963, 0.0027667090442381925],
    [1e-5, 12, 0.5000039072630521, 0.49999609273694784, 0.9999921854738957],
    [60, 3, 0.9999949002031634, 5.0997968366598774e-6, 1.0199593673319755e-5],
  ])('at t = %d with %d degrees of freedom', (t, df, lower, upper, both) => {
    expect(off(studentTCdf(t, df), lower)).toBeLessThan(DIGITS)
    expect(off(studentTSurvival(t, df), upper)).toBeLessThan(DIGITS)
    expect(off(studentTTwoSided(t, df), both)).toBeLessThan(DIGITS)
    expect(off(studentTTwoSided(-t, df), both)).toBeLessThan(DIGITS)
  })

  it('is the normal distribution at infinitely many degrees of freedom', () => {
    expect(studentTCdf(1.3, Infinity)).toBe(normalCdf(1.3))
    expect(studentTSurvival(1.3, Infinity)).toBe(normalSurvival(1.3))
    expect(studentTTwoSided(1.3, Infinity)).toBe(normalTwoSided(1.3))
    expect(studentTQuantile(0.9, Infinity)).toBe(normalQuantile(0.9))
  })

  it('finds its quantiles again', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 0.499, noNaN: true }),
        fc.double({ min: 0.6, max: 1e5, noNaN: true }),
        (p, df) => {
          const t = studentTQuantile(p, df)
          expect(t).toBeLessThan(0)
          expect(off(studentTCdf(t, df), p)).toBeLessThan(1e-10)
          expect(off(studentTQuantile(1 - p, df), -t)).toBeLessThan(1e-3)
        },
      ),
      { numRuns: 100 },
    )
    expect(studentTQuantile(0.5, 3)).toBe(0)
    expect(studentTQuantile(0, 3)).toBe(-Infinity)
    expect(studentTQuantile(1, 3)).toBe(Infinity)
    // tan(0.45 π), Cauchy.
    expect(off(studentTQuantile(0.95, 1), 6.313_751_514_675_043)).toBeLessThan(DIGITS)
  })

  it('has no mass beyond infinity', () => {
    expect([studentTCdf(Infinity, 3), studentTSurvival(Infinity, 3)]).toEqual([1, 0])
    expect([studentTCdf(-Infinity, 3), studentTSurvival(-Infinity, 3)]).toEqual([0, 1])
    expect(studentTTwoSided(1e200, 3)).toBe(0)
  })

  it('refuses what is no probability', () => {
    expect(() => studentTQuantile(1.2, 3)).toThrow('expected a probability, got 1.2')
    expect(() => studentTQuantile(-0.2, 3)).toThrow('expected a probability')
    expect(() => studentTCdf(1, 0)).toThrow('a, b > 0')
  })
})

describe('normal', () => {
  it.each([
    [0.1, 0.539827837277029, 0.460172162722971, 0.920344325445942, -0.08300741217032802],
    [0.5, 0.6914624612740131, 0.3085375387259869, 0.6170750774519738, -0.4827645810336733],
    [1, 0.8413447460685429, 0.15865525393145705, 0.3173105078629141, -1.1478744644493182],
    [1.6448536269514722, 0.95, 0.05000000000000005, 0.1000000000000001, -2.3025850929940446],
    [1.959963984540054, 0.975, 0.025000000000000012, 0.050000000000000024, -2.9957322735539904],
    [2.5758293035489004, 0.995, 0.005000000000000005, 0.01000000000000001, -4.60517018598809],
    [3.5, 0.9997673709209645, 0.00023262907903552504, 0.0004652581580710501, -7.672918127784148],
    [5, 0.9999997133484281, 2.866515718791939e-7, 5.733031437583878e-7, -14.37185121342878],
    [8, 0.9999999999999993, 6.220960574271784e-16, 1.2441921148543568e-15, -34.320289979354605],
    [20, 1.0, 2.7536241186062337e-89, 5.5072482372124675e-89, -203.22400819053732],
    [37.5, 1.0, 4.605353009581955e-308, 9.21070601916391e-308, -706.9758421369472],
    [-0.7, 0.24196365222307303, 0.758036347776927, 0.48392730444614607, -0.7258205809715863],
    [-3, 0.0013498980316300946, 0.9986501019683699, 0.002699796063260189, -5.914579040950405],
    [-9, 1.1285884059538405e-19, 1.0, 2.257176811907681e-19, -42.93500193277217],
  ])('at z = %d', (z, lower, upper, both, logBoth) => {
    expect(off(normalCdf(z), lower)).toBeLessThan(DIGITS)
    expect(off(normalSurvival(z), upper)).toBeLessThan(DIGITS)
    expect(off(normalTwoSided(z), both)).toBeLessThan(DIGITS)
    expect(off(normalLogTwoSided(z), logBoth)).toBeLessThan(DIGITS)
  })

  it.each([
    [1e-300, -37.0470962993612],
    [1e-80, -18.991635878820208],
    [1e-20, -9.262340089798407],
    [1.4e-11, -6.656723091518184],
    [1.3e-11, -6.667611456510741],
    [0.001, -3.0902323061678136],
    [0.02425, -1.972961051311885],
    [0.0749, -1.4402382675279637],
    [0.0751, -1.43882539275254],
    [0.3, -0.5244005127080408],
    [0.6, 0.2533471031357997],
    [0.9249, 1.4388253927525403],
    [0.9251, 1.440238267527964],
    [0.99, 2.3263478740408408],
    [0.9999999, 5.199337582290661],
  ])('has its quantile of %d', (p, z) => {
    expect(off(normalQuantile(p), z)).toBeLessThan(1e-15 + DIGITS / 10)
  })

  it('has quantiles at the ends and in the middle', () => {
    expect(normalQuantile(0.5)).toBe(0)
    expect(normalQuantile(0)).toBe(-Infinity)
    expect(normalQuantile(1)).toBe(Infinity)
    expect(() => normalQuantile(-0.1)).toThrow('expected a probability, got -0.1')
    expect(() => normalQuantile(1.1)).toThrow('expected a probability')
    expect(() => normalQuantile(Number.NaN)).toThrow('expected a probability')
  })

  it('has the density 0.3989 at 0', () => {
    expect(off(normalDensity(0), 0.398_942_280_401_432_7)).toBeLessThan(DIGITS)
    expect(off(normalDensity(-2), 0.053_990_966_513_188_06)).toBeLessThan(DIGITS)
  })
})

describe('Poisson', () => {
  it.each([
    [0, 0.4, 0.6703200460356393, 0.6703200460356393, 1.0, -0.4],
    [3, 0.4, 0.00715008049104682, 0.9992237486237929, 0.007926331867253836, -4.94063166485052],
    [2, 3.2, 0.208702484369235, 0.3799037410783731, 0.8287987432908619, -1.5668455609485836],
    [7, 3.2, 0.027789259206343495, 0.9831701582510425, 0.04461910095530104, -3.583105692425648],
    [
      90, 120.5, 0.000608714101319064, 0.0022268141552724066, 0.9983818999460466,
      -7.404161856445455,
    ],
    [140, 120.5, 0.007526473025585657, 0.9632367989274182, 0.04428967409816745, -4.889328736595513],
  ])('%d events at a mean of %d', (count, mean, exactly, atMost, atLeast, logExactly) => {
    expect(off(poissonPmf(count, mean), exactly)).toBeLessThan(DIGITS)
    expect(off(poissonCdf(count, mean), atMost)).toBeLessThan(DIGITS)
    expect(off(poissonAtLeast(count, mean), atLeast)).toBeLessThan(DIGITS)
    expect(off(poissonLogPmf(count, mean), logExactly)).toBeLessThan(DIGITS)
  })

  it('reads the ends and numbers between counts', () => {
    expect(poissonCdf(-1, 2)).toBe(0)
    expect(poissonAtLeast(0, 2)).toBe(1)
    expect(poissonAtLeast(-3, 2)).toBe(1)
    expect(poissonCdf(3.7, 2)).toBe(poissonCdf(3, 2))
    expect(poissonAtLeast(3.2, 2)).toBe(poissonAtLeast(4, 2))
  })
})

describe('binomial', () => {
  it.each([
    [0, 12, 0.1, 0.282429536481, 0.282429536481, 1.0, -1.2643261878939156],
    [3, 12, 0.1, 0.08523250758, 0.974362529835, 0.11086997774500001, -2.4623723735502123],
    [12, 12, 0.1, 1.0000000000000006e-12, 1.0, 1.0000000000000006e-12, -27.631021115928547],
    [11, 12, 0.9, 0.376572715308, 0.7175704635189999, 0.6590022517890001, -0.9766441154421346],
    [6, 12, 0.5, 0.2255859375, 0.61279296875, 0.61279296875, -1.4890540950776596],
    [
      2, 500, 0.004, 0.2712133555269657, 0.6766767785260409, 0.5945365770009249,
      -1.3048494780850592,
    ],
    [
      9, 500, 0.004, 0.00018339782588295005, 0.9999561223614962, 0.00022727546438668873,
      -8.603852852721717,
    ],
    [
      260, 500, 0.5, 0.023923296060921816, 0.8261679103434929, 0.1977553857174289,
      -3.732902564203552,
    ],
    [
      480, 500, 0.97, 0.0415827189104517, 0.12137950251481235, 0.9202032163956394,
      -3.180070608828341,
    ],
  ])('%d of %d at %d', (successes, trials, p, exactly, atMost, ...rest) => {
    const [atLeast, logExactly] = rest
    expect(off(binomialPmf(successes, trials, p), exactly)).toBeLessThan(DIGITS)
    expect(off(binomialCdf(successes, trials, p), atMost)).toBeLessThan(DIGITS)
    expect(off(binomialAtLeast(successes, trials, p), atLeast)).toBeLessThan(DIGITS)
    expect(off(binomialLogPmf(successes, trials, p), logExactly)).toBeLessThan(DIGITS)
  })

  it('reads the ends and numbers between counts', () => {
    expect(binomialCdf(-1, 5, 0.3)).toBe(0)
    expect(binomialCdf(5, 5, 0.3)).toBe(1)
    expect(binomialCdf(6, 5, 0.3)).toBe(1)
    expect(binomialAtLeast(0, 5, 0.3)).toBe(1)
    expect(binomialAtLeast(6, 5, 0.3)).toBe(0)
    expect(binomialCdf(2.9, 5, 0.3)).toBe(binomialCdf(2, 5, 0.3))
    expect(binomialAtLeast(2.1, 5, 0.3)).toBe(binomialAtLeast(3, 5, 0.3))
  })

  it('is certain at the rates 0 and 1', () => {
    expect(binomialPmf(0, 5, 0)).toBe(1)
    expect(binomialPmf(1, 5, 0)).toBe(0)
    expect(binomialPmf(5, 5, 1)).toBe(1)
    expect(binomialPmf(4, 5, 1)).toBe(0)
  })
})

describe('negative binomial', () => {
  it.each([
    [0, 2.5, 0.3, 0.049295030175464945, 0.049295030175464945, 1],
    [4, 2.5, 0.3, 0.10679903078612617, 0.4589966166928934, 0.6478024140932328],
    [15, 2.5, 0.3, 0.011528932560954733, 0.9641477022077011, 0.04738123035325371],
    [3, 0.7, 0.9, 0.0004974268591105158, 0.9999492084836855, 0.0005482183754250383],
    [60, 20, 0.25, 0.025635644584555365, 0.5428362539407245, 0.4827993906438308],
  ])('%d failures before success %d at %d', (failures, size, p, exactly, atMost, atLeast) => {
    expect(off(negativeBinomialPmf(failures, size, p), exactly)).toBeLessThan(DIGITS)
    expect(off(negativeBinomialCdf(failures, size, p), atMost)).toBeLessThan(DIGITS)
    expect(off(negativeBinomialAtLeast(failures, size, p), atLeast)).toBeLessThan(DIGITS)
  })

  it('reads the ends', () => {
    expect(negativeBinomialCdf(-1, 2, 0.4)).toBe(0)
    expect(negativeBinomialAtLeast(0, 2, 0.4)).toBe(1)
    expect(negativeBinomialAtLeast(-1, 2, 0.4)).toBe(1)
    expect(negativeBinomialPmf(0, 2, 1)).toBe(1)
    expect(negativeBinomialPmf(3, 2, 1)).toBe(0)
    expect(negativeBinomialCdf(2.5, 2, 0.4)).toBe(negativeBinomialCdf(2, 2, 0.4))
    expect(negativeBinomialAtLeast(2.5, 2, 0.4)).toBe(negativeBinomialAtLeast(3, 2, 0.4))
  })
})
