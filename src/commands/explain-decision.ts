import { verdictOf } from '#rules/budget/certificate.ts'
import { parseStatedPlan } from '#rules/budget/plan-evidence.ts'
import type { ReviewDocument } from '#rules/schema/document.ts'
import type { Decision, Fact } from '#rules/schema/review.ts'

import { formatFact, formatMoney, formatNumber } from '../report/format.ts'
import { indexDocument, renderText } from '../report/words.ts'
import { shellWord } from '../terminal/next-command.ts'
import type { Output } from '../terminal/output.ts'

/** What a decision is told with. */
export interface DecisionTelling {
  readonly document: ReviewDocument
  readonly currency: string
  /** The figures it rests on or stands beside. */
  readonly facts: readonly Fact[]
}

/** Tells a decision: rule, policy, what was compared, what was found, and the figures that lead to its rows. */
export function tellDecision(
  output: Output,
  decision: Decision,
  { document, currency, facts }: DecisionTelling,
): void {
  output.line(
    `${decision.subjectName}: ${decision.action} because ${decision.reason.replaceAll('_', ' ')}`,
  )
  output.line(`  id        ${shellWord(decision.id)}`)
  output.line(`  rule      ${decision.ruleId}`)
  output.line(
    `  policy    ${decision.policyVersion} (sha256 ${document.policy.sha256.slice(0, 12)}…)`,
  )
  output.line('  compared')
  for (const [name, value] of Object.entries(decision.evidence)) {
    output.line(`    ${name} = ${evidenceText(name, value, currency)}`)
  }
  const checked = checkedAgain(decision, currency)
  if (checked !== null) output.line(`  checked   ${checked}`)
  const index = indexDocument(document)
  const findings = Object.values(document.stages).flatMap((stage) => stage?.findings ?? [])
  for (const finding of findings.filter((each) => each.id === `finding.${decision.id}`)) {
    output.line(
      `  finding   ${renderText(finding.title, index)}. ${renderText(finding.detail, index)}`,
    )
  }
  for (const fact of facts) output.line(`  figure    ${fact.id} = ${formatFact(fact)}`)
}

/** What the second checker says of a plan, from the figures above alone; null of a decision that states none. */
export function checkedAgain({ evidence }: Decision, currency: string): string | null {
  const stated = parseStatedPlan(evidence)
  const { max_gap_share: share } = evidence
  if (stated === null || typeof share !== 'number') return null
  const { faults, gap } = verdictOf(stated.plan, [stated.certificate], share)
  if (faults.length > 0) return `again from these figures: refused (${faults.join(', ')})`
  return `again from these figures, without the solver: within its limits, and no plan within them brings more than ${formatMoney(currency, Math.ceil(gap))} beyond it`
}

const DAY_MS = 86_400_000
const ENTRIES_SHOWN = 12

/** The very quantity that was compared, with its unit in words where its name says that it is minor units or milliseconds. */
function evidenceText(name: string, value: Decision['evidence'][string], currency: string): string {
  if (Array.isArray(value) && value.length > ENTRIES_SHOWN) {
    const first = value.slice(0, ENTRIES_SHOWN).map((entry) => JSON.stringify(entry))
    return `[${first.join(',')}, … ${value.length} in all, told by --json]`
  }
  const exact = JSON.stringify(value)
  if (typeof value !== 'number') return exact
  if (/(Minor|_minor)$/.test(name)) {
    return `${exact} (${formatMoney(currency, Math.round(value))})`
  }
  return /(Ms|_ms)$/.test(name) ? `${exact} (${formatNumber(value / DAY_MS, 'days')})` : exact
}
