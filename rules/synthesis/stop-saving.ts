import { runsNow, runsOn, type CampaignStanding } from '../governance/campaign-standing.ts'
import { distinctPart } from '../kernel/text-id.ts'
import { segmentPrefix } from '../portfolio/facts.ts'
import type { JudgedSegment } from '../portfolio/judge.ts'
import type { CandidateContext } from './candidate.ts'
import { savingOf, unknown, type ImpactRuling } from './impact.ts'

/** What does pausing a campaign save? From its cost and value of the month; nothing where it does not run on. */
export function campaignSaving(
  campaignId: string | null,
  { facts, policy, standings }: CandidateContext,
): ImpactRuling {
  const over = nothingToSave(standings.get(campaignId ?? ''))
  if (over !== null) return over
  const of = (metric: string): string =>
    `campaign_roi.campaign.${distinctPart(campaignId ?? '')}.${metric}`
  const minor = (metric: string): number | null => {
    const value = facts.get(of(metric))?.value
    return typeof value === 'object' && value !== null ? value.minor : null
  }
  return savingOf(
    { cost: minor('cost'), value: minor('value') },
    {
      currency: policy.company.currency,
      period: 'the month',
      inputs: { cost: of('cost'), value: of('value') },
    },
  )
}

/** What does stopping a segment save? From the figures its call rests on; nothing where its campaign does not run on. */
export function segmentSaving(
  { key, facts, subject }: JudgedSegment,
  { policy, standings }: CandidateContext,
): ImpactRuling {
  const over = nothingToSave(standings.get(subject.campaignId))
  if (over !== null) return over
  return savingOf(
    { cost: facts.costMinor, value: facts.valueMinor },
    {
      currency: policy.company.currency,
      period: 'the period measured',
      inputs: { cost: `${segmentPrefix(key)}.spend`, value: `${segmentPrefix(key)}.value` },
    },
  )
}

/** Why stopping something saves no further month; null where it runs on. */
function nothingToSave(standing: CampaignStanding | undefined): ImpactRuling | null {
  if (runsOn(standing)) return null
  return unknown(
    runsNow(standing)
      ? 'its flight ends with the month, so no later month of it is saved'
      : 'it does not run any more, so keeping it off saves nothing further',
  )
}
