import { describe, expect, it } from 'vitest'

import type { Observation } from '#rules/momentum/observation.ts'
import { pendingFigure } from '#rules/momentum/reporting-lag.ts'
import { policyWith } from '#test/support/policy.ts'

const STATED: Observation = { kind: 'stated', change: 0 }

const read = (asOfOn: string, halfLife = 2, minimum = 0.05) => {
  const seen: { previous: number; current: number }[] = []
  const policy = policyWith({
    stop_loss: { lag_half_life_days: halfLife },
    momentum: { business_minimum: minimum },
  })
  const pending = pendingFigure({ month: '2026-03', asOfOn, policy }, (shares) => {
    seen.push(shares)
    return STATED
  })
  return { pending, shares: seen[0] }
}

/** Σ ½^((k + ½) ÷ h) over k = `from` … `from` + `days` − 1 as a geometric series, ÷ days. */
const series = (from: number, days: number, halfLife: number) => {
  const step = 2 ** (-1 / halfLife)
  return (2 ** (-(from + 0.5) / halfLife) * (1 - step ** days)) / (1 - step) / days
}

describe('what of a month is still expected', () => {
  it('is the mean over its days, the last one half a day old', () => {
    const { pending, shares } = read('2026-03-31')
    expect(pending?.missingShare).toBeCloseTo(0.092_610_902_957, 12)
    expect(pending?.missingShare).toBeCloseTo(series(0, 31, 2), 12)
    expect(shares?.current).toBeCloseTo(1 - series(0, 31, 2), 12)
    expect(shares?.previous).toBeCloseTo(1 - series(31, 28, 2), 12)
    expect(pending?.observation).toBe(STATED)
  })

  it('is less of the month before, which counts where the lag is long', () => {
    const { shares } = read('2026-04-05', 30)
    expect(shares?.current).toBeCloseTo(1 - series(5, 31, 30), 12)
    expect(shares?.previous).toBeCloseTo(1 - series(36, 28, 30), 12)
  })

  it('matters until it is below a tenth of the least change worth acting on', () => {
    // Missing on March 31: 0.0926; 8.42 days later 0.005.
    expect(read('2026-03-31').pending?.settledOn).toBe('2026-04-09')
    expect(read('2026-04-08').pending).toMatchObject({ settledOn: '2026-04-09' })
    expect(read('2026-04-09').pending).toBeUndefined()
    // 6.42 days to 0.01.
    expect(read('2026-03-31', 2, 0.1).pending?.settledOn).toBe('2026-04-07')
    expect(read('2026-04-06', 2, 0.1).pending).toBeDefined()
    expect(read('2026-04-07', 2, 0.1).pending).toBeUndefined()
  })

  it('always matters where every change is worth acting on', () => {
    expect(read('2026-05-31', 2, 0).pending).toMatchObject({ settledOn: null })
  })

  it.each([
    ['while the month runs', '2026-03-30', 2],
    ['where conversions are reported at once', '2026-03-31', 0],
  ])('is not asked about %s', (_name, asOfOn, halfLife) => {
    expect(read(asOfOn, halfLife)).toEqual({ pending: undefined, shares: undefined })
  })
})
