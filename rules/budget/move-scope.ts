import { isRunningStatus } from '../governance/campaign-standing.ts'
import type { MoveScope } from '../governance/double-entry.ts'
import { monthRange } from '../kernel/calendar.ts'
import { difference, isMeasured, measured, type Quantity, sum } from '../kernel/quantity.ts'
import { lineId } from '../schema/budget-move.ts'
import { deliveryOf } from './delivery.ts'
import type { ActionRow, BudgetContext, BudgetInput } from './input.ts'
import type { BudgetLine } from './lines.ts'
import { isUnderRisk, keepsOut, type RiskScope } from './risk-lines.ts'

/**
 * What a line has left to give: planned − committed − spent, in minor units. When the month is over its spend is history, and what the
 * line has for the next month is planned − committed. Where the spend of an open month is not measured, neither is what is left of it. A plan
 * that states no commitment has none to take off; a line without a plan has nothing measured to give.
 */
export function remainderOf(line: BudgetLine, context: BudgetContext): Quantity {
  const committed = isMeasured(line.committed) ? line.committed : measured(0)
  if (isClosed(context)) return difference(line.planned, committed)
  const { spend } = deliveryOf(line.days, line.noDelivery)
  return difference(line.planned, sum([committed, spend]))
}

/** Is the reviewed month over on the review's date? */
export function isClosed({ month, asOfOn }: BudgetContext): boolean {
  return asOfOn > monthRange(month).to
}

/** What the books say about the lines that a recorded action touches. */
export function scopeOfAction(
  action: ActionRow,
  books: {
    readonly input: BudgetInput
    readonly lines: readonly BudgetLine[]
    readonly risks: readonly RiskScope[]
    readonly stopped: ReadonlySet<string>
    readonly context: BudgetContext
  },
): MoveScope {
  const { input, lines, risks, stopped, context } = books
  const giver = action.fromChannelId === null ? null : action.campaignId
  const onReceiver = risksOnReceiver(action, risks)
  const campaign = input.campaigns.find((row) => row.campaignId === action.campaignId)
  const asked = [null, action.fromChannelId, action.toChannelId].map((id) =>
    lineId(action.campaignId, id),
  )
  return {
    currency: context.policy.company.currency,
    usedLines: new Set(input.usedLines.map((used) => lineId(used.campaignId, used.channelId))),
    remainders: new Map(
      lines
        .filter((line) => asked.includes(line.id))
        .map((line) => [line.id, remainderOf(line, context)]),
    ),
    atRisk: new Set(
      onReceiver.some((risk) => keepsOut(risk, giver))
        ? [lineId(action.campaignId, action.toChannelId)]
        : [],
    ),
    isCampaignAtRisk: onReceiver.some((risk) => !keepsOut(risk, giver)),
    stopped,
    campaignRuns: campaign === undefined || isRunningStatus(campaign.status),
  }
}

/** The blocking risks that lie on the line into which a recorded action moves money. */
export function risksOnReceiver(
  { campaignId, toChannelId }: ActionRow,
  risks: readonly RiskScope[],
): readonly RiskScope[] {
  if (toChannelId === null) return []
  return risks.filter((risk) => isUnderRisk({ campaignId, channelId: toChannelId }, [risk]))
}
