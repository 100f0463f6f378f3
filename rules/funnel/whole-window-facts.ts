import { wilsonInterval } from '../kernel/proportion.ts'
import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import { token } from '../schema/template.ts'
import type { FunnelContext } from './input.ts'
import { factPrefix, type FunnelNames } from './names.ts'
import type { JudgedMotion } from './pace.ts'
import { convertedByIfWatched } from './survival.ts'
import type { WholeWindowPeople } from './whole-window.ts'

/** Where the facts of the newest persons of a motion whose window is over begin. */
export function wholeWindowPrefix(motionId: string): string {
  return `${factPrefix.motion(motionId)}.whole_window`
}

/** Enters the newest entry cohort that had its whole window, and beside it the curve of all who entered since. */
export function enterWholeWindow(
  book: FactBook,
  { people }: JudgedMotion,
  { context, names }: { readonly context: FunnelContext; readonly names: FunnelNames },
): void {
  if (people.wholeWindow === null) return
  const subject = {
    prefix: wholeWindowPrefix(people.motion.id),
    name: `Motion ${names.stage(people.motion.id)}, newest entries whose window is over`,
  }
  enterDays(book, people.wholeWindow, subject)
  enterCohort(book, people.wholeWindow, subject)
  enterSince(book, people.wholeWindow, {
    ...subject,
    windowDays: context.policy.funnel.window_days,
  })
}

interface Subject {
  readonly prefix: string
  readonly name: string
}

function enterDays(
  book: FactBook,
  { span, cohort }: WholeWindowPeople,
  { prefix, name }: Subject,
): void {
  for (const [part, label, value] of [
    ['from_on', 'first day of entry', span.fromOn],
    ['to_on', 'last day of entry', span.toOn],
  ] as const) {
    book.addText({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'date',
      value,
      source: eventSource(cohort.entered),
    })
  }
}

function enterCohort(
  book: FactBook,
  { cohort }: WholeWindowPeople,
  { prefix, name }: Subject,
): void {
  const { entered, maturedConverted } = cohort
  const source = eventSource(entered)
  for (const [part, label, value] of [
    ['entered', 'persons who entered', entered],
    ['converted', 'of these, persons at the goal within the window', maturedConverted],
  ] as const) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'count',
      quantity: measured(value),
      source,
    })
  }
  const range =
    entered === 0 ? null : wilsonInterval({ successes: maturedConverted, trials: entered }, 0.95)
  for (const [part, label, formula, value] of [
    [
      'rate',
      'conversion',
      'converted within the window ÷ entered',
      entered === 0 ? null : maturedConverted / entered,
    ],
    ['rate_low', 'low end of the conversion at 95 %', 'Wilson score interval', range?.low ?? null],
    [
      'rate_high',
      'high end of the conversion at 95 %',
      'Wilson score interval',
      range?.high ?? null,
    ],
  ] as const) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'rate',
      quantity: known(value, 'nobody entered on these days'),
      formula,
      inputs: [`${prefix}.converted`, `${prefix}.entered`],
      source,
    })
  }
}

/** Persons of these days and after, each counted as long as watched. */
function enterSince(
  book: FactBook,
  { since }: WholeWindowPeople,
  { prefix, name, windowDays }: Subject & { readonly windowDays: number },
): void {
  const source = eventSource(since.entered)
  for (const [part, label, value] of [
    ['since_entered', 'persons who entered then or later', since.entered],
    ['since_open', 'of these, persons still inside the window', since.open],
  ] as const) {
    book.add({
      id: `${prefix}.${part}`,
      label: `${name}: ${label}`,
      unit: 'count',
      quantity: measured(value),
      source,
    })
  }
  book.add({
    id: `${prefix}.curve_rate`,
    label: `${name}: conversion by the end of the window, from the curve of all who entered then or later`,
    unit: 'rate',
    quantity: known(
      convertedByIfWatched(since.curve, windowDays),
      'nobody has been watched for the whole window',
    ),
    formula: '1 − Kaplan–Meier survival at the end of the window',
    inputs: [`${prefix}.since_entered`, `${prefix}.since_open`],
    source,
  })
}

/** What is known of the conversion while the month is too young for its own, in one sentence. */
export function wholeWindowSentence({ people }: JudgedMotion): string {
  if (people.wholeWindow === null) return ''
  const of = (part: string): string => token(`${wholeWindowPrefix(people.motion.id)}.${part}`)
  const days = `from ${of('from_on')} to ${of('to_on')}`
  if (people.wholeWindow.cohort.entered === 0)
    return ` Nobody entered ${days}, the newest days whose window is over.`
  return ` The newest who had the whole window entered ${days}: ${of('converted')} of ${of('entered')} reached the goal, ${of('rate')} (${of('rate_low')} to ${of('rate_high')}); the curve of all ${of('since_entered')} who entered since then, of whom ${of('since_open')} are still open, says ${of('curve_rate')}.`
}

function known(value: number | null, reason: string): Quantity {
  return value === null ? notMeasured(reason) : measured(value)
}

function eventSource(rows: number): FactSource[] {
  return [{ dataset: 'funnel_events', rows }]
}
