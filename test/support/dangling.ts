import type { Fact, Finding, Table } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'

/** Fact ids that texts or tables speak of and that were never entered; empty when every figure has its fact. */
export function danglingFacts(told: {
  readonly facts: readonly Fact[]
  readonly findings: readonly Finding[]
  readonly tables: readonly Table[]
  readonly texts?: readonly string[]
}): string[] {
  const known = new Set(told.facts.map((fact) => fact.id))
  const texts = [
    ...told.findings.flatMap(({ title, detail }) => [title, detail]),
    ...told.tables.flatMap((table) => (table.note === undefined ? [] : [table.note])),
    ...(told.texts ?? []),
  ]
  const cells = told.tables.flatMap((table) => table.rows.flat())
  const named = cells.flatMap((cell) => ('fact' in cell ? [cell.fact] : []))
  return [...texts.flatMap(tokensOf), ...named].filter((id) => !known.has(id))
}
