import { z } from 'zod'

import type { BreakdownRule } from '#rules/funnel/breakdown.ts'
import { type FunnelDefinition, planFunnel } from '#rules/funnel/definition.ts'
import { timeToConvertHistogram } from '#rules/funnel/histogram.ts'
import { type RunCounts, countRuns } from '#rules/funnel/run-count.ts'
import { createTrendTally } from '#rules/funnel/trend-tally.ts'

import type { OracleAdapter, OracleMismatch } from '../../adapter.ts'
import { compareDeep, type Reading } from '../../compare-deep.ts'
import {
  type CasePersons,
  type CaseRun,
  countsOf,
  feedCase,
  runCase,
  seconds,
} from '../../funnel-run.ts'

const Event = z.union([
  z.tuple([z.number(), z.string()]),
  z.tuple([z.number(), z.string(), z.object({ b: z.string().optional() })]),
])

const Case = z.object({
  id: z.string(),
  order: z.enum(['ordered', 'strict', 'unordered']),
  steps: z.array(z.string()),
  window_seconds: z.number(),
  users: z.record(z.string(), z.array(Event)),
  user_segment: z.record(z.string(), z.string()).optional(),
  attribution: z.string().optional(),
  counting: z.string().optional(),
  exclusions: z
    .array(z.object({ event: z.string(), from_step: z.int(), to_step: z.int() }))
    .default([]),
  expected: z.record(z.string(), z.unknown()),
})
type Case = z.infer<typeof Case>

const TrendPoints = z.array(z.object({ day: z.int(), rate_pct: z.number().optional() }))

/** Facts asserted by PostHog's tests and Mixpanel's documentation, each through the fold and tally that the review uses. */
export const adapter: OracleAdapter = {
  kind: 'statistics/funnel_cases',
  run: (file) =>
    z
      .object({ cases: z.array(Case) })
      .parse(file)
      .cases.map((entry) => ({
        id: entry.id,
        mismatches: Object.entries(entry.expected).flatMap(([name, expected]) =>
          compareFact(entry, name, expected),
        ),
      })),
}

function compareFact(entry: Case, name: string, expected: unknown): OracleMismatch[] {
  const read = FACTS[name]
  if (read === undefined) {
    return [{ what: name, expected, actual: 'no reading of this fact' }]
  }
  const { wanted = expected, actual } = read(entry, expected)
  return compareDeep(name, { expected: wanted, actual }, { relative: 1e-9 })
}

interface Comparison {
  /** What is compared when it is not the field as the file has it. */
  readonly wanted?: unknown
  readonly actual: Reading
}

/** One reading for every fact that a case of this kind may state. */
const FACTS: Readonly<Record<string, (entry: Case, expected: unknown) => Comparison>> = {
  counts: (entry) => ({ actual: countsOf(run(entry).all) }),
  any_attempt_counts: (entry) => ({ actual: countsOf(run(entry).all) }),
  first_entry_counts: (entry) => ({ actual: countsOf(run(entry, 'first_entry').all) }),
  avg_seconds_from_previous: (entry) => ({
    actual: run(entry).all.steps.map((step) => seconds(step.meanMs)),
  }),
  median_seconds_from_previous: (entry) => ({
    actual: run(entry).all.steps.map((step) => seconds(step.medianMs)),
  }),
  latest_entry_seconds: (entry) => ({ actual: seconds(run(entry).all.totalMeanMs) }),
  first_entry_seconds: (entry) => ({
    actual: seconds(run(entry, 'first_entry').all.totalMeanMs),
  }),
  dropped_after_step_1: (entry) => ({ actual: droppedAfter(entry, 1) }),
  dropped_after_step_2: (entry) => ({ actual: droppedAfter(entry, 2) }),
  dropped_after_step_3: (entry) => ({ actual: droppedAfter(entry, 3) }),
  by_segment: (entry) => ({ actual: bySegment(entry) }),
  step0_to_step1: (entry) => ({ actual: timeToConvert(entry) }),
  trend: (entry, expected) => trend(entry, expected, 0),
  trend_from_step_1: (entry, expected) => trend(entry, expected, 1),
  month_of_entry: (entry, expected) => ({ actual: monthOfEntry(entry, expected) }),
  totals: (entry) => ({ actual: totals(entry) }),
}

const ORDERS = { ordered: 'any_attempt', strict: 'strict_repeats', unordered: 'unordered' } as const

function definitionOf(entry: Case, order: FunnelDefinition['order']): FunnelDefinition {
  return {
    steps: entry.steps,
    order,
    windowMs: entry.window_seconds * 1000,
    exclusions: entry.exclusions.map(({ event, from_step, to_step }) => ({
      stage: event,
      fromStep: from_step,
      toStep: to_step,
    })),
    excluded: 'leaves',
  }
}

function personsOf({ users, user_segment }: Case): CasePersons {
  return new Map(
    Object.entries(users).map(([person, events]) => [
      person,
      events.map(([at, stage, properties]) => ({
        seconds: at,
        stage,
        value: properties?.b ?? user_segment?.[person] ?? '',
      })),
    ]),
  )
}

function run(entry: Case, order: FunnelDefinition['order'] = ORDERS[entry.order]) {
  return runCase(definitionOf(entry, order), personsOf(entry), breakdownOf(entry.attribution))
}

/** Attribution by all events: under a value only the events that carry it exist, so a person may count under several. */
function runByOwnEvents(entry: Case): CaseRun['byValue'] {
  const persons = personsOf(entry)
  const values = new Set([...persons.values()].flat().map(({ value }) => value))
  return new Map(
    Array.from(values, (value) => {
      const own = [...persons].map(
        ([person, events]) => [person, events.filter((event) => event.value === value)] as const,
      )
      return runCase(definitionOf(entry, ORDERS[entry.order]), new Map(own)).byValue
    }).flatMap((found) => [...found]),
  )
}

function breakdownOf(attribution = 'first_touch'): BreakdownRule {
  if (attribution === 'first_touch' || attribution === 'last_touch') return attribution
  if (attribution === 'all_events') return 'first_touch'
  return { step: z.coerce.number().int().parse(attribution.replace('step_', '')) }
}

function droppedAfter(entry: Case, depth: number): string[] {
  return [...run(entry).depthOf]
    .filter(([, reached]) => reached === depth)
    .map(([person]) => person)
}

function bySegment(entry: Case): Record<string, Reading> {
  const byValue = entry.attribution === 'all_events' ? runByOwnEvents(entry) : run(entry).byValue
  return Object.fromEntries(
    [...byValue].map(([value, { result, persons }]) => [
      value,
      {
        users: [...persons],
        counts: countsOf(result),
        avg: seconds(result.steps[1]?.meanMs),
        avg_seconds_from_previous: result.steps.map((step) => seconds(step.meanMs)),
        median_seconds_from_previous: result.steps.map((step) => seconds(step.medianMs)),
      },
    ]),
  )
}

function timeToConvert(entry: Case): Record<string, Reading> {
  const definition = definitionOf(entry, ORDERS[entry.order])
  const values: number[] = []
  const { all } = runCase(definition, personsOf(entry))
  for (const [person, events] of personsOf(entry)) {
    const alone = runCase(definition, new Map([[person, events]])).all.steps[1]
    if (alone?.meanMs != null) values.push(alone.meanMs / 1000)
  }
  const edges = (bins?: number): Reading =>
    timeToConvertHistogram(values, bins).map(({ from, count }) => [from, count])
  return {
    mean: seconds(all.steps[1]?.meanMs),
    median: seconds(all.steps[1]?.medianMs),
    values: values.toSorted((left, right) => left - right),
    histogram_auto: edges(),
    ...Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`histogram_${index + 1}_bins`, edges(index + 1)]),
    ),
  }
}

/** Where nobody entered PostHog prints a rate of 0; no traffic is no rate, so null is expected there, as the case's note says. */
function trend(entry: Case, expected: unknown, fromStep: number): Comparison {
  const points = TrendPoints.parse(expected)
  const definition = definitionOf(entry, ORDERS[entry.order])
  const tally = createTrendTally(planFunnel(definition), fromStep)
  feedCase(definition, personsOf(entry), [tally.read])
  const found = tally.finish(points.map((point) => point.day))
  return {
    wanted: points.map((point, index) =>
      found[index]?.entered === 0 && point.rate_pct === 0 ? { ...point, rate_pct: null } : point,
    ),
    actual: found.map(({ period, entered, converted, rate }) => ({
      day: period,
      entered,
      converted,
      rate_pct: rate === null ? null : Math.round(rate * 10_000) / 100,
    })),
  }
}

function monthOfEntry(entry: Case, expected: unknown): Record<string, Reading> {
  const zones = Object.keys(z.record(z.string(), z.string()).parse(expected))
  const [entered = 0] = run(entry).entryOf.values()
  return Object.fromEntries(zones.map((timeZone) => [timeZone, localMonth(entered, timeZone)]))
}

function localMonth(atSeconds: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit' })
    .formatToParts(atSeconds * 1000)
    .map(({ type, value }) => [type, value] as const)
  const { year, month } = Object.fromEntries(parts)
  return `${year}-${month}`
}

function totals(entry: Case): Record<string, Reading> {
  const definition = definitionOf(entry, ORDERS[entry.order])
  const plan = planFunnel(definition)
  const runs: RunCounts[] = []
  feedCase(definition, personsOf(entry), [(person) => runs.push(countRuns(plan, person))])
  const sum = (step: number): number =>
    runs.reduce((total, counts) => total + (counts.at(step) ?? 0), 0)
  return { entries: sum(0), conversions: sum(-1) }
}
