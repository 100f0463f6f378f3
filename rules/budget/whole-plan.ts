import {
  isMoveEnough,
  isWithin,
  keepsLimits,
  keepsSums,
  movesOf,
  type PlanLimits,
} from './plan-limits.ts'

/** Units by which a plan may miss a whole one through rounding of its sums. */
const HAIR = 1e-6

/**
 * A plan in whole units that keeps every limit, by largest remainders: every move is cut down to whole units, one that falls below the least
 * move is not made, and what that leaves of the budget is given out, each unit to the line that lacks most of its exact amount and can take it.
 *
 * Exact moves of −1.6, +0.8 and +0.8 units are cut to −1, 0 and 0. That leaves one unit, and it goes to the second line: the third lacks as
 * much and stands later. The moves are −1, +1 and 0.
 *
 * @param plan Exact amounts, within the limits up to rounding.
 * @returns Null when the units left over fit nowhere.
 */
export function wholePlan(limits: PlanLimits, plan: readonly number[]): readonly number[] | null {
  const { lines, budget, minMove, steps } = limits
  const unit = steps?.increment ?? 1
  const cut = movesOf(lines, plan).map((move) => {
    const whole = Math.sign(move) * Math.floor(Math.abs(move) / unit + HAIR) * unit
    return Math.abs(whole) < minMove ? 0 : whole
  })
  const whole = lines.map((line, index) => line.current + (cut[index] ?? 0))
  let left = budget - whole.reduce((sum, amount) => sum + amount, 0)
  for (const parcel of parcelsFor(left, unit, lines.length)) {
    while (Math.abs(left) > parcel.keeps) {
      const given = Math.sign(left) * Math.min(parcel.size, Math.abs(left))
      const taker = neediest(limits, { whole, plan, given, isSingle: parcel.size === unit })
      if (taker === undefined) break
      whole[taker.index] = taker.changed
      left -= given
    }
  }
  return keepsLimits(limits, whole) ? whole : null
}

/** Units given out at once. */
interface Parcel {
  readonly size: number
  /** What is kept back for smaller parcels. */
  readonly keeps: number
}

/**
 * What moves that are not made leave can be many units: they are given out in parcels of 2ᵏ units, large ones first. Each size keeps back two
 * parcels for every line, enough to level out what it overshot, so the plan is that of single units, whatever the currency counts.
 */
function parcelsFor(left: number, unit: number, lines: number): Parcel[] {
  const parcels: Parcel[] = [{ size: unit, keeps: 0 }]
  for (let size = 2 * unit; 2 * lines * size <= Math.abs(left); size *= 2) {
    parcels.unshift({ size, keeps: 2 * lines * size })
  }
  return parcels
}

interface GivingOut {
  /** The plan so far, and the exact one. */
  readonly whole: readonly number[]
  readonly plan: readonly number[]
  /** Of either sign: what is over is given, what is short is taken. */
  readonly given: number
  readonly isSingle: boolean
}

/** The line that lacks most of its exact amount in the direction of what is given, among those that can take it; ties to the earlier line. */
function neediest(
  limits: PlanLimits,
  { whole, plan, given, isSingle }: GivingOut,
): { readonly index: number; readonly changed: number } | undefined {
  return limits.lines
    .map((line, index) => {
      const amount = whole[index] ?? line.current
      const lacks = ((plan[index] ?? line.current) - amount) * Math.sign(given)
      return { line, index, changed: amount + given, lacks, move: amount - line.current }
    })
    .toSorted((left, right) => right.lacks - left.lacks)
    .find(
      ({ line, index, changed, move }) =>
        isWithin(line, changed) &&
        isMoveEnough(changed - line.current, limits.minMove) &&
        (isSingle || isReachedBySingles(limits, move, changed - line.current)) &&
        keepsSums(limits, whole.with(index, changed)),
    )
}

/** Could single units lead from one move to another? They start no move where one unit is below the least move, and none turns around. */
function isReachedBySingles({ minMove, steps }: PlanLimits, from: number, to: number): boolean {
  return from === 0 ? minMove <= (steps?.increment ?? 1) : from * to > 0
}
