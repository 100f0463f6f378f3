import type { Cell, Table } from '../schema/review.ts'
import { literal, token } from '../schema/template.ts'
import { measureOf } from './measure.ts'
import { pooledPrefix } from './portfolio-facts.ts'
import type { PooledMetric } from './portfolio.ts'
import type { ReadoutSubject } from './subjects.ts'

const fact = (id: string): Cell => ({ fact: id })
const text = (name: string): Cell => ({ text: literal(name) })

/** Each comparison with its rates, difference, lift, test and verdict. */
export function readoutTable(shown: readonly ReadoutSubject[], hidden: number): Table {
  const metrics = [
    'control.value',
    'treatment.value',
    'difference',
    'difference.low',
    'difference.high',
    'lift',
    'lift.low',
    'lift.high',
    'p_value',
    'traffic_p_value',
  ]
  return {
    id: 'campaign_roi.experiments',
    title: 'Experiments',
    columns: [
      { key: 'experiment', label: 'Experiment', numeric: false },
      { key: 'phase', label: 'Status', numeric: false },
      { key: 'control', label: 'Control', numeric: true },
      { key: 'treatment', label: 'Treatment', numeric: true },
      { key: 'difference', label: 'Difference', numeric: true },
      { key: 'difference_low', label: 'from', numeric: true },
      { key: 'difference_high', label: 'to', numeric: true },
      { key: 'lift', label: 'Lift', numeric: true },
      { key: 'lift_low', label: 'from', numeric: true },
      { key: 'lift_high', label: 'to', numeric: true },
      { key: 'p_value', label: 'p', numeric: true },
      { key: 'traffic', label: 'p of the split', numeric: true },
      { key: 'verdict', label: 'Verdict', numeric: false },
    ],
    rows: shown.map((subject) => [
      text(subject.name),
      text(subject.readout.trial.phase.replace('_', ' ')),
      ...metrics.map((metric) =>
        hasArms(subject) || !isArmMetric(metric) ? fact(`${subject.prefix}.${metric}`) : text('–'),
      ),
      { decision: subject.decisionId },
    ]),
    note: [noteOf(hidden), ...anytimeNotes(shown), ...ratioNotes(shown)].join(' '),
  }
}

function noteOf(hidden: number): string {
  const rule =
    'The difference decides, the lift tells. Lifts are not averaged: a running and a finished test, or two metrics, have no common lift.'
  return hidden === 0
    ? rule
    : `${rule} ${token('campaign_roi.experiments.not_shown')} more stand in review.json.`
}

/** Which were called by what holds at every look, and not by the interval that the table shows. */
function anytimeNotes(shown: readonly ReadoutSubject[]): string[] {
  const called = shown.filter(({ readout }) => readout.call.reason === 'anytime_excludes_zero')
  return called.map(({ name, prefix, readout: { comparison } }) =>
    (comparison?.anytime.interval ?? null) === null
      ? `${literal(name)} is called by odds that hold at every look.`
      : `${literal(name)} is called by the interval of the difference that holds at every look, ${token(`${prefix}.anytime.low`)} to ${token(`${prefix}.anytime.high`)}.`,
  )
}

/** Names the ratios among the metrics and what their figures are. */
function ratioNotes(shown: readonly ReadoutSubject[]): string[] {
  const ratios = shown.filter(({ readout }) => measureOf(readout.trial) === 'ratio')
  const metrics = [...new Set(ratios.map(({ readout }) => readout.trial.metric))]
  return metrics.length === 0
    ? []
    : [
        `Ratios of two means per user: ${metrics.map(literal).join(', ')}. Their figures are amounts of the numerator for one of the denominator, neither rates of users nor means per user.`,
      ]
}

function hasArms({ readout }: ReadoutSubject): boolean {
  return readout.control !== null && readout.treatment !== null
}

function isArmMetric(metric: string): boolean {
  return metric === 'control.value' || metric === 'treatment.value'
}

/** Lifts put together where metric and unit agree; no table where nothing can be pooled. */
export function pooledTables(pooled: readonly PooledMetric[]): Table[] {
  if (pooled.length === 0) return []
  return [
    {
      id: 'campaign_roi.experiments.pooled',
      title: 'Experiments on the same metric, together',
      columns: [
        { key: 'metric', label: 'Metric', numeric: false },
        { key: 'experiments', label: 'Experiments', numeric: true },
        { key: 'lift', label: 'Pooled lift', numeric: true },
        { key: 'low', label: 'from', numeric: true },
        { key: 'high', label: 'to', numeric: true },
      ],
      rows: pooled.map((line) => [
        text(line.metric),
        ...['experiments', 'lift', 'lift.low', 'lift.high'].map((metric) =>
          fact(`${pooledPrefix(line)}.${metric}`),
        ),
      ]),
    },
  ]
}
