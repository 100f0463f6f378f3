import { describe, expect, test } from 'vitest'

import { judgeDropOffs } from '#rules/funnel/drop-off.ts'
import { farBelowOthers } from '#rules/funnel/far-below.ts'

const RULE = { alpha: 0.05, floorRate: 0.01 }

function found(...counts: readonly (readonly [entered: number, reached: number])[]) {
  const judged = judgeDropOffs(
    counts.map(([entered, reached]) => ({ from: 'visit', to: 'signup', entered, reached })),
    RULE,
  )
  const below = farBelowOthers(judged, RULE.alpha)
  return judged.flatMap((entry, place) => {
    const one = below.get(entry)
    return one === undefined ? [] : [{ place, ...one }]
  })
}

describe('a cell far below the others', () => {
  test('is one of 10,000 where a fifth goes on', () => {
    const [only, ...more] = found(
      [10_000, 1],
      [10_000, 2000],
      [9000, 1900],
      [8000, 1600],
      [7000, 1500],
    )
    expect(more).toEqual([])
    expect(only?.place).toBe(0)
    expect(only?.pHolm).toBe(Number.MIN_VALUE)
    // Clopper–Pearson of 1 of 10,000: 5.57 in 10,000.
    expect(only?.highestPlausible).toBeCloseTo(0.000557, 6)
    // The others differ by hardly more than chance around 20.6 %.
    expect(only?.usualLow).toBeGreaterThan(0.18)
    expect(only?.usualLow).toBeLessThan(0.206)
  })

  test('is none where a few fewer may be chance', () => {
    expect(found([40, 4], [10_000, 2000], [9000, 1900], [8000, 1600])).toEqual([])
    expect(found([100, 4], [10_000, 2000], [9000, 1900], [8000, 1600])).toHaveLength(1)
  })

  test('is corrected for the number of cells looked at', () => {
    const alike = [
      [1_000_000, 200_000],
      [1_000_000, 200_000],
      [1_000_000, 200_000],
    ] as const
    // 172 of 1,000 at a fifth: at most 19.7 %, and p = 0.014, but as the smallest of four 0.056; 170 of 1,000 has 0.0089, four times 0.036.
    expect(found([1000, 172], ...alike)).toEqual([])
    expect(found([1000, 170], ...alike)).toHaveLength(1)
  })

  test('is none where the other cells differ as much among themselves', () => {
    // Beyond chance at the pooled rate by far, but the others go from 5 % to 45 %.
    expect(found([9000, 900], [9000, 450], [9000, 4050], [9000, 2700], [9000, 1200])).toEqual([])
  })

  test('needs three others to know how cells differ', () => {
    expect(found([10_000, 1], [10_000, 2000], [9000, 1900])).toEqual([])
    // A cell without people, or with more after than before, shows nothing of how cells differ.
    expect(found([10_000, 1], [10_000, 2000], [9000, 1900], [0, 0])).toEqual([])
    expect(found([10_000, 1], [10_000, 2000], [9000, 1900], [8000, 9000])).toEqual([])
    expect(found([10_000, 1], [10_000, 2000], [9000, 1900], [8000, 1600])).toHaveLength(1)
  })

  test('is compared with its own step only', () => {
    const step = (to: string, entered: number, reached: number) => ({
      from: 'visit',
      to,
      entered,
      reached,
    })
    const judged = judgeDropOffs(
      [
        step('demo', 10_000, 1),
        ...[2000, 2100, 1950, 2050].map((reached) => step('signup', 10_000, reached)),
      ],
      RULE,
    )
    expect(farBelowOthers(judged, RULE.alpha).size).toBe(0)
    // Two other demos are too few, however many signups there are.
    const few = judgeDropOffs(
      [
        ...[1, 2000, 1900].map((reached) => step('demo', 10_000, reached)),
        ...[2000, 2100, 1950, 2050].map((reached) => step('signup', 10_000, reached)),
      ],
      RULE,
    )
    expect(farBelowOthers(few, RULE.alpha).size).toBe(0)
  })

  test('is not a zero, which is judged by itself', () => {
    expect(found([10_000, 0], [10_000, 2000], [9000, 1900], [8000, 1600])).toEqual([])
  })

  test('says nothing where all others went on, since that shows nothing of how they differ', () => {
    expect(found([100, 1], [50, 50], [50, 50], [50, 50])).toEqual([])
  })

  test('reads nothing from nothing', () => {
    expect(found()).toEqual([])
  })
})
