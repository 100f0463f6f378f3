import { present } from '../kernel/invariant.ts'
import { exactRatio, compareRatio } from '../kernel/printed-decimal.ts'
import { SEVERITIES, type Severity } from '../policy/synthesis.ts'
import type { HealthRow, Verdict } from '../policy/verdict.ts'
import { isBelow, type Grade } from '../trust/grade.ts'

/** What the verdict looks at; null where it was not measured. */
export interface HealthFacts {
  /** Grade of the data; null when nobody graded it. */
  readonly trustGrade: Grade | null
  readonly openRisks:
    | readonly {
        readonly severity: Severity
        readonly ageDays: number
        readonly riskId?: string
      }[]
    | null
  /** Full cost and value per month, the reviewed month first, then the months before it; minor units, null where not measured. */
  readonly months: readonly {
    readonly costMinor: number | null
    readonly valueMinor: number | null
  }[]
  readonly segmentStops: number | null
  readonly pendingReallocations: number | null
  readonly targetsMissed: number | null
}

/** What the table asks for and a review may not have measured. */
export type HealthTopic =
  | 'roi_below'
  | 'open_risk'
  | 'segment_stop'
  | 'pending_reallocation'
  | 'target_missed'

/** What was found, with the bound of the row that asked for it. */
type Found = (
  | { readonly code: 'trust_grade' | Exclude<HealthTopic, 'roi_below'> }
  | { readonly code: 'aged_risk'; readonly atLeast: Severity; readonly olderThanDays: number }
  | { readonly code: 'roi_below'; readonly than: number }
) & {
  /** How many things stand behind it. */
  readonly count: number
}

/** Something that speaks against "on track". */
export type Concern = Found & {
  /** The row of the table that names it, from 0. */
  readonly row: number
}

export interface HealthRuling {
  readonly verdict: Verdict
  /** The row that gave the verdict, from 0. */
  readonly row: number
  readonly concerns: readonly Concern[]
  /** What the table asks for and nobody measured. */
  readonly unmeasured: readonly HealthTopic[]
  /** The table asks for something, and nothing of it was measured. */
  readonly isBlind: boolean
}

/**
 * How does the company's marketing stand this month?
 *
 * The first row of the policy's table that matches gives the verdict; every row is looked at all the same, so that the reader sees each
 * concern that applies and not only the first. A row matches when at least one concern in it does. Finding nothing where nothing was
 * measured is not being on track: then the verdict is not assessable. Reallocations that wait speak against it, none that waits alone not for it.
 *
 * @param table Ends with a row that matches everything (held by the policy's schema).
 * @throws InvariantError when it does not.
 */
export function judgeHealth(facts: HealthFacts, table: readonly HealthRow[]): HealthRuling {
  const concerns = table.flatMap((entry, row) =>
    concernsOf(entry, facts).map((concern) => ({ ...concern, row })),
  )
  const row = table.findIndex(
    (entry, index) => 'otherwise' in entry || concerns.some((concern) => concern.row === index),
  )
  const matched = present(table[row], 'the last row of the health table')
  const asked = [...new Set(table.flatMap(topicsOf))]
  const unmeasured = asked.filter((topic) => !isMeasured(topic, facts))
  const telling = asked.some(tellsOfResults) ? asked.filter(tellsOfResults) : asked
  const isBlind = telling.length > 0 && telling.every((topic) => unmeasured.includes(topic))
  const verdict = 'otherwise' in matched ? matched.otherwise : matched.verdict
  return {
    verdict: isBlind && verdict === 'on_track' ? 'not_assessable' : verdict,
    row,
    unmeasured,
    isBlind,
    concerns: concerns.filter(
      (concern, index) => concerns.findIndex((other) => other.code === concern.code) === index,
    ),
  }
}

/** That nothing waits for a decision says that people decided, not how marketing does. */
function tellsOfResults(topic: HealthTopic): boolean {
  return topic !== 'pending_reallocation'
}

function topicsOf(row: HealthRow): HealthTopic[] {
  if ('otherwise' in row || row.when === 'trust_grade_below') return []
  if (row.when === 'any_of') return row.list
  return [row.when === 'roi_below' ? 'roi_below' : 'open_risk']
}

function isMeasured(topic: HealthTopic, facts: HealthFacts): boolean {
  if (topic !== 'roi_below') return countOf(topic, facts) !== null
  const [month] = facts.months
  return month !== undefined && month.costMinor !== null && month.valueMinor !== null
}

function concernsOf(row: HealthRow, facts: HealthFacts): Found[] {
  if ('otherwise' in row) return []
  return candidates(row, facts).filter((concern) => concern.count > 0)
}

function candidates(row: Exclude<HealthRow, { otherwise: Verdict }>, facts: HealthFacts): Found[] {
  if (row.when === 'trust_grade_below') {
    return [{ code: 'trust_grade', count: isBelow(facts.trustGrade, row.than) ? 1 : 0 }]
  }
  if (row.when === 'open_risk_severity') {
    const { at_least: atLeast, older_than_days: olderThanDays } = row
    const count = agedRisks(facts, atLeast, olderThanDays)
    return [{ code: 'aged_risk', count, atLeast, olderThanDays }]
  }
  if (row.when === 'roi_below') {
    const { than } = row
    return [{ code: 'roi_below', count: badMonths(facts, than, row.for_months), than }]
  }
  return row.list.map((code) => ({ code, count: countOf(code, facts) ?? 0 }))
}

function agedRisks({ openRisks }: HealthFacts, atLeast: Severity, olderThanDays: number): number {
  const bound = SEVERITIES.indexOf(atLeast)
  const aged = openRisks?.filter(
    (risk) => SEVERITIES.indexOf(risk.severity) >= bound && risk.ageDays > olderThanDays,
  )
  return aged?.length ?? 0
}

/** The number of months when the reviewed one and those right before it were all below the bound; 0 when one was not, or is not known. */
function badMonths({ months }: HealthFacts, than: number, forMonths: number): number {
  const recent = months.slice(0, forMonths)
  const bad = recent.filter(
    ({ costMinor, valueMinor }) =>
      costMinor !== null &&
      valueMinor !== null &&
      costMinor > 0 &&
      compareRatio(exactRatio(valueMinor - costMinor, costMinor), than) < 0,
  )
  return bad.length === forMonths ? forMonths : 0
}

function countOf(
  topic: Exclude<HealthTopic, 'roi_below'>,
  { openRisks, segmentStops, pendingReallocations, targetsMissed }: HealthFacts,
): number | null {
  const counts = {
    open_risk: openRisks?.length ?? null,
    segment_stop: segmentStops,
    pending_reallocation: pendingReallocations,
    target_missed: targetsMissed,
  }
  return counts[topic]
}
