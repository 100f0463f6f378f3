import { present } from '../kernel/invariant.ts'
import { isMeasured } from '../kernel/quantity.ts'
import { literal, token } from '../schema/template.ts'
import type { CampaignLine } from './campaigns.ts'
import type { Totals } from './totals.ts'

const total = (metric: string): string => token(`campaign_roi.total.${metric}`)

/**
 * The stage in two to four sentences, the most important first. Figures stand as tokens; what was not measured is said to be missing.
 *
 * @param ranked Campaigns by return, best first.
 * @param spendCall The action of the spend trace.
 */
export function campaignRoiSummary(
  totals: Totals,
  ranked: readonly CampaignLine[],
  spendCall: string,
): string[] {
  return [
    returnSentence(totals),
    ...leaderSentence(ranked),
    ...(spendCall === 'untraceable' ? [traceSentence()] : []),
    ...comparisonSentence(totals),
  ]
}

function returnSentence({ economics, booked }: Totals): string {
  if (!isMeasured(economics.roi)) {
    return `Return cannot be stated: full cost is ${total('cost')}, value is ${total('value')}.`
  }
  const words = estimateWords(booked)
  const basis = words === undefined ? '' : `, ${words},`
  return `The month cost ${total('cost')} in full and returned ${total('value')}${basis} for a net of ${total('net')} and an ROI of ${total('roi')}.`
}

/** How much of the value is an estimate, in words; undefined where none is. */
export function estimateWords({ estimated }: Totals['booked']): string | undefined {
  if (estimated === 'none') return undefined
  return estimated === 'all' ? 'all of it an estimate' : 'in part an estimate'
}

function leaderSentence(ranked: readonly CampaignLine[]): string[] {
  const [best, ...others] = ranked
  const worst = others.at(-1)
  if (best === undefined || worst === undefined) return []
  return [
    `${literal(best.name)} led with an ROI of ${token(`${best.prefix}.roi`)}; ${literal(worst.name)} came last with ${token(`${worst.prefix}.roi`)}.`,
  ]
}

function traceSentence(): string {
  return `Of ${total('cost.media')} media spend in the ledger, platform rows explain ${total('platform_spend')}; ${token('campaign_roi.spend_trace.untraceable_share')} cannot be traced.`
}

/** Where it is this month that is missing or not over, nothing is said of the earlier one. */
function comparisonSentence({ comparisons, economics }: Totals): string[] {
  const before = present(comparisons[0], 'the prior month')
  if (isMeasured(before.valueChange)) {
    return [
      `Against the prior month, value changed by ${total('prior_month.value_change')} and full cost by ${total('prior_month.cost_change')}.`,
    ]
  }
  const isAlone = isMeasured(economics.value) && !isMeasured(before.economics.value)
  return isAlone ? ['There is no earlier month to compare with.'] : []
}
