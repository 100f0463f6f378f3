import { adjustPValues } from '../kernel/multiplicity.ts'
import { groupByText } from '../kernel/order.ts'
import { uniqueParts } from '../kernel/text-id.ts'
import type { ExperimentRules } from './input.ts'
import { poolEffects, type Pooled, type StudyEffect } from './pooling.ts'
import type { Readout } from './readout.ts'
import type { Phase, Trial } from './trials.ts'
import { type Verdict, VERDICTS } from './verdict.ts'

/** Lifts of one metric put together over the experiments that tested it to their end. */
export interface PooledMetric {
  readonly metric: string
  /** The metric as part of a fact id. */
  readonly part: string
  readonly experimentIds: readonly string[]
  readonly pooled: Pooled
}

/** What the experiments say together: counts, never an average of lifts. */
export interface Portfolio {
  readonly experimentsByPhase: Readonly<Record<Phase, number>>
  readonly verdicts: Readonly<Record<Verdict, number>>
  /** Comparisons that were tested to a call: those a false winner can come from. */
  readonly judged: number
  readonly winners: number
  /** Winners to be expected if no treatment had any effect: judged · alpha ÷ 2. */
  readonly expectedFalseWinners: number
  /** Of each completed comparison: the share of false discoveries if it and all stronger ones were called. */
  readonly falseDiscoveryRates: ReadonlyMap<Readout, number>
  readonly pooled: readonly PooledMetric[]
}

const CALLED: readonly Verdict[] = ['WIN', 'LOSS', 'EQUIVALENT', 'INCONCLUSIVE']

/**
 * Puts the readouts of several experiments together.
 *
 * @param inReview Readouts of the experiments alive in the month.
 * @param all Readouts of every experiment known, for pooling.
 * Source: Y. Benjamini and Y. Hochberg, 1995, for the share of false discoveries.
 */
export function summarisePortfolio(
  inReview: readonly Readout[],
  all: readonly Readout[],
  rules: ExperimentRules,
): Portfolio {
  const judged = inReview.filter(
    (readout) => readout.comparison !== null && CALLED.includes(readout.call.verdict),
  )
  return {
    experimentsByPhase: countPhases(inReview.map((readout) => readout.trial)),
    verdicts: countVerdicts(inReview),
    judged: judged.length,
    winners: judged.filter((readout) => readout.call.verdict === 'WIN').length,
    expectedFalseWinners: (judged.length * rules.alpha) / 2,
    falseDiscoveryRates: falseDiscoveryRates(judged),
    pooled: poolMetrics(all),
  }
}

function countPhases(trials: readonly Trial[]): Record<Phase, number> {
  const phases = new Map(trials.map((trial) => [trial.experimentId, trial.phase]))
  const count = (phase: Phase): number =>
    [...phases.values()].filter((value) => value === phase).length
  return {
    not_started: count('not_started'),
    running: count('running'),
    completed: count('completed'),
    stopped: count('stopped'),
    cancelled: count('cancelled'),
  }
}

function countVerdicts(readouts: readonly Readout[]): Record<Verdict, number> {
  const count = (verdict: Verdict): number =>
    readouts.filter((readout) => readout.call.verdict === verdict).length
  const [WIN, LOSS, EQUIVALENT, INCONCLUSIVE, DIRECTIONAL, TOO_EARLY, GUARDRAIL_BREACH, INVALID] =
    VERDICTS.map(count)
  return {
    WIN: WIN ?? 0,
    LOSS: LOSS ?? 0,
    EQUIVALENT: EQUIVALENT ?? 0,
    INCONCLUSIVE: INCONCLUSIVE ?? 0,
    DIRECTIONAL: DIRECTIONAL ?? 0,
    TOO_EARLY: TOO_EARLY ?? 0,
    GUARDRAIL_BREACH: GUARDRAIL_BREACH ?? 0,
    INVALID: INVALID ?? 0,
  }
}

function falseDiscoveryRates(judged: readonly Readout[]): ReadonlyMap<Readout, number> {
  const completed = judged.filter((readout) => !readout.ledger.peeked)
  const adjusted = adjustPValues(
    completed.map((readout) => readout.comparison?.pValue ?? 1),
    'benjamini_hochberg',
  )
  return new Map(completed.map((readout, index) => [readout, adjusted[index] ?? 1]))
}

/** A comparison that may enter a pooled figure: read at its end, valid, with a lift and its error. */
function studyOf(readout: Readout): StudyEffect | null {
  const { comparison, call, ledger } = readout
  if (ledger.peeked || call.verdict === 'INVALID' || call.verdict === 'TOO_EARLY') return null
  const { lift = null, liftError = null } = comparison ?? {}
  return lift === null || liftError === null ? null : { estimate: lift, standardError: liftError }
}

/** One pooled lift per metric that at least two experiments read to their end, all as rates or all as means. */
function poolMetrics(all: readonly Readout[]): PooledMetric[] {
  const studies = all.flatMap((readout) => {
    const effect = studyOf(readout)
    return effect === null ? [] : [{ readout, effect }]
  })
  const groups = groupByText(studies, ({ readout }) => readout.trial.metric)
  const parts = uniqueParts([...groups.keys()])
  return [...groups].flatMap(([metric, group]) => {
    const experimentIds = group.map(({ readout }) => readout.trial.experimentId)
    const experiments = new Set(experimentIds).size
    const measures = new Set(
      group.map(({ readout }) => readout.comparison?.correctedPValue === null),
    )
    // Two treatments of one experiment share their control, so they are not two independent studies.
    const comparable = experiments >= 2 && experiments === group.length && measures.size === 1
    const pooled = comparable ? poolEffects(group.map(({ effect }) => effect)) : null
    return pooled === null
      ? []
      : [{ metric, part: parts.get(metric) ?? metric, experimentIds, pooled }]
  })
}
