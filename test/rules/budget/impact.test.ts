import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { marginalAt, responseAt } from '#rules/allocation/curve.ts'
import { type ImpactLine, impactOf } from '#rules/budget/impact.ts'
import { saturationOf } from '#rules/budget/saturation.ts'
import { simulateImpact } from '#rules/budget/simulated-impact.ts'

import { concaveCurve, curve } from '../allocation/lines.ts'

const line = (changes: Partial<ImpactLine> = {}): ImpactLine => ({
  from: 100,
  to: 121,
  value: 1000,
  valueCv: 0.1,
  elasticity: 0.5,
  elasticitySe: 0.05,
  ...changes,
})

describe('impactOf', () => {
  test('a fifth more spend at elasticity ½: √1.21 = 1.1, so 100 more, worked by hand', () => {
    const found = impactOf([line()], 0)
    const bySlope = 0.05 * 1000 * 1.1 * Math.log(1.21)
    expect(found.delta).toBeCloseTo(100, 9)
    expect(found.sd).toBeCloseTo(Math.hypot(10, bySlope), 9)
    expect(found.low).toBeCloseTo(100 - 1.644_853_626_951_472_6 * found.sd, 6)
    expect(found.high + found.low).toBeCloseTo(200, 9)
    expect(found.lines).toEqual([{ delta: found.delta, sd: found.sd }])
  })

  test('lines that err together are less sure in all', () => {
    const pair = [line(), line({ to: 81 })]
    const apart = impactOf(pair, 0)
    const together = impactOf(pair, 1)
    expect(apart.sd).toBeCloseTo(Math.hypot(...apart.lines.map((entry) => entry.sd)), 9)
    expect(together.sd).toBeCloseTo(
      together.lines.reduce((sum, entry) => sum + entry.sd, 0),
      9,
    )
    expect(impactOf(pair, 0.5).sd ** 2).toBeCloseTo((apart.sd ** 2 + together.sd ** 2) / 2, 6)
    expect(together.delta).toBe(apart.delta)
  })

  test('no change is no gain, and no doubt about it', () => {
    expect(impactOf([line({ to: 100 })], 0.2)).toMatchObject({
      delta: 0,
      sd: 0,
      low: 0,
      probabilityGain: 0,
    })
    expect(impactOf([], 0.2)).toMatchObject({ delta: 0, probabilityGain: 0 })
    expect(impactOf([line({ valueCv: 0, elasticitySe: 0 })], 0).probabilityGain).toBe(1)
  })

  test('what the change costs lessens the probability of a gain, and nothing else', () => {
    const [free, paid] = [impactOf([line()], 0), impactOf([line()], 0, 100)]
    expect(paid).toEqual({ ...free, probabilityGain: paid.probabilityGain })
    // The cost is just what is expected, so it is even whether more comes.
    expect(paid.probabilityGain).toBeCloseTo(0.5, 9)
    // One standard deviation below: Φ(1).
    expect(impactOf([line()], 0, 100 - free.sd).probabilityGain).toBeCloseTo(0.841_344_746, 8)
    const sure = [line({ valueCv: 0, elasticitySe: 0 })]
    expect(impactOf(sure, 0, 99).probabilityGain).toBe(1)
    expect(impactOf(sure, 0, 101).probabilityGain).toBe(0)
  })

  test.each([
    [0, 100],
    [100, 0],
    [-1, 100],
  ])('refuses spend from %i to %i', (from, to) => {
    expect(() => impactOf([line({ from, to })], 0)).toThrow(/spend above 0/)
  })

  test('the probability of a gain and that of its mirror sum to 1', () => {
    const gain = impactOf([line()], 0).probabilityGain
    expect(gain).toBeGreaterThan(0.99)
    const close = impactOf([line({ to: 101, elasticity: 0.05, elasticitySe: 0.05 })], 0)
    expect(close.probabilityGain).toBeGreaterThan(0.8)
    expect(close.probabilityGain).toBeLessThan(0.9)
  })
})

describe('simulateImpact', () => {
  test('agrees with the delta method when steps are small', () => {
    const lines = [line({ to: 105 }), line({ to: 97, value: 800 })]
    const [delta, simulated] = [impactOf(lines, 0), simulateImpact(lines)]
    expect(Math.abs(simulated.mean - delta.delta)).toBeLessThan(0.02 * delta.sd)
    expect(simulated.sd / delta.sd).toBeCloseTo(1, 1)
    expect(Math.abs(simulated.low - delta.low)).toBeLessThan(0.2 * delta.sd)
    expect(Math.abs(simulated.high - delta.high)).toBeLessThan(0.2 * delta.sd)
    expect(simulated.probabilityGain).toBeCloseTo(delta.probabilityGain, 1)
  })

  test('has the mean and the deviation of a lognormal: ln 1.21 = s, so g = e^(s/2 + (0.3 s)²/2), worked by hand', () => {
    const slope = Math.log(1.21)
    const growth = Math.exp(0.5 * slope + (0.3 * slope) ** 2 / 2)
    const bySlope = growth ** 2 * (Math.exp((0.3 * slope) ** 2) - 1)
    const unsure = line({ elasticitySe: 0.3 })
    const found = simulateImpact([unsure])
    expect(found.mean).toBeCloseTo(1000 * (growth - 1), 9)
    expect(found.sd).toBeCloseTo(1000 * Math.sqrt(1.01 * bySlope + 0.01 * (growth - 1) ** 2), 9)
    // Independent lines: means and variances add.
    const pair = simulateImpact([unsure, line({ to: 81, value: 500 })])
    const other = simulateImpact([line({ to: 81, value: 500 })])
    expect(pair.mean).toBeCloseTo(found.mean + other.mean, 9)
    expect(pair.sd).toBeCloseTo(Math.hypot(found.sd, other.sd), 9)
  })

  test('gives of many lines the quantiles that a draw of ten million worlds gives, to a hundredth of their deviation', () => {
    // Drawn once with NumPy's default generator: seven lines of 1,000 that go up by half, cv 0.3, elasticity 0.5 ± 0.2.
    const found = simulateImpact(
      Array.from({ length: 7 }, () => line({ to: 150, valueCv: 0.3, elasticitySe: 0.2 })),
    )
    expect(Math.abs(found.low - 1097.51) / found.sd).toBeLessThan(0.01)
    expect(Math.abs(found.high - 2177.53) / found.sd).toBeLessThan(0.01)
  })

  test('gives each of two unlike lines its own share: one whose value is unsure, one whose elasticity is', () => {
    // Drawn the same way: 1,000 each that go up by half at elasticity 0.5, one with cv 1, the other with ± 1.
    const unlike = { to: 150, valueCv: 0, elasticitySe: 0 }
    const found = simulateImpact([
      line({ ...unlike, valueCv: 1 }),
      line({ ...unlike, elasticitySe: 1 }),
    ])
    expect(Math.abs(found.low - -214.5) / found.sd).toBeLessThan(0.01)
    expect(Math.abs(found.high - 1685.6) / found.sd).toBeLessThan(0.01)
  })

  test.each([
    // On the last number of lines that is few, and one beyond: a probability is a count of worlds.
    { count: 16, worlds: 65_536 },
    { count: 17, worlds: 32_768 },
  ])('looks at $worlds worlds of $count lines', ({ count, worlds }) => {
    const lines = Array.from({ length: count }, () => line())
    const chances = [0, 10, 20].map((below) => simulateImpact(lines, 100 * count - below))
    const counts = chances.map((found) => found.probabilityGain * worlds)
    expect(counts.map(Math.round)).toEqual(counts)
    expect(counts.some((found) => found % 2 === 1)).toBe(true)
  })

  test('a change that is sure is the same in all worlds', () => {
    const sure = line({ valueCv: 0, elasticitySe: 0 })
    const found = simulateImpact([sure, sure])
    expect(found.mean).toBeCloseTo(200, 9)
    expect(found).toEqual({
      mean: found.mean,
      sd: 0,
      low: found.mean,
      high: found.mean,
      probabilityGain: 1,
    })
    expect(simulateImpact([sure, sure], found.mean).probabilityGain).toBe(0)
  })

  test('knows that large steps are skewed', () => {
    const large = [line({ to: 400, elasticitySe: 0.3, valueCv: 0.5 })]
    const simulated = simulateImpact(large)
    expect(simulated.high - simulated.mean).toBeGreaterThan(1.3 * (simulated.mean - simulated.low))
  })

  test('counts the worlds that gain more than the change costs', () => {
    const simulated = simulateImpact([line()])
    for (const [cost, share] of [
      [simulated.low, 0.95],
      [simulated.high, 0.05],
    ] as const) {
      expect(simulateImpact([line()], cost).probabilityGain).toBeCloseTo(share, 4)
    }
    expect({ ...simulateImpact([line()], 50), probabilityGain: 1 }).toEqual({
      ...simulated,
      probabilityGain: 1,
    })
  })

  test('a line that keeps its spend changes nothing, wherever it stands', () => {
    const kept = line({ to: 100 })
    expect(simulateImpact([kept, line(), kept])).toEqual(simulateImpact([line()]))
    expect(simulateImpact([kept])).toEqual({
      mean: 0,
      sd: 0,
      low: 0,
      high: 0,
      probabilityGain: 0,
    })
  })

  test('many lines are as sure as few that move as much, in a second or so', () => {
    const many = simulateImpact(Array.from({ length: 64 }, () => line({ value: 1000 / 64 })))
    expect(many.mean).toBeCloseTo(100, 0)
    expect(many.sd / simulateImpact([line()]).sd).toBeCloseTo(1 / 8, 1)
  })

  test('is the same every time', () => {
    expect(simulateImpact([line()])).toEqual(simulateImpact([line()]))
  })

  test('draws lines and their slopes apart', () => {
    // Equal and opposite changes cancel only if the draws were shared.
    const pair = [line({ to: 121 }), line({ to: 121 })]
    const one = simulateImpact([line({ to: 121 })])
    expect(simulateImpact(pair).sd / one.sd).toBeCloseTo(Math.SQRT2, 1)
    const mean = simulateImpact([line({ elasticitySe: 0, valueCv: 0.3 })])
    expect(mean.mean).toBeCloseTo(100, 0)
  })
})

describe('saturationOf', () => {
  test('a logarithm breaks even where margin·scale ÷ (shape + x) is 1', () => {
    // 0.5 × 1000 ÷ (100 + x) = 1 at x = 400.
    const found = saturationOf(curve('log', 1000, 100), 600, 0.5)
    expect(found.breakEvenSpend).toBeCloseTo(400, 6)
    expect(found.overSpend).toBeCloseTo(200, 6)
    expect(found.waste).toBeCloseTo(200 - 500 * Math.log(7 / 5), 6)
    expect(found.marginalReturn).toBeCloseTo(1000 / 700, 12)
    expect(found.averageReturn).toBeCloseTo((1000 * Math.log(7)) / 600, 12)
    expect(found.profit).toBeCloseTo(500 * Math.log(7) - 600, 9)
    expect(found.profitAtBreakEven).toBeCloseTo(500 * Math.log(5) - 400, 6)
  })

  test('a power breaks even where margin·scale·shape·x^(shape − 1) is 1', () => {
    // 0.5 × 100 × 0.5 ÷ √x = 1 at x = 625.
    expect(saturationOf(curve('power', 100, 0.5), 700, 0.5).breakEvenSpend).toBeCloseTo(625, 6)
  })

  test('below break-even nothing is wasted', () => {
    expect(saturationOf(curve('log', 1000, 100), 400, 0.5)).toMatchObject({ waste: 0 })
    expect(saturationOf(curve('log', 1000, 100), 0, 0.5)).toMatchObject({
      waste: 0,
      averageReturn: null,
      overSpend: 0,
    })
  })

  test('a first unit that does not pay breaks even at 0, and everything is over', () => {
    const found = saturationOf(curve('log', 1000, 1000), 50, 1)
    expect(found).toMatchObject({ breakEvenSpend: 0, overSpend: 50, profitAtBreakEven: 0 })
    expect(found.waste).toBeCloseTo(50 - 1000 * Math.log(1.05), 9)
    expect(saturationOf(curve('log', 1001, 1000), 50, 1).breakEvenSpend).toBeCloseTo(1, 6)
  })

  test('an S-curve breaks even beyond its bend, or nowhere', () => {
    const own = curve('hill', 1000, 100, 3)
    const found = saturationOf(own, 500, 1)
    expect(marginalAt(own, found.breakEvenSpend)).toBeCloseTo(1, 8)
    expect(found.breakEvenSpend).toBeGreaterThan(100)
    expect(saturationOf(own, 500, 0.05).breakEvenSpend).toBe(0)
    // At the bend the next unit brings 8.4, at half of it 4.2: where it brings 6 twice, the second is meant.
    const sixth = saturationOf(own, 500, 1 / 6).breakEvenSpend
    expect(marginalAt(own, sixth)).toBeCloseTo(6, 8)
    expect(sixth).toBeGreaterThan(100 * 0.5 ** (1 / 3))
  })

  test('no other spend earns more than break-even does', () => {
    fc.assert(
      fc.property(
        concaveCurve,
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        fc.nat({ max: 5000 }),
        (own, margin, spend) => {
          const found = saturationOf(own, spend, margin)
          const profit = margin * responseAt(own, spend) - spend
          expect(found.profitAtBreakEven).toBeGreaterThanOrEqual(
            profit - 1e-6 * (1 + Math.abs(profit)),
          )
          expect(found.waste).toBeGreaterThanOrEqual(0)
          expect(found.waste).toBeCloseTo(
            Math.max(0, spend > found.breakEvenSpend ? found.profitAtBreakEven - profit : 0),
            5,
          )
        },
      ),
    )
  })
})
