import { notMeasured, measured } from '../kernel/quantity.ts'
import type { ApprovalPolicy } from '../policy/money-moves.ts'
import type { BudgetMove, MoveConcern } from '../schema/budget-move.ts'
import { tierOfPlan, type TierRuling } from './approval-tier.ts'
import type { PastChange } from './plan-size.ts'

/** What governance must know of the books to place a move; money in minor units. */
export interface MoveBooks {
  /** Budget of a line in the month; a line without one is absent. */
  readonly budgetByLine: ReadonlyMap<string, number>
  readonly history: readonly PastChange[]
  readonly automaticThisMonthMinor: number
  readonly portfolioMinor: number | null
}

const FLAG_OF_CONCERN: Partial<Record<MoveConcern, string>> = {
  receiver_not_used: 'new_line',
  giver_not_used: 'out_of_envelope',
  exceeds_uncommitted_remainder: 'out_of_envelope',
  receiver_under_stop: 'stop_loss_override',
  claims_above_books: 'thin_evidence',
}

/**
 * Which tier does one move need?
 *
 * The move is a plan of two changes (giver down, receiver up; the reserve has no line of its own). A line without a budget counts as having
 * none, so that no share is small enough for a lower tier. Concerns and a missing impact become the policy's bumps.
 */
export function tierOfMove(move: BudgetMove, books: MoveBooks, policy: ApprovalPolicy): TierRuling {
  const line = (id: string, deltaMinor: number) => ({
    line: id,
    currentMinor: books.budgetByLine.get(id) ?? 0,
    deltaMinor,
  })
  const { fromLine, toLine, amount, expectedImpact } = move
  const changes = [
    ...(fromLine === null ? [] : [line(fromLine, -amount.minor)]),
    ...(toLine === null || toLine === fromLine ? [] : [line(toLine, amount.minor)]),
  ]
  return tierOfPlan(
    {
      currency: amount.currency,
      changes,
      history: books.history,
      flags: flagsOf(move),
      limits: {
        impactLow:
          expectedImpact === null
            ? notMeasured('the move has no measured impact')
            : measured(expectedImpact.low.minor),
        automaticThisMonthMinor: books.automaticThisMonthMinor,
        portfolio:
          books.portfolioMinor === null
            ? notMeasured('no budget was provided')
            : measured(books.portfolioMinor),
      },
    },
    policy,
  )
}

function flagsOf({ concerns, expectedImpact }: BudgetMove): string[] {
  const flags = concerns.flatMap((concern) => FLAG_OF_CONCERN[concern] ?? [])
  return expectedImpact === null ? [...flags, 'thin_evidence'] : flags
}
