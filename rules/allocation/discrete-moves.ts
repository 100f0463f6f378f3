import type { Curve } from './curve.ts'

/** A line that moves in whole increments. `current` in the unit of the increment's amount. */
export interface DiscreteLine {
  readonly curve: Curve
  readonly current: number
  /** Bounds of its own; 0 and none without. */
  readonly lower?: number
  readonly upper?: number
  /** Index into the groups of the terms; a line without one counts towards none. */
  readonly group?: number
}

/** How one line may move. Shares are of the line's current spend. */
export interface MoveTerms {
  readonly increment: number
  readonly maxStepShare: number
  readonly minMoveShare: number
  /** Least move as an amount, beside the least share; none without. */
  readonly minMove?: number
}

/** A share of an amount can miss a whole increment by rounding. */
export const SHARE_ROUNDING = 1e-9

/** Most increments a line may move, by its greatest step and by its bounds on either side; nothing below zero. */
export function farthestOf(
  line: DiscreteLine,
  { maxStepShare, increment }: Pick<MoveTerms, 'maxStepShare' | 'increment'>,
): number {
  const { current, lower = 0, upper = Infinity } = line
  const room = Math.min(maxStepShare * current, Math.max(current - lower, upper - current))
  return Math.floor(room / increment + SHARE_ROUNDING)
}

/**
 * Which moves may a line make, in increments? None, or up or down by no less than its least and no more than its greatest step, within its bounds.
 *
 * 100 in steps of 10, by a fifth to a half: 0, ±2, ±3, ±4 and ±5; with an upper bound of 130 nothing above +3.
 */
export function movesOf(line: DiscreteLine, terms: MoveTerms): readonly number[] {
  const { current } = line
  const most = farthestOf(line, terms)
  const leastMove = Math.max(terms.minMoveShare * current, terms.minMove ?? 0)
  const least = Math.max(1, Math.ceil(leastMove / terms.increment - SHARE_ROUNDING))
  const moves = [0]
  for (let move = least; move <= most; move++) moves.push(-move, move)
  const [lower, upper] = [line.lower ?? 0, line.upper ?? Infinity]
  return moves.filter((move) => {
    const spend = current + move * terms.increment
    return move === 0 || (spend >= lower && spend <= upper)
  })
}
