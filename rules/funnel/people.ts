import type { FunnelPolicy } from '../policy/stages.ts'
import { type Cohort, createCohortTally } from './cohort.ts'
import { planFunnel } from './definition.ts'
import type { PersonReader } from './event-fold.ts'
import { createFunnelTally, type FunnelResult } from './funnel-tally.ts'
import { createHabitTally, type Habit } from './habits.ts'
import type { Motion } from './motion.ts'
import { personBreakdown, personFunnel } from './person-funnel.ts'
import { personWait } from './person-wait.ts'
import type { TrendPoint } from './trend-tally.ts'
import { createWeeklyTrend } from './weekly-trend.ts'
import {
  createWholeWindowReader,
  type WholeWindowPeople,
  type WholeWindowSpan,
} from './whole-window.ts'

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
  /** The newest whose window is over; null where everybody of the month had it, or nobody in the event log. */
  readonly wholeWindow: WholeWindowPeople | null
}

/** What the review knows when it looks at persons. */
export interface PeopleOptions {
  /** All stages, in the order in which the kinds of the event log count them. */
  readonly vocabulary: readonly string[]
  readonly policy: FunnelPolicy
  /** The instant the review speaks for; no event is later. */
  readonly asOfMs: number
  /** Days of entry whose window is over, to be shown while the month's is not; null: none. */
  readonly wholeWindow: WholeWindowSpan | null
}

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
  const { wholeWindow: span, ...watched } = options
  const whole = span === null ? null : createWholeWindowReader(span, { plan, ...watched })
  return {
    read: (person) => {
      current.read(person)
      before.read(person)
      weekly?.read(person)
      whole?.read(person)
    },
    finish: () => ({
      motion,
      current: current.finish(),
      before: before.finish(),
      weeks: weekly?.finish() ?? [],
      wholeWindow: whole?.finish() ?? null,
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
      const wait = personWait({ person, match }, [0, last], options)
      whole.enter(wait)
      if (wait.elapsedDays >= policy.window_days) habits.enter(person, match)
      for (const [step, gap] of gaps.entries()) {
        if (match.depth > step) gap.enter(personWait({ person, match }, [step, step + 1], options))
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
