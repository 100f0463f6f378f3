import { present } from '../kernel/invariant.ts'
import { measured, notMeasured, type Quantity } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import type { ExperimentsContext, ExperimentsInput } from './input.ts'
import type { PooledMetric, Portfolio } from './portfolio.ts'
import type { Phase } from './trials.ts'
import { VERDICTS } from './verdict.ts'

const PREFIX = 'campaign_roi.experiments'

const PHASE_LABELS: Readonly<Record<Phase, string>> = {
  not_started: 'Experiments not started',
  running: 'Experiments running',
  completed: 'Experiments completed',
  stopped: 'Experiments stopped early',
  cancelled: 'Experiments cancelled',
}
const PHASES: readonly Phase[] = ['not_started', 'running', 'completed', 'stopped', 'cancelled']

interface PortfolioEntry {
  readonly input: ExperimentsInput
  readonly context: ExperimentsContext
  /** Comparisons whose figures are not entered. */
  readonly hidden: number
}

/** Enters how many experiments stand where, how many verdicts there are of each kind, and what they say together. */
export function enterPortfolio(
  book: FactBook,
  portfolio: Portfolio,
  { input, context, hidden }: PortfolioEntry,
): void {
  const source = [{ dataset: 'experiments' as const, rows: input.rows.length }]
  const read = readerOf(input)
  for (const phase of PHASES) {
    book.add({
      id: `${PREFIX}.${phase}`,
      label: PHASE_LABELS[phase],
      unit: 'count',
      quantity: read(portfolio.experimentsByPhase[phase]),
      source,
    })
  }
  for (const verdict of VERDICTS) {
    book.add({
      id: `${PREFIX}.verdict.${verdict}`,
      label: `Comparisons called ${verdict}`,
      unit: 'count',
      quantity: read(portfolio.verdicts[verdict]),
      source,
    })
  }
  enterFalseWinners(book, portfolio, { read, source, alpha: context.policy.experiments.alpha })
  if (hidden > 0) {
    book.add({
      id: `${PREFIX}.not_shown`,
      label: 'Comparisons without figures here',
      unit: 'count',
      quantity: measured(hidden),
      source,
    })
  }
  for (const pooled of portfolio.pooled) enterPooled(book, pooled)
}

/** Counts are zero only where the data set was read; one that was not there leaves them not measured. */
function readerOf({ presence }: ExperimentsInput): (value: number) => Quantity {
  if (presence === 'absent') return () => notMeasured('there is no data set experiments')
  if (presence === 'empty') return () => notMeasured('the data set experiments has no rows')
  if (presence === 'unreadable') return () => notMeasured('the data set experiments is unreadable')
  return measured
}

function enterFalseWinners(
  book: FactBook,
  portfolio: Portfolio,
  how: {
    readonly read: (value: number) => Quantity
    readonly source: readonly FactSource[]
    readonly alpha: number
  },
): void {
  book.add({
    id: `${PREFIX}.judged`,
    label: 'Comparisons that could have been called a win',
    unit: 'count',
    quantity: how.read(portfolio.judged),
    source: how.source,
  })
  book.add({
    id: `${PREFIX}.expected_false_winners`,
    label: 'Winners to expect if nothing had any effect',
    unit: 'number',
    quantity: how.read(portfolio.expectedFalseWinners),
    formula: `comparisons that could have been called a win × ${how.alpha} ÷ 2`,
    inputs: [`${PREFIX}.judged`],
    source: how.source,
  })
}

/** Prefix of the facts of a pooled metric. */
export function pooledPrefix({ part }: PooledMetric): string {
  return `${PREFIX}.pooled.${part}`
}

function enterPooled(book: FactBook, line: PooledMetric): void {
  const prefix = pooledPrefix(line)
  const { random } = line.pooled
  const interval = present(random.hartungKnapp, 'the interval of two or more experiments')
  const source = [
    {
      dataset: 'experiments' as const,
      rows: 2 * line.experimentIds.length,
      where: { metric: line.metric },
    },
  ]
  book.add({
    id: `${prefix}.experiments`,
    label: 'Experiments pooled',
    unit: 'count',
    quantity: measured(line.experimentIds.length),
    source,
  })
  const knapp = 'Hartung–Knapp interval of level 0.95'
  const figures = [
    [
      'lift',
      'Pooled lift',
      random.estimate,
      'random-effects mean of the lifts (DerSimonian–Laird)',
    ],
    ['lift.low', 'Pooled lift, lower end', interval.low, knapp],
    ['lift.high', 'Pooled lift, upper end', interval.high, knapp],
  ] as const
  for (const [metric, label, value, formula] of figures) {
    const quantity = measured(value)
    book.add({ id: `${prefix}.${metric}`, label, unit: 'change', quantity, formula, source })
  }
}
