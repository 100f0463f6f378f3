import { isMeasured } from '../kernel/quantity.ts'
import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { BudgetContext } from './input.ts'
import { linePrefix } from './line-facts.ts'
import type { LineReview } from './line-review.ts'
import type { TotalReview } from './total-review.ts'

const NAMES_SHOWN = 5

/**
 * Was more spent than planned, in a month that is over?
 *
 * Any unit beyond the plan is said; how grave it is follows from the bounds of pacing: spend above plan × (1 + watch) is a warning, above
 * plan × (1 + critical) serious. Lines are named beside the total, since one may hide behind another.
 *
 * @param lines Those whose facts are entered, largest first.
 */
export function overspendFindings(
  total: TotalReview,
  lines: readonly LineReview[],
  context: BudgetContext,
): Finding[] {
  if (total.pace.daysLeft > 0) return []
  const { pacing } = context.policy.budget
  const ofTotal = gravityOf(overOf({ planned: total.planned, delivery: total.delivery }), pacing)
  const over = lines.flatMap((review) => {
    const severity = gravityOf(
      overOf({ planned: review.line.planned, delivery: review.delivery }),
      pacing,
    )
    return severity === null ? [] : [{ review, severity }]
  })
  const base = { ruleId: 'budget.overspend' }
  return [
    ...(ofTotal === null
      ? []
      : [
          {
            ...base,
            id: 'finding.budget.overspend',
            severity: ofTotal,
            subject: 'budget:total',
            title: 'More was spent than planned',
            detail: `${token('budget.total.spend')} against ${token('budget.total.planned')} planned, ${token('budget.total.utilisation')} of it.`,
          },
        ]),
    ...over.slice(0, NAMES_SHOWN).map(({ review: { line }, severity }) => ({
      ...base,
      id: `finding.budget.overspend.${line.id}`,
      severity,
      subject: `line:${line.id}`,
      title: `${literal(line.name)} spent more than planned`,
      detail: `${token(`${linePrefix(line.id)}.spend`)} against ${token(`${linePrefix(line.id)}.planned`)} planned.`,
    })),
  ]
}

interface Spending {
  readonly planned: number
  readonly spent: number
}

function overOf({ planned, delivery }: Pick<TotalReview, 'planned' | 'delivery'>): Spending | null {
  if (!isMeasured(planned) || !isMeasured(delivery.spend)) return null
  return { planned: planned.value, spent: delivery.spend.value }
}

/** Null when no more was spent than planned, or when it is not known. */
function gravityOf(
  spending: Spending | null,
  { watch, critical }: BudgetContext['policy']['budget']['pacing'],
): Finding['severity'] | null {
  if (spending === null || spending.spent <= spending.planned) return null
  const over = spending.spent - spending.planned
  if (over > critical * spending.planned) return 'serious'
  return over > watch * spending.planned ? 'warning' : 'info'
}
