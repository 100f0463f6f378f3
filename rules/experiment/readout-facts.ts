import { isMeasured, measured } from '../kernel/quantity.ts'
import type { FactBook } from '../schema/fact-book.ts'
import type { FactSource } from '../schema/review.ts'
import { armEntries, type Entry, known, READ } from './arm-facts.ts'
import type { ExperimentRules } from './input.ts'
import { measureOf } from './measure.ts'
import { falseAlarmRate } from './peeking.ts'
import { scaledImpact } from './scaled-impact.ts'
import type { ReadoutSubject } from './subjects.ts'

const NO_COMPARISON = 'the arms cannot be compared'

/** Enters the figures of one comparison: arms, difference, lift, test, traffic split, looks. */
export function enterReadout(
  book: FactBook,
  subject: ReadoutSubject,
  { rules, falseDiscoveryRate }: { rules: ExperimentRules; falseDiscoveryRate: number | undefined },
): void {
  const source = [sourceOf(subject)]
  const entries = [
    ...armEntries(subject),
    ...differenceEntries(subject, rules),
    ...liftEntries(subject, rules),
    ...worthEntries(subject),
    ...testEntries(subject, falseDiscoveryRate),
    ...setupEntries(subject),
    ...lookEntries(subject, rules),
  ]
  for (const { metric, inputs, ...entry } of entries) {
    book.add({
      ...entry,
      ...(inputs === undefined ? {} : { inputs: inputs.map((id) => `${subject.prefix}.${id}`) }),
      id: `${subject.prefix}.${metric}`,
      source,
    })
  }
}

function sourceOf({ readout: { trial } }: ReadoutSubject): FactSource {
  return {
    dataset: 'experiments',
    rows: trial.arms.length,
    where: { experiment_id: trial.experimentId, metric: trial.metric },
  }
}

function unitOf({ readout: { trial } }: ReadoutSubject): 'points' | 'number' {
  return READ[measureOf(trial)].unit
}

function differenceEntries(subject: ReadoutSubject, rules: ExperimentRules): Entry[] {
  const { comparison } = subject.readout
  const unit = unitOf(subject)
  const method = comparison?.method === 'exact' ? 'Miettinen–Nurminen score' : 'Welch t'
  return [
    {
      metric: 'difference',
      label: 'Difference, treatment − control',
      unit,
      quantity: known(comparison?.difference, NO_COMPARISON),
      formula: 'treatment − control',
      ...armInputs(subject),
    },
    ...ends('difference', 'Difference', {
      unit,
      interval: comparison?.interval,
      why: NO_COMPARISON,
      formula: `${method} interval of level ${1 - rules.alpha}`,
    }),
  ]
}

/** Both arms' values; an arm that is missing has none. */
function armInputs({ readout }: ReadoutSubject): Pick<Entry, 'inputs'> {
  return readout.comparison === null ? {} : { inputs: ['treatment.value', 'control.value'] }
}

function liftEntries(subject: ReadoutSubject, rules: ExperimentRules): Entry[] {
  const { comparison } = subject.readout
  const why = comparison === null ? NO_COMPARISON : 'the control is too near zero to relate to'
  const method = comparison?.method === 'exact' ? 'Miettinen–Nurminen score' : 'Fieller'
  return [
    {
      metric: 'lift',
      label: 'Relative lift',
      unit: 'change',
      quantity: known(comparison?.lift, why),
      formula: '(treatment − control) ÷ |control|',
      ...armInputs(subject),
    },
    ...ends('lift', 'Relative lift', {
      unit: 'change',
      interval: comparison?.liftInterval,
      why,
      formula: `${method} interval of level ${1 - rules.alpha}`,
    }),
  ]
}

/**
 * What a called difference is worth per day over the traffic the experiment had; nothing before it is called, within its
 * first day, or for a ratio, whose difference is not per user.
 */
function worthEntries(subject: ReadoutSubject): Entry[] {
  const { comparison, call, daysRun, trial } = subject.readout
  const called = call.verdict === 'WIN' || call.verdict === 'LOSS'
  if (comparison === null || !called || daysRun === 0 || measureOf(trial) === 'ratio') return []
  const totalUsers = trial.arms.reduce((sum, arm) => sum + arm.users, 0)
  const worth = scaledImpact(comparison, { totalUsers, trafficShare: 1, days: daysRun })
  const [label, formula] = [
    'Worth per day if all traffic of the experiment got the treatment',
    'difference × users of all arms ÷ days run',
  ]
  return [
    {
      metric: 'per_day',
      label,
      unit: 'number',
      quantity: measured(worth.perDay),
      formula,
      inputs: ['difference'],
    },
    ...ends('per_day', label, {
      unit: 'number',
      interval: worth.interval,
      why: NO_COMPARISON,
      formula,
    }),
  ]
}

interface EndsOf {
  readonly unit: Entry['unit']
  readonly interval: { readonly low: number; readonly high: number } | null | undefined
  readonly why: string
  readonly formula: string
}

function ends(metric: string, label: string, { unit, interval, why, formula }: EndsOf): Entry[] {
  const end = (side: 'low' | 'high', words: string): Entry => ({
    metric: `${metric}.${side}`,
    label: `${label}, ${words} end`,
    unit,
    quantity: known(interval?.[side], why),
    formula,
  })
  return [end('low', 'lower'), end('high', 'upper')]
}

/** p values; those that say nothing new are left out. */
function testEntries(
  { readout: { comparison, adjustedPValue, trial } }: ReadoutSubject,
  falseDiscoveryRate: number | undefined,
): Entry[] {
  if (comparison === null) return [probability('p_value', 'p value', null)]
  const { pValue, correctedPValue, chanceToWin } = comparison
  const test = comparison.method === 'exact' ? 'Fisher exact test' : READ[measureOf(trial)].test
  const adjusted = adjustedPValue === pValue ? null : adjustedPValue
  return [
    { ...probability('p_value', 'p value', pValue), formula: `${test}, two-sided` },
    probability('p_value_adjusted', 'p value, adjusted for the comparisons', adjusted),
    {
      ...probability('p_value_corrected', 'p value with continuity correction', correctedPValue),
      formula: 'pooled z test with Yates correction, two-sided; for rates',
    },
    probability('chance_to_win', 'Chance that the treatment is better', chanceToWin),
    {
      ...probability(
        'false_discovery_rate',
        'Share of false discoveries if called',
        falseDiscoveryRate ?? null,
      ),
      formula: 'Benjamini–Hochberg over the completed comparisons of the review',
    },
  ].filter((entry) => isMeasured(entry.quantity))
}

function probability(metric: string, label: string, value: number | null): Entry {
  return { metric, label, unit: 'probability', quantity: known(value, NO_COMPARISON) }
}

/** The traffic split; leaks and the users needed only where there is something to say of them. */
function setupEntries({ readout }: ReadoutSubject): Entry[] {
  const { traffic, neededUsers, call } = readout
  const leaked = traffic.split?.leakedUsers ?? 0
  const split: Entry = {
    metric: 'traffic_p_value',
    label: 'p value of the traffic split',
    unit: 'probability',
    quantity: known(traffic.split?.pValue, 'the planned shares are incomplete'),
    formula: 'chi-square test of users against planned shares',
  }
  const leak: Entry = {
    metric: 'leaked_users',
    label: 'Users in arms planned to get none',
    unit: 'count',
    quantity: measured(leaked),
  }
  const needed: Entry = {
    metric: 'needed_users',
    label: 'Users an arm needs to show the smallest lift worth acting on',
    unit: 'count',
    quantity: known(neededUsers, 'the control gives no rate to plan with'),
  }
  return [
    split,
    ...(leaked > 0 ? [leak] : []),
    ...(call.verdict === 'INCONCLUSIVE' ? [needed] : []),
  ]
}

/** Looks where they are stated, the false alarms they cost from the second on, and what holds at every one. */
function lookEntries(subject: ReadoutSubject, rules: ExperimentRules): Entry[] {
  const { ledger, comparison } = subject.readout
  return [
    ...(ledger.looks === null ? [] : looksEntries(ledger.looks, rules)),
    ...(ledger.peeked
      ? ends('anytime', 'Difference at any look', {
          unit: unitOf(subject),
          interval: comparison?.anytime.interval,
          why: 'there is no interval that holds at every look',
          formula: 'asymptotic confidence sequence',
        })
      : []),
  ]
}

function looksEntries(looks: number, { alpha }: ExperimentRules): Entry[] {
  const count: Entry = {
    metric: 'looks',
    label: 'Looks at the result',
    unit: 'count',
    quantity: measured(looks),
    formula: 'stated or on record',
  }
  if (looks < 2) return [count]
  return [
    count,
    {
      metric: 'false_alarm_rate',
      label: 'Chance of a false alarm at that many looks',
      unit: 'probability',
      quantity: measured(falseAlarmRate(looks, alpha)),
      formula: 'a two-sided test made for one look, read at every look',
      inputs: ['looks'],
    },
  ]
}
