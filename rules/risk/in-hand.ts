import { distinctPart } from '../kernel/text-id.ts'
import type { Policy } from '../policy/policy.ts'
import type { Finding } from '../schema/review.ts'
import type { RiskItem } from '../schema/synthesis.ts'
import { literal, token } from '../schema/template.ts'
import { riskWords } from './judge.ts'

/** What is to be known of a grave risk that somebody has taken in hand? Lesser ones stand in the table. Its age must be in the facts already. */
export function inHandFinding(
  { riskId, severity, status, riskType, subject }: RiskItem,
  { budget }: Pick<Policy, 'budget'>,
): Finding[] {
  if (severity !== 'critical' && severity !== 'high') return []
  const age = token(`synthesis.risk.${distinctPart(riskId)}.age`)
  const blocks = budget.blocking_risk.severities.includes(severity)
  return [
    {
      id: `finding.risk.in_hand:${riskId}`,
      ruleId: 'risk.response',
      severity: 'warning',
      subject: `risk:${riskId}`,
      title: `${severity === 'critical' ? 'Critical' : 'High'} risk in hand (${literal(status.replaceAll('_', ' '))}) for ${age}: ${riskWords(riskType)}, ${subject}`,
      detail: `Somebody has taken it in hand, so it does not count as open. It is still there${blocks ? ': no money flows into what it lies on until it is closed' : ''}.`,
    },
  ]
}
