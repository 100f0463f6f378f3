import type { BudgetStageResult } from '#rules/schema/budget-move.ts'
import { createFactBook, type FactBook } from '#rules/schema/fact-book.ts'
import type { Fact } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'

/** What is entered into an empty book. */
export function entered(enter: (book: FactBook) => void): readonly Fact[] {
  const book = createFactBook()
  enter(book)
  return book.list()
}

/** The facts by the last word of their ids: the figure (money in minor units), or why there is none. */
export function figures(facts: readonly Fact[]): Readonly<Record<string, number | string | null>> {
  return Object.fromEntries(
    facts.map(({ id, value, reason }) => [
      id.slice(id.lastIndexOf('.') + 1),
      typeof value === 'object' && value !== null ? value.minor : (value ?? reason ?? null),
    ]),
  )
}

/** The fact whose id ends so. */
export function factAt(facts: readonly Fact[], metric: string): Fact | undefined {
  return facts.find(({ id }) => id.endsWith(`.${metric}`))
}

/** Everything a result refers to that it does not hold. */
export function dangling(result: BudgetStageResult): readonly string[] {
  const ids = new Set([
    ...result.facts.map((fact) => fact.id),
    ...result.decisions.map((decision) => decision.id),
  ])
  const templates = [
    ...result.summary,
    ...result.findings.flatMap((finding) => [finding.title, finding.detail]),
    ...result.tables.flatMap((table) => table.note ?? []),
  ]
  const cells = result.tables.flatMap((table) => table.rows.flat())
  return [
    ...templates.flatMap(tokensOf),
    ...cells.flatMap((cell) => ('fact' in cell ? [cell.fact] : [])),
    ...cells.flatMap((cell) => ('decision' in cell ? [cell.decision] : [])),
    ...result.facts.flatMap((fact) => fact.inputs ?? []),
  ].filter((id) => !ids.has(id))
}
