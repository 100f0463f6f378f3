import { describe, expect, it } from 'vitest'

import { logOdds } from '#rules/leads/calibration-line.ts'
import {
  fitIsotonicMap,
  fitLadder,
  fitPlatt,
  fitSoftLine,
  recalibrate,
} from '#rules/leads/recalibration.ts'

const group = (probability: number, times: number, wins: number) =>
  Array.from({ length: times }, (_, i) => ({ probability, converted: i < wins }))

describe('the soft line', () => {
  it('passes through softened outcomes', () => {
    // Two wins of four at each place: targets 5/6 and 1/6, so ½ at both and no slope.
    const points = [0, 1].flatMap((x) =>
      [true, true, false, false].map((converted) => ({ x, converted })),
    )
    const line = fitSoftLine(points)
    expect(line?.slope).toBeCloseTo(0, 12)
    expect(line?.intercept).toBeCloseTo(0, 12)
  })

  it('stays finite where a threshold separates the outcomes', () => {
    // One win at 1, one loss at 0: targets 2/3 and 1/3, ln odds ±ln 2.
    const line = fitSoftLine([
      { x: 0, converted: false },
      { x: 1, converted: true },
    ])
    expect(line?.intercept).toBeCloseTo(-Math.log(2), 12)
    expect(line?.slope).toBeCloseTo(2 * Math.log(2), 12)
  })

  it('counts wins and losses by themselves', () => {
    // Three losses at 0, one win at 1: targets 1/5 and 2/3.
    const line = fitSoftLine([
      { x: 0, converted: false },
      { x: 0, converted: false },
      { x: 0, converted: false },
      { x: 1, converted: true },
    ])
    expect(line?.intercept).toBeCloseTo(Math.log(1 / 4), 12)
    expect((line?.intercept ?? 0) + (line?.slope ?? 0)).toBeCloseTo(Math.log(2), 12)
  })

  it('does not exist when x does not vary', () => {
    expect(
      fitSoftLine([
        { x: 1, converted: true },
        { x: 1, converted: false },
      ]),
    ).toBeNull()
  })
})

describe('Platt', () => {
  it('is the soft line over claimed ln odds', () => {
    const leads = [...group(0.2, 30, 3), ...group(0.7, 30, 24)]
    const direct = fitSoftLine(
      leads.map(({ probability, converted }) => ({ x: logOdds(probability), converted })),
    )
    expect(fitPlatt(leads)).toStrictEqual(direct)
  })
})

describe('the ladder of corrections', () => {
  it('has every rung where the outcomes allow it', () => {
    const steps = fitLadder([...group(0.2, 10, 3), ...group(0.6, 10, 5)]).map(({ step }) => step)
    expect(steps).toStrictEqual(['none', 'intercept', 'platt', 'isotonic'])
  })

  it('has no shift when nobody converted', () => {
    const steps = fitLadder([...group(0.2, 5, 0), ...group(0.6, 5, 0)]).map(({ step }) => step)
    expect(steps).toStrictEqual(['none', 'platt', 'isotonic'])
  })

  it('has no line when claims do not vary', () => {
    const steps = fitLadder(group(0.4, 10, 5)).map(({ step }) => step)
    expect(steps).toStrictEqual(['none', 'intercept', 'isotonic'])
  })

  it('shifts with slope one', () => {
    const rung = fitLadder([...group(0.5, 4, 3), ...group(0.25, 4, 2)])[1]
    expect(rung).toMatchObject({ step: 'intercept', line: { slope: 1 } })
  })
})

describe('applying a correction', () => {
  it('none leaves the claim', () => {
    expect(recalibrate({ step: 'none' }, 0.37)).toBe(0.37)
  })

  it('intercept multiplies the odds', () => {
    const line = { intercept: Math.log(3), slope: 1 }
    expect(recalibrate({ step: 'intercept', line }, 0.5)).toBeCloseTo(0.75, 12)
  })

  it('platt raises the odds to the slope', () => {
    // Odds 4 at 0.8; the square root is 2, so 2/3.
    expect(recalibrate({ step: 'platt', line: { intercept: 0, slope: 0.5 } }, 0.8)).toBeCloseTo(
      2 / 3,
      12,
    )
  })

  it('isotonic looks the claim up', () => {
    const map = fitIsotonicMap([...group(0.2, 4, 1), ...group(0.6, 4, 3)])
    expect(recalibrate({ step: 'isotonic', map }, 0.2)).toBe(0.25)
    expect(recalibrate({ step: 'isotonic', map }, 0.4)).toBeCloseTo(0.5, 12)
    expect(recalibrate({ step: 'isotonic', map }, 0.9)).toBe(0.75)
  })
})
