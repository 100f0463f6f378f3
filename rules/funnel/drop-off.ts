import { binomialCdf } from '../kernel/binomial.ts'
import { exp, log1p } from '../kernel/elementary.ts'
import type { Interval } from '../kernel/interval.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import { clopperPearsonInterval, type Proportion, wilsonInterval } from '../kernel/proportion.ts'
import { stirlingError } from '../kernel/saddle-point.ts'
import { priorByMoments } from '../momentum/shrinkage.ts'

/** A step from one stage to the next in one cell (segment × channel …), both stages measured. */
export interface Transition {
  readonly from: string
  readonly to: string
  readonly entered: number
  readonly reached: number
}

/**
 * `ok`: some went on. `no_traffic`: nobody was there to go on. `more_than_before`: more went on than were there, so tracking or identity
 * is at fault, or the stage can be entered sideways. The rest went on zero times: `broken`: too many were there for a zero by chance;
 * `not_enough_traffic`: chance explains it; `untested`: nothing to compare with.
 */
export type DropOffStatus =
  | 'ok'
  | 'no_traffic'
  | 'more_than_before'
  | 'broken'
  | 'not_enough_traffic'
  | 'untested'

/** What a zero was held against. */
export interface ZeroTest {
  /** `other_cells`: how the same step converts elsewhere; `policy_floor`: the least a working step converts; `none`: neither. */
  readonly against: 'other_cells' | 'policy_floor' | 'none'
  /** The highest rate that leaves a zero this large a 5 % chance: 1 − 0.05^(1/n), the rule of three. */
  readonly upperRate95: number
  /** Chance of zero at the other cells' pooled rate, all cells alike; null without such a rate. */
  readonly pBinomial: number | null
  /** Intra-class correlation of the other cells: how much cells differ. */
  readonly rho: number | null
  /** Chance of zero in a working cell, given how much cells differ or at the floor; null when untested. */
  readonly pZero: number | null
  /** The same after Holm's correction over all zeros of the review. */
  readonly pHolm: number | null
}

/** A transition with what can be said about it. */
export interface JudgedTransition<Step extends Transition = Transition> {
  readonly transition: Step
  readonly status: DropOffStatus
  /** Share that went on, with intervals at 95 %; null where there was no traffic or more went on than were there. */
  readonly rate: number | null
  readonly wilson: Interval | null
  readonly exact: Interval | null
  /** Pooled rate of the same step in all other cells; null without traffic there. */
  readonly baseline: number | null
  /** Chance of this few or fewer at the baseline. */
  readonly pLower: number | null
  readonly zero: ZeroTest | null
}

/** Thresholds of the judgement. */
export interface DropOffRule {
  readonly alpha: number
  /** Least rate of a working step, for zeros with fewer than three other cells to compare with; null: leave them untested. */
  readonly floorRate: number | null
}

const CONFIDENCE = 0.95
const OTHER_CELLS_MIN = 3

/**
 * Where did people stop going on, and is it a fault or chance?
 *
 * A zero among n entries is held against the chance of zero in a working cell, B(α, β + n) ÷ B(α, β), with α and β from how the same step
 * converts in the other cells, or by the rule of succession where all entries of those went on, which shows nothing of how cells differ; with fewer
 * than three other cells, against (1 − floor)^n. Holm's correction over all zeros keeps one fluke in
 * many cells from being called broken.
 *
 * Source: beta-binomial predictive distribution with moments by Kleinman (1973); Laplace (1774) for the rule of succession; S. Holm (1979).
 */
export function judgeDropOffs<Step extends Transition>(
  transitions: readonly Step[],
  rule: DropOffRule,
): JudgedTransition<Step>[] {
  const groups = groupSteps(transitions)
  const first = transitions.map((transition) =>
    judgeAlone(transition, groups.get(stepKey(transition)), rule),
  )
  const tested = first.flatMap(({ transition, zero }) =>
    zero?.pZero == null ? [] : [{ transition, zero, pZero: zero.pZero }],
  )
  const adjusted = adjustPValues(
    tested.map(({ pZero }) => pZero),
    'holm',
  )
  const corrected = new Map(
    tested.map(({ transition, zero }, index) => [
      transition,
      { ...zero, pHolm: adjusted[index] ?? 1 },
    ]),
  )
  return first.map((entry) => withHolm(entry, corrected.get(entry.transition), rule.alpha))
}

/** Chance of zero among n for a cell whose rate is drawn from a beta distribution: B(α, β + n) ÷ B(α, β). Source: Skellam (1948). */
export function chanceOfZero(
  entered: number,
  { mean, strength }: { readonly mean: number; readonly strength: number },
): number {
  const alpha = mean * strength
  const beta = (1 - mean) * strength
  // ln Γ(β+n) + ln Γ(α+β) − ln Γ(β) − ln Γ(α+β+n), ordered so that the large terms never meet.
  return exp(
    (beta - 0.5) * log1p((alpha * entered) / (beta * (strength + entered))) -
      entered * log1p(alpha / (beta + entered)) -
      alpha * log1p(entered / strength) +
      stirlingError(beta + entered) +
      stirlingError(strength) -
      stirlingError(beta) -
      stirlingError(strength + entered),
  )
}

function isUsable({ entered, reached }: Transition): boolean {
  return entered > 0 && reached <= entered
}

interface StepGroup {
  readonly cells: Transition[]
  entered: number
  reached: number
}

const stepKey = ({ from, to }: Transition): string => `${from}\u0000${to}`

function groupSteps(transitions: readonly Transition[]): ReadonlyMap<string, StepGroup> {
  const groups = new Map<string, StepGroup>()
  for (const transition of transitions.filter(isUsable)) {
    const key = stepKey(transition)
    const group = groups.get(key) ?? { cells: [], entered: 0, reached: 0 }
    group.cells.push(transition)
    group.entered += transition.entered
    group.reached += transition.reached
    groups.set(key, group)
  }
  return groups
}

function judgeAlone<Step extends Transition>(
  transition: Step,
  group: StepGroup | undefined,
  rule: DropOffRule,
): JudgedTransition<Step> {
  const { entered, reached } = transition
  if (group === undefined || !isUsable(transition)) {
    const status = entered === 0 ? 'no_traffic' : 'more_than_before'
    return { transition, status, ...NOTHING_TO_SAY }
  }
  const sample = { successes: reached, trials: entered }
  const baseline = otherRate(group, transition)
  return {
    transition,
    status: reached === 0 ? 'untested' : 'ok',
    rate: reached / entered,
    wilson: wilsonInterval(sample, CONFIDENCE),
    exact: clopperPearsonInterval(sample, CONFIDENCE),
    baseline,
    pLower: baseline === null ? null : binomialCdf(reached, entered, baseline),
    zero: reached === 0 ? testZero(transition, { group, baseline, rule }) : null,
  }
}

const NOTHING_TO_SAY = {
  rate: null,
  wilson: null,
  exact: null,
  baseline: null,
  pLower: null,
  zero: null,
} as const

function otherRate(group: StepGroup, { entered, reached }: Transition): number | null {
  const otherEntered = group.entered - entered
  return otherEntered === 0 ? null : (group.reached - reached) / otherEntered
}

function testZero(
  transition: Transition,
  {
    group,
    baseline,
    rule,
  }: { readonly group: StepGroup; readonly baseline: number | null; readonly rule: DropOffRule },
): ZeroTest {
  const { entered } = transition
  const upperRate95 = upperRate(entered)
  const pBinomial = baseline === null ? null : noneOf(entered, baseline)
  const others = group.cells.filter((cell) => cell !== transition)
  if (others.length >= OTHER_CELLS_MIN && (baseline ?? 0) > 0) {
    const prior = priorByMoments(others.map(toProportion))
    return {
      against: 'other_cells',
      upperRate95,
      pBinomial,
      rho: prior === null ? null : 1 / (prior.strength + 1),
      pZero: neverNone(chanceOfZero(entered, prior ?? evenOfAll(group.entered - entered))),
      pHolm: null,
    }
  }
  const pZero = rule.floorRate === null ? null : neverNone(noneOf(entered, rule.floorRate))
  const against = pZero === null ? 'none' : 'policy_floor'
  return { against, upperRate95, pBinomial, rho: null, pZero, pHolm: null }
}

/**
 * What is believed of a rate, at first equally likely anywhere, after `trials` that all went on: Beta(trials + 1, 1). A few successes prove no
 * rate of 1. Jeffreys' prior would have two lost of two against three of three at 3.8 %, where an exact test has 10 %.
 */
function evenOfAll(trials: number) {
  return { mean: (trials + 1) / (trials + 2), strength: trials + 2 }
}

function toProportion({ entered, reached }: Transition): Proportion {
  return { successes: reached, trials: entered }
}

/** A chance smaller than any double is no chance of 0. */
function neverNone(chance: number): number {
  return Math.max(chance, Number.MIN_VALUE)
}

/** (1 − rate)^entered, zero at a rate of 1. */
function noneOf(entered: number, rate: number): number {
  return exp(entered * log1p(-rate))
}

const LOG_TWENTIETH = -2.995732273553991

function upperRate(entered: number): number {
  return 1 - exp(LOG_TWENTIETH / entered)
}

function withHolm<Step extends Transition>(
  entry: JudgedTransition<Step>,
  zero: (ZeroTest & { readonly pHolm: number }) | undefined,
  alpha: number,
): JudgedTransition<Step> {
  if (zero === undefined) return entry
  return { ...entry, status: zero.pHolm < alpha ? 'broken' : 'not_enough_traffic', zero }
}
