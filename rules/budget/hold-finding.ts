import { measured } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Finding } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import type { BlockReason } from './candidate.ts'
import { type BudgetInput, isDeliveryWhole } from './input.ts'
import type { Reallocation } from './reallocation.ts'

type Blocked = Reallocation['blocked']

/** What lines blocked for a reason are said to be or to have, in the order of the sentence. */
const WORDS: readonly (readonly [BlockReason, 'be' | 'have', string])[] = [
  ['thin_evidence', 'have', 'too thin a history to say what more or less spend would bring'],
  ['stopped', 'be', 'to be stopped and can give nothing back'],
  ['no_budget', 'be', 'without a budget'],
  ['learning', 'be', 'still learning'],
  ['under_open_risk', 'be', 'under a grave open risk'],
  ['declining', 'be', 'declining'],
  ['claims_above_books', 'be', 'claimed by their platforms to return more than the books hold'],
  ['below_hurdle', 'be', 'below the return asked of the next unit of spend'],
  ['nothing_left_to_give', 'have', 'nothing left to give'],
  ['no_surer_partner', 'have', 'no partner that surely does better or worse'],
  ['at_its_best', 'be', 'in a plan that leaves it as it is'],
]

const HELD = 'budget.evidence.held_lines'
const factOf = (reason: BlockReason): string =>
  reason === 'thin_evidence' ? HELD : `budget.blocked.${reason}`

/** How many lines without a move lack one for this reason? */
export function countBlocked(blocked: Blocked, reason: BlockReason): number {
  return blocked.filter((entry) => entry.reason === reason).length
}

/** Enters how many lines have no move, `budget.blocked.REASON`, for each reason that any has; thin histories are counted among the evidence. */
export function enterBlocked(book: FactBook, blocked: Blocked): void {
  for (const [reason] of WORDS) {
    const count = countBlocked(blocked, reason)
    if (count === 0 || reason === 'thin_evidence') continue
    book.add({
      id: factOf(reason),
      label: `Budget lines without a move: ${reason.replaceAll('_', ' ')}`,
      unit: 'count',
      quantity: measured(count),
      source: [],
    })
  }
}

/** Why no line moves, every reason with its number of lines; null where something new is proposed or no line is blocked. */
export function holdSentence(blocked: Blocked, moves: readonly BudgetMove[]): string | null {
  if (blocked.length === 0 || moves.some((move) => move.origin === 'proposed')) return null
  const parts = WORDS.map(([reason, verb, rest]) => ({
    reason,
    verb,
    rest,
    count: countBlocked(blocked, reason),
  }))
    .filter(({ count }) => count > 0)
    .map(({ reason, verb, rest, count }, index) =>
      index === 0
        ? `${token(factOf(reason))} of ${token('budget.evidence.lines')} lines ${verb === 'be' ? 'are' : 'have'} ${rest}`
        : `${token(factOf(reason))} ${agreeing(verb, count)} ${rest}`,
    )
  return `No new move is proposed: ${parts.join('; ')}.`
}

function agreeing(verb: 'be' | 'have', count: number): string {
  if (verb === 'be') return count === 1 ? 'is' : 'are'
  return count === 1 ? 'has' : 'have'
}

/** Lines that have no move for a reason of their own: none where delivery is not wholly read, which is one reason for all. */
export function blockedLines(input: BudgetInput, { blocked }: Reallocation): Blocked {
  return isDeliveryWhole(input) ? blocked : []
}

/** Why no new move is proposed: delivery that is not wholly read carries none, else every line has its reason. */
export function noMoveFindings(
  input: BudgetInput,
  blocked: Blocked,
  moves: readonly BudgetMove[],
): Finding[] {
  if (isDeliveryWhole(input)) return holdFinding(blocked, moves)
  return [
    {
      id: 'finding.budget.rejected_delivery',
      ruleId: 'budget.utilisation',
      severity: 'serious',
      subject: 'budget:total',
      title: 'Rows of the ad performance were rejected, so no line can be judged by its spend',
      detail:
        'What the platforms spent is not known, nor the pace, the waste and what each line returns; no new move is proposed. Validation names each rejected row; correct them and review again.',
    },
  ]
}

const LOST = 'budget.evidence.lost_days'

/** Enters how many earlier days lost a row, where any did and the month itself can be read. */
export function enterLostDays(book: FactBook, input: BudgetInput): void {
  if (!hasLostDays(input)) return
  book.add({
    id: LOST,
    label: 'Days before the month of which a row of the ad performance was rejected',
    unit: 'count',
    quantity: measured(input.rejectedDays.length),
    source: [],
  })
}

/** That lines did not learn from earlier days which lost a row. */
export function lostDaysFinding(input: BudgetInput): Finding[] {
  if (!hasLostDays(input)) return []
  return [
    {
      id: 'finding.budget.lost_days',
      ruleId: 'budget.evidence',
      severity: 'warning',
      subject: 'budget:lines',
      title: 'Rows of earlier days were rejected, so lines did not learn from those days',
      detail: `Earlier days of which a row of the ad performance was rejected: ${token(LOST)}. They count as not reported, and their weeks are no evidence. The month itself is read in full. Validation names each rejected row.`,
    },
  ]
}

function hasLostDays(input: BudgetInput): boolean {
  return isDeliveryWhole(input) && input.rejectedDays.length > 0
}

/** Why no line moves, when none does, and what would let those of thin history be judged. */
function holdFinding(blocked: Blocked, moves: readonly BudgetMove[]): Finding[] {
  const sentence = holdSentence(blocked, moves)
  if (sentence === null) return []
  const thin = countBlocked(blocked, 'thin_evidence')
  const needed =
    thin > 0
      ? ` A line can be judged from ${token('budget.evidence.min_weeks')} complete weeks with spend and ${token('budget.evidence.min_conversions')} conversions.`
      : ''
  return [
    {
      id: 'finding.budget.hold',
      ruleId: 'budget.evidence',
      severity: 'info',
      subject: 'budget:lines',
      title:
        thin === blocked.length
          ? 'No new move is proposed: the evidence does not carry one'
          : 'No new move is proposed',
      detail: `${sentence}${needed}`,
    },
  ]
}
