import { log } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalCdf, normalQuantile } from '../kernel/normal.ts'
import { power } from '../kernel/power.ts'

/** One line of a plan whose impact is asked. Spend above 0 before and after; value in the caller's units. */
export interface ImpactLine {
  readonly from: number
  readonly to: number
  /** Value at today's spend, and its coefficient of variation. */
  readonly value: number
  readonly valueCv: number
  /** d ln(value) ÷ d ln(spend), and its standard error. */
  readonly elasticity: number
  readonly elasticitySe: number
}

/** Change of value that a plan brings; low and high bound 90 %. */
export interface Impact {
  readonly lines: readonly { readonly delta: number; readonly sd: number }[]
  readonly delta: number
  readonly sd: number
  readonly low: number
  readonly high: number
  /** Probability that the plan gains more than its change costs. */
  readonly probabilityGain: number
}

const UPPER_OF_90 = 0.95

/**
 * What will a plan change, and how sure is that?
 *
 * delta = value·((to/from)^b − 1); sd² = (cv·delta)² + (se_b·value·(to/from)^b·ln(to/from))², to first order. Between lines errors are taken to
 * correlate by `rho`, in the direction that makes the plan less sure: Var = Σᵢ sdᵢ² + rho·Σᵢ≠ⱼ sdᵢ·sdⱼ.
 *
 * @param rho In [0, 1].
 * @param cost What the change itself costs, in the unit of the value; it lessens the probability of a gain and nothing else.
 * @throws InvariantError on a spend that is not above 0.
 * Source: delta method; G. Oehlert, The American Statistician 46 (1992) 27.
 */
export function impactOf(lines: readonly ImpactLine[], rho: number, cost = 0): Impact {
  const parts = lines.map(lineImpact)
  const delta = parts.reduce((sum, part) => sum + part.delta, 0)
  const squares = parts.reduce((sum, part) => sum + part.sd * part.sd, 0)
  const whole = parts.reduce((sum, part) => sum + part.sd, 0)
  const sd = Math.sqrt(squares + rho * (whole * whole - squares))
  const reach = normalQuantile(UPPER_OF_90) * sd
  return {
    lines: parts,
    delta,
    sd,
    low: delta - reach,
    high: delta + reach,
    probabilityGain: sd > 0 ? normalCdf((delta - cost) / sd) : Number(delta > cost),
  }
}

function lineImpact(line: ImpactLine): { delta: number; sd: number } {
  invariant(line.from > 0 && line.to > 0, 'impact: expected spend above 0 before and after')
  const ratio = line.to / line.from
  const growth = power(ratio, line.elasticity)
  const delta = line.value * (growth - 1)
  const bySlope = line.elasticitySe * line.value * growth * log(ratio)
  const byValue = line.valueCv * delta
  return { delta, sd: Math.sqrt(byValue * byValue + bySlope * bySlope) }
}
