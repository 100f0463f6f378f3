import { minorPerMajor } from '../kernel/currency.ts'
import type { Interval } from '../kernel/interval.ts'
import { money } from '../kernel/money.ts'
import { createRandom, type RandomSource } from '../kernel/random.ts'
import { ascending, sampleQuantile } from '../kernel/sample-quantile.ts'
import type { LeadPolicy } from '../policy/leads.ts'
import type { Decision } from '../schema/review.ts'
import { bestPlan, planAt, type ContactEconomics, type ContactPlan } from './contact-threshold.ts'
import type { SettledLead } from './input.ts'
import { scoreLevels, type ScoreLevel } from './score-levels.ts'

const RULE_ID = 'lead_scoring.contact_threshold'

/** The contact threshold in force beside the one that would have returned most, in whole units of the company's currency. */
export interface ThresholdChoice {
  /** Chosen on the older half of the settled leads. */
  readonly best: ContactPlan
  /** Both thresholds on the newer half. */
  readonly currentPlan: ContactPlan
  readonly proposedPlan: ContactPlan
  /** proposedPlan − currentPlan, with the 95 % range over resampled newer leads. */
  readonly gain: number
  readonly gainRange: Interval
  /** 95 % range of the best threshold over resampled older leads; null when nobody should be contacted in some. */
  readonly thresholdRange: Interval | null
  readonly resamples: number
}

/** Draws in all that a bootstrap may take, so that a million leads do not take minutes. */
const MAX_DRAWS = 10_000_000
const MIN_RESAMPLES = 100

/**
 * Which score is worth a contact, given what a win is worth and a contact costs?
 *
 * The threshold is chosen on the older half of the settled leads and its gain is measured on the newer half, so that it is not praised for
 * fitting luck. Leads below the threshold in force were perhaps never contacted; their wins then understate what a contact would bring.
 *
 * @param settled Oldest first, at least two.
 */
export function chooseThreshold(
  settled: readonly SettledLead[],
  policy: LeadPolicy,
): ThresholdChoice {
  const economics = { valueOfWin: policy.value_of_win, costOfContact: policy.cost_of_contact }
  const half = Math.floor(settled.length / 2)
  const [older, newer] = [settled.slice(0, half), settled.slice(half)]
  const best = bestPlan(scoreLevels(older), economics)
  const at = { current: policy.bands.mql, proposed: best.threshold ?? Infinity }
  const levels = scoreLevels(newer)
  const currentPlan = planAt(levels, economics, at.current)
  const proposedPlan = planAt(levels, economics, at.proposed)
  const resamples = Math.max(
    MIN_RESAMPLES,
    Math.min(policy.bootstrap_resamples, Math.floor(MAX_DRAWS / settled.length)),
  )
  const resampling = { seed: policy.bootstrap_seed, resamples }
  return {
    best,
    currentPlan,
    proposedPlan,
    gain: proposedPlan.expectedValue - currentPlan.expectedValue,
    gainRange: rangeOf(resampleGains(newer, { ...at, economics }, resampling)),
    thresholdRange: thresholdRange(older, economics, resampling),
    resamples,
  }
}

/**
 * Should the contact threshold move?
 *
 * `keep` unless the gain on the newer half is at least threshold_min_gain of the value at stake there (wins · value) and the lower end of its
 * range above zero; then `raise` or `lower`; `stop_contacting` when no threshold paid on the older half.
 */
export function judgeThreshold(
  choice: ThresholdChoice,
  policy: LeadPolicy,
  { currency, version }: { readonly currency: string; readonly version: string },
): Decision {
  const minor = (major: number) => money(currency, Math.round(major * minorPerMajor(currency)))
  const stake = policy.value_of_win * choice.currentPlan.converted
  const asked = policy.threshold_min_gain * stake
  return {
    id: RULE_ID,
    stage: 'lead_scoring',
    subject: 'score:contact_threshold',
    subjectName: 'Contact threshold',
    ...callOf(choice, { asked, current: policy.bands.mql }),
    ruleId: RULE_ID,
    policyVersion: version,
    evidence: {
      currentThreshold: policy.bands.mql,
      bestThreshold: choice.best.threshold,
      bestThresholdLow: choice.thresholdRange?.low ?? null,
      bestThresholdHigh: choice.thresholdRange?.high ?? null,
      gain: minor(choice.gain),
      gainLow: minor(choice.gainRange.low),
      gainHigh: minor(choice.gainRange.high),
      gainAsked: minor(asked),
      resamples: choice.resamples,
      seed: policy.bootstrap_seed,
    },
  }
}

function callOf(
  { best, gain, gainRange }: ThresholdChoice,
  { asked, current }: { asked: number; current: number },
): Pick<Decision, 'action' | 'reason'> {
  if (gainRange.low <= 0) return { action: 'keep', reason: 'gain_within_chance' }
  if (gain < asked) return { action: 'keep', reason: 'gain_below_minimum' }
  if (best.threshold === null) return { action: 'stop_contacting', reason: 'no_contact_pays' }
  return best.threshold > current
    ? { action: 'raise', reason: 'low_scores_do_not_pay' }
    : { action: 'lower', reason: 'lower_scores_still_pay' }
}

interface Resampling {
  readonly seed: number
  readonly resamples: number
}

/** What each lead adds to the gain is fixed, so a resampled gain is a sum over drawn leads. */
function resampleGains(
  leads: readonly SettledLead[],
  { current, proposed, economics }: Thresholds,
  { seed, resamples }: Resampling,
): number[] {
  const worth = Float64Array.from(leads, ({ score, converted }) => {
    const contacted = Number(score >= proposed) - Number(score >= current)
    return contacted * ((converted ? economics.valueOfWin : 0) - economics.costOfContact)
  })
  const random = createRandom(seed)
  return Array.from({ length: resamples }, () => {
    let sum = 0
    for (let draw = 0; draw < worth.length; draw++) {
      sum += worth[Math.floor(random() * worth.length)] ?? 0
    }
    return sum
  })
}

interface Thresholds {
  readonly current: number
  readonly proposed: number
  readonly economics: ContactEconomics
}

function thresholdRange(
  leads: readonly SettledLead[],
  economics: ContactEconomics,
  { seed, resamples }: Resampling,
): Interval | null {
  const levels = scoreLevels(leads)
  const placeOf = new Map(levels.map(({ score }, place) => [score, place]))
  const places = Int32Array.from(leads, ({ score }) => placeOf.get(score) ?? 0)
  const wins = Uint8Array.from(leads, ({ converted }) => Number(converted))
  const random = createRandom(seed)
  const found: number[] = []
  for (let round = 0; round < resamples; round++) {
    const drawn = drawLevels(levels, { places, wins, random })
    const { threshold } = bestPlan(drawn, economics)
    if (threshold === null) return null
    found.push(threshold)
  }
  return rangeOf(found)
}

/** The levels of as many leads as there are, drawn with replacement. */
function drawLevels(
  levels: readonly ScoreLevel[],
  { places, wins, random }: { places: Int32Array; wins: Uint8Array; random: RandomSource },
): ScoreLevel[] {
  const total = new Int32Array(levels.length)
  const converted = new Int32Array(levels.length)
  for (let draw = 0; draw < places.length; draw++) {
    const picked = Math.floor(random() * places.length)
    const place = places[picked] ?? 0
    total[place] = (total[place] ?? 0) + 1
    converted[place] = (converted[place] ?? 0) + (wins[picked] ?? 0)
  }
  return levels.map(({ score }, place) => ({
    score,
    total: total[place] ?? 0,
    converted: converted[place] ?? 0,
  }))
}

function rangeOf(values: readonly number[]): Interval {
  const sorted = ascending(values)
  return { low: sampleQuantile(sorted, 0.025), high: sampleQuantile(sorted, 0.975) }
}
