import type { Evidence } from '../schema/review.ts'
import type { ExperimentArmRow } from './input.ts'
import type { Trial } from './trials.ts'

/** What an arm may state besides its users, by the name of its list. */
const STATED = [
  ['armConversions', (arm: ExperimentArmRow) => arm.conversions],
  ['armMeans', (arm: ExperimentArmRow) => arm.mean],
  ['armVariances', (arm: ExperimentArmRow) => arm.variance],
  ['armDenominatorMeans', (arm: ExperimentArmRow) => arm.denominatorMean],
  ['armDenominatorVariances', (arm: ExperimentArmRow) => arm.denominatorVariance],
  ['armCovariances', (arm: ExperimentArmRow) => arm.covariance],
] as const

/**
 * What the arms of a trial state, one list per quantity in the order of `arms`: users, shares planned and the figures of the metric. Null where an arm
 * states nothing; a quantity that no arm states has no list.
 */
export function armEvidence({ arms }: Trial): Evidence {
  const stated = STATED.map(([name, figure]) => [name, arms.map(figure)] as const)
  return {
    arms: arms.map(({ arm }) => arm),
    armIsControl: arms.map(({ isControl }) => isControl),
    armUsers: arms.map(({ users }) => users),
    armPlannedShares: arms.map(({ plannedShare }) => plannedShare),
    ...Object.fromEntries(stated.filter(([, list]) => list.some((figure) => figure !== null))),
  }
}
