import { chiSquareSurvival } from '../kernel/chi-square.ts'
import { around, type Interval, UPPER_OF_95 } from '../kernel/interval.ts'
import { invariant } from '../kernel/invariant.ts'
import { normalQuantile } from '../kernel/normal.ts'
import { studentTQuantile } from '../kernel/student-t.ts'

/** The effect one experiment found, with its standard error (> 0). All on the same metric, unit and scale. */
export interface StudyEffect {
  readonly estimate: number
  readonly standardError: number
}

/** What several experiments say together. Intervals are of level 0.95. */
export interface Pooled {
  /** As if all experiments had the same true effect. */
  readonly fixed: { readonly estimate: number; readonly interval: Interval }
  /** Effects that differ around a mean: the figure to quote. */
  readonly random: {
    readonly estimate: number
    readonly standardError: number
    readonly interval: Interval
    /** By Hartung and Knapp, honest for few experiments; null for one. */
    readonly hartungKnapp: Interval | null
    /** Where the effect of a new experiment may fall; null for fewer than three. */
    readonly prediction: Interval | null
  }
  /** Spread beyond chance: Q with its p value (null for one experiment), share of the variation I² in [0, 1], variance τ². */
  readonly q: number
  readonly qPValue: number | null
  readonly iSquared: number
  readonly tauSquared: number
  /** Each experiment's effect drawn towards the pooled one, and towards no effect. */
  readonly shrunken: readonly number[]
  readonly shrunkenToZero: readonly number[]
  /** One factor for all effects, from their overall noise. */
  readonly jamesSteinFactor: number
}

/**
 * Random-effects meta-analysis of k comparable experiments with effects b and standard errors SE, instead of an average of lifts.
 *
 * Fixed: μ = Σ wb ÷ Σ w, w = 1/SE²; Q = Σ w(b − μ)²; I² = (Q − (k − 1)) ÷ Q; τ² = max(0, (Q − (k − 1)) ÷ (Σw − Σw²/Σw)).
 * Random: the same mean with w* = 1/(SE² + τ²), standard error √(1 ÷ Σ w*). Hartung–Knapp: t of k − 1 degrees ·
 * √(Σ w*(b − μ*)² ÷ ((k − 1)·Σ w*)). Prediction: t of k − 2 degrees · √(τ² + error²). Shrunken: μ* + τ²/(τ² + SE²)·(b − μ*).
 *
 * Lifts of 0 and 4 points, each with an error of 1: μ = 2, Q = 4 + 4 = 8 on one degree, τ² = (8 − 1) ÷ (2 − 2/2) = 7, I² = 7/8. They differ
 * beyond chance, so the error of their mean is 2 and not 0.7, and they are drawn together only to 0.25 and 3.75.
 *
 * @param studies At least one.
 * @throws InvariantError when there is none or a standard error is not above 0.
 * Source: R. DerSimonian and N. Laird, Controlled Clinical Trials 7 (1986), 177–188 (truncated at 0); J. Hartung and
 * G. Knapp, Statistics in Medicine 20 (2001), 3875–3889; J. P. T. Higgins et al., JRSS A 172 (2009), 137–159;
 * GrowthBook gbstats 0.8 for the James–Stein factor.
 */
export function poolEffects(studies: readonly StudyEffect[]): Pooled {
  invariant(studies.length > 0, 'poolEffects: expected at least one experiment')
  invariant(
    studies.every((study) => study.standardError > 0),
    'poolEffects: expected standard errors above 0',
  )
  const degrees = studies.length - 1
  const fixed = weightedMean(studies, 0)
  const q = cochranQ(studies, fixed)
  const tauSquared = betweenVariance(studies, q)
  const random = weightedMean(studies, tauSquared)
  return {
    fixed: { estimate: fixed.mean, interval: normalInterval(fixed) },
    random: {
      estimate: random.mean,
      standardError: random.standardError,
      interval: normalInterval(random),
      hartungKnapp: degrees < 1 ? null : hartungKnapp(studies, random, tauSquared),
      prediction: degrees < 2 ? null : prediction(random, tauSquared, degrees - 1),
    },
    q,
    qPValue: degrees < 1 ? null : chiSquareSurvival(q, degrees),
    iSquared: q > degrees ? (q - degrees) / q : 0,
    tauSquared,
    shrunken: studies.map((study) => shrink(study, random.mean, tauSquared)),
    shrunkenToZero: shrunkenToZero(studies),
    jamesSteinFactor: jamesSteinFactor(studies),
  }
}

interface WeightedMean {
  readonly mean: number
  readonly standardError: number
}

function weightOf({ standardError }: StudyEffect, tauSquared: number): number {
  return 1 / (standardError ** 2 + tauSquared)
}

function total(studies: readonly StudyEffect[], term: (study: StudyEffect) => number): number {
  return studies.reduce((sum, study) => sum + term(study), 0)
}

function weightedMean(studies: readonly StudyEffect[], tauSquared: number): WeightedMean {
  const weight = total(studies, (study) => weightOf(study, tauSquared))
  const sum = total(studies, (study) => weightOf(study, tauSquared) * study.estimate)
  return { mean: sum / weight, standardError: Math.sqrt(1 / weight) }
}

function cochranQ(studies: readonly StudyEffect[], { mean }: WeightedMean): number {
  return total(studies, (study) => weightOf(study, 0) * (study.estimate - mean) ** 2)
}

function betweenVariance(studies: readonly StudyEffect[], q: number): number {
  const sum = total(studies, (study) => weightOf(study, 0))
  const squares = total(studies, (study) => weightOf(study, 0) ** 2)
  const scale = sum - squares / sum
  return studies.length < 2 ? 0 : Math.max(0, (q - (studies.length - 1)) / scale)
}

function normalInterval({ mean, standardError }: WeightedMean): Interval {
  return around(mean, normalQuantile(UPPER_OF_95) * standardError)
}

function hartungKnapp(
  studies: readonly StudyEffect[],
  { mean }: WeightedMean,
  tauSquared: number,
): Interval {
  const degrees = studies.length - 1
  const weight = total(studies, (study) => weightOf(study, tauSquared))
  const spread = total(
    studies,
    (study) => weightOf(study, tauSquared) * (study.estimate - mean) ** 2,
  )
  const standardError = Math.sqrt(spread / (degrees * weight))
  return around(mean, studentTQuantile(UPPER_OF_95, degrees) * standardError)
}

function prediction(random: WeightedMean, tauSquared: number, degrees: number): Interval {
  const spread = Math.sqrt(tauSquared + random.standardError ** 2)
  return around(random.mean, studentTQuantile(UPPER_OF_95, degrees) * spread)
}

/** An effect drawn towards `to`, the further the smaller the variance `between` true effects is beside its own error. */
function shrink({ estimate, standardError }: StudyEffect, to: number, between: number): number {
  return to + (between / (between + standardError ** 2)) * (estimate - to)
}

/** Drawn towards no effect: between = max(0, (Σ wb² − k) ÷ Σ w). */
function shrunkenToZero(studies: readonly StudyEffect[]): number[] {
  const excess =
    total(studies, (study) => weightOf(study, 0) * study.estimate ** 2) - studies.length
  const between = Math.max(0, excess / total(studies, (study) => weightOf(study, 0)))
  return studies.map((study) => shrink(study, 0, between))
}

/** 1 − (k − 2) · mean SE² ÷ Σ b², held in [0, 1]. */
function jamesSteinFactor(studies: readonly StudyEffect[]): number {
  const noise = total(studies, (study) => study.standardError ** 2) / studies.length
  const squares = total(studies, (study) => study.estimate ** 2)
  const shrinkage = squares === 0 ? 1 : ((studies.length - 2) * noise) / squares
  return 1 - Math.min(1, Math.max(0, shrinkage))
}
