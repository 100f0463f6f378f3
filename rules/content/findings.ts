import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { GapLine } from './gap.ts'
import type { PieceLine } from './pieces.ts'

/** One finding for each piece whose readers leave, and one for the largest gap. */
export function contentFindings(lines: readonly PieceLine[], gaps: readonly GapLine[]): Finding[] {
  const decays = lines
    .filter((line) => line.decision.action === 'refresh')
    .map((line) => ({
      id: `finding.${line.decision.id}`,
      ruleId: line.decision.ruleId,
      severity: 'warning' as const,
      subject: line.decision.subject,
      title: `${literal(line.piece.title)} is losing its readers`,
      detail: `Views changed by ${token(`${line.prefix}.views_change`)} against the earlier average, to ${token(`${line.prefix}.views`)}.`,
    }))
  const largest = gaps[0]
  if (largest === undefined) return decays
  return [
    ...decays,
    {
      id: `finding.${largest.decision.id}`,
      ruleId: largest.decision.ruleId,
      severity: 'info',
      subject: largest.decision.subject,
      title: `No good page answers “${literal(largest.text)}”`,
      detail: `It was shown ${token(`${largest.prefix}.impressions`)} times at a mean position of ${token(`${largest.prefix}.position`)}.`,
    },
  ]
}
