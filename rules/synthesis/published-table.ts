import type { Cell, Table } from '../schema/review.ts'
import { literal } from '../schema/template.ts'
import type { DropOffRuling } from './published-drop-offs.ts'
import type { PublishedFigure } from './published-figure.ts'
import { metricWords, printedFactId } from './published-findings.ts'
import type { LiftRuling } from './published-lift.ts'
import type { FigureRuling } from './published-rates.ts'

/** Every published figure beside the right one; what was printed must be in the facts already. */
export function publishedTable(
  plain: readonly FigureRuling[],
  dropOffs: readonly DropOffRuling[],
  lifts: readonly LiftRuling[],
): Table {
  return {
    id: 'synthesis.published',
    title: 'Published figures against the data',
    columns: [
      { key: 'figure', label: 'Figure', numeric: false },
      { key: 'published', label: 'Published', numeric: true },
      { key: 'measured', label: 'Measured', numeric: true },
      { key: 'verdict', label: 'Verdict', numeric: false },
    ],
    rows: [
      ...plain.map(({ figure, fact, verdict }) =>
        tableRow(figure, fact === undefined ? { text: '—' } : { fact: fact.id }, VERDICTS[verdict]),
      ),
      ...dropOffs.map(({ figure, found }) => tableRow(figure, { text: '—' }, DROP_OFFS[found])),
      ...lifts.map(({ figure }) =>
        tableRow(figure, { text: '—' }, { chip: 'bad', text: 'no such figure' }),
      ),
    ],
  }
}

const VERDICTS: Readonly<Record<FigureRuling['verdict'], Cell>> = {
  agrees: { chip: 'ok', text: 'agrees' },
  differs: { chip: 'bad', text: 'differs' },
  not_assessable: { text: 'cannot be checked' },
}

const DROP_OFFS: Readonly<Record<DropOffRuling['found'], Cell>> = {
  missing: { chip: 'bad', text: 'no row: missing, not zero' },
  zero: { chip: 'ok', text: 'a true zero' },
  counted: { chip: 'bad', text: 'people were counted there' },
}

function tableRow(figure: PublishedFigure, actual: Cell, verdict: Cell): Cell[] {
  return [
    { text: `${literal(figure.figureId)}: ${metricWords(figure.metric)}` },
    { fact: printedFactId(figure) },
    actual,
    verdict,
  ]
}
