import type { HealthFacts, HealthRuling } from '../health/verdict.ts'
import { enumerated } from '../kernel/enumeration.ts'
import { present } from '../kernel/invariant.ts'
import { measured } from '../kernel/quantity.ts'
import { SEVERITIES, type Severity } from '../policy/synthesis.ts'
import type { HealthRow } from '../policy/verdict.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'

const RULE_ID = 'health.verdict'
const PREFIX = 'synthesis.health'

/**
 * Why this verdict and no graver one? The row of the policy's table that matched, and each row before it with what it asks for and, where a
 * risk comes near it, how near.
 */
export function verdictBasis(
  book: FactBook,
  { verdict, row }: HealthRuling,
  { facts, table }: { readonly facts: HealthFacts; readonly table: readonly HealthRow[] },
): Finding[] {
  if (verdict === 'not_assessable') return []
  const matched = present(table[row], 'the row that gave the verdict')
  const entry = { book, facts }
  const before = table
    .slice(0, row)
    .map((other, index) => ({ other, number: index + 1 }))
    .filter(({ other }) => gives(other) !== verdict)
    .map(({ other, number }) => ` ${passedOver(other, number, entry)}`)
  const number = row + 1
  return [
    {
      id: `finding.${RULE_ID}:basis`,
      ruleId: RULE_ID,
      severity: 'info',
      subject: 'company:all',
      title: `Why the verdict is ${spoken(verdict)}`,
      detail: `Row ${rowNumber(book, number)} of the policy’s table is the first that holds: ${asks(matched, number, book)}.${before.join('')}`,
    },
  ]
}

interface Entry {
  readonly book: FactBook
  readonly facts: HealthFacts
}

function passedOver(row: HealthRow, number: number, { book, facts }: Entry): string {
  const near = nearness(row, number, { book, facts })
  return `Row ${rowNumber(book, number)}, ${spoken(gives(row))}, does not: it asks for ${asks(row, number, book)}${near}.`
}

/** How near the gravest open risk comes to the row; empty for other rows. */
function nearness(row: HealthRow, number: number, { book, facts }: Entry): string {
  if (!('when' in row) || row.when !== 'open_risk_severity') return ''
  if (facts.openRisks === null) return ', and open risks were not measured'
  const [oldest] = facts.openRisks
    .filter((risk) => isAsGrave(risk.severity, row.at_least))
    .toSorted((left, right) => right.ageDays - left.ageDays)
  if (oldest === undefined) return ', and none of that severity is open'
  const age = token(
    book.add({
      id: `${PREFIX}.row_${number}.age`,
      label: 'Age of the oldest open risk of that severity',
      unit: 'days',
      quantity: measured(oldest.ageDays),
      source: [{ dataset: 'risk_signals', rows: 1 }],
    }),
  )
  const name = oldest.riskId === undefined ? 'the oldest' : `the oldest, ${literal(oldest.riskId)},`
  const atBound = oldest.ageDays === row.older_than_days ? ': at the bound, not above it' : ''
  return `, and ${name} has been open for ${age}${atBound}`
}

function isAsGrave(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
}

const TOPICS = {
  open_risk: 'an open risk',
  segment_stop: 'a segment to stop',
  pending_reallocation: 'a reallocation that waits',
  target_missed: 'a missed target',
} as const

/** What a row asks for, its bounds entered as facts. */
function asks(row: HealthRow, number: number, book: FactBook): string {
  if ('otherwise' in row) return 'nothing else applies'
  if (row.when === 'trust_grade_below') return `data graded below ${row.than}`
  if (row.when === 'any_of') {
    return `at least one of ${enumerated(row.list.map((topic) => TOPICS[topic]))}`
  }
  const bound = (metric: string, unit: 'days' | 'change' | 'count', value: number): string =>
    token(
      book.add({
        id: `${PREFIX}.row_${number}.${metric}`,
        label: `Row ${number} of the health table: ${metric}`,
        unit,
        quantity: measured(value),
        source: [],
      }),
    )
  if (row.when === 'roi_below') {
    return `an ROI below ${bound('roi', 'change', row.than)} for ${bound('months', 'count', row.for_months)} ${row.for_months === 1 ? 'month' : 'months in a row'}`
  }
  const graver = row.at_least === 'critical' ? '' : ' or graver'
  return `a risk of ${row.at_least} severity${graver} open for more than ${bound('days', 'days', row.older_than_days)}`
}

function rowNumber(book: FactBook, number: number): string {
  return token(
    book.add({
      id: `${PREFIX}.row_${number}`,
      label: 'Row of the health table',
      unit: 'count',
      quantity: measured(number),
      source: [],
    }),
  )
}

function gives(row: HealthRow): HealthRuling['verdict'] {
  return 'otherwise' in row ? row.otherwise : row.verdict
}

function spoken(verdict: HealthRuling['verdict']): string {
  return verdict.replaceAll('_', ' ').toUpperCase()
}
