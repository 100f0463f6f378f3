import { distinctPart } from '../kernel/text-id.ts'
import type { Readout } from './readout.ts'

/** How one comparison is referred to in facts, decisions and findings. */
export interface ReadoutSubject {
  readonly readout: Readout
  /** The experiment's id; with metric and treatment where it has several comparisons. */
  readonly key: string
  readonly prefix: string
  readonly decisionId: string
  readonly name: string
}

export const VERDICT_RULE = 'experiment.verdict'

/** Names every comparison once, in the order given. */
export function subjectsOf(readouts: readonly Readout[]): ReadoutSubject[] {
  const named = readouts.map((readout) => ({ readout, ...nameOf(readout, readouts) }))
  return named.map(({ readout, key, name }) => ({
    readout,
    key,
    name,
    prefix: `campaign_roi.experiment.${distinctPart(key)}`,
    decisionId: `${VERDICT_RULE}:${key}`,
  }))
}

function nameOf(
  { trial, treatment }: Readout,
  readouts: readonly Readout[],
): { readonly key: string; readonly name: string } {
  const siblings = readouts.filter((other) => other.trial.experimentId === trial.experimentId)
  if (siblings.length === 1) return { key: trial.experimentId, name: trial.name }
  const parts = [trial.metric, ...(treatment === null ? [] : [treatment.arm])]
  return {
    key: [trial.experimentId, ...parts].join('@'),
    name: `${trial.name}: ${parts.join(', ')}`,
  }
}
