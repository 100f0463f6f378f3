import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Curve, responseAt } from '#rules/allocation/curve.ts'
import { createRandom } from '#rules/kernel/random.ts'
import { bestFamily } from '#rules/response/best-family.ts'
import {
  errorsAt,
  fitFamily,
  fitFamilyRobustly,
  type ResponsePoint,
  softLoss,
} from '#rules/response/family-fit.ts'
import { linearise, toCurve, unitResponse } from '#rules/response/family-model.ts'
import { bestScale, boundsOf, startOf } from '#rules/response/family-start.ts'
import { importedMarginalAt, importedResponseAt } from '#rules/response/imported-response.ts'
import { lossOf, minimise } from '#rules/response/least-squares.ts'
import { regress } from '#rules/response/linear-regression.ts'
import { invertDefinite, solveDefinite } from '#rules/response/linear-system.ts'
import { panelSlope, withinCells } from '#rules/response/panel-slope.ts'
import { fitPoissonPower } from '#rules/response/poisson-power.ts'
import { fitLogLog, spendVariation } from '#rules/response/power-law.ts'
import { shrinkElasticities } from '#rules/response/shrunken-elasticities.ts'
import { shrinkRates } from '#rules/response/shrunken-rates.ts'

import { curve } from '../allocation/lines.ts'

/** Points of a curve over spends from 100 on, each times its own error. */
function pointsOf(own: Curve, count: number, noise = 0): ResponsePoint[] {
  const random = createRandom(3)
  return Array.from({ length: count }, (_point, index) => {
    const spend = 100 * 1.25 ** index
    return { spend, value: responseAt(own, spend) * (1 + noise * (random() - 0.5)) }
  })
}

const TRUTHS: readonly Curve[] = [
  curve('power', 50, 0.4),
  curve('log', 900, 400),
  curve('saturating', 3000, 700),
  curve('exponential', 3000, 900),
  curve('hill', 3000, 700, 2.2),
  curve('hill', 3000, 700, 0.7),
]

describe('fitFamily', () => {
  test.each(TRUTHS.map((own) => [own.family, own] as const))(
    'finds the %s that made the points',
    (family, own) => {
      const fit = fitFamily(family, pointsOf(own, 14))
      expect(fit.curve.scale / own.scale).toBeCloseTo(1, 5)
      expect(fit.curve.shape / own.shape).toBeCloseTo(1, 5)
      expect(fit.curve.steepness / own.steepness).toBeCloseTo(1, 5)
      expect(fit.r2).toBeCloseTo(1, 8)
      expect(fit.isIdentified).toBe(true)
    },
  )

  test.each(TRUTHS.map((own) => [own.family, own] as const))(
    'no other %s nearby has less squares',
    (family, own) => {
      const points = pointsOf(own, 14, 0.2)
      const fit = fitFamily(family, points)
      const squares = (other: Curve) =>
        points.reduce((sum, point) => sum + (point.value - responseAt(other, point.spend)) ** 2, 0)
      expect(squares(fit.curve)).toBeCloseTo(fit.residualSquares, 6)
      for (const [scale, shape, steepness] of [
        [1.01, 1, 1],
        [0.99, 1, 1],
        [1, 1.01, 1],
        [1, 0.99, 1],
        [1.005, 1.005, 1],
        [1, 1, family === 'hill' ? 1.01 : 1],
        [1, 1, family === 'hill' ? 0.99 : 1],
      ] as const) {
        const other = {
          family,
          scale: fit.curve.scale * scale,
          shape: fit.curve.shape * shape,
          steepness: fit.curve.steepness * steepness,
        }
        expect(squares(other)).toBeGreaterThanOrEqual(fit.residualSquares * (1 - 1e-9))
      }
    },
  )

  test('AICc counts the variance as a parameter and corrects for few points', () => {
    const points = pointsOf(curve('log', 900, 400), 9, 0.1)
    const fit = fitFamily('log', points)
    const [n, q] = [9, 3]
    expect(fit.aicc).toBeCloseTo(
      n * Math.log(fit.residualSquares / n) + 2 * q + (2 * q * (q + 1)) / (n - q - 1),
      9,
    )
    expect(fitFamily('log', points.slice(0, 5)).aicc).not.toBe(Infinity)
    expect(fitFamily('log', points.slice(0, 4)).aicc).toBe(Infinity)
  })

  test('spend that does not vary determines no shape', () => {
    const even = Array.from({ length: 12 }, (_point, index) => ({
      spend: 500,
      value: 1000 + index,
    }))
    for (const family of ['power', 'log', 'saturating', 'exponential', 'hill'] as const) {
      expect(fitFamily(family, even)).toMatchObject({ isIdentified: false })
    }
  })

  test('a line that is straight over all it spent determines no saturation', () => {
    const straight = Array.from({ length: 12 }, (_point, index) => ({
      spend: 100 + index,
      value: 3 * (100 + index),
    }))
    expect(fitFamily('saturating', straight).isIdentified).toBe(false)
    expect(fitFamily('exponential', straight).isIdentified).toBe(false)
  })

  test('a period without spend has no response and counts all the same', () => {
    const points = pointsOf(curve('log', 900, 400), 10, 0.1)
    const fit = fitFamily('log', [{ spend: 0, value: 0 }, ...points])
    expect(fit.curve.scale).toBeCloseTo(fitFamily('log', points).curve.scale, 5)
    expect(fit.aicc).not.toBe(fitFamily('log', points).aicc)
  })

  test('errors shrink as points are added: four times the points, half the error', () => {
    const once = pointsOf(curve('log', 900, 400), 12, 0.2)
    const four = [...once, ...once, ...once, ...once]
    const [few, many] = [fitFamily('log', once), fitFamily('log', four)]
    const ratio = (few.standardErrors?.[0] ?? 0) / (many.standardErrors?.[0] ?? 1)
    expect(ratio).toBeCloseTo(Math.sqrt((4 * 12 - 2) / (12 - 2)), 6)
    expect(errorsAt(few.curve, once)?.[1]).toBeCloseTo(few.standardErrors?.[1] ?? 0, 6)
  })

  test('in cents the scale is a hundred times, the fit the same', () => {
    const points = pointsOf(curve('saturating', 3000, 700), 12, 0.2)
    const cents = points.map((point) => ({ spend: point.spend * 100, value: point.value * 100 }))
    const [units, hundredths] = [fitFamily('saturating', points), fitFamily('saturating', cents)]
    expect(hundredths.curve.shape / units.curve.shape).toBeCloseTo(100, 5)
    expect(hundredths.r2).toBeCloseTo(units.r2, 10)
  })
})

describe('fitFamilyRobustly', () => {
  test('an outlier moves it less', () => {
    const own = curve('log', 900, 400)
    const points = pointsOf(own, 15, 0.02).map((point, index) =>
      index === 7 ? { ...point, value: point.value * 3 } : point,
    )
    const plain = fitFamily('log', points)
    const robust = fitFamilyRobustly(plain, points)
    const miss = (found: Curve) => Math.abs(responseAt(found, 1000) / responseAt(own, 1000) - 1)
    expect(miss(robust.curve)).toBeLessThan(0.5 * miss(plain.curve))
    expect(robust.loss).toBeLessThan(softLoss(plain.curve, points, robust.scale))
    expect(softLoss(robust.curve, points, robust.scale)).toBeCloseTo(robust.loss, 6)
  })

  test('its scale is 1.4826 × the median residual of the plain fit', () => {
    const points = pointsOf(curve('log', 900, 400), 9, 0.2)
    const plain = fitFamily('log', points)
    const sizes = points
      .map((point) => Math.abs(point.value - responseAt(plain.curve, point.spend)))
      .toSorted((a, b) => a - b)
    expect(fitFamilyRobustly(plain, points).scale).toBeCloseTo(1.4826 * (sizes[4] ?? 0), 9)
  })
})

describe('bestFamily', () => {
  // A hill of steepness 1 is a saturating curve, so noise may well prefer it to one.
  test.each(
    TRUTHS.slice(0, 5)
      .filter(({ family }) => family !== 'saturating')
      .map((own) => [own.family, own] as const),
  )('names the %s that made the points', (family, own) => {
    const { best, fits } = bestFamily(pointsOf(own, 16, 0.02))
    expect(best.curve.family).toBe(family)
    expect(fits).toHaveLength(5)
    expect(Math.min(...fits.map((fit) => fit.aicc))).toBe(best.aicc)
  })
})

describe('family model', () => {
  test('derivatives are those of the response', () => {
    for (const { family } of TRUTHS) {
      const form =
        family === 'hill'
          ? [Math.log(700), Math.log(1.7)]
          : [Math.log(family === 'power' ? 0.4 : 700)]
      const at = (values: readonly number[]) => unitResponse(family, 350, values).value
      for (const [index, slope] of unitResponse(family, 350, form).slopes.entries()) {
        const shifted = (step: number) =>
          form.map((value, place) => (place === index ? value + step : value))
        const numeric = (at(shifted(1e-6)) - at(shifted(-1e-6))) / 2e-6
        expect(slope).toBeCloseTo(numeric, 6)
      }
      const own = toCurve(family, [Math.log(30), ...form])
      expect(30 * at(form)).toBeCloseTo(responseAt(own, 350), 9)
    }
  })

  test('without spend nothing answers', () => {
    expect(unitResponse('hill', 0, [1, 1])).toEqual({ value: 0, slopes: [0, 0] })
    const { residuals, jacobian } = linearise('log', [{ spend: 0, value: 7 }], [1, 1])
    expect(residuals).toEqual([7])
    expect(jacobian).toEqual([[0, 0]])
  })

  test('the scale of a given form is the one of least squares', () => {
    const points = pointsOf(curve('log', 900, 400), 8, 0.3)
    const form = [Math.log(500)]
    const { scale, rss } = bestScale('log', points, form)
    const squares = (factor: number) =>
      points.reduce(
        (sum, point) =>
          sum + (point.value - factor * unitResponse('log', point.spend, form).value) ** 2,
        0,
      )
    expect(squares(scale)).toBeCloseTo(rss, 6)
    expect(squares(scale * 1.001)).toBeGreaterThan(rss)
    expect(squares(scale * 0.999)).toBeGreaterThan(rss)
  })

  test('starts within its bounds', () => {
    for (const own of TRUTHS) {
      const points = pointsOf(own, 8, 0.3)
      const { low, high } = boundsOf(own.family, points)
      for (const [index, value] of startOf(own.family, points).entries()) {
        expect(value).toBeGreaterThanOrEqual(low[index] ?? 0)
        expect(value).toBeLessThanOrEqual(high[index] ?? 0)
      }
    }
  })
})

describe('minimise', () => {
  const line =
    (points: readonly (readonly [number, number])[]) => (parameters: readonly number[]) => ({
      residuals: points.map(([x, y]) => y - (parameters[0] ?? 0) - (parameters[1] ?? 0) * x),
      jacobian: points.map(([x]) => [1, x]),
    })
  const free = { low: [-Infinity, -Infinity], high: [Infinity, Infinity] }

  test('finds the least squares line', () => {
    const found = minimise(
      line([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
      [0, 0],
      { loss: { kind: 'squares' }, bounds: free },
    )
    expect(found.parameters[0]).toBeCloseTo(1, 9)
    expect(found.parameters[1]).toBeCloseTo(2, 9)
    expect(found.loss).toBeCloseTo(0, 12)
  })

  test('stops at a bound', () => {
    const bounds = { low: [-Infinity, -Infinity], high: [Infinity, 1] }
    const found = minimise(
      line([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
      [0, 0],
      { loss: { kind: 'squares' }, bounds },
    )
    expect(found.parameters[1]).toBe(1)
  })

  test('stops at a low bound that is not zero', () => {
    const bounds = { low: [2], high: [Infinity] }
    const one = ([at = 0]: readonly number[]) => ({ residuals: [1 - at], jacobian: [[1]] })
    expect(minimise(one, [5], { loss: { kind: 'squares' }, bounds }).parameters).toEqual([2])
  })

  test('shortens a step that would lead away: of the arctangent, from beyond 1.39', () => {
    // A whole Gauss–Newton step from 3 goes to 3 − 10·atan(3) = −9.5, the next one further out.
    const bent = ([at = 0]: readonly number[]) => ({
      residuals: [-Math.atan(at)],
      jacobian: [[1 / (1 + at * at)]],
    })
    const bounds = { low: [-Infinity], high: [Infinity] }
    const found = minimise(bent, [3], { loss: { kind: 'squares' }, bounds })
    expect(found.parameters[0]).toBeCloseTo(0, 7)
    expect(found.loss).toBeLessThan(1e-15)
  })

  test('stays where it starts when the slope of the model has no bound there', () => {
    const broken = () => ({ residuals: [1], jacobian: [[Infinity]] })
    const bounds = { low: [-Infinity], high: [Infinity] }
    const found = minimise(broken, [3], { loss: { kind: 'squares' }, bounds })
    expect(found).toEqual({ parameters: [3], loss: 1 })
  })

  test('meets a soft loss of any scale: one of four observations lies far out', () => {
    const place = ([at = 0]: readonly number[]) => ({
      residuals: [0, 0, 0, 10].map((observed) => observed - at),
      jacobian: [[1], [1], [1], [1]],
    })
    const bounds = { low: [-Infinity], high: [Infinity] }
    const found = minimise(place, [0], { loss: { kind: 'soft', scale: 0.5 }, bounds })
    // The root of 3t/√(1 + 4t²) = (10 − t)/√(1 + 4(10 − t)²), by bisection.
    expect(found.parameters[0]).toBeCloseTo(0.176_519_65, 7)
  })

  test('a parameter nothing answers to does not stop the others', () => {
    const model = (parameters: readonly number[]) => ({
      residuals: [3 - (parameters[0] ?? 0)],
      jacobian: [[1, 0]],
    })
    const found = minimise(model, [0, 5], { loss: { kind: 'squares' }, bounds: free })
    expect(found.parameters[0]).toBeCloseTo(3, 9)
    expect(found.parameters[1]).toBe(5)
  })

  test('a soft loss is 2s²(√(1 + (r/s)²) − 1)', () => {
    expect(lossOf([3, -4], { kind: 'squares' })).toBe(25)
    expect(lossOf([3], { kind: 'soft', scale: 4 })).toBeCloseTo(2 * 16 * (1.25 - 1), 12)
    expect(lossOf([1e9], { kind: 'soft', scale: 1 })).toBeCloseTo(2e9, -1)
  })
})

describe('linear systems', () => {
  test('solve and invert a definite matrix', () => {
    const matrix = [
      [4, 2],
      [2, 3],
    ]
    expect(solveDefinite(matrix, [8, 7])?.map((value) => Math.round(value * 1e12) / 1e12)).toEqual([
      1.25, 1.5,
    ])
    const inverse = invertDefinite(matrix)
    expect(inverse?.[0]?.[0]).toBeCloseTo(3 / 8, 12)
    expect(inverse?.[0]?.[1]).toBeCloseTo(-2 / 8, 12)
    expect(inverse?.[1]?.[1]).toBeCloseTo(4 / 8, 12)
  })

  test('solve three equations: 1, 2 and 3', () => {
    const found = solveDefinite(
      [
        [4, 2, 2],
        [2, 5, 3],
        [2, 3, 6],
      ],
      [14, 21, 26],
    )
    for (const [index, value] of [1, 2, 3].entries()) expect(found?.[index]).toBeCloseTo(value, 12)
  })

  test('say when the data determine nothing', () => {
    expect(
      solveDefinite(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 1],
      ),
    ).toBeNull()
    expect(
      solveDefinite(
        [
          [0, 0],
          [0, 1],
        ],
        [1, 1],
      ),
    ).toBeNull()
    expect(
      solveDefinite(
        [
          [1, 2],
          [2, 1],
        ],
        [1, 1],
      ),
    ).toBeNull()
    expect(
      invertDefinite([
        [1, 1],
        [1, 1 + 1e-15],
      ]),
    ).toBeNull()
    expect(
      invertDefinite([
        [1e-20, 0],
        [0, 1e20],
      ]),
    ).not.toBeNull()
  })

  test('invert any matrix made of independent rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), {
          minLength: 3,
          maxLength: 3,
        }),
        (rows) => {
          const matrix = rows.map((_row, first) =>
            rows.map((_column, second) =>
              [0, 1, 2].reduce(
                (sum, index) => sum + (rows[first]?.[index] ?? 0) * (rows[second]?.[index] ?? 0),
                first === second ? 1 : 0,
              ),
            ),
          )
          const inverse = invertDefinite(matrix)
          for (const first of [0, 1, 2]) {
            for (const second of [0, 1, 2]) {
              const product = [0, 1, 2].reduce(
                (sum, index) =>
                  sum + (matrix[first]?.[index] ?? 0) * (inverse?.[index]?.[second] ?? 0),
                0,
              )
              expect(product).toBeCloseTo(Number(first === second), 8)
            }
          }
        },
      ),
    )
  })
})

describe('fitLogLog', () => {
  test('a square root has elasticity ½, whatever its scale', () => {
    const found = fitLogLog([1, 4, 9, 16].map((spend) => ({ spend, value: 7 * Math.sqrt(spend) })))
    expect(found?.slope).toBeCloseTo(0.5, 12)
    expect(Math.exp(found?.intercept ?? 0)).toBeCloseTo(7, 9)
    expect(found).toMatchObject({ points: 4 })
    expect(found?.sigma).toBeCloseTo(0, 9)
    expect(found?.smearing).toBeCloseTo(1, 9)
  })

  test('its error and interval are those of least squares on two degrees', () => {
    // ln spend −1, 0, 1, 2 with ln value 0, 1, 0, 1: slope 0.2, residuals −0.2 0.6 −0.6 0.2.
    const points = [
      [-1, 0],
      [0, 1],
      [1, 0],
      [2, 1],
    ].map(([x = 0, y = 0]) => ({ spend: Math.exp(x), value: Math.exp(y) }))
    const found = fitLogLog(points)
    expect(found?.slope).toBeCloseTo(0.2, 12)
    expect(found?.sigma).toBeCloseTo(Math.sqrt(0.8 / 2), 12)
    expect(found?.slopeError).toBeCloseTo(Math.sqrt(0.4 / 5), 12)
    expect(found?.slopeHigh).toBeCloseTo(0.2 + 2.919_985_58 * Math.sqrt(0.08), 6)
    expect((found?.slopeLow ?? 0) + (found?.slopeHigh ?? 0)).toBeCloseTo(0.4, 9)
    expect(found?.r2).toBeCloseTo(1 - 0.8 / 1, 12)
  })

  test.each<[string, readonly ResponsePoint[]]>([
    [
      'two points',
      [
        { spend: 1, value: 1 },
        { spend: 2, value: 2 },
      ],
    ],
    [
      'zeros leave two',
      [
        { spend: 1, value: 1 },
        { spend: 2, value: 2 },
        { spend: 3, value: 0 },
        { spend: 0, value: 3 },
      ],
    ],
    ['spend that does not vary', [1, 2, 3, 4].map((value) => ({ spend: 5, value }))],
  ])('%s determine no slope', (_name, points) => {
    expect(fitLogLog(points)).toBeNull()
  })

  test('three points are enough, and a value that does not vary has nothing to explain', () => {
    // ln spend 0, 1, 2 with ln value 0, 2, 1: slope ½, residuals −½, 1, −½ of a total of 2.
    const points = [
      [0, 0],
      [1, 2],
      [2, 1],
    ].map(([x = 0, y = 0]) => ({ spend: Math.exp(x), value: Math.exp(y) }))
    const found = fitLogLog(points)
    expect(found).toMatchObject({ points: 3, slope: expect.closeTo(0.5, 12) })
    expect(found?.intercept).toBeCloseTo(0.5, 12)
    expect(found?.r2).toBeCloseTo(1 - 1.5 / 2, 12)
    expect(found?.smearing).toBeCloseTo((2 * Math.exp(-0.5) + Math.E) / 3, 12)
    expect(fitLogLog(points.map((point) => ({ ...point, value: 1 })))?.r2).toBeNaN()
  })

  test('spendVariation', () => {
    // Mean 4, squares 4 + 0 + 4 over two degrees.
    const found = spendVariation([2, 4, 6].map((spend) => ({ spend, value: 0 })))
    expect(found.ratio).toBe(3)
    expect(found.cv).toBeCloseTo(0.5, 12)
    expect(() => spendVariation([{ spend: 1, value: 0 }])).toThrow(/two points/)
  })
})

describe('fitPoissonPower', () => {
  const counts = [1, 2, 4, 8, 16, 32].map((spend, index) => ({
    spend,
    value: [3, 0, 7, 5, 12, 14][index] ?? 0,
  }))

  test('meets the score equations: observed and fitted agree in sum and in sum times ln spend', () => {
    const found = fitPoissonPower(counts)
    const fitted = (spend: number) => Math.exp(found?.intercept ?? 0) * spend ** (found?.slope ?? 0)
    const gap = (weight: (spend: number) => number) =>
      counts.reduce(
        (sum, point) => sum + weight(point.spend) * (point.value - fitted(point.spend)),
        0,
      )
    expect(gap(() => 1)).toBeCloseTo(0, 9)
    expect(gap(Math.log)).toBeCloseTo(0, 9)
  })

  test('measures how much counts cluster', () => {
    const found = fitPoissonPower(counts)
    const { intercept = 0, slope = 0 } = found ?? {}
    const fitted = (spend: number) => Math.exp(intercept) * spend ** slope
    const pearson = counts.map(({ spend, value }) => (value - fitted(spend)) ** 2 / fitted(spend))
    expect(found?.phi).toBeCloseTo(pearson.reduce((sum, part) => sum + part, 0) / 4, 9)
    const covariance = found?.covariance.flat() ?? []
    expect(found?.slopeError).toBeCloseTo(Math.sqrt(covariance[3] ?? 0), 12)
    expect(covariance[1]).toBeCloseTo(covariance[2] ?? 1, 12)
  })

  test('its errors are those of a weighted line: by the dispersion, and by the residuals themselves', () => {
    const found = fitPoissonPower(counts)
    const { intercept = 0, slope = 0 } = found ?? {}
    const rows = counts.map(({ spend, value }) => {
      const mean = Math.exp(intercept) * spend ** slope
      return { x: Math.log(spend), mean, residual: value - mean }
    })
    const sum = (pick: (row: (typeof rows)[number]) => number) =>
      rows.reduce((total, row) => total + pick(row), 0)
    const center = sum(({ x, mean }) => mean * x) / sum(({ mean }) => mean)
    const spread = sum(({ x, mean }) => mean * (x - center) ** 2)
    expect(found?.slopeError).toBeCloseTo(Math.sqrt((found?.phi ?? 0) / spread), 9)
    const meat = sum(({ x, residual }) => (residual * (x - center)) ** 2)
    expect(found?.robustSlopeError).toBeCloseTo(Math.sqrt((meat * 6) / 4) / spread, 9)
  })

  test('three points are enough', () => {
    expect(fitPoissonPower(counts.slice(0, 3))?.points).toBe(3)
  })

  test('counts every period with spend, also those without value', () => {
    expect(fitPoissonPower(counts)?.points).toBe(6)
    expect(fitPoissonPower([...counts, { spend: 0, value: 9 }])?.points).toBe(6)
  })

  test('a power law without error has none', () => {
    const exact = fitPoissonPower(
      [1, 4, 9, 16].map((spend) => ({ spend, value: 7 * Math.sqrt(spend) })),
    )
    expect(exact?.slope).toBeCloseTo(0.5, 9)
    expect(exact?.robustSlopeError).toBeCloseTo(0, 6)
  })

  test.each<[string, readonly ResponsePoint[]]>([
    ['two points', counts.slice(0, 2)],
    ['no value', counts.map((point) => ({ ...point, value: 0 }))],
    ['spend that does not vary', counts.map((point) => ({ ...point, spend: 3 }))],
  ])('%s determine nothing', (_name, points) => {
    expect(fitPoissonPower(points)).toBeNull()
  })
})

describe('panels', () => {
  /** value = unit × period × spend^0.3, with a gap. */
  const cells = [0, 1, 2, 3].flatMap((unit) =>
    [0, 1, 2, 3, 4].flatMap((period) => {
      const logSpend = ((unit * 7 + period * 3) % 5) + 0.1 * unit * period
      const logValue = 2 * unit - 3 * period + 0.3 * logSpend
      return unit === 1 && period === 2 ? [] : [{ unit, period, logSpend, logValue }]
    }),
  )

  test('find the slope under effects of units and periods', () => {
    const found = panelSlope(cells)
    expect(found?.slope).toBeCloseTo(0.3, 9)
    expect(found).toMatchObject({ cells: 19, units: 4, periods: 5 })
    expect(found?.slopeError).toBeCloseTo(0, 9)
  })

  test('errors with and without clusters, against the formulas', () => {
    const noisy = cells.map((cell, index) => ({
      ...cell,
      logValue: cell.logValue + ((index * 37) % 11) / 10,
    }))
    const found = panelSlope(noisy)
    const within = withinCells(noisy)
    const spread = within.reduce((sum, cell) => sum + cell.logSpend ** 2, 0)
    const error = (cell: (typeof within)[number]) =>
      cell.logValue - (found?.slope ?? 0) * cell.logSpend
    const squares = within.reduce((sum, cell) => sum + error(cell) ** 2, 0)
    const scores = [0, 1, 2, 3].map((unit) =>
      within
        .filter((cell) => cell.unit === unit)
        .reduce((sum, cell) => sum + cell.logSpend * error(cell), 0),
    )
    expect(found?.slopeError).toBeCloseTo(Math.sqrt(squares / (19 - 4 - 5) / spread), 9)
    expect(found?.clusteredError).toBeCloseTo(
      Math.sqrt((scores.reduce((sum, score) => sum + score ** 2, 0) * 4) / 3) / spread,
      9,
    )
  })

  test('what is left has mean 0 in every unit and period', () => {
    const within = withinCells(cells)
    for (const period of [0, 1, 2, 3, 4]) {
      const own = within.filter((_cell, index) => cells[index]?.period === period)
      expect(own.reduce((sum, cell) => sum + cell.logSpend, 0)).toBeCloseTo(0, 9)
    }
    for (const unit of [0, 1, 2, 3]) {
      const own = within.filter((cell) => cell.unit === unit)
      expect(own.reduce((sum, cell) => sum + cell.logValue, 0)).toBeCloseTo(0, 9)
    }
  })

  test('spend that only moves with units and periods determines nothing', () => {
    expect(
      panelSlope(cells.map((cell) => ({ ...cell, logSpend: cell.unit + cell.period }))),
    ).toBeNull()
    expect(panelSlope(cells.filter((cell) => cell.unit === 0))).toBeNull()
    expect(panelSlope([])).toBeNull()
    // Two units in two periods: four cells, four effects.
    const square = cells.filter(({ unit, period }) => unit > 1 && period > 2)
    expect(square).toHaveLength(4)
    expect(panelSlope(square)).toBeNull()
    expect(panelSlope(cells.filter(({ unit }) => unit > 1))?.slope).toBeCloseTo(0.3, 9)
    // One unit, seen three times in one period, has no second to differ from.
    const thrice = [1, 2, 4].map((logSpend) => ({
      unit: 0,
      period: 0,
      logSpend,
      logValue: logSpend,
    }))
    expect(panelSlope(thrice)).toBeNull()
  })
})

describe('regress', () => {
  test('finds the slopes of drivers held against each other, far above zero as well', () => {
    const rows = Array.from({ length: 9 }, (_row, index) => {
      const [first, second] = [index % 3, (index * index) % 5]
      return { outcome: 1e12 + 4 * first - 2 * second, drivers: [first, second] }
    })
    const slopes = regress(rows)
    expect(slopes?.[0]).toBeCloseTo(4, 9)
    expect(slopes?.[1]).toBeCloseTo(-2, 9)
  })

  test('drivers that move together, and too few rows, determine nothing', () => {
    const twins = [1, 2, 3, 4].map((x) => ({ outcome: x, drivers: [x, 2 * x] }))
    expect(regress(twins)).toBeNull()
    const rows = [1, 2, 4].map((x, index) => ({ outcome: x, drivers: [x, index % 2] }))
    expect(regress(rows)).toBeNull()
    expect(regress([...rows, { outcome: 9, drivers: [9, 1] }])).not.toBeNull()
    expect(regress([])).toBeNull()
  })

  test('refuses rows of different drivers', () => {
    expect(() =>
      regress([
        { outcome: 1, drivers: [1] },
        { outcome: 1, drivers: [] },
      ]),
    ).toThrow(/same drivers/)
  })
})

describe('shrinkElasticities', () => {
  test('equal estimates are one estimate', () => {
    const found = shrinkElasticities(
      [0.5, 0.5, 0.5].map((estimate) => ({ estimate, standardError: 0.3 })),
    )
    for (const entry of found.lines) {
      expect(entry.mean).toBeCloseTo(0.5, 12)
      expect(entry.sd).toBeCloseTo(0.3 / Math.sqrt(3), 12)
    }
  })

  test('estimates that differ keep their own in proportion to what they differ by', () => {
    const found = shrinkElasticities([
      { estimate: 0.2, standardError: 0.1 },
      { estimate: 0.8, standardError: 0.1 },
    ])
    // Q = 18, τ² = (18 − 1) ÷ (200 − 100) = 0.17; weight of the own estimate 0.17 ÷ 0.18.
    expect(found.pooled.tauSquared).toBeCloseTo(0.17, 9)
    expect(found.lines[0]?.mean).toBeCloseTo(0.5 - 0.3 * (0.17 / 0.18), 9)
    expect(found.lines[0]?.sd).toBeCloseTo(Math.sqrt((0.17 * 0.01) / 0.18), 9)
  })
})

describe('shrinkRates', () => {
  test('lines that do not differ beyond noise have the common rate', () => {
    const found = shrinkRates([
      { spend: 100, conversions: 10 },
      { spend: 200, conversions: 21 },
    ])
    expect(found.betweenVariance).toBeLessThan(0)
    expect(found).toMatchObject({ shape: null, rate: null, commonRate: 31 / 300 })
    expect(found.lines[0]).toEqual(found.lines[1])
    expect(found.lines[0]?.mean).toBeCloseTo(31 / 300, 12)
  })

  test('lines that differ are drawn towards the middle, small ones more', () => {
    const found = shrinkRates([
      { spend: 1000, conversions: 100 },
      { spend: 1000, conversions: 300 },
      { spend: 10, conversions: 6 },
    ])
    const { shape, rate, lines } = found
    const [low = 0, high = 1, small = 1] = lines.map((entry) => entry.mean)
    expect(low).toBeGreaterThan(0.1)
    expect(high).toBeLessThan(0.3)
    expect(small).toBeLessThan(0.5)
    expect(lines.every((entry) => entry.low < entry.mean && entry.mean < entry.high)).toBe(true)
    expect(low).toBeCloseTo((Number(shape) + 100) / (Number(rate) + 1000), 12)
  })

  test('by hand: 10 and 30 of 100 each are Gamma(5, 25) before they are seen', () => {
    // m = 0.2, spread 2, between (2 − 0.4) ÷ 200 = 0.008; 15 ÷ 125 and 35 ÷ 125 after.
    const found = shrinkRates([10, 30].map((conversions) => ({ spend: 100, conversions })))
    expect(found.betweenVariance).toBeCloseTo(0.008, 12)
    expect(found.shape).toBeCloseTo(5, 9)
    expect(found.rate).toBeCloseTo(25, 9)
    expect(found.lines.map((line) => line.mean)).toEqual([
      expect.closeTo(0.12, 12),
      expect.closeTo(0.28, 12),
    ])
  })

  test('rates that differ by exactly their noise have the common rate, 44.889 and 81.381 halves bound it', () => {
    // 20 and 12 of 64: m = ¼, spread 64 · 2 ÷ 256 = ½ = m · 2.
    const even = shrinkRates([20, 12].map((conversions) => ({ spend: 64, conversions })))
    expect(even).toMatchObject({ betweenVariance: 0, shape: null, rate: null })
    // The chi-square quantiles of 5 % and 95 % on 62 degrees.
    const common = shrinkRates([
      { spend: 100, conversions: 10 },
      { spend: 200, conversions: 21 },
    ]).lines[0]
    expect(common?.low).toBeCloseTo(44.889 / 600, 5)
    expect(common?.high).toBeCloseTo(81.381 / 600, 5)
  })

  test('refuses lines without spend, and no conversion at all', () => {
    expect(() => shrinkRates([{ spend: 0, conversions: 1 }])).toThrow(/spend above 0/)
    const mixed = [0, 1].map((spend) => ({ spend, conversions: 1 }))
    expect(() => shrinkRates(mixed)).toThrow(/spend above 0/)
    expect(() => shrinkRates([{ spend: 1, conversions: 0 }])).toThrow(/a conversion/)
  })
})

describe('imported responses', () => {
  const response = { strength: 3, saturationDraws: [0.01, 0.03], retention: 0.5, carryPeriods: 3 }

  test('one period without carry-over is the mean of tanh over the draws', () => {
    const plain = { ...response, carryPeriods: 1 }
    const found = importedResponseAt(plain, { spendPeriods: 1, trailingPeriods: 0 }, 100)
    expect(found).toBeCloseTo((3 * (Math.tanh(0.5) + Math.tanh(1.5))) / 2, 9)
  })

  test('carry-over spreads 4 : 2 : 1 and nothing is lost once trailing periods are counted', () => {
    // One period of spend: shares 4/7, 2/7, 1/7 of it act in the three periods that follow.
    const found = importedResponseAt(
      { ...response, saturationDraws: [0.01] },
      { spendPeriods: 1, trailingPeriods: 2 },
      70,
    )
    const expected = [4, 2, 1].reduce(
      (sum, share) => sum + 3 * Math.tanh((0.01 * 70 * share) / 7 / 2),
      0,
    )
    expect(found).toBeCloseTo(expected, 9)
    const longer = importedResponseAt(
      { ...response, saturationDraws: [0.01] },
      { spendPeriods: 1, trailingPeriods: 9 },
      70,
    )
    expect(longer).toBeCloseTo(found, 12)
  })

  test('what comes after the horizon is not counted', () => {
    // Of 4/7, 2/7 and 1/7 the horizon ends after the second.
    const cut = importedResponseAt(
      { ...response, saturationDraws: [0.01] },
      { spendPeriods: 1, trailingPeriods: 1 },
      70,
    )
    expect(cut).toBeCloseTo(3 * (Math.tanh(0.2) + Math.tanh(0.1)), 12)
  })

  test('where it is saturated one more unit brings nothing', () => {
    const horizon = { spendPeriods: 1, trailingPeriods: 0 }
    expect(importedMarginalAt({ ...response, carryPeriods: 1 }, horizon, 1e6)).toBe(0)
  })

  test('the marginal is its slope', () => {
    const horizon = { spendPeriods: 5, trailingPeriods: 2 }
    for (const x of [0, 10, 100, 400]) {
      const slope =
        (importedResponseAt(response, horizon, x + 1e-4) -
          importedResponseAt(response, horizon, x - 1e-4)) /
        2e-4
      expect(importedMarginalAt(response, horizon, x)).toBeCloseTo(slope, 6)
    }
  })
})
