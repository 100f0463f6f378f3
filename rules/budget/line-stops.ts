import { daysBetween } from '../kernel/calendar.ts'
import { exp } from '../kernel/elementary.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import { groupByText } from '../kernel/order.ts'
import { compareRatio, exactRatio } from '../kernel/printed-decimal.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import { conversionDispersion, type Dispersion } from './conversion-dispersion.ts'
import { deliveryOf } from './delivery.ts'
import type { BudgetContext } from './input.ts'
import type { BudgetLine } from './lines.ts'
import { type AgedSpend, maturedSpend } from './maturity.ts'
import {
  anytimeWaste,
  stopLossEvidence,
  type StopLossEvidence,
  type StopLossTerms,
} from './stop-loss.ts'

export type StopReason =
  | 'cpa_proven_above_target'
  | 'no_conversion_at_hard_cap'
  | 'return_meets_target'
  | 'learning'
  | 'not_proven'
  | 'no_target_cpa'
  | 'conversions_not_measured'
  | 'no_spend'

/** What the stop-loss says of a line; the evidence is null when there was nothing to test. Amounts in minor units. */
export interface LineStop {
  readonly line: BudgetLine
  readonly action: 'stop' | 'go_on' | 'not_assessed'
  readonly reason: StopReason
  readonly evidence: StopLossEvidence | null
  /** Spend proven to lie above target, among all lines tested and over all looks; 0 for a line that is not stopped on it, null without a test. */
  readonly provenWaste: number | null
  /** Spend whose conversions should be in by now. */
  readonly matured: number | null
  /** Days since the line first spent; null when it spent nothing. */
  readonly daysSinceFirst: number | null
  /** What holds for all lines of the review, which the correction for many tests counts. */
  readonly family: StopFamily
  /** What conversions were held against; null when the policy has no such target. */
  readonly target: TargetCpa | null
  readonly returned: KnownReturn
  /** How far conversions were taken to cluster; the test allows for it. */
  readonly dispersion: Dispersion
}

/** How many lines were tested, of how many the failure stands after correction for that, and how many of these stop. */
export interface StopFamily {
  readonly tested: number
  readonly proven: number
  readonly stopped: number
}

/** Value per unit of spend as the platform claims it, null when it is not reported, beside the target `roas`, null when there is none. */
export interface KnownReturn {
  readonly ratio: number | null
  readonly target: number | null
  readonly meets: boolean
}

/** The target cost per acquisition in minor units and the target it came from; null when the policy has none. */
export interface TargetCpa {
  readonly minor: number
  readonly targetId: string
}

/**
 * Which lines are proven to miss their target cost per acquisition?
 *
 * Every line is tested; with several lines, only so many stop that wrong stops stay within `alpha` of the stops (e-BH for e-values and
 * the SPRT's likelihood ratio, Benjamini–Hochberg for Poisson p values). A line without any conversion also stops at the hard cap.
 * Learning lines never stop. What is proven is so for days that are independent of one another given spend and cluster no more than allowed for.
 *
 * A line with conversions whose known return is at or above the target `roas` goes on: two targets of the policy disagree about it, and that is
 * for people to settle. Without that target a known return spares nothing; it is told beside the cost.
 *
 * What is proven wasted is stated of stopped lines only, at alpha × stopped ÷ tested, so that of such statements no larger share than alpha is
 * too high.
 *
 * Source: R. Wang and A. Ramdas, JRSS B 84 (2022) 822 (e-BH, valid under any dependence); Z. Xu et al., 2022 (e-BY for selected bounds).
 */
export function lineStops(
  lines: readonly BudgetLine[],
  target: TargetCpa | null,
  context: BudgetContext,
): readonly LineStop[] {
  const { stop_loss: policy } = context.policy
  const read = lines.map((line) => ({
    ...readLine(line, { target, context }),
    returned: knownReturn(line, context.policy),
  }))
  const tested = read.flatMap(({ test }) => (test === null ? [] : [test]))
  const proven = new Set(
    provenLines(
      tested.map(({ evidence }) => evidence),
      policy,
    ).map((index) => tested[index]),
  )
  const stopped = read.filter(
    ({ test, returned }) => test !== null && proven.has(test) && !isSpared(test, returned),
  )
  const family = { tested: tested.length, proven: proven.size, stopped: stopped.length }
  return read.map(({ line, reason, test, returned, dispersion, daysSinceFirst }) => {
    const known = { line, target, returned, dispersion, daysSinceFirst, family }
    return test === null
      ? {
          ...known,
          action: 'not_assessed',
          reason,
          evidence: null,
          matured: null,
          provenWaste: null,
        }
      : judge(known, test, { isProven: proven.has(test), context })
  })
}

/** Does a line go on whose failure is proven? */
function isSpared({ isLearning, conversions }: LineTest, { meets }: KnownReturn): boolean {
  return isLearning || (conversions > 0 && meets)
}

function knownReturn(line: BudgetLine, { targets }: Policy): KnownReturn {
  const { value, spend } = deliveryOf(line.days, line.noDelivery)
  const target = targets.find((entry) => entry.id === 'roas')?.at_least ?? null
  if (!isMeasured(value) || !isMeasured(spend) || spend.value === 0) {
    return { ratio: null, target, meets: false }
  }
  return {
    ratio: value.value / spend.value,
    target,
    meets: target !== null && compareRatio(exactRatio(value.value, spend.value), target) >= 0,
  }
}

/** The policy's target cost per acquisition: target `cpa`, else `cac`, which a line that misses on conversions misses all the more. */
export function targetCpa(policy: Policy, minorPerUnit: number): TargetCpa | null {
  for (const id of ['cpa', 'cac']) {
    const atMost = policy.targets.find((entry) => entry.id === id)?.at_most ?? 0
    if (atMost > 0) return { minor: atMost * minorPerUnit, targetId: id }
  }
  return null
}

/** Indices of the lines whose failure stands after correction for how many were tested. */
export function provenLines(
  evidence: readonly StopLossEvidence[],
  { method, alpha }: Policy['stop_loss'],
): readonly number[] {
  if (method === 'poisson') {
    const adjusted = adjustPValues(
      evidence.map((entry) => entry.pValue),
      'benjamini_hochberg',
    )
    return adjusted.flatMap((p, index) => (p <= alpha ? [index] : []))
  }
  const logs = evidence.map((entry) =>
    method === 'sprt' ? entry.logLikelihoodRatio : entry.logEValue,
  )
  const order = logs
    .map((value, index) => ({ value, index }))
    .toSorted((left, right) => right.value - left.value)
  let count = 0
  for (const [rank, { value }] of order.entries()) {
    if (exp(value) * (rank + 1) * alpha >= order.length) count = rank + 1
  }
  return order.slice(0, count).map((entry) => entry.index)
}

/** A line as read for the test; without one, the reason why. */
interface LineReading {
  readonly line: BudgetLine
  readonly dispersion: Dispersion
  readonly daysSinceFirst: number | null
  readonly reason: StopReason
  readonly test: LineTest | null
}

interface LineTest {
  readonly matured: number
  readonly conversions: number
  readonly terms: StopLossTerms
  readonly evidence: StopLossEvidence
  readonly isLearning: boolean
}

function readLine(
  line: BudgetLine,
  { target, context }: { readonly target: TargetCpa | null; readonly context: BudgetContext },
): LineReading {
  const dispersion = conversionDispersion(line, context.policy.stop_loss.assumed_dispersion)
  const daysSinceFirst = daysSinceFirstSpend(line, context.asOfOn)
  const known = { line, dispersion, daysSinceFirst }
  const untested = (reason: StopReason): LineReading => ({ ...known, reason, test: null })
  const { conversions, spend } = deliveryOf(line.days, line.noDelivery)
  if (!isMeasured(spend) || spend.value === 0) return untested('no_spend')
  if (!isMeasured(conversions)) return untested('conversions_not_measured')
  if (target === null) return untested('no_target_cpa')
  const { stop_loss: stopLoss } = context.policy
  const matured = maturedSpendOf(line, spend.value, context)
  const terms: StopLossTerms = {
    targetCpa: target.minor,
    alpha: stopLoss.alpha,
    beta: stopLoss.beta,
    multiple: stopLoss.target_cpa_multiple,
    clusterSize: clusterSizeOf(matured / target.minor, dispersion),
    dispersion: dispersion.value,
  }
  const test: LineTest = {
    matured,
    conversions: conversions.value,
    terms,
    evidence: stopLossEvidence({ spend: matured, conversions: conversions.value }, terms),
    isLearning: daysSinceFirst !== null && daysSinceFirst <= stopLoss.learning_days,
  }
  return { ...known, reason: 'not_proven', test }
}

function daysSinceFirstSpend({ history, days }: BudgetLine, asOfOn: string): number | null {
  const first = [...history, ...days].find((day) => day.spendMinor > 0)
  return first === undefined ? null : daysBetween(first.date, asOfOn)
}

/** What the line spent on each day of the month, oldest first, and how long ago the middle of that day was. */
export function agedSpend({ days }: BudgetLine, asOfOn: string): readonly AgedSpend[] {
  return [...groupByText(days, ({ date }) => date)].map(([date, rows]) => ({
    spend: rows.reduce((sum, { spendMinor }) => sum + spendMinor, 0),
    ageDays: daysBetween(date, asOfOn) - 0.5,
  }))
}

/** Size of the negative binomial of all days together: days of variance φ × mean add up to size E ÷ (φ − 1); null where φ = 1. */
function clusterSizeOf(expected: number, { value }: Dispersion): number | null {
  return value > 1 && expected > 0 ? expected / (value - 1) : null
}

function maturedSpendOf(
  line: BudgetLine,
  spend: number,
  { asOfOn, policy }: BudgetContext,
): number {
  const halfLife = policy.stop_loss.lag_half_life_days
  return halfLife === 0 ? spend : maturedSpend(agedSpend(line, asOfOn), halfLife)
}

function judge(
  known: Pick<
    LineStop,
    'line' | 'target' | 'returned' | 'dispersion' | 'daysSinceFirst' | 'family'
  >,
  { matured, conversions, terms, evidence, isLearning }: LineTest,
  given: { readonly isProven: boolean; readonly context: BudgetContext },
): LineStop {
  const base = { ...known, evidence, matured, provenWaste: 0 }
  if (isLearning) return { ...base, action: 'go_on', reason: 'learning' }
  if (given.isProven && conversions > 0 && known.returned.meets) {
    return { ...base, action: 'go_on', reason: 'return_meets_target' }
  }
  if (given.isProven) {
    const { stopped, tested } = known.family
    const provenWaste = anytimeWaste(
      { spend: matured, conversions },
      { ...terms, alpha: (terms.alpha * stopped) / tested },
    )
    return { ...base, action: 'stop', reason: 'cpa_proven_above_target', provenWaste }
  }
  const cap = given.context.policy.stop_loss.hard_cap_share_of_budget
  const { planned } = known.line
  const hitsCap =
    evidence.cpa === null &&
    isMeasured(planned) &&
    planned.value > 0 &&
    matured >= cap * planned.value
  return hitsCap
    ? { ...base, action: 'stop', reason: 'no_conversion_at_hard_cap' }
    : { ...base, action: 'go_on', reason: 'not_proven' }
}
