import { z } from 'zod'

import { saturationOf } from '#rules/budget/saturation.ts'

import type { OracleAdapter } from '../../adapter.ts'
import { CurveCase, toCurve } from '../../allocation-case.ts'
import { compareNumber } from '../../compare.ts'

const Value = z.number().nullable()
const File = z.looseObject({
  cases: z.array(
    z.looseObject({
      id: z.string(),
      curve: CurveCase,
      margin: z.number(),
      spend: z.number(),
      breakeven_spend: Value,
      over_spend: Value,
      saturation_waste: Value,
      marginal_roi: Value,
      average_roi: Value,
      profit: Value,
      profit_at_breakeven: Value,
    }),
  ),
})

/** The reference looks for break-even from a billionth of a unit on; where the first unit does not pay, it says so instead of 0. */
const NEAR = { relative: 1e-9, absolute: 2e-9 }

export const adapter: OracleAdapter = {
  kind: 'budget/saturation_waste_cases',
  run: (file) =>
    File.parse(file).cases.map((entry) => {
      const found = saturationOf(toCurve(entry.curve), entry.spend, entry.margin)
      const pairs = [
        ['breakeven_spend', entry.breakeven_spend, found.breakEvenSpend],
        ['over_spend', entry.over_spend, found.overSpend],
        ['saturation_waste', entry.saturation_waste, found.waste],
        ['marginal_roi', entry.marginal_roi, found.marginalReturn],
        ['average_roi', entry.average_roi, found.averageReturn],
        ['profit', entry.profit, found.profit],
        ['profit_at_breakeven', entry.profit_at_breakeven, found.profitAtBreakEven],
      ] as const
      return {
        id: entry.id,
        mismatches: pairs.flatMap(([what, expected, actual]) =>
          compareNumber(what, { expected, actual }, NEAR),
        ),
      }
    }),
}
