import { UPPER_OF_95 } from '../kernel/interval.ts'
import { normalQuantile, normalSurvival } from '../kernel/normal.ts'
import type { LeadPolicy } from '../policy/leads.ts'
import type { Decision, Evidence } from '../schema/review.ts'
import { isJudgeable, type ScoreQuality, type TooFewOutcomes } from './score-quality.ts'

const RULE_ID = 'lead_scoring.model'

/** What is to be done with a score. */
type ModelVerdict = 'OK' | 'RECALIBRATE' | 'RETRAIN' | 'LEAKAGE_SUSPECT' | 'INSUFFICIENT_OUTCOMES'

/** Why. */
type ModelReason =
  | 'too_few_outcomes'
  | 'ranks_better_than_anyone_could'
  | 'does_not_rank'
  | 'ranks_worse_than_before'
  | 'claims_too_low'
  | 'claims_too_high'
  | 'claims_out_of_line'
  | 'ranks_and_claims_hold'

/**
 * Can the score still be trusted?
 *
 * First match wins; beyond chance is p ≤ alpha:
 * - INSUFFICIENT_OUTCOMES: fewer wins, or fewer other outcomes, than `min_outcomes`;
 * - LEAKAGE_SUSPECT: the lower end of the AUC's 95 % interval is above `leakage_auc`;
 * - RETRAIN: its upper end is below `min_auc`, or the AUC fell from the older to the newer half by at least `auc_drop`, one-sided beyond chance;
 * - RECALIBRATE: observed ÷ expected wins lie further than `calibration_gap` from 1 beyond chance, or the calibration error is above
 *   `max_calibration_error` and Spiegelhalter's test beyond chance;
 * - OK.
 *
 * An AUC of 0.58 with an error of 0.02 ends at 0.62 and is kept at a `min_auc` of 0.6; with an error of 0.005 it ends at 0.59: RETRAIN.
 *
 * @param quality Measured on settled leads (measureScoreQuality).
 */
export function judgeModel(
  quality: ScoreQuality | TooFewOutcomes,
  policy: LeadPolicy,
  policyVersion: string,
): Decision {
  const { verdict, reason, evidence } = verdictOf(quality, policy)
  return {
    id: RULE_ID,
    stage: 'lead_scoring',
    subject: 'score:leads',
    subjectName: 'Lead score',
    action: verdict,
    reason,
    ruleId: RULE_ID,
    policyVersion,
    evidence,
  }
}

interface Judged {
  readonly verdict: ModelVerdict
  readonly reason: ModelReason
  readonly evidence: Evidence
}

function verdictOf(quality: ScoreQuality | TooFewOutcomes, policy: LeadPolicy): Judged {
  const { settled, wins } = quality
  const counts = { settled, wins, others: settled - wins, minOutcomes: policy.min_outcomes }
  if (!isJudgeable(quality)) {
    return { verdict: 'INSUFFICIENT_OUTCOMES', reason: 'too_few_outcomes', evidence: counts }
  }
  const ranking = judgeRanking(quality, policy)
  if (ranking.call !== null) {
    return { ...ranking.call, evidence: { ...counts, ...ranking.evidence } }
  }
  const claims = judgeClaims(quality, policy)
  return {
    ...(claims.call ?? { verdict: 'OK', reason: 'ranks_and_claims_hold' }),
    evidence: { ...counts, ...ranking.evidence, ...claims.evidence },
  }
}

type Call = Pick<Judged, 'verdict' | 'reason'> | null

function judgeRanking(quality: ScoreQuality, policy: LeadPolicy) {
  const { auc, aucStandardError } = quality.ranking
  const { leakage_auc, min_auc, auc_drop } = policy.model
  const reach = normalQuantile(UPPER_OF_95) * aucStandardError
  const fall = fallOf(quality)
  const evidence = {
    auc,
    aucLow: auc - reach,
    aucHigh: auc + reach,
    leakageAuc: leakage_auc,
    minAuc: min_auc,
    aucFall: fall?.size ?? null,
    aucFallP: fall?.p ?? null,
    aucDrop: auc_drop,
    alpha: policy.alpha,
  }
  return { call: rankingCall(evidence), evidence }
}

function rankingCall(found: {
  readonly aucLow: number
  readonly aucHigh: number
  readonly leakageAuc: number
  readonly minAuc: number
  readonly aucFall: number | null
  readonly aucFallP: number | null
  readonly aucDrop: number
  readonly alpha: number
}): Call {
  if (found.aucLow > found.leakageAuc) {
    return { verdict: 'LEAKAGE_SUSPECT', reason: 'ranks_better_than_anyone_could' }
  }
  if (found.aucHigh < found.minAuc) return { verdict: 'RETRAIN', reason: 'does_not_rank' }
  const fell = (found.aucFall ?? 0) >= found.aucDrop && (found.aucFallP ?? 1) <= found.alpha
  return fell ? { verdict: 'RETRAIN', reason: 'ranks_worse_than_before' } : null
}

/** Older AUC − newer AUC with its one-sided p; null when a half has too few outcomes to be ranked. */
function fallOf({ older, newer }: ScoreQuality): { size: number; p: number } | null {
  if (older === null || newer === null) return null
  const size = older.auc - newer.auc
  const error = Math.sqrt(
    older.aucStandardError * older.aucStandardError +
      newer.aucStandardError * newer.aucStandardError,
  )
  // Two perfect halves have no error: any fall would be certain.
  if (error === 0) return { size, p: size > 0 ? 0 : 1 }
  return { size, p: normalSurvival(size / error) }
}

function judgeClaims({ calibration }: ScoreQuality, policy: LeadPolicy) {
  const { calibration_gap, max_calibration_error } = policy.model
  const limits = {
    calibrationGap: calibration_gap,
    maxCalibrationError: max_calibration_error,
    alpha: policy.alpha,
  }
  if (calibration === null) return { call: null, evidence: limits }
  const { accuracy, expectedError, line, ladder } = calibration
  const { observedOverExpected, observedP, spiegelhalterP } = accuracy
  const evidence = {
    ...limits,
    observedOverExpected,
    observedP,
    spiegelhalterP,
    calibrationError: expectedError,
    calibrationSlope: line.slope,
    recalibration: ladder.chosen.step,
  }
  return { call: claimsCall(evidence), evidence }
}

function claimsCall(found: {
  readonly observedOverExpected: number | null
  readonly observedP: number | null
  readonly spiegelhalterP: number | null
  readonly calibrationError: number
  readonly calibrationGap: number
  readonly maxCalibrationError: number
  readonly alpha: number
}): Call {
  const gap = (found.observedOverExpected ?? 1) - 1
  if (Math.abs(gap) > found.calibrationGap && (found.observedP ?? 1) <= found.alpha) {
    return { verdict: 'RECALIBRATE', reason: gap > 0 ? 'claims_too_low' : 'claims_too_high' }
  }
  const outOfLine =
    found.calibrationError > found.maxCalibrationError && (found.spiegelhalterP ?? 1) <= found.alpha
  return outOfLine ? { verdict: 'RECALIBRATE', reason: 'claims_out_of_line' } : null
}
