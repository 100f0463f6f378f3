import { compareText } from '../kernel/order.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { Fact, Finding, Table } from '../schema/review.ts'
import { dropOffFindings } from './published-drop-off-findings.ts'
import { judgeDropOff, unreportedZeros, type FunnelCell } from './published-drop-offs.ts'
import { speaksOf, type PublishedFigure } from './published-figure.ts'
import {
  type DataEnd,
  dateFinding,
  enterPrinted,
  figureFinding,
  liftFinding,
} from './published-findings.ts'
import { judgeAverageLift, type ExperimentState } from './published-lift.ts'
import { judgeFigure } from './published-rates.ts'
import { publishedTable } from './published-table.ts'

/** What published figures are held against. */
export interface PublishedInput {
  readonly figures: readonly PublishedFigure[]
  readonly cells: readonly FunnelCell[]
  readonly experiments: readonly ExperimentState[]
  readonly dataEnds: readonly DataEnd[]
  readonly names: {
    readonly campaigns: ReadonlyMap<string, string>
    readonly channels: ReadonlyMap<string, string>
    readonly segments: ReadonlyMap<string, { readonly name: string }>
  }
}

export interface PublishedContext {
  readonly month: string
  /** The company's stages, first to last. */
  readonly stages: readonly string[]
  /** Facts of the review by id. */
  readonly facts: ReadonlyMap<string, Fact>
  /** False where the funnel stage already tells which published drop-offs hold; the table shows them all the same. */
  readonly tellsDropOffs: boolean
}

/** Findings and the table; the facts they speak of are in the book. */
export interface PublishedReview {
  readonly findings: readonly Finding[]
  readonly tables: readonly Table[]
}

const TOLD = 40

/**
 * What did an earlier report of this month get wrong? Each published figure beside the right one, with the reason they differ.
 *
 * @param book Receives what was printed, so that every sentence shows both.
 */
export function reviewPublished(
  book: FactBook,
  input: PublishedInput,
  context: PublishedContext,
): PublishedReview {
  const figures = input.figures
    .filter((figure) => speaksOf(figure, context.month))
    .toSorted((left, right) => compareText(left.figureId, right.figureId))
    .slice(0, TOLD)
  for (const figure of figures) enterPrinted(book, figure)
  const of = (metric: string) => figures.filter((figure) => figure.metric === metric)
  const dropOffs = of('drop_off').map((figure) => judgeDropOff(figure, input.cells))
  const lifts = of('average_lift').map((figure) => judgeAverageLift(figure, input.experiments))
  const plain = figures
    .filter(({ metric }) => metric !== 'drop_off' && metric !== 'average_lift')
    .map((figure) => judgeFigure(figure, context.facts))
  const zeros =
    dropOffs.length === 0 ? [] : unreportedZeros(of('drop_off'), input.cells, context.stages)
  return {
    findings: [
      ...(context.tellsDropOffs ? dropOffFindings(book, { dropOffs, zeros }, input.names) : []),
      ...lifts.flatMap((ruling) => liftFinding(book, ruling)),
      ...plain.flatMap(figureFinding),
      ...dateFinding(book, figures, input.dataEnds),
    ],
    tables: figures.length === 0 ? [] : [publishedTable(plain, dropOffs, lifts)],
  }
}
