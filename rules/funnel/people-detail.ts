import { measured, notMeasured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { Cohort } from './cohort.ts'
import type { JudgedHabit } from './habits.ts'
import { type HistogramBin, timeToConvertHistogram } from './histogram.ts'
import type { FunnelContext } from './input.ts'
import { factPrefix, type FunnelNames } from './names.ts'
import type { JudgedMotion } from './pace.ts'
import type { TrendPoint } from './trend-tally.ts'

/** Classes of the waiting times besides the closing one, habits and weeks: what a reader can take in. */
const WAIT_CLASSES = 6
const HABITS_SHOWN = 5
const DAY_SECONDS = 86_400
const WEEK_DAYS = 7

/** How long the converted of the month took, in classes; nothing while nobody converted. */
export function waitClasses({ waits }: Cohort): HistogramBin[] {
  const seconds = waits.flatMap(({ time, converted }) =>
    Array.from({ length: converted }, () => Math.round(time * DAY_SECONDS)),
  )
  return seconds.length === 0 ? [] : timeToConvertHistogram(seconds, WAIT_CLASSES)
}

/** The habits a reader is shown, the clearest first. */
export function shownHabits({ habits }: JudgedMotion): readonly JudgedHabit[] {
  return habits.slice(0, HABITS_SHOWN)
}

/** Where the facts of a waiting class, a habit and a week of a motion begin. */
export const detailPrefix = {
  wait: (motionId: string, index: number): string =>
    `${factPrefix.motion(motionId)}.wait.${index + 1}`,
  habit: (motionId: string, stage: string): string =>
    `${factPrefix.motion(motionId)}.habit.${distinctPart(stage)}`,
  week: (motionId: string, { period }: TrendPoint): string =>
    `${factPrefix.motion(motionId)}.week.${period}`,
} as const

interface Scope {
  readonly context: FunnelContext
  readonly names: FunnelNames
}

/** Enters waiting times, habits and weeks of a motion. */
export function enterPeopleDetail(
  book: FactBook,
  judged: JudgedMotion,
  { context, names }: Scope,
): void {
  const { motion, current } = judged.people
  const name = `Motion ${names.stage(motion.id)}`
  const source: FactSource[] = [
    {
      dataset: 'funnel_events',
      rows: current.cohort.entered,
      where: { month_key: context.month },
    },
  ]
  enterWaits(book, judged, { name, source })
  for (const habit of shownHabits(judged)) {
    enterHabit(book, habit, {
      prefix: detailPrefix.habit(motion.id, habit.stage),
      name: `${name}, ${names.stage(habit.stage)}`,
      source,
    })
  }
  for (const week of judged.people.weeks) {
    enterWeek(book, week, {
      prefix: detailPrefix.week(motion.id, week),
      name,
      windowDays: context.policy.funnel.window_days,
    })
  }
}

interface Subject {
  readonly name: string
  readonly source: readonly FactSource[]
}

function enterWaits(book: FactBook, judged: JudgedMotion, { name, source }: Subject): void {
  const { motion, current } = judged.people
  for (const [index, { from, count }] of waitClasses(current.cohort).entries()) {
    const prefix = detailPrefix.wait(motion.id, index)
    book.add({
      id: `${prefix}.from_days`,
      label: `${name}: days to the goal, a class begins`,
      unit: 'days',
      quantity: measured(from / DAY_SECONDS),
      formula: 'classes of equal width from the shortest time to the longest',
      source,
    })
    book.add({
      id: `${prefix}.persons`,
      label: `${name}: persons at the goal in that time`,
      unit: 'count',
      quantity: measured(count),
      source,
    })
  }
}

function enterHabit(
  book: FactBook,
  { table, correlation, adjustedP }: JudgedHabit,
  { prefix, name, source }: Subject & { readonly prefix: string },
): void {
  const groups = [
    ['with_goal', 'share of those at the goal who came by', table.successWith, table.successTotal],
    ['without_goal', 'share of the others who came by', table.failureWith, table.failureTotal],
  ] as const
  for (const [part, label, numerator, denominator] of groups) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'rate',
      quantity:
        denominator === 0
          ? notMeasured('nobody had this outcome')
          : measured(numerator / denominator),
      numerator,
      denominator,
      source,
    })
  }
  book.add({
    id: `${prefix}.odds_ratio`,
    label: `${name}: odds of the goal with it against without it`,
    unit: 'ratio',
    quantity: measured(correlation.oddsRatio),
    formula: 'odds ratio with one added to every cell',
    inputs: [`${prefix}.with_goal`, `${prefix}.without_goal`],
    source,
  })
  book.add({
    id: `${prefix}.p`,
    label: `${name}: chance of such a difference if it made none`,
    unit: 'probability',
    quantity: measured(adjustedP),
    formula: 'Fisher exact test, Benjamini–Hochberg over the habits of the motion',
    source,
  })
}

function enterWeek(
  book: FactBook,
  { period, entered, converted, rate }: TrendPoint,
  subject: { readonly prefix: string; readonly name: string; readonly windowDays: number },
): void {
  const { prefix, name, windowDays } = subject
  const source: FactSource[] = [{ dataset: 'funnel_events', rows: entered }]
  book.add({
    id: `${prefix}.back`,
    label: `${name}: weeks back`,
    unit: 'count',
    quantity: measured(period + 1),
    source,
  })
  book.add({
    id: `${prefix}.entered`,
    label: `${name}: persons who entered in that week`,
    unit: 'count',
    quantity: measured(entered),
    source,
  })
  const isOver = period * WEEK_DAYS >= windowDays
  const open = isOver ? 'nobody entered' : 'the window of its entrants is still open'
  book.add({
    id: `${prefix}.rate`,
    label: `${name}: of these, share at the goal`,
    unit: 'rate',
    quantity: rate !== null && isOver ? measured(rate) : notMeasured(open),
    ...(rate !== null && isOver ? { numerator: converted, denominator: entered } : {}),
    formula: 'converted within the window ÷ entered',
    source,
  })
}
