import type { ExperimentArmRow } from '#rules/experiment/input.ts'
import type { Trial } from '#rules/experiment/trials.ts'

/** A control arm of a completed experiment: 100 of 1,000 users convert. */
export function arm(changes: Partial<ExperimentArmRow>): ExperimentArmRow {
  return {
    experimentId: 'EXP_1',
    campaignId: 'CAMP_1',
    name: 'Button test',
    status: 'completed',
    startedOn: '2026-03-02',
    endedOn: '2026-03-16',
    metric: 'conversion_rate',
    arm: 'A',
    isControl: true,
    plannedShare: 0.5,
    users: 1000,
    conversions: 100,
    mean: null,
    variance: null,
    denominatorMean: null,
    denominatorVariance: null,
    covariance: null,
    looks: null,
    ...changes,
  }
}

/** Control and treatment with these conversions of 1,000 users each. */
export function arms(
  conversions: readonly [number, number],
  changes: Partial<ExperimentArmRow> = {},
): ExperimentArmRow[] {
  return [
    arm({ conversions: conversions[0], ...changes }),
    arm({ arm: 'B', isControl: false, conversions: conversions[1], ...changes }),
  ]
}

/** A completed trial of two arms. */
export function trial(changes: Partial<Trial>): Trial {
  return {
    experimentId: 'EXP_1',
    campaignId: 'CAMP_1',
    name: 'Button test',
    phase: 'completed',
    startedOn: '2026-03-02',
    endedOn: '2026-03-16',
    metric: 'conversion_rate',
    looks: null,
    arms: arms([100, 120]),
    ...changes,
  }
}
