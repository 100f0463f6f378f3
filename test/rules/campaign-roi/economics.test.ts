import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compareReturn, economics } from '#rules/campaign-roi/economics.ts'
import { measured, notMeasured, unreadable } from '#rules/kernel/quantity.ts'

const minor = fc.integer({ min: 0, max: 1_000_000_000 })
const gone = notMeasured('nobody looked')

describe('economics', () => {
  // The published month in cents: 1,915,000 came back for 1,109,755.
  it('gives net and ROI of the published month', () => {
    expect(economics(measured(1_109_755), measured(1_915_000))).toStrictEqual({
      cost: measured(1_109_755),
      value: measured(1_915_000),
      net: measured(805_245),
      roi: measured(805_245 / 1_109_755),
    })
  })

  it.each([
    ['nothing came back', 131_630, 0, -131_630, -1],
    ['more was refunded than sold', 100, -50, -150, -1.5],
    ['it broke even', 100, 100, 0, 0],
  ])('where %s: net %d', (_name, cost, value, net, roi) => {
    expect(economics(measured(cost), measured(value))).toMatchObject({
      net: measured(net),
      roi: measured(roi),
    })
  })

  it('has no ROI without a cost to divide by, however much came back', () => {
    expect(economics(measured(0), measured(500))).toMatchObject({
      net: measured(500),
      roi: notMeasured('cost is zero, so there is nothing to divide by'),
    })
  })

  it.each([
    ['cost', gone, measured(5)],
    ['value', measured(5), gone],
  ])('leaves net and ROI not measured without a %s', (_side, cost, value) => {
    expect(economics(cost, value)).toStrictEqual({ cost, value, net: gone, roi: gone })
  })

  it('is unreadable when one side is', () => {
    const spoilt = unreadable('the cost ledger could not be read')
    expect(economics(spoilt, gone)).toMatchObject({ net: spoilt, roi: spoilt })
  })
})

describe('the order by return', () => {
  it.each([
    [{ costMinor: 100, valueMinor: 150 }, { costMinor: 200, valueMinor: 300 }, 0],
    [{ costMinor: 100, valueMinor: 151 }, { costMinor: 200, valueMinor: 301 }, 1],
    [{ costMinor: 100, valueMinor: 150 }, { costMinor: 200, valueMinor: 301 }, -1],
    [{ costMinor: 100, valueMinor: -1 }, { costMinor: 100, valueMinor: 0 }, -1],
  ])('of %o and %o is %d', (left, right, order) => {
    expect(compareReturn(left, right)).toBe(order)
  })

  it('is exact where quotients of doubles are equal', () => {
    const [left, right] = [
      { costMinor: 9_007_199_254_740_991, valueMinor: 9_007_199_254_740_990 },
      { costMinor: 9_007_199_254_740_990, valueMinor: 9_007_199_254_740_989 },
    ]
    expect(compareReturn(left, right)).toBe(1)
  })

  it('turns round when the sides change places', () => {
    const side = fc.record({ costMinor: minor, valueMinor: minor })
    fc.assert(
      fc.property(side, side, (left, right) => {
        expect(compareReturn(left, right) + compareReturn(right, left)).toBe(0)
      }),
    )
  })
})
