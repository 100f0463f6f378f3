import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { EvidenceGap, EvidenceRuling } from './evidence.ts'
import type { RiskSignal } from './signal.ts'

const RULE_ID = 'risk.evidence'
/** Measures of the ad platforms; every other one is a stage of the funnel. */
const DELIVERED = new Set(['impressions', 'clicks', 'conversions'])

/**
 * Told when a risk rests on counts that were never measured: more than was measured is a warning, since no part of the data can hold it;
 * less may be a part of the days and is only noted.
 */
export function evidenceFinding(
  book: FactBook,
  { riskId, campaignId }: RiskSignal,
  ruling: EvidenceRuling,
): Finding[] {
  if (ruling.verdict !== 'differs') return []
  const told = ruling.gaps.map((gap) => ({ gap, ...enterGap(book, { riskId, campaignId }, gap) }))
  const excess = told.some(({ gap }) => gap.stated > gap.measured)
  const parts = told.map(
    ({ gap, stated, actual }) =>
      `${token(stated)} ${literal(gap.key.replaceAll('_', ' '))} where ${token(actual)} were measured`,
  )
  return [
    {
      id: `finding.${RULE_ID}:${riskId}`,
      ruleId: RULE_ID,
      severity: excess ? 'warning' : 'info',
      subject: `risk:${riskId}`,
      title: `Risk ${literal(riskId)} states ${parts.join(' and ')}`,
      detail: excess
        ? 'The evidence claims more than the whole campaign had up to that day, so its size cannot be relied on. What to do about the risk does not depend on it.'
        : 'The evidence claims less than the campaign had up to that day; it may cover only some of the days.',
    },
  ]
}

function enterGap(
  book: FactBook,
  { riskId, campaignId }: { riskId: string; campaignId: string | null },
  gap: EvidenceGap,
): { stated: string; actual: string } {
  const prefix = `synthesis.risk.${distinctPart(riskId)}`
  const measure = literal(gap.key.replaceAll('_', ' '))
  const source: FactSource = DELIVERED.has(gap.measure)
    ? { dataset: 'ad_performance', rows: gap.rows, where: whereOf(campaignId) }
    : {
        dataset: 'funnel_counts',
        rows: gap.rows,
        where: { ...whereOf(campaignId), stage: gap.measure },
      }
  return {
    stated: book.add({
      id: `${prefix}.stated.${distinctPart(gap.key)}`,
      label: `${riskId}: ${measure} as its evidence states`,
      unit: 'count',
      quantity: measured(gap.stated),
      source: [{ dataset: 'risk_signals', rows: 1, where: { risk_id: riskId } }],
    }),
    actual: book.add({
      id: `${prefix}.measured.${distinctPart(gap.key)}`,
      label: `${riskId}: ${measure} as measured in the campaign`,
      unit: 'count',
      quantity: measured(gap.measured),
      formula: 'sum up to the day the risk was raised',
      source: [source],
    }),
  }
}

function whereOf(campaignId: string | null): Record<string, string> {
  return campaignId === null ? {} : { campaign_id: campaignId }
}
