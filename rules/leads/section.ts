import type { Cell, Chart, Decision, Finding, Table } from '../schema/review.ts'

/** One part of the stage: what it decided and how it is shown. */
export interface Section {
  readonly decisions: readonly Decision[]
  readonly findings: readonly Finding[]
  readonly tables: readonly Table[]
  readonly charts: readonly Chart[]
}

/** A part that had nothing to show. */
export const NOTHING_TO_SHOW: Section = { decisions: [], findings: [], tables: [], charts: [] }

/** A column with its key and heading; figures stand to the right. */
export function column(key: string, label: string, numeric = true): Table['columns'][number] {
  return { key, label, numeric }
}

/** A cell that shows a fact. */
export function factCell(id: string): Cell {
  return { fact: id }
}

/** The finding that goes with a decision. */
export function findingOf(
  decision: Decision,
  words: Pick<Finding, 'severity' | 'title' | 'detail'>,
): Finding {
  return {
    id: `finding.${decision.id}`,
    ruleId: decision.ruleId,
    subject: decision.subject,
    ...words,
  }
}
