import type { Interval } from '#rules/kernel/interval.ts'
import { wilsonInterval } from '#rules/kernel/proportion.ts'
import { measureAccuracy, type ForecastLead } from '#rules/leads/accuracy.ts'
import {
  calibrationByCount,
  calibrationByWidth,
  type CalibrationTable,
} from '#rules/leads/calibration-bins.ts'
import { calibrationLine } from '#rules/leads/calibration-line.ts'
import { bestPlan, breakEvenProbability, planAt } from '#rules/leads/contact-threshold.ts'
import { deciles } from '#rules/leads/deciles.ts'
import { driftBins, measureDrift } from '#rules/leads/drift.ts'
import { measureRanking } from '#rules/leads/ranking.ts'
import { fitIsotonicMap, fitPlatt, recalibrate } from '#rules/leads/recalibration.ts'
import { bandTrend, scoreBands } from '#rules/leads/score-bands.ts'
import { scoreLevels, type ScoredLead } from '#rules/leads/score-levels.ts'

import type { Reading } from './compare-deep.ts'

/** Lead metrics laid out as the oracle files name them; shared by the adapters of the lead files. */
export interface OracleLead extends ForecastLead, ScoredLead {}

export function oracleLeads(outcomes: readonly number[], claims: readonly number[]): OracleLead[] {
  return claims.map((probability, index) => ({
    score: probability,
    probability,
    converted: outcomes[index] === 1,
  }))
}

export function readMetrics(
  leads: readonly OracleLead[],
  economics?: { value: number; cost: number },
): Reading {
  const accuracy = measureAccuracy(leads)
  const ranking = measureRanking(scoreLevels(leads))
  const line = calibrationLine(leads)
  return {
    n: accuracy.leads,
    positives: accuracy.converted,
    base_rate: accuracy.baseRate,
    roc_auc: ranking?.auc,
    delong_se: ranking?.aucStandardError,
    average_precision: ranking?.averagePrecision,
    pr_auc_trapezoid: ranking?.precisionRecallTrapezoid,
    ks: ranking?.ks,
    brier: accuracy.brier,
    brier_reference: accuracy.brierReference,
    brier_skill: accuracy.brierSkill,
    log_loss: accuracy.logLoss,
    mean_p: accuracy.meanProbability,
    observed_over_expected: accuracy.observedOverExpected,
    spiegelhalter_z: accuracy.spiegelhalterZ,
    spiegelhalter_p: accuracy.spiegelhalterP,
    uniform10: readBins(calibrationByWidth(leads)),
    quantile10: readBins(calibrationByCount(leads)),
    deciles: deciles(leads).map((part) => ({
      decile: part.decile,
      n: part.leads,
      converted: part.converted,
      rate: part.rate,
      lift: part.lift,
      cum_gain: part.cumulativeGain,
      cum_lift: part.cumulativeLift,
      min_score: part.minScore,
      max_score: part.maxScore,
    })),
    calibration_slope: line.slope,
    calibration_intercept: line.intercept,
    calibration_in_the_large: line.inTheLarge,
    economics: economics === undefined ? null : readEconomics(leads, economics),
  }
}

function readBins({ bins, expectedError, maximumError }: CalibrationTable): Reading {
  return {
    ece: expectedError,
    mce: maximumError,
    bins: bins.map((bin) => ({
      bin: bin.bin,
      lo: bin.low,
      hi: bin.high,
      n: bin.leads,
      mean_p: bin.meanProbability,
      rate: bin.rate,
      wilson: ends(wilsonInterval({ successes: bin.converted, trials: bin.leads }, 0.95)),
    })),
  }
}

function readEconomics(
  leads: readonly OracleLead[],
  { value, cost }: { value: number; cost: number },
): Reading {
  const economics = { valueOfWin: value, costOfContact: cost }
  const levels = scoreLevels(leads)
  const breakEven = breakEvenProbability(economics)
  const atBreakEven = planAt(levels, economics, breakEven)
  const best = bestPlan(levels, economics)
  return {
    value_per_conversion: value,
    cost_per_contact: cost,
    break_even_probability: breakEven,
    ev_at_break_even: atBreakEven.expectedValue,
    contacted_at_break_even: atBreakEven.contacted,
    ev_contact_all: planAt(levels, economics, -Infinity).expectedValue,
    empirical_best: {
      threshold: best.threshold,
      contacted: best.contacted,
      tp: best.converted,
      ev: best.expectedValue,
    },
  }
}

export function readBands(leads: readonly OracleLead[], edges: readonly number[]): Reading {
  const bands = scoreBands(leads, edges)
  const trend = bandTrend(bands)
  return {
    bands: bands.map(({ band, leads: mql, converted, rate, interval }) => ({
      band,
      lo: edges[band - 1] ?? 0,
      hi: edges[band] ?? 1,
      mql,
      sql: converted,
      rate,
      wilson: interval === null ? null : ends(interval),
    })),
    cochran_armitage_z: trend.z,
    cochran_armitage_p: trend.p,
    monotone: trend.isMonotone,
  }
}

export function readDrift(reference: readonly number[], current: readonly number[]): Reading {
  const bins = driftBins(reference, current)
  const drift = measureDrift(bins.reference, bins.current)
  return {
    edges: bins.edges,
    ref_counts: bins.reference,
    cur_counts: bins.current,
    psi: drift.psi,
    psi_smoothed_half: drift.psiSmoothed,
    chi2_stat: drift.statistic,
    df: drift.degrees,
    p_value: drift.p,
    critical_95: drift.critical95,
  }
}

export function readRecalibration(
  leads: readonly OracleLead[],
  query: readonly number[],
): Record<string, Reading> {
  const platt = fitPlatt(leads)
  const map = fitIsotonicMap(leads)
  return {
    platt_intercept: platt?.intercept,
    platt_slope: platt?.slope,
    isotonic_x: map.x,
    isotonic_y: map.y,
    query,
    platt_at_query: query.map((p) =>
      platt === null ? null : recalibrate({ step: 'platt', line: platt }, p),
    ),
    isotonic_at_query: query.map((p) => recalibrate({ step: 'isotonic', map }, p)),
  }
}

export function ends({ low, high }: Interval): Reading {
  return [low, high]
}
