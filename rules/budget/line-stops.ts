import { daysBetween } from '../kernel/calendar.ts'
import { exp } from '../kernel/elementary.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import { isMeasured } from '../kernel/quantity.ts'
import type { Policy } from '../policy/policy.ts'
import { deliveryOf } from './delivery.ts'
import type { BudgetContext } from './input.ts'
import type { BudgetLine } from './lines.ts'
import { maturedSpend } from './maturity.ts'
import {
  anytimeWaste,
  stopLossEvidence,
  type StopLossEvidence,
  type StopLossTerms,
} from './stop-loss.ts'

export type StopReason =
  | 'cpa_proven_above_target'
  | 'no_conversion_at_hard_cap'
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
 * Learning lines never stop.
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
  const read = lines.map((line) => readLine(line, target, context))
  const tested = read.flatMap(({ line, evidence }) =>
    evidence === null ? [] : [{ lineId: line.id, evidence }],
  )
  const proven = new Set(
    provenLines(
      tested.map((entry) => entry.evidence),
      policy,
    ).map((index) => tested[index]?.lineId),
  )
  const alpha = (policy.alpha * proven.size) / Math.max(1, tested.length)
  return read.map((entry) => {
    const stop = judge(entry, proven.has(entry.line.id), context)
    return { ...stop, provenWaste: provenWaste(stop, { target, alpha }) }
  })
}

/** The policy's target cost per acquisition: target `cpa`, else `cac`, which a line that misses on conversions misses all the more. */
export function targetCpa(policy: Policy, minorPerUnit: number): TargetCpa | null {
  for (const id of ['cpa', 'cac']) {
    const target = policy.targets.find((entry) => entry.id === id && entry.at_most !== undefined)
    if (target?.at_most !== undefined && target.at_most > 0) {
      return { minor: target.at_most * minorPerUnit, targetId: id }
    }
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
    .toSorted((left, right) => right.value - left.value || left.index - right.index)
  let count = 0
  for (const [rank, { value }] of order.entries()) {
    if (exp(value) * (rank + 1) * alpha >= order.length) count = rank + 1
  }
  return order.slice(0, count).map((entry) => entry.index)
}

function provenWaste(
  { line, reason, evidence, matured }: Omit<LineStop, 'provenWaste'>,
  { target, alpha }: { readonly target: TargetCpa | null; readonly alpha: number },
): number | null {
  if (evidence === null || target === null || matured === null) return null
  if (reason !== 'cpa_proven_above_target') return 0
  const conversions = deliveryOf(line.days, 'no spend').conversions
  if (!isMeasured(conversions)) return null
  const reading = { spend: matured, conversions: conversions.value }
  return anytimeWaste(reading, { targetCpa: target.minor, alpha })
}

interface LineReading extends Omit<LineStop, 'action' | 'provenWaste'> {
  readonly isLearning: boolean
}

function readLine(
  line: BudgetLine,
  target: TargetCpa | null,
  { asOfOn, policy }: BudgetContext,
): LineReading {
  const nothing = { line, evidence: null, matured: null, isLearning: false }
  const { conversions, spend } = deliveryOf(line.days, 'no spend')
  if (!isMeasured(spend) || spend.value === 0) return { ...nothing, reason: 'no_spend' }
  if (!isMeasured(conversions)) return { ...nothing, reason: 'conversions_not_measured' }
  if (target === null) return { ...nothing, reason: 'no_target_cpa' }
  const { stop_loss: terms } = policy
  const halfLife = terms.lag_half_life_days
  const matured =
    halfLife === 0
      ? spend.value
      : maturedSpend(
          line.days.map((day) => ({
            spend: day.spendMinor,
            ageDays: daysBetween(day.date, asOfOn) - 0.5,
          })),
          halfLife,
        )
  const stopTerms: StopLossTerms = {
    targetCpa: target.minor,
    alpha: terms.alpha,
    beta: terms.beta,
    multiple: terms.target_cpa_multiple,
    clusterSize: null,
  }
  const first = [...line.history, ...line.days].find((day) => day.spendMinor > 0)
  return {
    line,
    reason: 'not_proven',
    matured,
    evidence: stopLossEvidence({ spend: matured, conversions: conversions.value }, stopTerms),
    isLearning: first !== undefined && daysBetween(first.date, asOfOn) <= terms.learning_days,
  }
}

function judge(
  entry: LineReading,
  isProven: boolean,
  { policy }: BudgetContext,
): Omit<LineStop, 'provenWaste'> {
  const { isLearning, ...reading } = entry
  if (entry.evidence === null) return { ...reading, action: 'not_assessed' }
  if (isLearning) return { ...reading, action: 'go_on', reason: 'learning' }
  if (isProven) return { ...reading, action: 'stop', reason: 'cpa_proven_above_target' }
  const cap = policy.stop_loss.hard_cap_share_of_budget
  const { planned } = entry.line
  const hitsCap =
    entry.evidence.cpa === null &&
    isMeasured(planned) &&
    planned.value > 0 &&
    (entry.matured ?? 0) >= cap * planned.value
  return hitsCap
    ? { ...reading, action: 'stop', reason: 'no_conversion_at_hard_cap' }
    : { ...reading, action: 'go_on' }
}
