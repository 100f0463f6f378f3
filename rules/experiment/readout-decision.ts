import type { Interval } from '../kernel/interval.ts'
import type { Decision, Evidence } from '../schema/review.ts'
import { armEvidence } from './arm-evidence.ts'
import type { ExperimentRules } from './input.ts'
import { measureOf } from './measure.ts'
import { anytimeAlphaOf, conversionsOf, type Readout } from './readout.ts'
import { type ReadoutSubject, VERDICT_RULE } from './subjects.ts'

/** The verdict of one comparison with every quantity it was compared on, unrounded, beside its threshold. */
export function verdictDecision(
  subject: ReadoutSubject,
  rules: ExperimentRules,
  policyVersion: string,
): Decision {
  const { call } = subject.readout
  return {
    id: subject.decisionId,
    stage: 'campaign_roi',
    subject: `experiment:${subject.key}`,
    subjectName: subject.name,
    action: call.verdict,
    reason: call.reason,
    ruleId: VERDICT_RULE,
    policyVersion,
    evidence: { ...setupEvidence(subject, rules), ...testEvidence(subject, rules) },
  }
}

function setupEvidence({ readout }: ReadoutSubject, rules: ExperimentRules): Evidence {
  const { trial, control, treatment, traffic, ledger } = readout
  return {
    experimentId: trial.experimentId,
    metric: trial.metric,
    campaignId: trial.campaignId,
    startedOn: trial.startedOn,
    treatment: treatment?.arm ?? null,
    phase: trial.phase,
    ...metricEvidence(readout, rules),
    ...armEvidence(trial),
    controlUsers: control?.users ?? null,
    treatmentUsers: treatment?.users ?? null,
    minUsersPerArm: rules.min_users_per_arm,
    conversions: conversionsOf(readout),
    daysRun: readout.daysRun,
    minDays: rules.min_days,
    ...lookEvidence(readout),
    looks: ledger.looks,
    readMoreThanOnce: ledger.peeked,
    traffic: traffic.status,
    trafficPValue: traffic.split?.pValue ?? null,
    srmAlarm: rules.srm_alarm,
    srmWatch: rules.srm_watch,
    leakedShare: traffic.leakedShare,
    maxLeakedShare: rules.max_leaked_share,
    ...(readout.breached.length === 0 ? {} : { breachedGuardrails: [...readout.breached] }),
  }
}

/** The looks that the data set states and those that reviews took, where there are any. */
function lookEvidence({ trial, ledger }: Readout): Evidence {
  return {
    ...(trial.looks === null ? {} : { statedLooks: trial.looks }),
    ...(ledger.earlierReviews.length === 0 ? {} : { earlierReviews: [...ledger.earlierReviews] }),
  }
}

/** What is not so of most metrics. */
function metricEvidence({ trial, isGuardrail }: Readout, rules: ExperimentRules): Evidence {
  return {
    ...(measureOf(trial) === 'ratio' ? { measure: 'ratio' } : {}),
    ...(isGuardrail ? { isGuardrail } : {}),
    ...(rules.lower_is_better.includes(trial.metric) ? { lowerIsBetter: true } : {}),
  }
}

function testEvidence({ readout }: ReadoutSubject, rules: ExperimentRules): Evidence {
  const { comparison, adjustedPValue, neededUsers } = readout
  const thresholds = {
    alpha: rules.alpha,
    power: rules.power,
    exactBelow: rules.exact_below,
    ...familyEvidence(readout, rules),
    tunedToUsers: rules.sequential_tuned_to_users,
    minLift: rules.min_lift,
    anytimeReading: rules.sequential,
    neededUsersPerArm: neededUsers,
  }
  if (comparison === null) return thresholds
  return {
    ...thresholds,
    method: comparison.method,
    difference: comparison.difference,
    ...ends('difference', comparison.interval),
    lift: comparison.lift,
    ...ends('lift', comparison.liftInterval),
    pValue: comparison.pValue,
    pValueAdjustedForComparisons: adjustedPValue,
    pValueWithContinuityCorrection: comparison.correctedPValue,
    anytimeCallable: comparison.anytime.callable,
    ...ends('anytime', comparison.anytime.interval),
    ...ends('anytimeLift', comparison.anytime.liftInterval),
  }
}

/** How the comparisons of an experiment share the error rate: a guardrail and a comparison that is the only one have all of it. */
function familyEvidence({ family, isGuardrail }: Readout, rules: ExperimentRules): Evidence {
  if (isGuardrail || family.comparisons < 2) return {}
  return {
    correction: rules.correction,
    comparisonsOfExperiment: family.comparisons,
    pValuesOfExperiment: [...family.pValues],
    anytimeAlpha: anytimeAlphaOf(isGuardrail, family.comparisons, rules),
  }
}

function ends(name: string, interval: Interval | null): Evidence {
  return { [`${name}Low`]: interval?.low ?? null, [`${name}High`]: interval?.high ?? null }
}
