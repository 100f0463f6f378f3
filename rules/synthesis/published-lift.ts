import { compareText } from '../kernel/order.ts'
import type { PublishedFigure } from './published-figure.ts'

/** An experiment of the month as far as an average of lifts goes. */
export interface ExperimentState {
  readonly experimentId: string
  readonly status: string
}

/** Why an average of lifts says nothing. */
export interface LiftRuling {
  readonly figure: PublishedFigure
  /** Experiments the average was taken over, as far as the report names them. */
  readonly averaged: readonly string[]
  readonly mixesRunningAndEnded: boolean
  /** Experiments of the month that it leaves out, by id. */
  readonly leftOut: readonly string[]
}

const ENDED = new Set(['completed', 'stopped'])

/**
 * What is wrong with an average lift?
 *
 * Lifts of different tests are never averaged: they differ in metric, in size and in what they compare. Worse when a test that still runs
 * stands beside one that has ended, or when tests are left out. The subject names the tests (`experiment:EXP_001 experiment:EXP_002`).
 */
export function judgeAverageLift(
  figure: PublishedFigure,
  experiments: readonly ExperimentState[],
): LiftRuling {
  const averaged = figure.subject.get('experiment') ?? []
  const states = experiments.filter(({ experimentId }) => averaged.includes(experimentId))
  const ended = states.filter(({ status }) => ENDED.has(status)).length
  return {
    figure,
    averaged,
    mixesRunningAndEnded: ended > 0 && ended < states.length,
    leftOut:
      averaged.length === 0
        ? []
        : experiments
            .map(({ experimentId }) => experimentId)
            .filter((id) => !averaged.includes(id))
            .toSorted(compareText),
  }
}
