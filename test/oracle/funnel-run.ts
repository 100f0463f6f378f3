import type { BreakdownRule } from '#rules/funnel/breakdown.ts'
import { type FunnelDefinition, OTHER_KIND, planFunnel } from '#rules/funnel/definition.ts'
import { createEventFold, type PersonReader } from '#rules/funnel/event-fold.ts'
import { createFunnelTally, type FunnelResult } from '#rules/funnel/funnel-tally.ts'
import { NO_LABEL } from '#rules/funnel/person-events.ts'

/** One event of a case: seconds, stage, and the breakdown value it carries (empty: none). */
export interface CaseEvent {
  readonly seconds: number
  readonly stage: string
  readonly value: string
}

/** Events by person, in the order given. */
export type CasePersons = ReadonlyMap<string, readonly CaseEvent[]>

/** What a funnel over a case's persons gives. */
export interface CaseRun {
  readonly all: FunnelResult
  readonly byValue: ReadonlyMap<string, { result: FunnelResult; persons: readonly string[] }>
  readonly depthOf: ReadonlyMap<string, number>
  /** Seconds of the credited entry of each person who entered. */
  readonly entryOf: ReadonlyMap<string, number>
}

export const DAY_SECONDS = 86_400

/** Feeds the persons of a case, one batch each, to the readers of a plan. */
export function feedCase(
  definition: FunnelDefinition,
  persons: CasePersons,
  readers: readonly PersonReader[],
): { labelOf: (label: number) => string } {
  const plan = planFunnel(definition)
  const values: string[] = []
  const fold = createEventFold(readers)
  for (const [person, events] of persons) {
    const rows = events.toSorted((left, right) => left.seconds - right.seconds)
    fold.add({
      person: rows.map(() => person),
      timeMs: rows.map((row) => row.seconds * 1000),
      kind: rows.map((row) => plan.kindOfStage.get(row.stage) ?? OTHER_KIND),
      period: rows.map((row) => Math.floor(row.seconds / DAY_SECONDS)),
      label: rows.map((row) => {
        if (row.value === '') return NO_LABEL
        if (!values.includes(row.value)) values.push(row.value)
        return values.indexOf(row.value)
      }),
    })
  }
  fold.finish()
  return { labelOf: (label) => values[label] ?? '' }
}

/** Runs a funnel over the persons of a case, through the fold and tally that the review uses. */
export function runCase(
  definition: FunnelDefinition,
  persons: CasePersons,
  breakdown: BreakdownRule = 'first_touch',
): CaseRun {
  const order = [...persons].filter(([, events]) => events.length > 0).map(([person]) => person)
  let next = 0
  let current = ''
  const depthOf = new Map([...persons.keys()].map((person) => [person, 0]))
  const entryOf = new Map<string, number>()
  const personsOf = new Map<number, string[]>()
  const tally = createFunnelTally(planFunnel(definition), {
    breakdown,
    also: (person, match, label) => {
      depthOf.set(current, match.depth)
      entryOf.set(current, (person.timesMs[match.events[0] ?? 0] ?? 0) / 1000)
      personsOf.set(label, [...(personsOf.get(label) ?? []), current])
    },
  })
  const { labelOf } = feedCase(definition, persons, [
    (person) => {
      current = order[next++] ?? ''
      tally.read(person)
    },
  ])
  const { all, byLabel } = tally.finish()
  return {
    all,
    byValue: new Map(
      [...byLabel].map(([label, result]) => [
        labelOf(label),
        { result, persons: personsOf.get(label) ?? [] },
      ]),
    ),
    depthOf,
    entryOf,
  }
}

/** Milliseconds as seconds, null kept. */
export function seconds(ms: number | null | undefined): number | null {
  return ms == null ? null : ms / 1000
}

/** Persons per step. */
export function countsOf(result: FunnelResult | undefined): number[] {
  return (result?.steps ?? []).map((step) => step.persons)
}
