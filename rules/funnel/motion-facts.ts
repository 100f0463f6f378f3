import { wilsonInterval } from '../kernel/proportion.ts'
import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { Cohort } from './cohort.ts'
import type { FunnelContext } from './input.ts'
import { factPrefix, type FunnelNames, gapPrefix } from './names.ts'
import { type CurveChange, type JudgedGap, type JudgedMotion, velocity } from './pace.ts'
import type { PeriodPeople } from './people.ts'
import { convertedByIfWatched } from './survival.ts'

/** Enters how persons of the month and of the month before came through a motion, and how long each step took. */
export function enterMotion(
  book: FactBook,
  judged: JudgedMotion,
  { context, names }: { readonly context: FunnelContext; readonly names: FunnelNames },
): void {
  const { motion, current, before } = judged.people
  const prefix = factPrefix.motion(motion.id)
  const name = `Motion ${names.stage(motion.id)}`
  const windowDays = context.policy.funnel.window_days
  enterCohort(book, { prefix, name, windowDays, period: current, month: context.month })
  enterCohort(book, {
    prefix: `${prefix}.prior_month`,
    name: `${name}, month before`,
    windowDays,
    period: before,
    month: null,
  })
  enterComparison(book, judged, { prefix, name })
  for (const gap of judged.gaps) {
    enterGap(book, gap, {
      prefix,
      name: `${name}, ${names.step(gap)}`,
      windowDays,
      month: context.month,
    })
  }
}

function enterGap(
  book: FactBook,
  { from, to, now, before, change }: JudgedGap,
  subject: { prefix: string; name: string; windowDays: number; month: string },
): void {
  const { name, windowDays, month } = subject
  const prefix = gapPrefix(subject.prefix, { from, to })
  enterVelocity(book, now, { prefix, name, windowDays, source: eventSource(now.entered, month) })
  enterVelocity(book, before, {
    prefix: `${prefix}.prior_month`,
    name: `${name}, month before`,
    windowDays,
    source: eventSource(before.entered, null),
  })
  enterPValue(book, change, { prefix, name })
}

interface CohortSubject {
  readonly prefix: string
  readonly name: string
  readonly windowDays: number
  readonly period: PeriodPeople
  /** null for the month before. */
  readonly month: string | null
}

function enterCohort(book: FactBook, subject: CohortSubject): void {
  const { prefix, name, period, windowDays } = subject
  const { cohort } = period
  const source = eventSource(cohort.entered, subject.month)
  const counts = [
    ['entered', 'persons who entered', cohort.entered],
    ['converted', 'persons at the goal so far', cohort.converted],
    ['matured', 'persons who had the whole window', cohort.matured],
    ['matured_converted', 'of these, persons at the goal', cohort.maturedConverted],
    ['open', 'persons still inside the window', cohort.open],
  ] as const
  for (const [part, label, value] of counts) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'count',
      quantity: measured(value),
      source,
    })
  }
  const byHorizon = convertedByIfWatched(cohort.curve, windowDays)
  const rates = [
    [
      'rate_so_far',
      'conversion so far, too low while persons are inside the window',
      share(cohort.converted, cohort.entered),
      'converted ÷ entered',
    ],
    [
      'matured_rate',
      'conversion of those who had the whole window',
      share(cohort.maturedConverted, cohort.matured),
      'matured and converted ÷ matured',
    ],
    [
      'curve_rate',
      'conversion by the end of the window, from the curve of all persons',
      byHorizon === null
        ? notMeasured('nobody has been watched for the whole window')
        : measured(byHorizon),
      '1 − Kaplan–Meier survival at the end of the window',
    ],
  ] as const
  for (const [part, label, quantity, formula] of rates) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'rate',
      quantity,
      formula,
      source,
    })
  }
  enterRange(book, cohort, { prefix, name, windowDays, source })
  enterVelocity(book, cohort, { prefix, name, windowDays, source })
}

function enterRange(
  book: FactBook,
  { matured, maturedConverted }: Cohort,
  { prefix, name, source }: Subject,
): void {
  if (matured === 0) return
  const { low, high } = wilsonInterval({ successes: maturedConverted, trials: matured }, 0.95)
  for (const [part, value] of [
    ['low', low],
    ['high', high],
  ] as const) {
    book.add({
      id: `${prefix}.matured_rate_${part}`,
      label: `${name}: ${part} end of the matured conversion at 95 %`,
      unit: 'rate',
      quantity: measured(value),
      formula: 'Wilson score interval',
      inputs: [`${prefix}.matured_converted`, `${prefix}.matured`],
      source,
    })
  }
}

interface Subject {
  readonly prefix: string
  readonly name: string
  readonly windowDays: number
  readonly source: readonly FactSource[]
}

function enterVelocity(
  book: FactBook,
  cohort: Cohort,
  { prefix, name, windowDays, source }: Subject,
): void {
  const { medianDays, p90Days, typicalDays } = velocity(cohort, windowDays)
  const times = [
    ['typical_days', 'days until half of those went on who do so within the window', typicalDays],
    ['median_days', 'days until half of all went on', medianDays],
    ['p90_days', 'days until nine in ten of all went on', p90Days],
  ] as const
  for (const [part, label, days] of times) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'days',
      quantity:
        days === null ? notMeasured('so many have not gone on while watched') : measured(days),
      formula: 'Kaplan–Meier quantile; who is still open counts as long as watched',
      source,
    })
  }
}

function enterComparison(
  book: FactBook,
  { change }: JudgedMotion,
  { prefix, name }: { prefix: string; name: string },
): void {
  book.add({
    id: `${prefix}.compared_days`,
    label: `${name}: days from entry at which the two months are compared`,
    unit: 'days',
    quantity: measured(change.comparedDays),
    source: eventSource(0, null),
  })
  for (const [part, label, value] of [
    ['compared_rate', 'conversion by then', change.convertedNow],
    ['prior_month.compared_rate', 'conversion by then, month before', change.convertedBefore],
  ] as const) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'rate',
      quantity: measured(value),
      formula: '1 − Kaplan–Meier survival',
      inputs: [`${prefix}.compared_days`],
      source: eventSource(0, null),
    })
  }
  enterPValue(book, change, { prefix, name })
}

function enterPValue(
  book: FactBook,
  { pValue }: CurveChange,
  { prefix, name }: { prefix: string; name: string },
): void {
  book.add({
    id: `${prefix}.pace_p`,
    label: `${name}: chance of such a difference between two equal months`,
    unit: 'probability',
    quantity:
      pValue === null ? notMeasured('too few conversions to compare the months') : measured(pValue),
    formula: 'log-rank test',
    source: eventSource(0, null),
  })
}

function share(part: number, whole: number): Quantity {
  return whole === 0 ? notMeasured('there is nobody to divide by') : measured(part / whole)
}

function eventSource(rows: number, month: string | null): FactSource[] {
  return [
    { dataset: 'funnel_events', rows, ...(month === null ? {} : { where: { month_key: month } }) },
  ]
}
