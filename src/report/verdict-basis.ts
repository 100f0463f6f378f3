import type { ReviewDocument } from '#rules/schema/document.ts'

import { indexDocument, renderText } from './words.ts'

/** The rule whose finding stands beside the verdict itself. */
export const VERDICT_RULE = 'health.verdict'

/** Why the verdict is what it is, in words; undefined where no table was read. */
export function verdictBasis(
  document: ReviewDocument,
): { readonly title: string; readonly detail: string } | undefined {
  const finding = document.stages.synthesis?.findings.find(({ ruleId }) => ruleId === VERDICT_RULE)
  if (finding === undefined) return undefined
  const index = indexDocument(document)
  return { title: renderText(finding.title, index), detail: renderText(finding.detail, index) }
}
