import type { LeadPolicy } from '../policy/leads.ts'
import { measureAccuracy, type Accuracy } from './accuracy.ts'
import { calibrationByWidth } from './calibration-bins.ts'
import { calibrationLine, type CalibrationLine } from './calibration-line.ts'
import { claimProbabilities, type ClaimedLead, countOutsideRange } from './claimed-probability.ts'
import { deciles, type Decile } from './deciles.ts'
import { driftBins, measureDrift, type Drift } from './drift.ts'
import type { SettledLead } from './input.ts'
import { climbLadder, type Ladder } from './ladder.ts'
import { measureRanking, type Ranking } from './ranking.ts'
import { bandTrend, scoreBands, type BandTrend, type ScoreBand } from './score-bands.ts'
import { scoreLevels } from './score-levels.ts'

/** How the score ranked and claimed, over settled leads. */
export interface ScoreQuality {
  readonly settled: number
  readonly wins: number
  readonly ranking: Ranking
  /** The older and the newer half by themselves; null when a half has fewer wins or other outcomes than a score is judged on. */
  readonly older: Ranking | null
  readonly newer: Ranking | null
  readonly deciles: readonly Decile[]
  /** Lowest band first. */
  readonly bands: readonly ScoreBand[]
  readonly bandTrend: BandTrend
  /** null when no chance to win can be read from the score. */
  readonly calibration: Calibration | null
  /** Scores of the month against those of settled leads; null when the month created fewer scored leads than five for each bin. */
  readonly drift: Drift | null
}

/** Claims against outcomes they were not learned from. */
export interface Calibration {
  readonly leads: readonly ClaimedLead[]
  readonly accuracy: Accuracy
  readonly line: CalibrationLine
  /** Expected calibration error over ten bins of equal width. */
  readonly expectedError: number
  readonly ladder: Ladder
  /** Scores outside the range of a chance, read as 0 or 1. */
  readonly outside: number
}

/** Too few outcomes of a kind to judge a score by. */
export interface TooFewOutcomes {
  readonly settled: number
  readonly wins: number
}

/** True when both wins and other outcomes reach the policy's minimum. */
export function isJudgeable(quality: ScoreQuality | TooFewOutcomes): quality is ScoreQuality {
  return 'ranking' in quality
}

/**
 * How good is the score, on leads whose outcome is settled?
 *
 * @param settled Oldest first; ties in score keep this order in the deciles.
 * @returns The counts alone when wins or other outcomes are fewer than policy leads.min_outcomes, and never fewer than two.
 */
export function measureScoreQuality(
  settled: readonly SettledLead[],
  currentScores: readonly number[],
  policy: LeadPolicy,
): ScoreQuality | TooFewOutcomes {
  const wins = settled.filter((lead) => lead.converted).length
  const counts = { settled: settled.length, wins }
  const ranking = rankingOf(settled, policy.min_outcomes)
  if (ranking === null) return counts
  const half = Math.floor(settled.length / 2)
  const { mel, mql, hql } = policy.bands
  const bands = scoreBands(settled, [mel, mql, hql])
  return {
    ...counts,
    ranking,
    older: rankingOf(settled.slice(0, half), policy.min_outcomes),
    newer: rankingOf(settled.slice(half), policy.min_outcomes),
    deciles: deciles(settled),
    bands,
    bandTrend: bandTrend(bands),
    calibration: calibrate(settled, policy),
    drift: driftOf(settled, currentScores),
  }
}

/** One win shows nothing of how wins scatter, so its ranking has no error to decide on. */
const LEAST_OF_A_KIND = 2

function rankingOf(leads: readonly SettledLead[], minOutcomes: number): Ranking | null {
  const wins = leads.filter((lead) => lead.converted).length
  const rarer = Math.min(wins, leads.length - wins)
  return rarer < Math.max(minOutcomes, LEAST_OF_A_KIND) ? null : measureRanking(scoreLevels(leads))
}

function calibrate(settled: readonly SettledLead[], policy: LeadPolicy): Calibration | null {
  const claimed = claimProbabilities(settled, policy)
  if (claimed === null) return null
  const leads = [...claimed.fit, ...claimed.judge]
  return {
    leads,
    accuracy: measureAccuracy(leads),
    line: calibrationLine(leads),
    expectedError: calibrationByWidth(leads).expectedError,
    ladder: climbLadder(claimed, policy.alpha),
    outside: countOutsideRange(settled, policy),
  }
}

/** A bin expected to hold fewer leads makes the χ² of the stability index unreliable (Cochran). */
const MIN_LEADS_PER_BIN = 5

function driftOf(settled: readonly SettledLead[], currentScores: readonly number[]): Drift | null {
  const bins = driftBins(
    settled.map((lead) => lead.score),
    currentScores,
  )
  return currentScores.length < MIN_LEADS_PER_BIN * bins.reference.length
    ? null
    : measureDrift(bins.reference, bins.current)
}
