import { adjustPValues } from '../kernel/multiplicity.ts'
import { measured } from '../kernel/quantity.ts'
import type { Momentum } from '../policy/momentum.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Decision, Finding, StageResult } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'

/** A change against the month before that a stage tested. */
export interface ChangeTested {
  readonly decision: Decision
  /** Before any correction. */
  readonly p: number
}

/** Rules of the stages before that call a change. */
const RULES: readonly string[] = ['campaign_roi.trend', 'lead_scoring.trend']
const RULE_ID = 'synthesis.changes_tested'

/** Which changes did the stages test? One that a stage did not look at (a thin subject, a running month) has no adjusted p and is left out. */
export function changesTested(stages: readonly StageResult[]): ChangeTested[] {
  return stages.flatMap(({ decisions }) =>
    decisions.flatMap((decision) => {
      const { p, adjustedP } = decision.evidence
      const isTested = typeof p === 'number' && typeof adjustedP === 'number'
      return isTested && RULES.includes(decision.ruleId) ? [{ decision, p }] : []
    }),
  )
}

/**
 * Do the changes that stages called still hold when every change tested in the review is counted?
 *
 * A stage corrects for its own tests when it runs, and cannot know those of the stages after it. Here all of them are corrected together;
 * a call that does not hold is named, and the segments' calls are already made on this footing.
 *
 * @param ofSegments p of the segments' changes that were tested.
 * @param book Takes how many changes were tested and called, where any was.
 * Source: Benjamini and Hochberg (1995); at most α of the called changes are expected to be false.
 */
export function withdrawnChanges(
  book: FactBook,
  stages: readonly StageResult[],
  { ofSegments, momentum }: { ofSegments: readonly number[]; momentum: Momentum },
): Finding[] {
  const changes = changesTested(stages)
  const all = [...changes.map(({ p }) => p), ...ofSegments]
  if (changes.length === 0 || momentum.correction === 'none') return []
  const adjusted = adjustPValues(all, momentum.correction)
  const called = changes
    .map(({ decision }, index) => ({ decision, adjustedP: adjusted[index] ?? 1 }))
    .filter(({ decision: { action } }) => action === 'improving' || action === 'declining')
  enterCounts(book, all.length, called.length)
  const lost = called.filter(({ adjustedP }) => adjustedP > momentum.alpha)
  if (lost.length === 0) return []
  return [
    {
      id: `finding.${RULE_ID}`,
      ruleId: RULE_ID,
      severity: 'info',
      subject: 'review',
      title: 'Changes that may be chance once the whole review is counted',
      detail: `${lost.map(({ decision }) => literal(decision.subjectName)).join(', ')}: called by the stage beyond chance among its own tests, not among the ${token('synthesis.changes.tested')} that the review made. Nothing is decided on them here.`,
    },
  ]
}

function enterCounts(book: FactBook, tested: number, called: number): void {
  const entries = [
    ['tested', 'Changes against the month before that were tested', tested],
    ['called', 'Changes that a stage called beyond chance', called],
  ] as const
  for (const [id, label, count] of entries) {
    book.add({
      id: `synthesis.changes.${id}`,
      label,
      unit: 'count',
      quantity: measured(count),
      formula: 'decisions of this review that hold a p',
      source: [],
    })
  }
}
