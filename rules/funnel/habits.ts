import { present } from '../kernel/invariant.ts'
import { compareText } from '../kernel/order.ts'
import { type Contingency, type Correlation, correlateAll } from './correlation.ts'
import { type FunnelPlan, OTHER_KIND } from './definition.ts'
import { type Match, type PersonEvents, timeAt } from './person-events.ts'

/** A stage outside the motion, and how those who came by it fared. */
export interface Habit {
  readonly stage: string
  readonly table: Contingency
}

/** Counts habits person by person. */
export interface HabitTally {
  /** Only for persons whose window is over: of the others nobody knows yet whether they complete. */
  readonly enter: (person: PersonEvents, match: Match) => void
  /** Habits that anybody had, in the order of the vocabulary. */
  readonly finish: () => Habit[]
}

/**
 * What else did those do who completed the funnel, and those who did not?
 *
 * Counts, for each stage outside the funnel, persons with such an event between their entry and their completion, or the end of their
 * window. A person counts once however often the event came.
 *
 * Source: PostHog, funnel_correlation: events between the first step and the conversion or the end of the window.
 */
export function createHabitTally(plan: FunnelPlan): HabitTally {
  const steps = new Set(plan.kindOfStep)
  const names = [...plan.kindOfStage.keys()]
  const success = new Float64Array(names.length)
  const failure = new Float64Array(names.length)
  const totals = { success: 0, failure: 0 }
  return {
    enter: (person, match) => {
      const completed = match.depth === plan.kindOfStep.length
      if (completed) totals.success++
      else totals.failure++
      const counts = completed ? success : failure
      for (const kind of kindsWithin(person, spanOf(plan, person, match))) {
        counts[kind] = (counts[kind] ?? 0) + 1
      }
    },
    finish: () =>
      names.flatMap((stage, kind) => {
        const [successWith, failureWith] = [success[kind] ?? 0, failure[kind] ?? 0]
        if (steps.has(kind) || successWith + failureWith === 0) return []
        const table = {
          successWith,
          failureWith,
          successTotal: totals.success,
          failureTotal: totals.failure,
        }
        return [{ stage, table }]
      }),
  }
}

interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** From the entry to the completion, or to the end of the window. */
function spanOf(plan: FunnelPlan, person: PersonEvents, { depth, events }: Match): Span {
  const fromMs = timeAt(person, events[0] ?? 0)
  const completed = depth === plan.kindOfStep.length
  return {
    fromMs,
    untilMs: completed ? timeAt(person, events[depth - 1] ?? 0) : fromMs + plan.windowMs,
  }
}

/** Kinds of the events in a span, both ends included, each once. */
function kindsWithin(person: PersonEvents, { fromMs, untilMs }: Span): Set<number> {
  const kinds = new Set<number>()
  for (let index = person.from; index < person.to; index++) {
    const atMs = timeAt(person, index)
    if (atMs >= fromMs && atMs <= untilMs) kinds.add(person.kinds[index] ?? OTHER_KIND)
  }
  kinds.delete(OTHER_KIND)
  return kinds
}

/** A habit that was tested. */
export interface JudgedHabit extends Habit {
  readonly correlation: Correlation
  /** Benjamini–Hochberg over the habits of the motion. */
  readonly adjustedP: number
  /** `not_told_apart`: chance explains it, or too few persons, or one outcome too rare, to say. */
  readonly goesWith: 'completing' | 'dropping_off' | 'not_told_apart'
}

/** Which habits go with completing? The clearest first. It is correlation: nobody was assigned a habit. */
export function judgeHabits(habits: readonly Habit[], alpha: number): JudgedHabit[] {
  const found = correlateAll(habits.map((habit) => habit.table))
  return habits
    .map((habit, index): JudgedHabit => {
      const { adjustedP, ...correlation } = present(found[index], 'the correlation of a habit')
      const isTold = adjustedP < alpha && !correlation.tooFew && !correlation.skewed
      const direction = correlation.direction === 'success' ? 'completing' : 'dropping_off'
      return { ...habit, correlation, adjustedP, goesWith: isTold ? direction : 'not_told_apart' }
    })
    .toSorted(
      (left, right) => left.adjustedP - right.adjustedP || compareText(left.stage, right.stage),
    )
}
