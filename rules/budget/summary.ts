import { isMeasured } from '../kernel/quantity.ts'
import type { BudgetMove } from '../schema/budget-move.ts'
import { token } from '../schema/template.ts'
import type { LineReview } from './line-review.ts'
import type { TotalReview } from './total-review.ts'

const total = (metric: string): string => token(`budget.total.${metric}`)

/**
 * The stage in two to six sentences, the most important first. What was not measured is said to be missing.
 *
 * @param outcome The moves, and the sentence that says why there is none.
 */
export function budgetSummary(
  { planned, delivery, pace }: TotalReview,
  lines: readonly LineReview[],
  { moves, held }: { readonly moves: readonly BudgetMove[]; readonly held: string | null },
): string[] {
  return [
    ...moveSentences(moves),
    isMeasured(planned)
      ? `${total('spend')} of ${total('planned')} planned is spent (${total('utilisation')}).`
      : `No monthly budget was provided, so utilisation and pacing are not measured; ${
          isMeasured(delivery.spend)
            ? `the platforms report ${total('spend')} of media spend.`
            : 'media spend by line is not measured either.'
        }`,
    ...(pace.landing === null || pace.daysLeft === 0
      ? []
      : [
          `The month is forecast to land at ${total('forecast')}, between ${total('forecast_low')} and ${total('forecast_high')}.`,
        ]),
    ...wasteSentence(lines),
    ...(held === null ? [] : [held]),
  ]
}

function moveSentences(moves: readonly BudgetMove[]): string[] {
  const carried = moves.filter((move) => move.origin === 'carried')
  const proposed = moves.filter((move) => move.origin === 'proposed')
  return [
    ...(carried.length > 0
      ? [
          `${token('budget.moves.carried')} ${
            carried.length === 1 ? 'move' : 'moves'
          } proposed earlier, ${token('budget.moves.carried_amount')} in all, ${
            carried.length === 1 ? 'waits' : 'wait'
          } for a decision.`,
        ]
      : []),
    ...(proposed.length > 0
      ? [
          `This review proposes ${token('budget.moves.proposed')} ${
            proposed.length === 1 ? 'move' : 'moves'
          }, ${token('budget.moves.proposed_amount')} in all.`,
        ]
      : []),
  ]
}

function wasteSentence(lines: readonly LineReview[]): string[] {
  return lines.some((line) => (line.waste?.provable ?? 0) > 0)
    ? [
        `Waste of ${total('waste_provable')} is proven; up to ${total('waste_estimated')} more is estimated and may be chance.`,
      ]
    : []
}
