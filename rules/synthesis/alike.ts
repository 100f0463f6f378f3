import { measured } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Finding, StageName } from '../schema/review.ts'
import { token } from '../schema/template.ts'

/** A serious finding with the stage that told it. */
export interface SeriousFinding {
  readonly stage: StageName
  readonly finding: Finding
}

/** Rules whose findings say the same of one thing after another, and how several are told as one. */
const TOGETHER: Readonly<Record<string, { readonly subject: string; readonly title: string }>> = {
  'experiment.acted_on_undecided': {
    subject: 'experiments:all',
    title: 'decisions acted on undecided experiments',
  },
}

/**
 * Serious findings as leadership is told of them: those that say the same of several things are one, in the place of the first, with
 * their number as a fact.
 */
export function foldAlike(book: FactBook, serious: readonly SeriousFinding[]): SeriousFinding[] {
  return serious.flatMap((told, index) => {
    const { ruleId } = told.finding
    const together = TOGETHER[ruleId]
    const alike = serious.filter(({ finding }) => finding.ruleId === ruleId)
    if (together === undefined || alike.length === 1) return [told]
    if (serious.findIndex(({ finding }) => finding.ruleId === ruleId) !== index) return []
    const count = book.add({
      id: `synthesis.serious.${ruleId}`,
      label: `How many ${together.title}`,
      unit: 'count',
      quantity: measured(alike.length),
      source: [],
    })
    return [
      {
        stage: told.stage,
        finding: {
          ...told.finding,
          id: `finding.${ruleId}`,
          subject: together.subject,
          title: `${token(count)} ${together.title}`,
        },
      },
    ]
  })
}
