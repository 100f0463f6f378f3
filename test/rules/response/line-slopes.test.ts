import { describe, expect, test } from 'vitest'

import { createRandom } from '#rules/kernel/random.ts'
import { lineSlopes } from '#rules/response/line-slopes.ts'
import { regress, type RegressionRow } from '#rules/response/linear-regression.ts'
import { invertDefinite } from '#rules/response/linear-system.ts'
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

/** The panel as one regression: a slope for each unit, then levels and effects but for the first of each. */
function jointRows(cells: readonly PanelCell[], units: number): RegressionRow[] {
  const each = Array.from({ length: units }, (_unit, unit) => unit)
  const periods = [...new Set(cells.map(({ period }) => period))].slice(1)
  return cells.map(({ unit, period, logSpend, logValue }) => ({
    outcome: logValue,
    drivers: [
      ...each.map((own) => (own === unit ? logSpend : 0)),
      ...each.slice(1).map((own) => Number(own === unit)),
      ...periods.map((own) => Number(own === period)),
    ],
  }))
}

function fitted({ drivers }: RegressionRow, slopes: readonly number[]): number {
  return drivers.reduce((sum, value, index) => sum + value * (slopes[index] ?? 0), 0)
}

/** X'X of the rows with a constant before their drivers. */
function normalOf(rows: readonly RegressionRow[]): number[][] {
  const columns = rows.map(({ drivers }) => [1, ...drivers])
  const width = columns[0]?.length ?? 0
  return Array.from({ length: width }, (_row, row) =>
    Array.from({ length: width }, (_column, column) =>
      columns.reduce((sum, entry) => sum + (entry[row] ?? 0) * (entry[column] ?? 0), 0),
    ),
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
    const whole = regress(jointRows(cells, 4)) ?? []
    const found = lineSlopes(cells, 4)
    for (const unit of [0, 1, 2, 3]) expect(found[unit]?.slope).toBeCloseTo(whole[unit] ?? 0, 6)
  })

  test('err by their own noise, and by that of the effects as the regression together has it', () => {
    const cells = panel([0.1, 0.5, 0.9], 12)
    const rows = jointRows(cells, 3)
    const around = rows.map((row) => row.outcome - fitted(row, regress(rows) ?? []))
    const level = around.reduce((sum, value) => sum + value, 0) / 36
    // 36 cells less 11 effects of periods: each line keeps 25/36 of its twelve, less level and slope.
    const degrees = (12 * 25) / 36 - 2
    const squares = [0, 1, 2].map((unit) =>
      around.reduce(
        (sum, value, index) => sum + (cells[index]?.unit === unit ? (value - level) ** 2 : 0),
        0,
      ),
    )
    const pooled = squares.reduce((sum, own) => sum + own, 0) / (3 * degrees)
    const inverse = invertDefinite(normalOf(rows)) ?? []
    for (const [unit, { error, sigma }] of lineSlopes(cells, 3).entries()) {
      const spend = cells.filter((cell) => cell.unit === unit).map(({ logSpend }) => logSpend)
      const mean = spend.reduce((sum, value) => sum + value, 0) / 12
      const spread = spend.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      expect(sigma ** 2).toBeCloseTo((squares[unit] ?? 0) / degrees, 8)
      // What the regression together adds to 1 ÷ spread is what not knowing the effects costs.
      const ofEffects = (inverse[unit + 1]?.[unit + 1] ?? 0) - 1 / spread
      expect(error ** 2).toBeCloseTo(sigma ** 2 / spread + pooled * ofEffects, 8)
    }
  })

  test('do not depend on which period comes first', () => {
    const cells = panel([0.1, 0.5, 0.9], 12)
    const turned = lineSlopes(cells.toReversed(), 3)
    for (const [unit, { slope, error }] of lineSlopes(cells, 3).entries()) {
      expect(turned[unit]?.slope).toBeCloseTo(slope, 9)
      expect(turned[unit]?.error).toBeCloseTo(error, 9)
    }
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

  test('cannot be told where all lines move alike', () => {
    const alike = [0, 1, 2].flatMap((unit) =>
      [1, 2, 1, 2].map((step, period) => ({ unit, period, logSpend: step, logValue: step / 2 })),
    )
    expect(lineSlopes(alike, 3).map(({ error }) => error)).toEqual([Infinity, Infinity, Infinity])
  })

  // At 7.1 the mean of twelve is off by rounding, at 7 it is not.
  test.each([7, 7.1])('cannot be told of a line that stands still at %d', (level) => {
    const still = panel([0.3, 0.6, 0.5], 12).map((cell) =>
      cell.unit === 2 ? { ...cell, logSpend: level } : cell,
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
