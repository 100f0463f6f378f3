import { log } from '../kernel/elementary.ts'
import { normalCdf } from '../kernel/normal.ts'
import { compareText } from '../kernel/order.ts'

/**
 * A line that may give or take budget. Amounts in minor units; `marginalReturn` is the median return on the next unit of spend (> 0) and
 * `marginalSd` the standard deviation of its logarithm: returns are positive and err by factors.
 */
export interface StepLine {
  readonly id: string
  readonly spend: number
  readonly lower: number
  readonly upper: number
  readonly marginalReturn: number
  readonly marginalSd: number
  /** Locked and learning lines neither give nor take. */
  readonly fixed: boolean
}

/** How far and how surely budget may move. `step` is a share of the line, amounts in minor units. */
export interface StepTerms {
  readonly step: number
  readonly probability: number
  readonly minMove: number
  readonly maxTurnover: number
}

/** One bounded move with what it is expected to bring. */
export interface GatedMove {
  readonly from: string
  readonly to: string
  readonly amount: number
  readonly z: number
  /** Probability that the receiver returns more at the margin than the giver. */
  readonly probability: number
  readonly expectedGain: number
  /** Standard deviation of the gain, to first order. */
  readonly gainSd: number
}

/** A line with what it may still take and give. */
interface Partner {
  readonly line: StepLine
  take: number
  give: number
}

/**
 * Which pairs of lines should trade a bounded step?
 *
 * For each pair z = ln(m_to ÷ m_from) ÷ √(s_to² + s_from²); pairs with P(m_to > m_from) ≥ probability are served from the surest down, ties
 * by id. amount = what is left of: the receiver's step and room, the giver's step and slack, half of the turnover; whole minor units,
 * nothing below the least move. Every unit leaves one line and enters another, so the plan balances.
 */
export function gatedSteps(lines: readonly StepLine[], terms: StepTerms): readonly GatedMove[] {
  const partners = lines.map((line) => partnerOf(line, terms.step))
  let turnover = terms.maxTurnover
  const moves: GatedMove[] = []
  for (const { from, to, z, probability } of surePairs(partners, terms.probability)) {
    const amount = Math.floor(Math.min(to.take, from.give, turnover / 2) + ROUNDING)
    if (amount < Math.max(1, terms.minMove)) continue
    to.take -= amount
    from.give -= amount
    turnover -= 2 * amount
    moves.push({
      from: from.line.id,
      to: to.line.id,
      amount,
      z,
      probability,
      expectedGain: amount * (to.line.marginalReturn - from.line.marginalReturn),
      gainSd: amount * gapSd(from.line, to.line),
    })
  }
  return moves
}

/** A step of a share can miss a whole unit by a rounding error; a hundred-thousandth of a unit is no money. */
const ROUNDING = 1e-5

function partnerOf(line: StepLine, step: number): Partner {
  if (line.fixed) return { line, take: 0, give: 0 }
  return {
    line,
    take: Math.min(step * line.spend, line.upper - line.spend),
    give: Math.min(step * line.spend, line.spend - line.lower),
  }
}

function gapSd(from: StepLine, to: StepLine): number {
  const [taker, giver] = [to.marginalReturn * to.marginalSd, from.marginalReturn * from.marginalSd]
  return Math.sqrt(taker * taker + giver * giver)
}

interface Pair {
  readonly from: Partner
  readonly to: Partner
  readonly z: number
  readonly probability: number
}

/** Pairs whose taker returns more, surely enough. */
function surePairs(partners: readonly Partner[], least: number): readonly Pair[] {
  const pairs = partners.flatMap((from) =>
    partners
      .filter((to) => to.line.marginalReturn > from.line.marginalReturn)
      .map((to) => pairOf(from, to)),
  )
  return pairs
    .filter(({ probability }) => probability >= least)
    .toSorted(
      (left, right) =>
        right.z - left.z ||
        compareText(left.to.line.id, right.to.line.id) ||
        compareText(left.from.line.id, right.from.line.id),
    )
}

function pairOf(from: Partner, to: Partner): Pair {
  const sd = Math.sqrt(to.line.marginalSd ** 2 + from.line.marginalSd ** 2)
  const z = log(to.line.marginalReturn / from.line.marginalReturn) / sd
  return { from, to, z, probability: normalCdf(z) }
}
