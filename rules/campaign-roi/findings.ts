import { isMeasured } from '../kernel/quantity.ts'
import type { Decision, Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { CampaignLine } from './campaigns.ts'

/** What a reader must know about cost, value and the books behind them. */
export function campaignRoiFindings(
  lines: readonly CampaignLine[],
  judged: { readonly spend: Decision; readonly claims: Decision },
): Finding[] {
  return [...spendFindings(judged.spend), ...claimFindings(judged.claims), ...lossFindings(lines)]
}

function spendFindings(spend: Decision): Finding[] {
  const base = { id: `finding.${spend.id}`, ruleId: spend.ruleId, subject: spend.subject }
  const ledger = token('campaign_roi.total.cost.media')
  const platforms = token('campaign_roi.total.platform_spend')
  if (spend.action === 'untraceable') {
    return [
      {
        ...base,
        severity: 'serious',
        title: `${token('campaign_roi.spend_trace.untraceable_share')} of media spend cannot be traced`,
        detail: `The ledger books ${ledger} of media; platform rows explain ${platforms}. ${token('campaign_roi.spend_trace.untraceable')} has no row behind it, so no rate per channel or segment may be read as the whole.`,
      },
    ]
  }
  if (spend.action === 'overclaimed') {
    return [
      {
        ...base,
        severity: 'warning',
        title: 'Platforms report more spend than the ledger books',
        detail: `Platforms report ${platforms}; the ledger books ${ledger}. An invoice may be missing, or spend of another month is in the exports.`,
      },
    ]
  }
  return []
}

function claimFindings(claims: Decision): Finding[] {
  if (claims.action !== 'overclaimed') return []
  return [
    {
      id: `finding.${claims.id}`,
      ruleId: claims.ruleId,
      subject: claims.subject,
      severity: 'warning',
      title: 'Platforms claim more conversions than the CRM won',
      detail: `Platforms count ${token('campaign_roi.total.conversions')} conversions against ${token('campaign_roi.total.wins')} won deals, ${token('campaign_roi.claim_ratio')} as many. Platform conversions are claims until the CRM confirms them.`,
    },
  ]
}

function lossFindings(lines: readonly CampaignLine[]): Finding[] {
  return lines
    .filter((line) => line.decision.action === 'loss')
    .map((line) => ({
      id: `finding.${line.decision.id}`,
      ruleId: line.decision.ruleId,
      subject: line.decision.subject,
      severity: 'serious' as const,
      title: `${literal(line.name)} returned less than it cost`,
      detail: `It cost ${token(`${line.prefix}.cost`)} and returned ${token(`${line.prefix}.value`)}, ${
        isMeasured(line.economics.roi) ? `an ROI of ${token(`${line.prefix}.roi`)}` : 'no ROI'
      }.`,
    }))
}
