import { gammaQuantile } from '../kernel/gamma.ts'
import { invariant } from '../kernel/invariant.ts'

/** Conversions of one line and the spend that brought them. */
export interface LineRate {
  readonly spend: number
  readonly conversions: number
}

/** What is believed of a line's conversions per unit of spend; low and high bound 90 %. */
export interface ShrunkenRate {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** Rates of several lines drawn towards each other by a gamma prior; `shape` and `rate` are null when the lines do not differ beyond noise. */
export interface ShrunkenRates {
  readonly commonRate: number
  readonly betweenVariance: number
  readonly shape: number | null
  readonly rate: number | null
  readonly lines: readonly ShrunkenRate[]
}

const LOW = 0.05
const HIGH = 0.95

/**
 * What do the lines' conversion rates per spend look like when each is drawn towards what the lines have in common?
 *
 * Conversions ~ Poisson(rate × spend), rates ~ Gamma(α, β). By moments: m = Σc/Σx, between = Σx(c/x − m)²/Σx − m·n/Σx, α = m²/between,
 * β = m/between; a line's rate is Gamma(α + c, β + x). When the rates do not differ beyond noise (between ≤ 0) every line has the common rate,
 * Gamma(Σc, Σx).
 *
 * @param lines Spend above 0 each, at least one conversion in all.
 * @throws InvariantError when a spend is not above 0 or no line has a conversion.
 * Source: the negative binomial model of J. Robinson and G. Smyth, Biostatistics 9 (2008), by moments; N. Weiss, gamma–Poisson conjugacy.
 */
export function shrinkRates(lines: readonly LineRate[]): ShrunkenRates {
  invariant(
    lines.every((line) => line.spend > 0),
    'shrinkRates: expected spend above 0',
  )
  const spend = lines.reduce((sum, line) => sum + line.spend, 0)
  const conversions = lines.reduce((sum, line) => sum + line.conversions, 0)
  invariant(conversions > 0, 'shrinkRates: expected a conversion')
  const commonRate = conversions / spend
  const spread = lines.reduce(
    (sum, line) => sum + line.spend * (line.conversions / line.spend - commonRate) ** 2,
    0,
  )
  const betweenVariance = (spread - commonRate * lines.length) / spend
  if (betweenVariance <= 0) {
    const common = posterior(conversions, spend)
    return {
      commonRate,
      betweenVariance,
      shape: null,
      rate: null,
      lines: lines.map(() => common),
    }
  }
  const shape = (commonRate * commonRate) / betweenVariance
  const rate = commonRate / betweenVariance
  return {
    commonRate,
    betweenVariance,
    shape,
    rate,
    lines: lines.map((line) => posterior(shape + line.conversions, rate + line.spend)),
  }
}

function posterior(shape: number, rate: number): ShrunkenRate {
  return {
    mean: shape / rate,
    low: gammaQuantile(LOW, shape) / rate,
    high: gammaQuantile(HIGH, shape) / rate,
  }
}
