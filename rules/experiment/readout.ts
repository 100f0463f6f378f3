import { daysBetween } from '../kernel/calendar.ts'
import { present } from '../kernel/invariant.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import { compareText } from '../kernel/order.ts'
import { type Comparison, compareArms } from './comparison.ts'
import type { EarlierReading, ExperimentArmRow, ExperimentRules } from './input.ts'
import { looksAt, looksBefore, type LookLedger } from './looks.ts'
import { measureOf, toArm } from './measure.ts'
import { neededUsers } from './needed-users.ts'
import { judgeTraffic, type Traffic } from './traffic.ts'
import { type Flaw, flawOf, type Trial, treatmentsOf } from './trials.ts'
import { callVerdict, type VerdictCall, type VerdictFacts } from './verdict.ts'

/** One treatment against its control on one metric, with what may be said of it. */
export interface Readout {
  readonly trial: Trial
  /** Absent where the trial is not set up to be compared. */
  readonly control: ExperimentArmRow | null
  readonly treatment: ExperimentArmRow | null
  readonly isGuardrail: boolean
  readonly traffic: Traffic
  readonly ledger: LookLedger
  readonly daysRun: number
  readonly neededUsers: number | null
  readonly comparison: Comparison | null
  /** p value after correction for the comparisons of the experiment; null without a comparison. */
  readonly adjustedPValue: number | null
  readonly family: ReadingFamily
  readonly flaw: Flaw | null
  readonly call: VerdictCall
  /** Guardrail metrics the treatment makes worse. */
  readonly breached: readonly string[]
}

/** The comparisons of an experiment that share the error rate: those of metrics that are no guardrails. */
export interface ReadingFamily {
  /** All that may be read; an anytime interval is of level 1 − alpha ÷ so many. */
  readonly comparisons: number
  /** Of those that were read, before correction, in the order of the rows. */
  readonly pValues: readonly number[]
}

/** A comparison before its verdict. */
type Draft = Omit<Readout, 'adjustedPValue' | 'family' | 'call' | 'breached'>

/** What a trial is read with. */
export interface ReadingContext {
  readonly rules: ExperimentRules
  /** Local date the review speaks for. */
  readonly asOfOn: string
  /** What earlier reviews showed, under the names that trials have now, oldest first. */
  readonly earlierReadings: readonly EarlierReading[]
}

/**
 * Reads every treatment of one experiment on every metric.
 *
 * The comparisons of metrics that are no guardrails share the error rate by the policy's correction; a guardrail is
 * tested at the full rate, because missing a harm is the costlier error.
 *
 * @param trials All trials of one experiment.
 */
export function readExperiment(trials: readonly Trial[], context: ReadingContext): Readout[] {
  const { rules } = context
  const goals = trials.flatMap((trial) => (isGuardrail(trial, rules) ? [] : treatmentsOf(trial)))
  const drafts = trials.flatMap((trial) => draftsOf(trial, { ...context, goals: goals.length }))
  const adjusted = adjustedPValues(drafts, rules)
  const family = {
    comparisons: goals.length,
    pValues: drafts.flatMap(({ isGuardrail: isGuard, comparison }) =>
      isGuard || comparison === null ? [] : [comparison.pValue],
    ),
  }
  const called = drafts.map((draft): Readout => {
    const adjustedPValue = adjusted.get(draft) ?? null
    const call = callVerdict(factsOf(draft, adjustedPValue, rules), rules)
    return { ...draft, adjustedPValue, family, call, breached: [] }
  })
  return withGuardrails(called)
}

function isGuardrail({ metric }: Trial, rules: ExperimentRules): boolean {
  return rules.guardrail_metrics.includes(metric)
}

interface DraftContext extends ReadingContext {
  /** Comparisons that share the error rate. */
  readonly goals: number
}

function draftsOf(trial: Trial, context: DraftContext): Draft[] {
  const { rules, asOfOn, goals, earlierReadings } = context
  const traffic = judgeTraffic(trial, rules)
  const flaw = flawOf(trial)
  const guardrail = isGuardrail(trial, rules)
  const found = trial.arms.find((arm) => arm.isControl) ?? null
  const base = {
    trial,
    traffic,
    flaw,
    isGuardrail: guardrail,
    ledger: looksAt(trial, looksBefore(earlierReadings, trial)),
    daysRun: daysRun(trial, asOfOn),
  }
  if (flaw !== null) {
    const treatment = treatmentsOf(trial)[0] ?? null
    return [{ ...base, control: found, treatment, neededUsers: null, comparison: null }]
  }
  const control = present(found, 'the control of a trial without a flaw')
  const comparisonRules = {
    alpha: rules.alpha,
    anytimeAlpha: anytimeAlphaOf(guardrail, goals, rules),
    tunedTo: rules.sequential_tuned_to_users,
    exactBelow: rules.exact_below,
    lowerIsBetter: rules.lower_is_better.includes(trial.metric),
  }
  const measure = measureOf(trial)
  return treatmentsOf(trial).map((treatment) => {
    const [left, right] = [toArm(control, measure), toArm(treatment, measure)]
    const empty = control.users === 0 || treatment.users === 0
    const result = empty ? null : compareArms(left, right, comparisonRules)
    return {
      ...base,
      control,
      treatment,
      neededUsers: neededUsers(left, rules),
      comparison: result?.ok === true ? result.comparison : null,
    }
  })
}

/** Error rate of a reading at any time: a guardrail's is all of alpha, any other's its share among the comparisons of the experiment. */
export function anytimeAlphaOf(
  isGuard: boolean,
  comparisons: number,
  { alpha }: ExperimentRules,
): number {
  return isGuard ? alpha : alpha / Math.max(1, comparisons)
}

/** Full days from the start to the end, or to the day the review speaks for. */
function daysRun({ startedOn, endedOn }: Trial, asOfOn: string): number {
  const end = endedOn ?? asOfOn
  const until = compareText(end, asOfOn) < 0 ? end : asOfOn
  return Math.max(0, daysBetween(startedOn, until))
}

function adjustedPValues(
  drafts: readonly Draft[],
  rules: ExperimentRules,
): ReadonlyMap<Draft, number> {
  const tested = drafts.flatMap((draft) =>
    draft.comparison === null ? [] : [{ draft, p: draft.comparison.pValue }],
  )
  const goals = tested.filter(({ draft }) => !draft.isGuardrail)
  const raw = goals.map(({ p }) => p)
  const corrected = rules.correction === 'none' ? raw : adjustPValues(raw, rules.correction)
  return new Map([
    ...tested.map(({ draft, p }) => [draft, p] as const),
    ...goals.map(({ draft, p }, index) => [draft, corrected[index] ?? p] as const),
  ])
}

function factsOf(
  draft: Draft,
  adjustedPValue: number | null,
  rules: ExperimentRules,
): VerdictFacts {
  const { control, treatment, comparison, trial } = draft
  const lowerIsBetter = rules.lower_is_better.includes(trial.metric)
  return {
    flaw: draft.flaw,
    traffic: draft.traffic.status,
    phase: trial.phase,
    ledger: draft.ledger,
    users: Math.min(control?.users ?? 0, treatment?.users ?? 0),
    neededUsers: draft.neededUsers,
    daysRun: draft.daysRun,
    conversions: conversionsOf(draft),
    reading:
      comparison === null
        ? null
        : {
            pValue: adjustedPValue ?? comparison.pValue,
            anytimeCallable: comparison.anytime.callable,
            favourable: lowerIsBetter ? comparison.difference < 0 : comparison.difference > 0,
            lift: comparison.lift,
            liftInterval: comparison.liftInterval,
            anytimeLiftInterval: comparison.anytime.liftInterval,
          },
  }
}

/** Conversions of both arms; null unless both state them, or where the metric is a ratio, which they say nothing of. */
export function conversionsOf({
  trial,
  control,
  treatment,
}: Pick<Readout, 'trial' | 'control' | 'treatment'>): number | null {
  if (measureOf(trial) === 'ratio') return null
  const [left, right] = [control?.conversions ?? null, treatment?.conversions ?? null]
  return left === null || right === null ? null : left + right
}

/** A treatment that makes a guardrail worse is no win on any other metric. */
function withGuardrails(readouts: readonly Readout[]): Readout[] {
  const harmed = readouts.filter(
    (readout) => readout.isGuardrail && readout.call.verdict === 'LOSS',
  )
  return readouts.map((readout) => {
    const breached = harmed
      .filter((guardrail) => guardrail.treatment?.arm === readout.treatment?.arm)
      .map((guardrail) => guardrail.trial.metric)
    if (breached.length === 0 || readout.call.verdict === 'INVALID') return readout
    return {
      ...readout,
      breached,
      call: { verdict: 'GUARDRAIL_BREACH', reason: 'guardrail_worse' },
    }
  })
}
