import { literal, token } from '../schema/template.ts'
import type { Comparison } from './comparison.ts'
import type { ExperimentRules } from './input.ts'
import { measureOf, missingRatioFigures } from './measure.ts'
import type { Readout } from './readout.ts'
import type { ReadoutSubject } from './subjects.ts'
import type { VerdictReason } from './verdict.ts'

/** Each reason in words a reader can act on, for a comparison by Welch's test. */
export const REASON_WORDS: Readonly<Record<VerdictReason, string>> = {
  cancelled: 'it was cancelled',
  no_control: 'no arm is marked as the control',
  several_controls: 'more than one arm is marked as the control',
  no_treatment: 'no arm was compared with the control',
  impossible_counts: 'an arm states more conversions than users',
  not_measured: 'its arms state neither conversions nor mean and variance',
  incomplete_ratio: 'an arm does not state every figure of the ratio',
  negative_variance: 'an arm states a variance below zero',
  impossible_covariance:
    'an arm states a covariance larger than its two variances allow, so the figures cannot be of the same users',
  no_denominator: 'an arm has a denominator of zero, so there is no ratio',
  sample_ratio_mismatch: 'the traffic did not split as planned, so the arms hold different people',
  leaked_users: 'users came into an arm planned to get none',
  not_started: 'it has not started',
  too_few_users: 'an arm has fewer users than the policy asks for',
  too_few_days: 'it has not run for the days the policy asks for',
  no_conversions: 'neither arm has a conversion',
  no_spread: 'an arm has no spread',
  test_excludes_zero: 'the interval of the difference excludes zero',
  below_minimum_lift:
    'the interval of the difference excludes zero, but the lift is smaller than what the policy calls worth acting on',
  anytime_excludes_zero: 'the interval that holds at every look excludes zero',
  still_running:
    'it is still running, and the interval that holds at every look still contains zero',
  stopped_early: 'it was stopped early, and a test made for one look cannot decide then',
  repeated_looks:
    'it was looked at more than once, and a test made for one look cannot decide then',
  within_margin: 'the interval of the lift lies within what the policy calls too small to matter',
  underpowered: 'it had too few users to show a lift worth acting on',
  no_difference_shown: 'the interval holds both zero and a lift worth acting on',
  guardrail_worse: 'the treatment makes a guardrail metric worse',
}

/** The reasons of a test by another name: an exact comparison has no interval that decides. */
const EXACT_WORDS: Readonly<Partial<Record<VerdictReason, string>>> = {
  test_excludes_zero: 'the exact test tells the difference from chance',
  below_minimum_lift:
    'the exact test tells the difference from chance, but the lift is smaller than what the policy calls worth acting on',
  anytime_excludes_zero: 'the odds that the rates differ are high enough to decide at any look',
  still_running: 'it is still running, and the odds that the rates differ do not decide yet',
}

/** Why a verdict was called, or not yet: only what was compared for it. */
export function reasonWords(readout: Readout, rules: ExperimentRules): string {
  const { call, comparison } = readout
  if (call.reason === 'still_running' && !rules.sequential) {
    return 'it is still running, and the policy has no plan for calling it before its end'
  }
  if (call.reason === 'no_difference_shown' && comparison !== null) {
    return undecidedWords(comparison, rules)
  }
  if (call.reason === 'incomplete_ratio') return incompleteWords(readout)
  const exact = comparison?.method === 'exact' ? EXACT_WORDS[call.reason] : undefined
  return exact ?? REASON_WORDS[call.reason]
}

/** Arm by arm, the columns that are blank. */
function incompleteWords({ trial }: Readout): string {
  const missing = missingRatioFigures(trial).map(
    ({ arm, columns }) => `arm ${literal(arm)} does not state ${columns.join(', ')}`,
  )
  return `${missing.join('; ')}, and a ratio needs all five figures of every arm`
}

function undecidedWords(comparison: Comparison, { alpha }: ExperimentRules): string {
  if (comparison.pValue <= alpha) {
    return 'corrected for the comparisons of the experiment, the test does not tell the difference from chance'
  }
  if (comparison.method === 'exact')
    return 'the exact test does not tell the difference from chance'
  return comparison.liftInterval === null
    ? 'the interval of the difference holds zero'
    : REASON_WORDS.no_difference_shown
}

/** The lift with its interval, or the difference where no lift can be told, and the p value. Only for a comparison that was made. */
export function resultWords(subject: ReadoutSubject): string {
  return `${effectWords(subject)}, ${pValueWords(subject)}`
}

function effectWords({ prefix, readout }: ReadoutSubject): string {
  const hasLift = (readout.comparison?.liftInterval ?? null) !== null
  const [name, metric] = hasLift ? ['a lift', 'lift'] : ['a difference', 'difference']
  const figure = `${prefix}.${metric}`
  const { trial } = readout
  const of = measureOf(trial) === 'ratio' ? ` in the ratio ${literal(trial.metric)}` : ''
  return `${name} of ${token(figure)} (${token(`${figure}.low`)} to ${token(`${figure}.high`)})${of}`
}

function pValueWords({ prefix, readout }: ReadoutSubject): string {
  const p = `p = ${token(`${prefix}.p_value`)}`
  return (readout.comparison?.correctedPValue ?? null) === null
    ? p
    : `${p} (${token(`${prefix}.p_value_corrected`)} with continuity correction)`
}

/** The interval that decides where a test made for one look cannot; empty where there is none, or one look was all. */
export function anytimeWords({ prefix, readout: { ledger, comparison } }: ReadoutSubject): string {
  const interval = comparison?.anytime.interval ?? null
  return ledger.peeked && interval !== null
    ? ` At any look the difference is ${token(`${prefix}.anytime.low`)} to ${token(`${prefix}.anytime.high`)}.`
    : ''
}

/** How many users each arm would need; empty where that cannot be planned. */
export function neededWords({ prefix, readout }: ReadoutSubject): string {
  return readout.neededUsers === null
    ? ''
    : ` To show the smallest lift worth acting on, each arm needs ${token(`${prefix}.needed_users`)} users; the control had ${token(`${prefix}.control.users`)}, the treatment ${token(`${prefix}.treatment.users`)}.`
}

/** What a called difference is worth per day; empty within the first day, and for a ratio. */
export function worthWords({ prefix, readout }: ReadoutSubject): string {
  const worth = `${prefix}.per_day`
  return readout.daysRun === 0 || measureOf(readout.trial) === 'ratio'
    ? ''
    : ` Over all traffic of the experiment that is ${token(worth)} a day (${token(`${worth}.low`)} to ${token(`${worth}.high`)}).`
}

/** What several looks do to a test made for one, and which reviews took them; empty where there was one, or nobody counted. */
export function lookWords({ prefix, readout: { ledger } }: ReadoutSubject): string {
  if ((ledger.looks ?? 0) < 2) return ''
  const showed =
    ledger.earlierReviews.length === 0
      ? ''
      : ` It was shown before with other figures, in ${ledger.earlierReviews.map(literal).join(', ')}.`
  return ` Read ${token(`${prefix}.looks`)} times, a test made for one look raises a false alarm in ${token(`${prefix}.false_alarm_rate`)} of cases without any effect.${showed}`
}
