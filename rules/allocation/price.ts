import { exactSum } from './curve-columns.ts'
import type { Demand, Window } from './demand.ts'
import { priceAt, sensitivity, wanted } from './family-demand.ts'

/** A sum this share of the target away from it is the target. */
const CLOSE = 1e-14
/** Closer than this two ln prices are one. */
const SAME_PRICE = 1e-9
/** Each round leaves what rounding makes of the last and what met a bound; after four nothing is gained. */
const CLOSING_ROUNDS = 4

/**
 * The ln price at which the lines of a demand spend the target together; the plan is left filled at it.
 *
 * Newton's method inside the bracket, else bisection. Lines that stand at a bound all over the bracket leave the sum as it narrows. Where the
 * sum jumps across the target (chords of S-curves), the dear side of the jump is returned and some of the budget is left to close.
 *
 * @returns Whether the bracket held the price; if not, the plan stands at the bracket's dear end. `looks` counts the lines asked what they want, once
 * for each price tried: what the search costs.
 */
export function findPrice(
  demand: Demand,
  plan: Float64Array,
  { target, bracket }: { readonly target: number; readonly bracket: Window },
): { readonly logPrice: number; readonly isInside: boolean; readonly looks: number } {
  const undecided = allOf(demand)
  let { cheap, dear } = bracket
  let y = (cheap + dear) / 2
  let looks = 0
  while (dear - cheap > 2 * Number.EPSILON * Math.max(1, Math.abs(y))) {
    const { sum, slope } = spendOf(demand, plan, { undecided, y })
    looks += undecided.size
    const over = sum - target
    if (Math.abs(over) <= CLOSE * target) return { logPrice: y, isInside: true, looks }
    if (over > 0) cheap = y
    else dear = y
    settle(demand, plan, { undecided, cheap, dear })
    y = nextPrice(y + over / slope, { cheap, dear })
  }
  spendOf(demand, plan, { undecided, y: dear })
  const isInside = cheap !== bracket.cheap && dear !== bracket.dear
  return { logPrice: dear, isInside, looks }
}

/** The price Newton's method asks for when it lies inside the bracket (it does not when no line answers to the price), else the middle. */
function nextPrice(newton: number, { cheap, dear }: Window): number {
  return newton > cheap && newton < dear ? newton : (cheap + dear) / 2
}

/** What the lines of a demand spend at a price, written into the plan; `slope` is −d sum ÷ d ln price. */
export function spendAt(
  demand: Demand,
  plan: Float64Array,
  logPrice: number,
): { readonly sum: number; readonly slope: number } {
  return spendOf(demand, plan, { undecided: allOf(demand), y: logPrice })
}

/**
 * Spends what is left to the last digit: first on the chords of S-curves that begin at this price, where any amount is as good, then over the
 * lines between their bounds in proportion to how they answer to the price.
 */
export function closeBudget(
  demand: Demand,
  plan: Float64Array,
  { budget, logPrice }: { readonly budget: number; readonly logPrice: number },
): void {
  let left = fillChords(demand, plan, { left: budget - exactSum(plan), logPrice })
  for (let round = 0; round < CLOSING_ROUNDS && left !== 0; round++) {
    spread(demand, plan, left)
    left = budget - exactSum(plan)
  }
}

/** Returns what is left then. */
function fillChords(
  demand: Demand,
  plan: Float64Array,
  { left, logPrice }: { readonly left: number; readonly logPrice: number },
): number {
  let rest = left
  for (let entry = 0; entry < demand.size && rest > 0; entry++) {
    if (Math.abs((demand.leaves[entry] ?? 0) - logPrice) > SAME_PRICE) continue
    const line = demand.line[entry] ?? 0
    const x = plan[line] ?? 0
    const added = Math.min(rest, (demand.knees.get(line) ?? x) - x)
    plan[line] = x + added
    rest -= added
  }
  return rest
}

/** Lines still undecided, and the sum of those that stand at a bound all over the bracket. */
interface Undecided {
  readonly entries: Int32Array
  size: number
  settled: number
}

function allOf({ size, settled }: Demand): Undecided {
  return { entries: new Int32Array(size).map((_zero, entry) => entry), size, settled }
}

function spendOf(
  demand: Demand,
  plan: Float64Array,
  { undecided, y }: { readonly undecided: Undecided; readonly y: number },
): { sum: number; slope: number } {
  const price = priceAt(y)
  const { lower, upper } = demand.bounds
  let [sum, slope] = [undecided.settled, 0]
  for (let index = 0; index < undecided.size; index++) {
    const entry = undecided.entries[index] ?? 0
    const line = demand.line[entry] ?? 0
    let x = lower[line] ?? 0
    if (y <= (demand.arrives[entry] ?? 0)) x = upper[line] ?? 0
    else if (y < (demand.leaves[entry] ?? 0)) {
      x = wanted(demand, entry, price)
      slope += sensitivity(demand, entry, x)
    }
    plan[line] = x
    sum += x
  }
  return { sum, slope }
}

/** Takes lines out that stand at one bound at every price of the bracket. */
function settle(
  demand: Demand,
  plan: Float64Array,
  { undecided, cheap, dear }: Window & { readonly undecided: Undecided },
): void {
  const { lower, upper } = demand.bounds
  let kept = 0
  for (let index = 0; index < undecided.size; index++) {
    const entry = undecided.entries[index] ?? 0
    const line = demand.line[entry] ?? 0
    const atLow = cheap >= (demand.leaves[entry] ?? 0)
    if (atLow || dear <= (demand.arrives[entry] ?? 0)) {
      const x = (atLow ? lower[line] : upper[line]) ?? 0
      plan[line] = x
      undecided.settled += x
    } else {
      undecided.entries[kept] = entry
      kept++
    }
  }
  undecided.size = kept
}

/** Spreads a small amount over the lines between their bounds, where there are any. */
function spread(demand: Demand, plan: Float64Array, left: number): void {
  const { lower, upper } = demand.bounds
  let total = 0
  for (let entry = 0; entry < demand.size; entry++) total += freeSensitivity(demand, plan, entry)
  if (total === 0) return
  for (let entry = 0; entry < demand.size; entry++) {
    const share = freeSensitivity(demand, plan, entry) / total
    const line = demand.line[entry] ?? 0
    const moved = (plan[line] ?? 0) + left * share
    plan[line] = Math.min(upper[line] ?? 0, Math.max(lower[line] ?? 0, moved))
  }
}

/** The sensitivity of an entry between its bounds; 0 of one at a bound. */
function freeSensitivity(demand: Demand, plan: Float64Array, entry: number): number {
  const line = demand.line[entry] ?? 0
  const x = plan[line] ?? 0
  const isFree = x > (demand.bounds.lower[line] ?? 0) && x < (demand.bounds.upper[line] ?? 0)
  return isFree ? sensitivity(demand, entry, x) : 0
}
