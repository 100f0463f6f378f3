import type { LoggedDecision } from './input.ts'
import type { Readout } from './readout.ts'
import type { Verdict } from './verdict.ts'

/** A logged decision that names an experiment whose result does not carry it. */
export interface ActedOnUndecided {
  readonly decision: LoggedDecision
  readonly readout: Readout
}

/** Results a decision may rest on: someone has won, lost, or made no difference that matters. */
const DECIDED: readonly Verdict[] = ['WIN', 'LOSS', 'EQUIVALENT', 'GUARDRAIL_BREACH']

/**
 * Which logged decisions rest on an experiment that decided nothing?
 *
 * A decision names an experiment by its id, or by an arm's id where that id holds a digit (so that "control" names
 * none) and belongs to one experiment only. A decision of before the experiment's start is none about it.
 */
export function actedOnUndecided(
  log: readonly LoggedDecision[],
  readouts: readonly Readout[],
): ActedOnUndecided[] {
  const undecided = readouts.filter((readout) => !DECIDED.includes(readout.call.verdict))
  return log.flatMap((decision) => {
    const words = new Set(decision.text.split(/[^A-Za-z0-9_-]/))
    const readout = undecided.find(
      (candidate) =>
        decision.decidedOn >= candidate.trial.startedOn && isNamed(candidate, words, readouts),
    )
    return readout === undefined ? [] : [{ decision, readout }]
  })
}

function isNamed(
  { trial }: Readout,
  words: ReadonlySet<string>,
  readouts: readonly Readout[],
): boolean {
  if (words.has(trial.experimentId)) return true
  return trial.arms.some(
    ({ arm }) => words.has(arm) && /\d/.test(arm) && isOwn(arm, trial, readouts),
  )
}

function isOwn(arm: string, trial: Readout['trial'], readouts: readonly Readout[]): boolean {
  return readouts.every(
    (other) =>
      other.trial.experimentId === trial.experimentId ||
      other.trial.arms.every((candidate) => candidate.arm !== arm),
  )
}
