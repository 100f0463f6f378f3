import { describe, expect, it } from 'vitest'

import { calibrationLine, logOdds } from '#rules/leads/calibration-line.ts'

/** `times` leads claimed at `probability`, of which `wins` converted. */
const group = (probability: number, times: number, wins: number) =>
  Array.from({ length: times }, (_, i) => ({ probability, converted: i < wins }))

describe('the ln odds of a claim', () => {
  it.each([
    [0.5, 0],
    [0.75, Math.log(3)],
    [0.25, -Math.log(3)],
    [0, Math.log(2 ** -52 / (1 - 2 ** -52))],
    [1, Math.log((1 - 2 ** -52) / 2 ** -52)],
  ])('of %d is %d', (probability, odds) => {
    expect(logOdds(probability)).toBeCloseTo(odds, 12)
  })

  it('stays finite at both ends', () => {
    expect(Number.isFinite(logOdds(0)) && Number.isFinite(logOdds(1))).toBe(true)
  })
})

describe('the calibration line', () => {
  it('of perfect claims has slope one and no shift', () => {
    const line = calibrationLine([...group(0.25, 40, 10), ...group(0.75, 40, 30)])
    expect(line.slope).toBeCloseTo(1, 10)
    expect(line.intercept).toBeCloseTo(0, 10)
    expect(line.inTheLarge).toBeCloseTo(0, 10)
  })

  it('of claims twice as extreme as they should be has slope one half', () => {
    const [low, high] = [1 / (1 + 9), 9 / (1 + 9)]
    const line = calibrationLine([...group(low, 40, 10), ...group(high, 40, 30)])
    expect(line.slope).toBeCloseTo(0.5, 10)
    expect(line.inTheLarge).toBeCloseTo(0, 10)
  })

  it('of claims with a third of the odds has a shift of ln 3', () => {
    // Claimed ½ where ¾ win: odds 1 against 3.
    const line = calibrationLine([...group(0.5, 40, 30), ...group(0.25, 40, 20)])
    expect(line.slope).toBeCloseTo(1, 10)
    expect(line.intercept).toBeCloseTo(Math.log(3), 10)
    expect(line.inTheLarge).toBeCloseTo(Math.log(3), 10)
  })

  it('has no slope when claims do not vary, but a shift', () => {
    const line = calibrationLine(group(0.5, 4, 3))
    expect(line.slope).toBeNull()
    expect(line.intercept).toBeNull()
    expect(line.inTheLarge).toBeCloseTo(Math.log(3), 12)
  })

  it('has nothing when nobody converted', () => {
    expect(calibrationLine([...group(0.2, 3, 0), ...group(0.4, 3, 0)])).toStrictEqual({
      slope: null,
      intercept: null,
      inTheLarge: null,
    })
  })
})
