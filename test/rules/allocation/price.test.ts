import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { ALL_PRICES, type Demand, demandOf, type Window } from '#rules/allocation/demand.ts'
import { sensitivity } from '#rules/allocation/family-demand.ts'
import { outerBracket, sampleWindow } from '#rules/allocation/fill.ts'
import { closeBudget, findPrice, spendAt } from '#rules/allocation/price.ts'
import { scaleLines } from '#test/support/scale-lines.ts'

import { concaveCurve, curve, problemOf, solvable, sumOf, type TestLine } from './lines.ts'

// At a price of 300 ÷ 525 they spend 425 and 125 (see `fill`); beside them lines that stand at a bound at that price.
const LOGS: readonly TestLine[] = [
  { curve: curve('log', 300, 100), lower: 0, upper: 1000 },
  { curve: curve('log', 100, 50), lower: 0, upper: 1000 },
]
const AT_LOWER: TestLine = { curve: curve('log', 10, 100), lower: 7, upper: 50 }
const AT_UPPER: TestLine = { curve: curve('log', 1000, 100), lower: 0, upper: 60 }
const LOG_PRICE = Math.log(300 / 525)

function demanded(
  lines: readonly TestLine[],
  window: Window = ALL_PRICES,
): { demand: Demand; plan: Float64Array } {
  const { curves, lower, upper } = problemOf(lines, 0)
  const plan = lower.slice()
  return { plan, demand: demandOf(curves, { lower, upper }, { window, plan }) }
}

describe('spendAt', () => {
  test('fills the plan at a price and says how the sum answers to it', () => {
    const { demand, plan } = demanded([AT_LOWER, ...LOGS, AT_UPPER])
    const { sum, slope } = spendAt(demand, plan, LOG_PRICE)
    expect([...plan]).toEqual([7, expect.closeTo(425, 9), expect.closeTo(125, 9), 60])
    expect(sum).toBeCloseTo(617, 9)
    // −dx ÷ d ln price is x + shape for a logarithm: 525 + 175; what stands at a bound does not answer.
    expect(slope).toBeCloseTo(700, 9)
  })

  test.each([
    ['lower', Math.log(3), 0],
    ['upper', Math.log(300 / 1100), 1000],
  ])('a line at the price of its %s bound stands there', (_bound, y, spend) => {
    const { demand, plan } = demanded(LOGS.slice(0, 1))
    expect(spendAt(demand, plan, y)).toEqual({ sum: spend, slope: 0 })
    expect([...plan]).toEqual([spend])
  })
})

describe('outerBracket', () => {
  test('reaches from where all have arrived to where none has left', () => {
    const { demand, plan } = demanded([AT_LOWER, ...LOGS])
    expect(outerBracket(demand, plan, 600)).toEqual({
      cheap: Math.log(10 / 150),
      dear: Math.log(3),
    })
  })

  test('ends where lines that leave at no price want no more than the target', () => {
    // Slopes 2.5·x^−½: from the price at which each spends 1 000, one and then two units of its logarithm on each spends 1 000·e^−6.
    const root = { curve: curve('power', 5, 0.5), lower: 0, upper: 1000 }
    const { demand, plan } = demanded([root, root, root, root])
    const { cheap, dear } = outerBracket(demand, plan, 100)
    expect(Math.exp(cheap)).toBeCloseTo(2.5 / Math.sqrt(1000), 12)
    expect(dear).toBeCloseTo(cheap + 3, 12)
    expect(spendAt(demand, plan, dear).sum).toBeCloseTo(4000 * Math.exp(-6), 9)
  })

  test('ends although lower bounds add up to a hair more than the target', () => {
    const from = (lower: number) => ({ curve: curve('power', 5, 0.5), lower, upper: 100 })
    const { demand, plan } = demanded([from(0), from(0.1), from(0.2), from(0.3)])
    expect(0.1 + 0.2 + 0.3).toBeGreaterThan(0.6)
    const { dear } = outerBracket(demand, plan, 0.6)
    expect(spendAt(demand, plan, dear).sum).toBeCloseTo(0.6, 12)
  })

  test('goes beyond a chord up to the upper bound, which is wanted whole at its own price', () => {
    const { demand, plan } = demanded([{ curve: curve('hill', 500, 200, 2), lower: 0, upper: 100 }])
    const { cheap, dear } = outerBracket(demand, plan, 50)
    expect(spendAt(demand, plan, cheap).sum).toBe(100)
    expect(spendAt(demand, plan, dear).sum).toBe(0)
  })
})

describe('findPrice', () => {
  test('finds the price at which the target is spent', () => {
    const { demand, plan } = demanded([AT_LOWER, ...LOGS, AT_UPPER])
    const bracket = outerBracket(demand, plan, 617)
    const { logPrice, isInside, looks } = findPrice(demand, plan, { target: 617, bracket })
    // Four lines, of which a few prices settle two.
    expect(looks).toBeGreaterThan(0)
    expect(looks).toBeLessThanOrEqual(15)
    expect(isInside).toBe(true)
    expect(logPrice).toBeCloseTo(LOG_PRICE, 12)
    expect([...plan]).toEqual([7, expect.closeTo(425, 9), expect.closeTo(125, 9), 60])
  })

  test.each<[string, Window]>([
    ['dearer', { cheap: LOG_PRICE + 0.1, dear: LOG_PRICE + 0.2 }],
    ['cheaper', { cheap: LOG_PRICE - 0.2, dear: LOG_PRICE - 0.1 }],
  ])('says that a bracket of %s prices does not hold it', (_name, bracket) => {
    const { demand, plan } = demanded(LOGS)
    expect(findPrice(demand, plan, { target: 550, bracket }).isInside).toBe(false)
  })

  test('stands on the dear side where the sum jumps across the target', () => {
    // A chord of x² ÷ (50² + x²) from 0 to 50 at a price of 1 ÷ 100, at which the logarithm spends 75.
    const lines = [
      { curve: curve('hill', 1, 50, 2), lower: 0, upper: 1000 },
      { curve: curve('log', 1, 25), lower: 0, upper: 1000 },
    ]
    const { demand, plan } = demanded(lines)
    const bracket = outerBracket(demand, plan, 100)
    const { logPrice, isInside, looks } = findPrice(demand, plan, { target: 100, bracket })
    expect(isInside).toBe(true)
    expect(logPrice).toBeCloseTo(Math.log(1 / 100), 9)
    expect([...plan]).toEqual([0, expect.closeTo(75, 5)])
    // Halving from some units to the last digit takes fifty prices of two lines, and nothing is tried again after that.
    expect(looks).toBeLessThan(160)
  })

  test('tries few prices, and asks fewer lines at each', () => {
    const lines = scaleLines(2000, 5)
    const plan = lines.lower.slice()
    const demand = demandOf(lines.curves, lines, { window: ALL_PRICES, plan })
    const bracket = outerBracket(demand, plan, lines.budget)
    const { looks } = findPrice(demand, plan, { target: lines.budget, bracket })
    // Bisection would need fifty prices, and every line at each would be 1 900 times their number.
    expect(looks / demand.size).toBeLessThan(4.1)
  })

  test('never tries many', () => {
    fc.assert(
      fc.property(solvable(concaveCurve), ({ lines, budget }) => {
        const { demand, plan } = demanded(lines)
        fc.pre(demand.size > 0)
        const bracket = outerBracket(demand, plan, budget)
        const { looks } = findPrice(demand, plan, { target: budget, bracket })
        expect(looks).toBeLessThanOrEqual(60 * demand.size)
      }),
    )
  })
})

describe('closeBudget', () => {
  const close = (lines: readonly TestLine[], spends: readonly number[], left: number) => {
    const { demand } = demanded(lines)
    const plan = Float64Array.from(spends)
    closeBudget(demand, plan, { budget: sumOf(spends) + left, logPrice: LOG_PRICE })
    return [...plan]
  }

  test('spreads what is left as lines answer to the price: 525 to 175', () => {
    expect(close(LOGS, [425, 125], 4)).toEqual([428, 126])
    expect(close(LOGS, [425, 125], -4)).toEqual([422, 124])
  })

  test('leaves out lines at a bound', () => {
    const all = [AT_LOWER, ...LOGS, AT_UPPER]
    expect(close(all, [7, 425, 125, 60], 4)).toEqual([7, 428, 126, 60])
    expect(close(all, [7, 425, 125, 60], -4)).toEqual([7, 422, 124, 60])
  })

  test('gives to the others what one has no room for', () => {
    const [first, second] = LOGS.map((line) => ({ ...line }))
    if (first === undefined || second === undefined) throw new Error('two lines')
    expect(close([{ ...first, upper: 426 }, second], [425, 125], 4)).toEqual([426, 128])
    expect(close([{ ...first, lower: 424 }, second], [425, 125], -4)).toEqual([424, 122])
  })

  test('leaves a plan alone in which no line is free', () => {
    expect(close([AT_LOWER, AT_UPPER], [7, 60], 1)).toEqual([7, 60])
  })

  describe('on chords that begin at the price', () => {
    // Chords from 0 to 50 at a price of 1 ÷ 100.
    const S_CURVE: TestLine = { curve: curve('hill', 1, 50, 2), lower: 0, upper: 1000 }
    const FREE: TestLine = { curve: curve('log', 1, 25), lower: 0, upper: 1000 }
    const lines = [AT_UPPER, FREE, S_CURVE, { ...S_CURVE, lower: 20 }, S_CURVE]
    const closeAt = (logPrice: number, left: number) => {
      const { demand } = demanded(lines)
      const plan = Float64Array.of(60, 75, 0, 20, 0)
      closeBudget(demand, plan, { budget: 155 + left, logPrice })
      return [...plan]
    }
    const price = () => demanded(lines).demand.leaves[2] ?? 0

    test('fills one after the other, and none of another price', () => {
      expect(closeAt(price(), 30)).toEqual([60, 75, 30, 20, 0])
      expect(closeAt(price(), 70)).toEqual([
        60,
        75,
        expect.closeTo(50, 6),
        20,
        expect.closeTo(20, 6),
      ])
    })

    test('fills up a chord from its lower bound', () => {
      const steeper = demanded(lines).demand.leaves[3] ?? 0
      const plan = closeAt(steeper, 10)
      expect(plan).toEqual([60, 75, 0, 30, 0])
      // Of 60 the chord takes what leads to its knee; the rest goes to both free lines as they answer, 75 + 25 being the logarithm's.
      const { demand } = demanded(lines)
      const knee = demand.knees.get(3) ?? 0
      const rest = 80 - knee
      const share = 100 / (100 + sensitivity(demand, 3, knee))
      expect(closeAt(steeper, 60)).toEqual([
        60,
        expect.closeTo(75 + share * rest, 9),
        0,
        expect.closeTo(knee + (1 - share) * rest, 9),
        0,
      ])
    })

    test('takes nothing from them', () => {
      expect(closeAt(price(), -5)).toEqual([60, 70, 0, 20, 0])
    })

    test('spreads over free lines where no chord begins', () => {
      expect(closeAt(price() + 1e-8, 5)).toEqual([60, 80, 0, 20, 0])
      expect(closeAt(price() + 1e-10, 5)).toEqual([60, 75, 5, 20, 0])
    })
  })
})

describe('sampleWindow', () => {
  const lines = scaleLines(40_000, 5)

  test('holds the price of all lines, a twentieth to either side of that of the sample', () => {
    const floors = sumOf(lines.lower)
    const room = sumOf(lines.upper) - floors
    for (const share of [0.1, 0.5, 0.9]) {
      const { cheap, dear } = sampleWindow(lines.curves, lines, share)
      expect(dear - cheap).toBeCloseTo(0.1, 12)
      const plan = lines.lower.slice()
      const demand = demandOf(lines.curves, lines, { window: ALL_PRICES, plan })
      const target = floors + share * room
      const bracket = { cheap, dear }
      expect(findPrice(demand, plan, { target, bracket }).isInside).toBe(true)
    }
  })

  test('says nothing where no line of the sample can move', () => {
    const upper = lines.upper.map((x, line) => (line % 3 === 0 ? (lines.lower[line] ?? 0) : x))
    expect(sampleWindow(lines.curves, { lower: lines.lower, upper }, 0.5)).toEqual({
      cheap: -Infinity,
      dear: Infinity,
    })
  })
})
