import { isMeasured } from '../kernel/quantity.ts'
import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { CampaignFlight } from './campaign-flight.ts'
import type { BudgetContext } from './input.ts'
import { flightPrefix, linePrefix } from './line-facts.ts'
import type { LineReview } from './line-review.ts'

const NAMES_SHOWN = 5
/** Before half of a flight's budget is spent, its rate says little of the rest. */
const TELLING_SHARE = 0.5

/**
 * Which lines run out of their plan before the month is over, while others may hide them in the total?
 *
 * Told are lines with nothing left for the days to come (serious) and lines surely landing above plan (warning), as pacing judged them.
 *
 * @param lines Those whose facts are entered, largest first. A line that is the whole budget is told with the total.
 */
export function lineRunOuts(lines: readonly LineReview[]): Finding[] {
  if (lines.length < 2) return []
  return lines
    .filter(({ pace }) => ['exhausted', 'critical_over', 'over'].includes(pace.status))
    .slice(0, NAMES_SHOWN)
    .map(({ line, pace }) => {
      const of = (metric: string): string => token(`${linePrefix(line.id)}.${metric}`)
      const isOut = pace.status === 'exhausted'
      return {
        id: `finding.budget.run_out.${line.id}`,
        ruleId: 'budget.pacing',
        severity: isOut ? ('serious' as const) : ('warning' as const),
        subject: `line:${line.id}`,
        title: isOut
          ? `${literal(line.name)} has nothing left of its plan, and the month is not over`
          : `${literal(line.name)} will run out of its plan before the month is over`,
        detail: isOut
          ? `${of('spend')} of ${of('planned')} planned is spent${isMeasured(line.committed) && line.committed.value > 0 ? ', and what is committed takes the rest' : ''}, with ${token('budget.total.days_left')} left.`
          : `It has spent ${of('spend')} and would land at ${of('forecast')} against ${of('planned')} planned, with ${token('budget.total.days_left')} left.`,
      }
    })
}

/**
 * Which campaigns run out of their flight budget before their flight ends?
 *
 * Serious when spend ≥ budget; a warning when the share spent is above the share of days over × (1 + `pacing.critical`) and at least half is
 * spent, so that at this rate the money ends first.
 */
export function flightRunOuts(
  flights: readonly CampaignFlight[],
  { policy }: BudgetContext,
): Finding[] {
  return flights
    .flatMap((flight) => {
      const { budget, spend, elapsed } = flight
      if (!isMeasured(budget) || !isMeasured(spend) || !isMeasured(elapsed)) return []
      if (elapsed.value >= 1 || budget.value <= 0) return []
      const isOut = spend.value >= budget.value
      const due = elapsed.value * (1 + policy.budget.pacing.critical)
      const isFast = spend.value > due * budget.value && spend.value >= TELLING_SHARE * budget.value
      return isOut || isFast ? [flightFinding(flight, isOut)] : []
    })
    .slice(0, NAMES_SHOWN)
}

function flightFinding({ campaignId, name }: CampaignFlight, isOut: boolean): Finding {
  const of = (metric: string): string => token(`${flightPrefix(campaignId)}.${metric}`)
  return {
    id: `finding.budget.flight_run_out.${campaignId}`,
    ruleId: 'budget.pacing',
    severity: isOut ? 'serious' : 'warning',
    subject: `campaign:${campaignId}`,
    title: isOut
      ? `${literal(name)} has used up its flight budget before its flight ends`
      : `${literal(name)} will run out of its flight budget before its flight ends`,
    detail: `${of('spend')} of ${of('budget')} is spent, ${of('utilisation')}, and ${of('elapsed')} of the flight’s days are over.`,
  }
}
