import { addDays, monthRange } from '../kernel/calendar.ts'
import type { FunnelPolicy } from '../policy/stages.ts'
import { type Cohort, createCohortTally } from './cohort.ts'
import type { FunnelPlan } from './definition.ts'
import type { PersonReader } from './event-fold.ts'
import { createFunnelTally } from './funnel-tally.ts'
import { withPeriods } from './other-periods.ts'
import { personWait } from './person-wait.ts'

/** Whole weeks of entry, so that each weekday counts alike. */
const ENTRY_DAYS = 28

/** Local days of entry, both ends included. */
export interface EntryDays {
  readonly fromOn: string
  readonly toOn: string
  /** The last instant of the last of these days. */
  readonly toMs: number
}

/** Days of entry whose window is over, as an event log shows them. */
export interface WholeWindowSpan extends EntryDays {
  /** The first event of these days or after. */
  readonly fromMs: number
}

/** Persons of the newest days of entry whose window is over. */
export interface WholeWindowPeople {
  readonly span: WholeWindowSpan
  /** Who entered on these days: all of them had the whole window. */
  readonly cohort: Cohort
  /** Who entered on these days or later, so that a curve reaches the end of the window and uses the newest persons too. */
  readonly since: Cohort
}

/** The day at whose end the review looks, and how local days lie on the clock. */
export interface DayClock {
  readonly asOfOn: string
  readonly asOfMs: number
  /** The last instant of a local day, by the time zone's rules, which no rule here knows. */
  readonly endMs: (on: string) => number
}

/**
 * Which are the newest days of entry that had their whole conversion window, while a month has not?
 *
 * Four weeks up to the last local day that was over `window_days` × 24 hours before the review looks, so that a window longer than the two
 * months looked at has a rate too. Where the clock went forward in between, the day `window_days` before by the calendar ended too late for
 * that, and the day before it is the last.
 *
 * @returns null where everybody of the month had the window: the month's own rate then says it. Also where any step may come first, for
 * a person then counts on the day of whatever step came first, which a longer log moves.
 */
export function wholeWindowDays(
  month: string,
  { clock, policy }: { readonly clock: DayClock; readonly policy: FunnelPolicy },
): EntryDays | null {
  const toOn = lastWholeDay(clock, policy.window_days)
  const isShown = policy.order !== 'unordered' && toOn < monthRange(month).to
  return isShown ? { fromOn: addDays(toOn, 1 - ENTRY_DAYS), toOn, toMs: clock.endMs(toOn) } : null
}

function lastWholeDay({ asOfOn, asOfMs, endMs }: DayClock, windowDays: number): string {
  const byCalendar = addDays(asOfOn, -windowDays)
  const isOver = endMs(byCalendar) + windowDays * DAY_MS <= asOfMs
  return isOver ? byCalendar : addDays(byCalendar, -1)
}

/** The same days as far as the event log goes back; null where it begins after them, so that it shows nobody's whole window. */
export function spanInLog(
  days: EntryDays,
  log: { readonly firstOn: string; readonly fromMs: number },
): WholeWindowSpan | null {
  if (log.firstOn > days.toOn) return null
  const fromOn = log.firstOn > days.fromOn ? log.firstOn : days.fromOn
  return { ...days, fromOn, fromMs: log.fromMs }
}

const INSIDE = 1
const OUTSIDE = 0
const DAY_MS = 86_400_000

/**
 * How did the persons of those days come through, and how do all who entered since?
 *
 * @returns A reader for an event fold and, once the fold has finished, the persons.
 */
export function createWholeWindowReader(
  span: WholeWindowSpan,
  {
    plan,
    policy,
    asOfMs,
  }: { readonly plan: FunnelPlan; readonly policy: FunnelPolicy; readonly asOfMs: number },
): { readonly read: PersonReader; readonly finish: () => WholeWindowPeople } {
  const count = (untilMs: number) => {
    const cohort = createCohortTally(policy.window_days)
    const last = plan.kindOfStep.length - 1
    const { read } = createFunnelTally(plan, {
      period: INSIDE,
      also: (person, match) => {
        if (match.depth < 1) return
        cohort.enter(personWait({ person, match }, [0, last], { policy, asOfMs }))
      },
    })
    return {
      finish: cohort.finish,
      read: withPeriods(read, (atMs) =>
        atMs >= span.fromMs && atMs <= untilMs ? INSIDE : OUTSIDE,
      ),
    }
  }
  const whole = count(span.toMs)
  const since = count(asOfMs)
  return {
    read: (person) => {
      whole.read(person)
      since.read(person)
    },
    finish: () => ({ span, cohort: whole.finish(), since: since.finish() }),
  }
}
