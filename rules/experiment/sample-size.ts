import { arcsine } from '../kernel/arcsine.ts'
import { exp } from '../kernel/elementary.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalCdf, normalQuantile } from '../kernel/normal.ts'
import { bracketRoot, findRoot } from '../kernel/root.ts'

/** What a test of two rates shall be able to see. */
export interface SampleSizeQuestion {
  /** Rate of the control, in (0, 1). */
  readonly baseline: number
  /** Smallest relative change to be seen, not 0; the changed rate must lie in (0, 1). */
  readonly relativeChange: number
  readonly alpha: number
  readonly power: number
}

/** Users per arm by three formulas that differ little; `fleiss`, rounded up, is the one to quote. 0 where a test without users has the power. */
export interface SampleSize {
  readonly fleiss: number
  readonly unpooled: number
  readonly cohenH: number
}

/**
 * How many users does each arm need?
 *
 * fleiss = ((z₁₋α/₂ √(2 p̄(1 − p̄)) + z_power √(V₀ + V₁)) ÷ (p₁ − p₀))²; unpooled replaces the first root by the
 * second; cohenH solves the exact two-sided power on the arcsine scale. V is a rate's variance p(1 − p), p̄ the mean of both.
 *
 * 5 % to 5.5 % (relativeChange 0.1), alpha 0.05, power 0.8: ((1.96 · 0.3155 + 0.84 · 0.3155) ÷ 0.005)² = 31,234 users an arm.
 *
 * @throws InvariantError when a rate leaves (0, 1) or nothing changes.
 * Source: J. L. Fleiss, Statistical Methods for Rates and Proportions, 3rd ed., 4.14; J. Cohen, 1988, chapter 6;
 * statsmodels `NormalIndPower`.
 */
export function sampleSize(question: SampleSizeQuestion): SampleSize {
  const plan = planOf(question)
  const { zAlpha, zPower, spread, gap } = plan
  return {
    fleiss: fleissOf(plan),
    unpooled: squared(((zAlpha + zPower) * spread) / gap),
    cohenH: arcsineSize(question),
  }
}

/** The size to quote alone. */
export function fleissSize(question: SampleSizeQuestion): number {
  return fleissOf(planOf(question))
}

interface Plan {
  readonly zAlpha: number
  readonly zPower: number
  /** √(V₀ + V₁): what one user of each arm scatters if the rates differ. */
  readonly spread: number
  /** √(2 p̄(1 − p̄)): the same if they do not. */
  readonly pooledSpread: number
  /** |p₁ − p₀|. */
  readonly gap: number
}

function planOf({ baseline: p0, relativeChange, alpha, power }: SampleSizeQuestion): Plan {
  const p1 = changedRate(p0, relativeChange)
  invariant(
    p0 > 0 && p0 < 1 && p1 > 0 && p1 < 1 && p1 !== p0,
    `sampleSize: cannot go from ${p0} to ${p1}`,
  )
  const mean = (p0 + p1) / 2
  return {
    zAlpha: -normalQuantile(alpha / 2),
    zPower: normalQuantile(power),
    spread: Math.sqrt(p0 * (1 - p0) + p1 * (1 - p1)),
    pooledSpread: Math.sqrt(2 * mean * (1 - mean)),
    gap: Math.abs(p1 - p0),
  }
}

/** The rate after a relative change, as the formulas see it: a change too small for the number's digits is none. */
export function changedRate(baseline: number, relativeChange: number): number {
  return baseline * (1 + relativeChange)
}

function fleissOf({ zAlpha, zPower, spread, pooledSpread, gap }: Plan): number {
  return squared((zAlpha * pooledSpread + zPower * spread) / gap)
}

/** A root below 0 says that the power is reached without users. */
function squared(root: number): number {
  return Math.max(0, root) ** 2
}

/** Smallest n with Φ(h√(n/2) − z₁₋α/₂) + Φ(−h√(n/2) − z₁₋α/₂) = power, h the distance of the rates' arcsines; without users that is alpha. */
function arcsineSize({ baseline, relativeChange, alpha, power }: SampleSizeQuestion): number {
  if (power <= alpha) return 0
  const changed = changedRate(baseline, relativeChange)
  const effect = 2 * Math.abs(arcsine(Math.sqrt(changed)) - arcsine(Math.sqrt(baseline)))
  const z = -normalQuantile(alpha / 2)
  const excess = (logUsers: number): number => {
    const shift = effect * Math.sqrt(exp(logUsers) / 2)
    return normalCdf(shift - z) + normalCdf(-shift - z) - power
  }
  return exp(findRoot(excess, bracketRoot(excess, 0)))
}
