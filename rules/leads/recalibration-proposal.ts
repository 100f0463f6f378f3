import type { Decision } from '../schema/review.ts'
import type { Ladder } from './ladder.ts'
import type { Recalibration } from './recalibration.ts'

const RULE_ID = 'lead_scoring.recalibration'

const ACTIONS: Readonly<Record<Recalibration['step'], Pick<Decision, 'action' | 'reason'>>> = {
  none: { action: 'none', reason: 'no_correction_held_on_newer_outcomes' },
  intercept: { action: 'shift_claims', reason: 'shift_held_on_newer_outcomes' },
  platt: { action: 'stretch_and_shift_claims', reason: 'line_held_on_newer_outcomes' },
  isotonic: { action: 'remap_claims', reason: 'steps_held_on_newer_outcomes' },
}

/**
 * Which correction of the claimed chances is proposed?
 *
 * The rung of the ladder that held on newer outcomes; the evidence carries every rung's log loss and z, and the line where there is one:
 * corrected ln odds = intercept + slope · claimed ln odds.
 */
export function proposeRecalibration(ladder: Ladder, policyVersion: string): Decision {
  const { chosen, rungs } = ladder
  const losses = rungs.flatMap(({ step, logLoss, z }) => [
    [`${step}LogLoss`, logLoss] as const,
    [`${step}Z`, z] as const,
  ])
  return {
    id: RULE_ID,
    stage: 'lead_scoring',
    subject: 'score:leads',
    subjectName: 'Claimed chances',
    ...ACTIONS[chosen.step],
    ruleId: RULE_ID,
    policyVersion,
    evidence: {
      ...Object.fromEntries(losses),
      ...('line' in chosen ? { intercept: chosen.line.intercept, slope: chosen.line.slope } : {}),
      ...('map' in chosen ? { thresholds: chosen.map.x.length } : {}),
    },
  }
}
