import { type Curve, marginalAt, responseAt } from '../allocation/curve.ts'
import type { ProofTree } from '../allocation/s-curve-fill.ts'
import { boundOfProof, mostNet } from './proof-check.ts'

/** A plan to be checked, amounts in whole minor units. */
export interface CheckedPlan {
  readonly lines: readonly CheckedLine[]
  readonly budget: number
  readonly groups?: readonly { readonly lower: number; readonly upper: number }[]
  /** Most that Σ |plan − current| may be. */
  readonly maxTurnover?: number
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
  /** Response that one more unit of budget would bring. */
  readonly price: number
  /** Price inside each group; equal to `price` where no bound of the group binds. */
  readonly groupPrices?: readonly number[]
  /** What moving a unit away from the current plan costs on top; 0 where turnover does not bind. */
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

export type PlanFault =
  | 'not_whole'
  | 'not_balanced'
  | 'line_out_of_bounds'
  | 'group_out_of_bounds'
  | 'turnover_exceeded'
  | 'gap_understated'

/** The verdict on a plan: what is wrong with it, and how good it is proven to be; the certificate that proves most. */
export interface PlanVerdict extends Proven {
  readonly faults: readonly PlanFault[]
  readonly certificate: Certificate
  /** The gap is within the given share of the plan's value: the plan may be called the best. */
  readonly isProvenBest: boolean
}

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
  const nothing: PlanVerdict = {
    faults: structuralFaults(plan),
    certificate: { price: 0, claimedGap: null },
    gap: Infinity,
    kktResidual: Infinity,
    isProvenBest: false,
  }
  const value = valueOf(plan.lines)
  return certificates.reduce<PlanVerdict>((best, certificate) => {
    const proven = certify(plan, certificate)
    const faults = [...new Set([...best.faults, ...checkPlan(plan, certificate)])]
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
 * @param tolerance Share of the plan's value by which the computed gap may exceed the claimed one: prices are found to some digits only.
 * Source: Lagrangian weak duality; S. Boyd and L. Vandenberghe, Convex Optimization, 2004, ch. 5.
 */
export function checkPlan(
  plan: CheckedPlan,
  certificate: Certificate,
  tolerance = 1e-9,
): readonly PlanFault[] {
  const faults = structuralFaults(plan)
  // A plan that breaks its limits has no value to speak of, and nothing more is said about it.
  if (faults.length > 0 || certificate.claimedGap === null) return faults
  const { gap } = certify(plan, certificate)
  return gap <= certificate.claimedGap + tolerance * valueOf(plan.lines) ? [] : ['gap_understated']
}

function structuralFaults(plan: CheckedPlan): readonly PlanFault[] {
  const faults: readonly (readonly [PlanFault, boolean])[] = [
    ['not_whole', plan.lines.some((line) => !Number.isSafeInteger(line.planned))],
    ['not_balanced', sumPlanned(plan.lines) !== plan.budget],
    ['line_out_of_bounds', plan.lines.some(isOutOfBounds)],
    ['group_out_of_bounds', groupSlacks(plan).some(([low, high]) => low < 0 || high < 0)],
    ['turnover_exceeded', turnoverSlack(plan) < 0],
  ]
  return faults.filter(([, holds]) => holds).map(([fault]) => fault)
}

/** The gap and residual that these prices prove for a plan. */
export function certify(
  plan: CheckedPlan,
  { price, groupPrices = [], turnoverPrice = 0, proof }: Omit<Certificate, 'claimedGap'>,
): Proven {
  if (proof !== undefined) {
    const bound = boundOfProof(plan, proof)
    return { gap: Math.max(0, bound - valueOf(plan.lines)), kktResidual: null }
  }
  let [gap, kktResidual] = [turnoverPrice * Math.max(0, turnoverSlack(plan)), 0]
  for (const line of plan.lines) {
    const own = line.group === undefined ? price : (groupPrices[line.group] ?? price)
    const costs = sideCosts(line, own, turnoverPrice)
    gap += mostGain(line, own, turnoverPrice)
    kktResidual = Math.max(kktResidual, residualOf(line, costs))
  }
  for (const [group, slacks] of groupSlacks(plan).entries()) {
    gap += slackCost((groupPrices[group] ?? price) - price, slacks)
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

/** Most a line could gain over its bounds, net of its price and of what the turnover charges for moving away from the current plan. */
function mostGain(line: CheckedLine, price: number, turnoverPrice: number): number {
  const { curve, lower, upper, planned, current = planned } = line
  const charge = line.current === undefined ? 0 : turnoverPrice
  const own = responseAt(curve, planned) - price * planned - charge * Math.abs(planned - current)
  const below = { curve, lower, upper: Math.min(upper, current) }
  const above = { curve, lower: Math.max(lower, current), upper }
  const sides = [
    ...(below.lower <= below.upper ? [mostNet(below, price - charge) - charge * current] : []),
    ...(above.lower <= above.upper ? [mostNet(above, price + charge) + charge * current] : []),
  ]
  return Math.max(0, ...sides.map((most) => most - own))
}

function residualOf(line: CheckedLine, costs: { up: number; down: number }): number {
  const marginal = marginalAt(line.curve, line.planned)
  const up = line.planned < line.upper ? (marginal - costs.up) / Math.abs(costs.up) : 0
  const down = line.planned > line.lower ? (costs.down - marginal) / Math.abs(costs.down) : 0
  return Math.max(0, up, down)
}

function valueOf(lines: readonly CheckedLine[]): number {
  return lines.reduce((sum, line) => sum + responseAt(line.curve, line.planned), 0)
}

function sumPlanned(lines: readonly CheckedLine[]): number {
  return lines.reduce((sum, line) => sum + line.planned, 0)
}

function isOutOfBounds({ planned, lower, upper }: CheckedLine): boolean {
  return planned < lower || planned > upper
}

/** Slack of each group above its lower and below its upper bound. */
function groupSlacks({ groups = [], lines }: CheckedPlan): readonly (readonly [number, number])[] {
  return groups.map(({ lower, upper }, group) => {
    const sum = sumPlanned(lines.filter((line) => line.group === group))
    return [sum - lower, upper - sum] as const
  })
}

function turnoverSlack({ lines, maxTurnover }: CheckedPlan): number {
  if (maxTurnover === undefined) return 0
  return (
    maxTurnover -
    lines.reduce((sum, line) => sum + Math.abs(line.planned - (line.current ?? line.planned)), 0)
  )
}
