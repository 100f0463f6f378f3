import type { FunnelPolicy } from '../policy/stages.ts'
import { type Cohort, createCohortTally } from './cohort.ts'
import { planFunnel } from './definition.ts'
import type { PersonReader } from './event-fold.ts'
import { createFunnelTally, type FunnelResult } from './funnel-tally.ts'
import { createHabitTally, type Habit } from './habits.ts'
import type { Motion } from './motion.ts'
import { type Match, type PersonEvents, timeAt } from './person-events.ts'
import { personBreakdown, personFunnel } from './person-funnel.ts'
import type { TrendPoint } from './trend-tally.ts'
import { createWeeklyTrend } from './weekly-trend.ts'

/** The period of an event of the review month, of the month before, and of any other. */
export const THIS_MONTH = 1
export const MONTH_BEFORE = 0
export const OTHER_MONTH = -1

/** Persons who entered in one month. */
export interface PeriodPeople {
  readonly funnel: FunnelResult
  /** By label of the entry event. */
  readonly byLabel: ReadonlyMap<number, FunnelResult>
  /** From entry to the last stage. */
  readonly cohort: Cohort
  /** From each stage to the next. */
  readonly gaps: readonly Cohort[]
  /** What else those did whose window is over, and whether they reached the goal. */
  readonly habits: readonly Habit[]
}

/** Persons on one motion. */
export interface MotionPeople {
  readonly motion: Motion
  readonly current: PeriodPeople
  readonly before: PeriodPeople
  /** Entries by week back from the review's instant, the latest first; empty where any step may come first. */
  readonly weeks: readonly TrendPoint[]
}

/** What the review knows when it looks at persons. */
export interface PeopleOptions {
  /** All stages, in the order in which the kinds of the event log count them. */
  readonly vocabulary: readonly string[]
  readonly policy: FunnelPolicy
  /** The instant the review speaks for; no event is later. */
  readonly asOfMs: number
}

const HOUR_MS = 3_600_000
const DAY_HOURS = 24
const DAY_MS = HOUR_MS * DAY_HOURS
/** Weeks of a trend: as many as two months always have. */
const WEEKS = 8

/**
 * How do the persons who entered in the review month and in the month before come through a motion, and how long do they take?
 *
 * A person enters with an event of the first stage in the month and has the policy's window from there, also into the next month. The label of
 * the entry says where the person counts. Durations are whole hours, rounded up, written in days.
 *
 * @returns A reader for an event fold and, once the fold has finished, the result.
 */
export function createMotionReader(
  motion: Motion,
  options: PeopleOptions,
): { readonly read: PersonReader; readonly finish: () => MotionPeople } {
  const current = createPeriod(motion, options, THIS_MONTH)
  const before = createPeriod(motion, options, MONTH_BEFORE)
  const plan = planFunnel(personFunnel(motion, options.policy), options.vocabulary)
  const weekly =
    plan.order === 'unordered'
      ? null
      : createWeeklyTrend(plan, { asOfMs: options.asOfMs, weeks: WEEKS })
  return {
    read: (person) => {
      current.read(person)
      before.read(person)
      weekly?.read(person)
    },
    finish: () => ({
      motion,
      current: current.finish(),
      before: before.finish(),
      weeks: weekly?.finish() ?? [],
    }),
  }
}

function createPeriod(motion: Motion, options: PeopleOptions, period: number) {
  const { policy } = options
  const plan = planFunnel(personFunnel(motion, policy), options.vocabulary)
  const whole = createCohortTally(policy.window_days)
  const gaps = motion.stages.slice(1).map(() => createCohortTally(policy.window_days))
  const habits = createHabitTally(plan)
  const last = motion.stages.length - 1
  const tally = createFunnelTally(plan, {
    period,
    breakdown: personBreakdown(policy),
    also: (person, match) => {
      if (match.depth < 1) return
      const spell = { person, match, options }
      const wait = spellOf(spell, 0, last)
      whole.enter(wait)
      if (wait.elapsedDays >= policy.window_days) habits.enter(person, match)
      for (const [step, gap] of gaps.entries()) {
        if (match.depth > step) gap.enter(spellOf(spell, step, step + 1))
      }
    },
  })
  return {
    read: tally.read,
    finish: (): PeriodPeople => {
      const { all, byLabel } = tally.finish()
      return {
        funnel: all,
        byLabel,
        cohort: whole.finish(),
        gaps: gaps.map((gap) => gap.finish()),
        habits: habits.finish(),
      }
    },
  }
}

interface Spell {
  readonly person: PersonEvents
  readonly match: Match
  readonly options: PeopleOptions
}

/** How long a person waited at `from` for `to`, or has waited so far: until the review looked, or the window closed. */
function spellOf(
  { person, match, options }: Spell,
  from: number,
  to: number,
): { elapsedDays: number; convertedAfterDays: number | null } {
  const at = (step: number): number => timeAt(person, match.events[step] ?? 0)
  const windowEndMs = at(0) + options.policy.window_days * DAY_MS
  const watchedMs = Math.min(options.asOfMs, windowEndMs) - at(from)
  const watched = Math.floor(Math.max(0, watchedMs) / HOUR_MS)
  const waited = match.depth > to ? Math.ceil((at(to) - at(from)) / HOUR_MS) : null
  return {
    elapsedDays: Math.max(watched, waited ?? 0) / DAY_HOURS,
    convertedAfterDays: waited === null ? null : waited / DAY_HOURS,
  }
}
