import type { Interval } from '../kernel/interval.ts'
import { createRandom, type RandomSource } from '../kernel/random.ts'
import { percentileInterval } from '../kernel/sample-quantile.ts'
import { bestPlan, type ContactEconomics } from './contact-threshold.ts'
import type { SettledLead } from './input.ts'
import { scoreLevels, type ScoreLevel } from './score-levels.ts'

/** How leads are drawn anew: the same seed gives the same ranges. */
interface Resampling {
  readonly seed: number
  readonly resamples: number
}

/** Draws in all that a bootstrap may take, so that a million leads do not take minutes. */
const MAX_DRAWS = 10_000_000
const MIN_RESAMPLES = 100

/** How often may so many leads be drawn anew? As often as wanted, within the draws allowed, but never less than a hundred times. */
export function resamplesFor(leads: number, wanted: number): number {
  return Math.max(MIN_RESAMPLES, Math.min(wanted, Math.floor(MAX_DRAWS / leads)))
}

/** Two thresholds to be compared; Infinity contacts nobody. */
interface Thresholds {
  readonly current: number
  readonly proposed: number
  readonly economics: ContactEconomics
}

/**
 * How far may the gain of the proposed threshold lie from what was seen? 95 % over resampled leads.
 *
 * What each lead adds to the gain is fixed (nothing where both thresholds treat it alike), so a resampled gain is a sum over drawn leads.
 *
 * Source: Efron and Tibshirani (1993), §13.
 */
export function rangeOfGain(
  leads: readonly SettledLead[],
  { current, proposed, economics }: Thresholds,
  { seed, resamples }: Resampling,
): Interval {
  const worth = Float64Array.from(leads, ({ score, converted }) => {
    const contacted = Number(score >= proposed) - Number(score >= current)
    return contacted * ((converted ? economics.valueOfWin : 0) - economics.costOfContact)
  })
  const random = createRandom(seed)
  const gains = Array.from({ length: resamples }, () => {
    let sum = 0
    for (let draw = 0; draw < worth.length; draw++) {
      sum += worth[Math.floor(random() * worth.length)] ?? 0
    }
    return sum
  })
  return percentileInterval(gains)
}

/**
 * Where does the best threshold lie, had other leads come? 95 % over resampled leads.
 *
 * @returns null when in some of the resamples no threshold pays.
 */
export function rangeOfThreshold(
  leads: readonly SettledLead[],
  economics: ContactEconomics,
  { seed, resamples }: Resampling,
): Interval | null {
  const levels = scoreLevels(leads)
  const levelOf = new Map(levels.map(({ score }, level) => [score, level]))
  const levelOfLead = Int32Array.from(leads, ({ score }) => levelOf.get(score) ?? 0)
  const wins = Uint8Array.from(leads, ({ converted }) => Number(converted))
  const random = createRandom(seed)
  const found: number[] = []
  for (let round = 0; round < resamples; round++) {
    const drawn = drawLevels(levels, { levelOfLead, wins, random })
    const { threshold } = bestPlan(drawn, economics)
    if (threshold === null) return null
    found.push(threshold)
  }
  return percentileInterval(found)
}

/** The levels of as many leads as there are, drawn with replacement; a level may be left without a lead. */
function drawLevels(
  levels: readonly ScoreLevel[],
  {
    levelOfLead,
    wins,
    random,
  }: { levelOfLead: Int32Array; wins: Uint8Array; random: RandomSource },
): ScoreLevel[] {
  const total = new Int32Array(levels.length)
  const converted = new Int32Array(levels.length)
  for (let draw = 0; draw < levelOfLead.length; draw++) {
    const lead = Math.floor(random() * levelOfLead.length)
    const level = levelOfLead[lead] ?? 0
    total[level] = (total[level] ?? 0) + 1
    converted[level] = (converted[level] ?? 0) + (wins[lead] ?? 0)
  }
  return levels.map(({ score }, level) => ({
    score,
    total: total[level] ?? 0,
    converted: converted[level] ?? 0,
  }))
}
