import { expect } from 'vitest'

import type { AttributionInput } from '#rules/attribution/input.ts'
import { reviewAttribution } from '#rules/attribution/review.ts'
import type { Fact } from '#rules/schema/review.ts'
import { StageResult } from '#rules/schema/review.ts'
import { tokensOf } from '#rules/schema/template.ts'

import {
  contextWith,
  inputOf,
  pathMonth,
  timedMonth,
  type AttributionChanges,
  type TestEvent,
  type TestRow,
} from './measured.ts'

export function review(input: AttributionInput, changes: AttributionChanges = {}): StageResult {
  const result = StageResult.parse(reviewAttribution(input, contextWith(changes)))
  checkReferences(result)
  return result
}

/** Every token, cell and chart value names a fact or decision of the stage. */
function checkReferences(result: StageResult): void {
  const facts = new Set(result.facts.map(({ id }) => id))
  const decisions = new Set(result.decisions.map(({ id }) => id))
  const templates = [
    ...result.summary,
    ...result.findings.flatMap(({ title, detail }) => [title, detail]),
    ...result.tables.flatMap(({ note }) => note ?? []),
    ...result.charts.map(({ summary }) => summary),
  ]
  for (const id of templates.flatMap(tokensOf)) expect(facts).toContain(id)
  for (const { columns, rows } of result.tables) {
    for (const row of rows) expect(row).toHaveLength(columns.length)
    const cells = rows.flat()
    for (const id of cells.flatMap((cell) => ('fact' in cell ? cell.fact : []))) {
      expect(facts).toContain(id)
    }
    for (const id of cells.flatMap((cell) => ('decision' in cell ? cell.decision : []))) {
      expect(decisions).toContain(id)
    }
  }
  for (const { series, categories } of result.charts) {
    for (const { values } of series) {
      expect(values).toHaveLength(categories.length)
      for (const id of values) expect(facts).toContain(id)
    }
  }
}

export function paths(rows: readonly TestRow[], changes: AttributionChanges = {}): StageResult {
  return review(inputOf(pathMonth(rows, changes)), changes)
}

export function timed(events: readonly TestEvent[], changes: AttributionChanges = {}): StageResult {
  return review(inputOf(timedMonth(events, changes)), changes)
}

export function fact(result: StageResult, id: string): Fact {
  const found = result.facts.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no fact ${id}`)
  return found
}

export const value = (result: StageResult, id: string) => fact(result, id).value
export const titles = (result: StageResult) =>
  result.findings.map(({ id }) => id.replace('finding.attribution.', ''))
export const rowsOf = (result: StageResult, table: string) =>
  result.tables.find(({ id }) => id === `attribution.${table}`)?.rows ?? []

export const usd = (minor: number) => ({ currency: 'USD', minor })
