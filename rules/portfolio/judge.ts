import { difference, measured, notMeasured, quotient, type Quantity } from '../kernel/quantity.ts'
import { momentumEvidence } from '../momentum/evidence.ts'
import type { Policy } from '../policy/policy.ts'
import type { Decision, Evidence } from '../schema/review.ts'
import { literal } from '../schema/template.ts'
import { isBelow, type Grade } from '../trust/grade.ts'
import { checkKpi, type KpiRuling } from './kpi-claim.ts'
import type { SegmentMomentum, SegmentSubject } from './momentum.ts'
import { segmentKey } from './rollup.ts'
import { callSegment, compareRoi, type SegmentFacts, type SegmentRuling } from './segment-call.ts'

/** What is known of segments besides their figures. */
export interface SegmentNames {
  readonly campaigns: ReadonlyMap<string, string>
  readonly segments: ReadonlyMap<
    string,
    { readonly name: string; readonly priority: string | null }
  >
}

/** A segment with its figures, its direction and what was decided about it. */
export interface JudgedSegment {
  /** `SEG_002@CAMP_001`. */
  readonly key: string
  readonly subject: SegmentSubject
  readonly name: string
  readonly facts: SegmentFacts
  readonly roi: Quantity
  readonly momentum: SegmentMomentum
  readonly ruling: SegmentRuling
  /** ROI at or above the target; null when it has none. */
  readonly onTarget: boolean | null
  readonly kpi: KpiRuling | null
  readonly decision: Decision
}

const RULE_ID = 'portfolio.segment_call'

/**
 * What is decided about one segment within a campaign?
 *
 * Cost, value and conversions come from where the direction comes from, so that one call never mixes two counts of the same thing: the
 * platforms' when it is measured, the rollup's when it is stated.
 */
export function judgeSegment(
  subject: SegmentSubject,
  momentum: SegmentMomentum,
  { policy, names, grade }: { policy: Policy; names: SegmentNames; grade: Grade | null },
): JudgedSegment {
  const key = segmentKey(subject)
  const name = nameOf(subject, names)
  const facts = factsOf(subject, momentum, names)
  const targetRoi = policy.targets.find((target) => target.id === 'roi')?.at_least ?? 0
  const ruling = callSegment(facts, {
    table: policy.portfolio,
    targetRoi,
    scalingBarred: isBelow(grade, policy.trust.block_scale_below),
  })
  const order = compareRoi(facts, targetRoi)
  return {
    key,
    subject,
    name,
    facts,
    roi: roiOf(facts),
    momentum,
    ruling,
    onTarget: order === null ? null : order >= 0,
    kpi: subject.rollup === undefined ? null : checkKpi(subject.rollup, subject.current),
    decision: {
      id: `${RULE_ID}:${key}`,
      stage: 'synthesis',
      subject: `segment:${key}`,
      subjectName: name,
      action: ruling.action,
      reason: ruling.reason,
      ruleId: RULE_ID,
      policyVersion: policy.version,
      evidence: {
        ...facts,
        ...trendEvidence(momentum, policy),
        basis: momentum.basis,
        targetRoi,
        grade,
        blockScaleBelow: policy.trust.block_scale_below,
        // As a reader counts the rows of the policy's table.
        tableRow: ruling.row + 1,
      },
    },
  }
}

/** What the direction was called on, with the minimum that it was held against and no other. */
function trendEvidence({ call }: SegmentMomentum, policy: Policy): Evidence {
  if (call === undefined) return {}
  const { businessMinimum, ...evidence } = momentumEvidence(call, policy.momentum)
  return call.change.test === 'stated'
    ? { ...evidence, statedTrendMinimum: policy.synthesis.stated_trend_minimum }
    : { ...evidence, businessMinimum: businessMinimum ?? null }
}

function nameOf({ segmentId, campaignId }: SegmentSubject, names: SegmentNames): string {
  const segment = names.segments.get(segmentId)?.name ?? segmentId
  return `${literal(segment)} in ${literal(names.campaigns.get(campaignId) ?? campaignId)}`
}

function factsOf(
  { rollup, current, segmentId }: SegmentSubject,
  { direction, basis }: SegmentMomentum,
  names: SegmentNames,
): SegmentFacts {
  const delivered = { costMinor: current?.spendMinor ?? null, ...figuresOf(current) }
  const stated = { costMinor: rollup?.spendMinor ?? null, ...figuresOf(rollup) }
  const useRollup = basis !== 'measured' && rollup !== undefined
  return {
    momentum: direction,
    priority: names.segments.get(segmentId)?.priority ?? null,
    ...(useRollup ? stated : delivered),
  }
}

function figuresOf(
  row: { readonly valueMinor: number | null; readonly conversions: number | null } | undefined,
): Pick<SegmentFacts, 'valueMinor' | 'conversions'> {
  return { valueMinor: row?.valueMinor ?? null, conversions: row?.conversions ?? null }
}

function roiOf({ costMinor, valueMinor }: SegmentFacts): Quantity {
  const cost = segmentFigure(costMinor, 'spend')
  return quotient(difference(segmentFigure(valueMinor, 'value'), cost), cost, 'spend')
}

/** A figure of a segment, or that nobody measured it. */
export function segmentFigure(value: number | null, what: string): Quantity {
  return value === null ? notMeasured(`the segment’s ${what} was not measured`) : measured(value)
}
