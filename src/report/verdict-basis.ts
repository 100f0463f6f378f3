import type { ReviewDocument } from '#rules/schema/document.ts'
import type { Finding } from '#rules/schema/review.ts'

import { indexDocument, renderText } from './words.ts'

/** The rule whose finding stands beside the verdict itself. */
const VERDICT_RULE = 'health.verdict'

/** Why the verdict is what it is, in words; undefined where no table was read. */
export function verdictBasis(
  document: ReviewDocument,
): { readonly title: string; readonly detail: string } | undefined {
  const finding = document.stages.synthesis?.findings.find(({ ruleId }) => ruleId === VERDICT_RULE)
  if (finding === undefined) return undefined
  const index = indexDocument(document)
  return { title: renderText(finding.title, index), detail: renderText(finding.detail, index) }
}

/** What the verdict could not look at; empty where its reason names it already. */
export function unmeasuredBeside({ health }: ReviewDocument): readonly string[] {
  const isNamed = health.reasons.some(({ code }) => code === 'nothing_measured')
  return isNamed ? [] : health.unmeasured
}

/** Findings that stand in a list; what the verdict rests on stands beside the verdict. */
export function listedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ ruleId }) => ruleId !== VERDICT_RULE)
}
