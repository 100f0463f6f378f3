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

/** How far and how surely budget may move. `step` is a share of the line; amounts in minor units. */
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

interface Capacity {
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
  const room = new Map<string, Capacity>(
    lines.map((line) => [line.id, capacityOf(line, terms.step)]),
  )
  let turnover = terms.maxTurnover
  const moves: GatedMove[] = []
  for (const pair of surePairs(lines, terms.probability)) {
    const taker = room.get(pair.to.id)
    const giver = room.get(pair.from.id)
    if (taker === undefined || giver === undefined) continue
    const amount = Math.floor(Math.min(taker.take, giver.give, turnover / 2) + ROUNDING)
    if (amount < terms.minMove || amount <= 0) continue
    taker.take -= amount
    giver.give -= amount
    turnover -= 2 * amount
    moves.push({
      from: pair.from.id,
      to: pair.to.id,
      amount,
      z: pair.z,
      probability: pair.probability,
      expectedGain: amount * (pair.to.marginalReturn - pair.from.marginalReturn),
      gainSd: amount * gapSd(pair),
    })
  }
  return moves
}

/** A step of a share can miss a whole unit by a rounding error; a hundred-thousandth of a unit is no money. */
const ROUNDING = 1e-5

function capacityOf(line: StepLine, step: number): Capacity {
  if (line.fixed) return { take: 0, give: 0 }
  return {
    take: Math.max(0, Math.min(step * line.spend, line.upper - line.spend)),
    give: Math.max(0, Math.min(step * line.spend, line.spend - line.lower)),
  }
}

function gapSd({ from, to }: Pair): number {
  const [taker, giver] = [to.marginalReturn * to.marginalSd, from.marginalReturn * from.marginalSd]
  return Math.sqrt(taker * taker + giver * giver)
}

interface Pair {
  readonly from: StepLine
  readonly to: StepLine
  readonly z: number
  readonly probability: number
}

function surePairs(lines: readonly StepLine[], probability: number): readonly Pair[] {
  const pairs: Pair[] = []
  for (const from of lines) {
    for (const to of lines) {
      const sd = Math.sqrt(to.marginalSd * to.marginalSd + from.marginalSd * from.marginalSd)
      if (to.marginalReturn <= from.marginalReturn || sd <= 0) continue
      const z = log(to.marginalReturn / from.marginalReturn) / sd
      const p = normalCdf(z)
      if (p >= probability) pairs.push({ from, to, z, probability: p })
    }
  }
  return pairs.toSorted(
    (left, right) =>
      right.z - left.z ||
      compareText(left.to.id, right.to.id) ||
      compareText(left.from.id, right.from.id),
  )
}
