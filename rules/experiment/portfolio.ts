import { adjustPValues } from '../kernel/multiplicity.ts'
import { groupByText } from '../kernel/order.ts'
import { distinctPart } from '../kernel/text-id.ts'
import type { Comparison } from './comparison.ts'
import type { ExperimentRules } from './input.ts'
import { type Measure, measureOf } from './measure.ts'
import { poolEffects, type Pooled, type StudyEffect } from './pooling.ts'
import type { Readout } from './readout.ts'
import type { Phase, Trial } from './trials.ts'
import type { Verdict } from './verdict.ts'

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
  /** Comparisons that could have been called a win: those a false winner can come from. A running one that was read and has not won is among them. */
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
  const winnable = inReview.flatMap((readout) => {
    const { comparison, call } = readout
    return comparison === null || !isWinnable(call) ? [] : [{ readout, comparison }]
  })
  const called = winnable.filter(({ readout }) => CALLED.includes(readout.call.verdict))
  return {
    experimentsByPhase: countPhases(inReview.map((readout) => readout.trial)),
    verdicts: countVerdicts(inReview),
    judged: winnable.length,
    winners: called.filter(({ readout }) => readout.call.verdict === 'WIN').length,
    expectedFalseWinners: (winnable.length * rules.alpha) / 2,
    falseDiscoveryRates: falseDiscoveryRates(called),
    pooled: poolMetrics(all),
  }
}

/** A readout whose arms could be compared. */
interface Compared {
  readonly readout: Readout
  readonly comparison: Comparison
}

/** Was it read so that it could have won? To count running ones only once they have would choose by the outcome. */
function isWinnable({ verdict, reason }: Readout['call']): boolean {
  return CALLED.includes(verdict) || verdict === 'DIRECTIONAL' || reason === 'still_running'
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
  return {
    WIN: count('WIN'),
    LOSS: count('LOSS'),
    EQUIVALENT: count('EQUIVALENT'),
    INCONCLUSIVE: count('INCONCLUSIVE'),
    DIRECTIONAL: count('DIRECTIONAL'),
    TOO_EARLY: count('TOO_EARLY'),
    GUARDRAIL_BREACH: count('GUARDRAIL_BREACH'),
    INVALID: count('INVALID'),
  }
}

function falseDiscoveryRates(judged: readonly Compared[]): ReadonlyMap<Readout, number> {
  const completed = judged.filter(({ readout }) => !readout.ledger.peeked)
  const adjusted = adjustPValues(
    completed.map(({ comparison }) => comparison.pValue),
    'benjamini_hochberg',
  )
  return new Map(completed.map(({ readout }, index) => [readout, adjusted[index] ?? 1]))
}

/** One comparison as a study of its metric. */
interface Study {
  readonly trial: Trial
  readonly measure: Measure
  readonly effect: StudyEffect
}

/** What may enter a pooled figure: read at its end, valid, with a lift and its error. */
function studiesOf({ trial, comparison, call, ledger }: Readout): Study[] {
  if (ledger.peeked || call.verdict === 'INVALID' || call.verdict === 'TOO_EARLY') return []
  const { lift = null, liftError = null } = comparison ?? {}
  if (lift === null || liftError === null) return []
  const effect = { estimate: lift, standardError: liftError }
  return [{ trial, measure: measureOf(trial), effect }]
}

/** One pooled lift per metric that at least two experiments read to their end, all as rates, all as means or all as ratios. */
function poolMetrics(all: readonly Readout[]): PooledMetric[] {
  const groups = groupByText(all.flatMap(studiesOf), ({ trial }) => trial.metric)
  return [...groups].flatMap(([metric, studies]) => {
    const experimentIds = studies.map(({ trial }) => trial.experimentId)
    const experiments = new Set(experimentIds).size
    const measures = new Set(studies.map(({ measure }) => measure)).size
    // Two treatments of one experiment share their control, so they are not two independent studies.
    if (experiments < 2 || experiments < studies.length || measures > 1) return []
    const pooled = poolEffects(studies.map(({ effect }) => effect))
    return [{ metric, part: distinctPart(metric), experimentIds, pooled }]
  })
}
