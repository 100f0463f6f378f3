import { compareText } from '../kernel/order.ts'
import { measured } from '../kernel/quantity.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource, Finding } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import type { PublishedFigure } from './published-figure.ts'
import type { LiftRuling } from './published-lift.ts'
import type { FigureRuling } from './published-rates.ts'

const RULE_ID = 'synthesis.published_figure'

/** The fact that holds what a report printed. */
export function printedFactId(figure: PublishedFigure): string {
  return `synthesis.published.${distinctPart(figure.figureId)}`
}

/** Enters what a report printed, in its own letters. */
export function enterPrinted(book: FactBook, figure: PublishedFigure): void {
  book.addText({
    id: printedFactId(figure),
    label: `${figure.figureId}: ${metricWords(figure.metric)} as published`,
    unit: 'text',
    value: literal(figure.printed),
    source: [{ dataset: 'published_figures', rows: 1, where: { figure_id: figure.figureId } }],
  })
}

/** Told when a published figure is not the one it should equal. */
export function figureFinding({ figure, fact, verdict, because }: FigureRuling): Finding[] {
  if (verdict !== 'differs' || fact === undefined) return []
  const what = metricWords(figure.metric)
  return [
    {
      id: `finding.${RULE_ID}:${figure.figureId}`,
      ruleId: RULE_ID,
      severity: 'warning',
      subject: `published:${figure.figureId}`,
      title: `Published ${what}: ${token(printedFactId(figure))}, measured ${token(fact.id)}`,
      detail: because,
    },
  ]
}

/** Told for every published average of lifts: there is no such figure, and this one may be worse than most. */
export function liftFinding(
  book: FactBook,
  { figure, averaged, mixesRunningAndEnded, leftOut }: LiftRuling,
): Finding[] {
  const prefix = printedFactId(figure)
  const source: FactSource[] = [{ dataset: 'experiments', rows: averaged.length + leftOut.length }]
  const count = (metric: string, label: string, value: number): string =>
    token(
      book.add({
        id: `${prefix}.${metric}`,
        label,
        unit: 'count',
        quantity: measured(value),
        source,
      }),
    )
  const reasons = [
    ...(mixesRunningAndEnded ? ['it averages a test that still runs with one that has ended'] : []),
    ...(leftOut.length > 0
      ? [
          `it leaves out ${count('left_out', 'Experiments the average leaves out', leftOut.length)} of ${count('experiments', 'Experiments of the month', averaged.length + leftOut.length)} tests (${leftOut.map((id) => literal(id)).join(', ')})`,
        ]
      : []),
    'lifts of different tests are not quantities of one thing and have no meaningful mean',
  ]
  return [
    {
      id: `finding.${RULE_ID}:${figure.figureId}`,
      ruleId: RULE_ID,
      severity: 'warning',
      subject: `published:${figure.figureId}`,
      title: `Published average lift: ${token(prefix)}; there is no such figure`,
      detail: `It cannot stand: ${reasons.join('; ')}. Read the verdict of each test instead.`,
    },
  ]
}

/** The last day of the month on which a data set has a row. */
export interface DataEnd {
  readonly dataset: string
  readonly lastOn: string
}

/** Told when the report is older than the data of its month, with the day that each data set runs to. */
export function dateFinding(
  book: FactBook,
  figures: readonly PublishedFigure[],
  dataEnds: readonly DataEnd[],
): Finding[] {
  const dated = figures.flatMap(({ publishedOn }) => (publishedOn === null ? [] : [publishedOn]))
  const publishedOn = dated.toSorted(compareText)[0]
  const endsOn = dataEnds
    .map(({ lastOn }) => lastOn)
    .toSorted(compareText)
    .at(-1)
  if (publishedOn === undefined || endsOn === undefined || publishedOn >= endsOn) return []
  const date = (id: string, label: string, value: string): string =>
    token(
      book.addText({
        id: `synthesis.published_report.${id}`,
        label,
        unit: 'date',
        value,
        source: [{ dataset: 'published_figures', rows: dated.length }],
      }),
    )
  const runs = dataEnds.map(
    ({ dataset, lastOn }) =>
      `${nameOf(dataset)} to ${date(`data_end.${dataset}`, `Last day of the month with a row: ${nameOf(dataset)}`, lastOn)}`,
  )
  const reported = date('dated', 'Date of the published report', publishedOn)
  return [
    {
      id: `finding.${RULE_ID}.date`,
      ruleId: RULE_ID,
      severity: 'warning',
      subject: 'published:report',
      title: `The published report is dated ${reported}, before its data`,
      detail: `Rows of the month run on: ${runs.join(', ')}. A report cannot have seen what had not happened, so either its date or its data are wrong.`,
    },
  ]
}

function nameOf(dataset: string): string {
  return literal(dataset.replaceAll('_', ' '))
}

/** Metrics that are said by their letters. */
const ABBREVIATIONS = new Set(['kpi', 'roi', 'roas', 'cac', 'cpa', 'cpc', 'ctr'])

/** A metric's name as a reader says it. */
export function metricWords(metric: string): string {
  return literal(ABBREVIATIONS.has(metric) ? metric.toUpperCase() : metric.replaceAll('_', ' '))
}
