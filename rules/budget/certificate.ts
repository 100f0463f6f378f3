import { type Curve, marginalAt, responseAt } from '../allocation/curve.ts'
import type { ProofTree } from '../allocation/s-curve-fill.ts'
import { groupSlacks, limitFaults, type LimitFault, turnoverSlack } from './checked-limits.ts'
import { boundOfProof, mostNet, ROUNDING_OF_PRODUCTS } from './proof-check.ts'

/** A plan to be checked, amounts in whole minor units. */
export interface CheckedPlan {
  readonly lines: readonly CheckedLine[]
  readonly budget: number
  readonly groups?: readonly { readonly lower: number; readonly upper: number }[]
  /** Most that Σ |plan − current| may be. */
  readonly maxTurnover?: number
  /** Least amount by which a line may move; a line may also stay. */
  readonly minMove?: number
  /** Whole steps of moves, and how many lines may take one; null or absent moves to the unit. */
  readonly steps?: { readonly increment: number; readonly maxLines: number } | null
}

/** One line of a checked plan. */
export interface CheckedLine {
  readonly curve: Curve
  readonly lower: number
  readonly upper: number
  readonly planned: number
  readonly current?: number
  readonly group?: number
}

/** What the solver claims: prices (marginal responses) under which nothing better can exist by more than the gap. */
export interface Certificate {
  /** Response that one more unit of budget would bring. Of either sign: the budget is spent exactly. */
  readonly price: number
  /** Price inside each group, of either sign; equal to `price` where no bound of the group binds. */
  readonly groupPrices?: readonly number[]
  /** What moving a unit away from the current plan costs on top, ≥ 0: turnover may be left over. 0 where it does not bind. */
  readonly turnoverPrice?: number
  /** For S-curves: how a search parted the space. One price proves nothing then; the gap is that of the tree, and there is no residual. */
  readonly proof?: ProofTree
  /** The solver says that no plan within the limits brings more than the plan's value plus this; null: prices without a claim. */
  readonly claimedGap: number | null
}

/** What the prices of a certificate prove, found by the checker. */
export interface Proven {
  /** No plan within the limits brings more than the plan's value plus this. */
  readonly gap: number
  /**
   * Largest relative distance of a marginal response from its price among the lines that could still move towards it; null for a tree, whose
   * parts have prices of their own.
   */
  readonly kktResidual: number | null
}

/** What is wrong with a plan or with what is claimed of it. */
export type PlanFault = LimitFault | 'price_invalid' | 'gap_understated'

/** The verdict on a plan: what is wrong with it, and how good it is proven to be; the certificate that proves most. */
export interface PlanVerdict extends Proven {
  readonly faults: readonly PlanFault[]
  readonly certificate: Certificate
  /** The gap is within the given share of the plan's value: the plan may be called the best. */
  readonly isProvenBest: boolean
}

/** Prices are found to some digits only. */
const SHARE_LOST_BY_DIGITS = 1e-9

/**
 * How good is a plan proven to be, and was any claim about it false?
 *
 * @param certificates At least one; without any, nothing is proven and the gap is infinite.
 * @param maxGapShare Share of the plan's value by which a better plan may exist and the plan still be called the best.
 */
export function verdictOf(
  plan: CheckedPlan,
  certificates: readonly Certificate[],
  maxGapShare: number,
): PlanVerdict {
  const limits = limitFaults(plan)
  const nothing: PlanVerdict = {
    faults: limits,
    certificate: { price: 0, claimedGap: null },
    gap: Infinity,
    kktResidual: Infinity,
    isProvenBest: false,
  }
  const value = valueOf(plan.lines)
  return certificates.reduce<PlanVerdict>((best, certificate) => {
    const proven = certify(plan, certificate)
    const claims = limits.length > 0 ? [] : claimFaults(certificate, { ...proven, value })
    const faults = [...new Set([...best.faults, ...claims])]
    return proven.gap < best.gap
      ? { ...proven, certificate, faults, isProvenBest: proven.gap <= maxGapShare * value }
      : { ...best, faults }
  }, nothing)
}

/**
 * Does the plan keep its limits, and is the claim about its optimality true?
 *
 * The check shares the response curves with the solver and nothing else. It bounds the value of every other plan by weak duality: with any prices,
 * value(other) ≤ value(plan) + Σ lines (most that a line could gain, net of price) + price × slack of every limit. That bound is computed here,
 * from the prices alone, and must not exceed the claimed gap, which the solver found from its own optimum.
 *
 * The bound holds only where a limit that may have slack has a price ≥ 0: price × slack then adds to it, while a price below 0 would pay for slack and
 * understate it. So a turnover price below 0 is refused. The budget is spent exactly, and a group's price takes the side its sign names, so theirs may
 * have either sign. A price that is no number or infinite bounds nothing and is refused.
 *
 * @param tolerance Share of the plan's value by which the computed gap may exceed the claimed one.
 * Source: Lagrangian weak duality; S. Boyd and L. Vandenberghe, Convex Optimization, 2004, ch. 5.
 */
export function checkPlan(
  plan: CheckedPlan,
  certificate: Certificate,
  tolerance = SHARE_LOST_BY_DIGITS,
): readonly PlanFault[] {
  const faults = limitFaults(plan)
  // A plan that breaks its limits has no value to speak of, and nothing more is said about it.
  if (faults.length > 0) return faults
  const proven = certify(plan, certificate)
  return claimFaults(certificate, { ...proven, value: valueOf(plan.lines), tolerance })
}

function claimFaults(
  certificate: Certificate,
  proof: { readonly gap: number; readonly value: number; readonly tolerance?: number },
): readonly PlanFault[] {
  const { gap, value, tolerance = SHARE_LOST_BY_DIGITS } = proof
  if (!hasValidPrices(certificate)) return ['price_invalid']
  const claimed = certificate.claimedGap ?? Infinity
  return gap <= claimed + tolerance * value ? [] : ['gap_understated']
}

/** Every price is a number, and the turnover's is not below 0. */
function hasValidPrices({
  price,
  groupPrices = [],
  turnoverPrice = 0,
}: Omit<Certificate, 'claimedGap'>): boolean {
  return [price, turnoverPrice, ...groupPrices].every(Number.isFinite) && turnoverPrice >= 0
}

/** The gap, never below 0, and residual that these prices prove for a plan that keeps its limits; prices that are invalid prove nothing. */
export function certify(plan: CheckedPlan, certificate: Omit<Certificate, 'claimedGap'>): Proven {
  if (!hasValidPrices(certificate)) return { gap: Infinity, kktResidual: Infinity }
  const { proof } = certificate
  const { gap, kktResidual } =
    proof === undefined
      ? pricedGap(plan, certificate)
      : { gap: boundOfProof(plan, proof) - valueOf(plan.lines), kktResidual: null }
  // Prices so large that their products leave the numbers prove nothing either.
  return { gap: Number.isNaN(gap) ? Infinity : Math.max(0, gap), kktResidual }
}

function pricedGap(
  plan: CheckedPlan,
  { price, groupPrices = [], turnoverPrice: asked = 0 }: Omit<Certificate, 'claimedGap'>,
): Proven {
  const [slack, slacks] = [turnoverSlack(plan), groupSlacks(plan)]
  // A limit that is not there has no slack to pay for, so nothing may be charged in its name.
  const turnoverPrice = slack === null ? 0 : asked
  const prices = slacks.map((_slack, group) => groupPrices[group] ?? price)
  let [gap, kktResidual] = [turnoverPrice * Math.max(0, slack ?? 0), 0]
  for (const line of plan.lines) {
    const own = prices[line.group ?? -1] ?? price
    const costs = sideCosts(line, own, turnoverPrice)
    gap += mostGain(line, own, turnoverPrice)
    kktResidual = Math.max(kktResidual, residualOf(line, costs))
  }
  for (const [group, own] of slacks.entries()) {
    gap += slackCost((prices[group] ?? price) - price, own)
  }
  return { gap, kktResidual }
}

/** A group dearer than the budget pays for slack below its upper bound, a cheaper one for slack above its lower. */
function slackCost(difference: number, [low, high]: readonly [number, number]): number {
  return Math.max(0, difference) * Math.max(0, high) + Math.max(0, -difference) * Math.max(0, low)
}

/** Cost of the next unit up and of the last unit held, the turnover's price included. */
function sideCosts(
  { planned, current }: CheckedLine,
  price: number,
  turnoverPrice: number,
): { readonly up: number; readonly down: number } {
  if (current === undefined) return { up: price, down: price }
  return {
    up: planned >= current ? price + turnoverPrice : price - turnoverPrice,
    down: planned > current ? price + turnoverPrice : price - turnoverPrice,
  }
}

/**
 * Most a line could gain over its bounds, net of its price and of what the turnover charges for moving away from the current plan. What rounding of
 * amount × price can hide is added: prices large enough would otherwise swallow the responses.
 */
function mostGain(line: CheckedLine, price: number, turnoverPrice: number): number {
  const { curve, lower, upper, planned, current = planned } = line
  if (lower === upper) return 0
  const charge = line.current === undefined ? 0 : turnoverPrice
  const own = responseAt(curve, planned) - price * planned - charge * Math.abs(planned - current)
  const below = { curve, lower, upper: Math.min(upper, current) }
  const above = { curve, lower: Math.max(lower, current), upper }
  const sides = [
    ...(below.lower <= below.upper ? [mostNet(below, price - charge) - charge * current] : []),
    ...(above.lower <= above.upper ? [mostNet(above, price + charge) + charge * current] : []),
  ]
  const rounding = ROUNDING_OF_PRODUCTS * (Math.abs(price) + charge) * Math.max(upper, current)
  return Math.max(0, ...sides.map((most) => most - own)) + rounding
}

function residualOf(line: CheckedLine, costs: { up: number; down: number }): number {
  const marginal = marginalAt(line.curve, line.planned)
  const up = line.planned < line.upper ? excess(marginal, costs.up, costs.up) : 0
  const down = line.planned > line.lower ? excess(costs.down, marginal, costs.down) : 0
  return Math.max(up, down)
}

/** By how much one response is above another, relative to a price; 0 where it is not, also at a price of 0. */
function excess(above: number, below: number, price: number): number {
  return above > below ? (above - below) / Math.abs(price) : 0
}

function valueOf(lines: readonly CheckedLine[]): number {
  return lines.reduce((sum, line) => sum + responseAt(line.curve, line.planned), 0)
}
