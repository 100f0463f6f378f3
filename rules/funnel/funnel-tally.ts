import { type BreakdownRule, breakdownLabel } from './breakdown.ts'
import type { FunnelPlan } from './definition.ts'
import type { PersonReader } from './event-fold.ts'
import {
  append,
  createList,
  type GrowingList,
  joinLists,
  meanOf,
  medianOf,
} from './growing-list.ts'
import { createMatcher } from './match.ts'
import { type Match, NO_LABEL, type PersonEvents, timeAt } from './person-events.ts'

/** One step of a funnel of persons. Times are milliseconds since the step before; null where nobody reached the step. */
export interface FunnelStep {
  readonly stage: string
  readonly persons: number
  /** Share of those at the step before; null for the entry and where nobody was there. */
  readonly fromPrevious: number | null
  readonly fromFirst: number | null
  readonly meanMs: number | null
  readonly medianMs: number | null
}

/** How many persons went how far, and how long they took. */
export interface FunnelResult {
  readonly steps: readonly FunnelStep[]
  /** From entry to the last step, of those who completed. */
  readonly totalMeanMs: number | null
  readonly totalMedianMs: number | null
  /** Persons an exclusion removed. */
  readonly excluded: number
}

/** What to count. */
export interface TallyOptions {
  /** Only events of this period open an attempt; all of them when left out. */
  readonly period?: number
  /** Under which value a person counts; without it there is no breakdown. */
  readonly breakdown?: BreakdownRule
  /** Sees every person after matching, for further tallies of the same pass. */
  readonly also?: (person: PersonEvents, match: Match, label: number) => void
}

/** Counts persons of an event fold; `finish` may be called once the fold has finished. */
export interface FunnelTally {
  readonly read: PersonReader
  readonly finish: () => {
    readonly all: FunnelResult
    /** By label, ascending. */
    readonly byLabel: ReadonlyMap<number, FunnelResult>
  }
}

interface Tally {
  readonly persons: number[]
  readonly gapsMs: readonly GrowingList[]
  readonly totalMs: GrowingList
  excluded: number
}

/** Counts how many persons reach each step of a plan. */
export function createFunnelTally(plan: FunnelPlan, options: TallyOptions = {}): FunnelTally {
  const match = createMatcher(plan)
  // By label + 1: labels are places in a list of values, and a place is found faster than a key.
  const tallies: (Tally | undefined)[] = []
  const { period, breakdown, also } = options
  return {
    read: (person) => {
      person.openPeriod = period
      const matched = match(person)
      if (matched.depth === 0 || !enteredIn(period, { plan, person, match: matched })) return
      const label =
        breakdown === undefined
          ? NO_LABEL
          : breakdownLabel(plan, { person, match: matched }, breakdown)
      const tally = (tallies[label - NO_LABEL] ??= createTally(plan))
      count(tally, person, matched)
      also?.(person, matched, label)
    },
    finish: () => {
      const counted = [...tallies.entries()].flatMap(([place, tally]) =>
        tally === undefined ? [] : [{ label: place + NO_LABEL, tally }],
      )
      return {
        all: toResult(
          plan,
          joinTallies(
            plan,
            counted.map(({ tally }) => tally),
          ),
        ),
        byLabel: new Map(
          breakdown === undefined
            ? []
            : counted.map(({ label, tally }) => [label, toResult(plan, tally)]),
        ),
      }
    },
  }
}

/** In any order every step may open, so the period is asked of the attempt's first event; an ordered match has seen to it. */
function enteredIn(
  period: number | undefined,
  { plan, person, match }: { plan: FunnelPlan; person: PersonEvents; match: Match },
): boolean {
  return (
    period === undefined ||
    plan.order !== 'unordered' ||
    person.periods[match.events[0] ?? person.from] === period
  )
}

/** Everybody, from what was counted under each label. */
function joinTallies({ steps }: FunnelPlan, tallies: readonly Tally[]): Tally {
  const sum = (figure: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + figure(tally), 0)
  return {
    persons: steps.map((_, step) => sum((tally) => tally.persons[step] ?? 0)),
    gapsMs: steps
      .slice(1)
      .map((_, gap) => joinLists(tallies.flatMap((tally) => tally.gapsMs[gap] ?? []))),
    totalMs: joinLists(tallies.map((tally) => tally.totalMs)),
    excluded: sum((tally) => tally.excluded),
  }
}

function createTally({ steps }: FunnelPlan): Tally {
  return {
    persons: steps.map(() => 0),
    gapsMs: steps.slice(1).map(createList),
    totalMs: createList(),
    excluded: 0,
  }
}

function count(tally: Tally, person: PersonEvents, { depth, events }: Match): void {
  if (depth < 0) {
    tally.excluded++
    return
  }
  const entryMs = timeAt(person, events[0] ?? 0)
  let previousMs = entryMs
  for (let step = 0; step < depth; step++) {
    tally.persons[step] = (tally.persons[step] ?? 0) + 1
    const timeMs = timeAt(person, events[step] ?? 0)
    const gaps = step === 0 ? undefined : tally.gapsMs[step - 1]
    if (gaps !== undefined) append(gaps, timeMs - previousMs)
    previousMs = timeMs
  }
  if (depth === tally.persons.length) append(tally.totalMs, previousMs - entryMs)
}

function toResult({ steps }: FunnelPlan, tally: Tally): FunnelResult {
  const entered = tally.persons[0] ?? 0
  return {
    steps: steps.map((stage, step) => {
      const persons = tally.persons[step] ?? 0
      // Before the entry there is nobody and no gap.
      const gaps = tally.gapsMs[step - 1]
      return {
        stage,
        persons,
        fromPrevious: share(persons, tally.persons[step - 1] ?? 0),
        fromFirst: share(persons, entered),
        meanMs: gaps === undefined ? null : meanOf(gaps),
        medianMs: gaps === undefined ? null : medianOf(gaps),
      }
    }),
    totalMeanMs: meanOf(tally.totalMs),
    totalMedianMs: medianOf(tally.totalMs),
    excluded: tally.excluded,
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
