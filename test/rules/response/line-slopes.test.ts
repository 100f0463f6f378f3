import { describe, expect, test } from 'vitest'

import { createRandom } from '#rules/kernel/random.ts'
import { lineSlopes } from '#rules/response/line-slopes.ts'
import { regress } from '#rules/response/linear-regression.ts'
import type { PanelCell } from '#rules/response/panel-slope.ts'

const random = createRandom(11)
/** Roughly normal, mean 0 and variance 1: the sum of twelve even draws less six. */
const noise = (): number => Array.from({ length: 12 }, random).reduce((sum, draw) => sum + draw, -6)

/** Units of these slopes over periods with a season of their own; cells may be left out. */
function panel(
  slopes: readonly number[],
  periods: number,
  { error = 0.1, gap = 0 }: { readonly error?: number; readonly gap?: number } = {},
): PanelCell[] {
  const season = Array.from({ length: periods }, () => 0.3 * noise())
  return slopes.flatMap((slope, unit) =>
    season.flatMap((effect, period) => {
      const logSpend = 8 + 0.5 * noise()
      const logValue = 3 + unit + slope * logSpend + effect + error * noise()
      return random() < gap ? [] : [{ unit, period, logSpend, logValue }]
    }),
  )
}

describe('slopes of lines with a season in common', () => {
  test('are those that made the panel, however they differ', () => {
    const truth = [0.2, 0.8, 0.8]
    for (const [unit, found] of lineSlopes(panel(truth, 26, { error: 0 }), 3).entries()) {
      expect(found.slope).toBeCloseTo(truth[unit] ?? 0, 9)
      expect(found.sigma).toBeCloseTo(0, 9)
    }
  })

  test('are the least squares of levels, slopes and effects of periods together, gaps or not', () => {
    const cells = panel([0.1, 0.5, 0.9, 0.4], 12, { gap: 0.2 })
    const periods = [...new Set(cells.map(({ period }) => period))].slice(1)
    const rows = cells.map(({ unit, period, logSpend, logValue }) => ({
      outcome: logValue,
      drivers: [
        ...[0, 1, 2, 3].map((each) => (each === unit ? logSpend : 0)),
        ...[1, 2, 3].map((each) => Number(each === unit)),
        ...periods.map((each) => Number(each === period)),
      ],
    }))
    const whole = regress(rows) ?? []
    const found = lineSlopes(cells, 4)
    for (const unit of [0, 1, 2, 3]) expect(found[unit]?.slope).toBeCloseTo(whole[unit] ?? 0, 6)
  })

  test('lie within 1.96 errors of the truth about as often as they should', () => {
    const truth = [0.1, 0.1, 0.9]
    const panels = Array.from({ length: 200 }, () => lineSlopes(panel(truth, 26), 3))
    for (const unit of [0, 1, 2]) {
      const found = panels.map((lines) => lines[unit] ?? { slope: 0, error: 0 })
      const mean = found.reduce((sum, { slope }) => sum + slope, 0) / found.length
      const covered = found.filter(
        ({ slope, error }) => Math.abs(slope - (truth[unit] ?? 0)) < 1.96 * error,
      ).length
      expect(Math.abs(mean - (truth[unit] ?? 0))).toBeLessThan(0.015)
      // 95 % of 200 are 190, give or take 3.1.
      expect(covered).toBeGreaterThanOrEqual(180)
      expect(covered).toBeLessThanOrEqual(198)
    }
  })

  test('cannot be told where all lines move alike, or a line stands still', () => {
    const alike = [0, 1, 2].flatMap((unit) =>
      [1, 2, 1, 2].map((step, period) => ({ unit, period, logSpend: step, logValue: step / 2 })),
    )
    expect(lineSlopes(alike, 3).map(({ error }) => error)).toEqual([Infinity, Infinity, Infinity])
    const still = panel([0.3, 0.6, 0.5], 12).map((cell) =>
      cell.unit === 2 ? { ...cell, logSpend: 7.1 } : cell,
    )
    const [first, , third] = lineSlopes(still, 3)
    expect(third).toMatchObject({ slope: 0, error: Infinity })
    expect(first?.error).toBeLessThan(0.2)
    expect(first?.slope).toBeCloseTo(0.3, 0)
  })

  test('are not told by periods in which a line is alone', () => {
    const cells = panel([0.3, 0.6, 0.5], 12)
    const alone = Array.from({ length: 5 }, (_cell, index) => ({
      unit: 0,
      period: 100 + index,
      logSpend: 8 + index,
      logValue: 50 * index,
    }))
    const told = lineSlopes(cells, 3)
    expect(lineSlopes([...cells, ...alone], 3)).toEqual(told)
  })
})
