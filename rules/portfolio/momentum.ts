import { isMonthOver } from '../kernel/calendar.ts'
import type { Proportion } from '../kernel/proportion.ts'
import { judgeMomentum, type Direction, type MomentumCall } from '../momentum/momentum.ts'
import type { MomentumSubject } from '../momentum/observation.ts'
import { pendingFigure } from '../momentum/reporting-lag.ts'
import type { Policy } from '../policy/policy.ts'
import { segmentKey, type SegmentDelivery, type SegmentRollup } from './rollup.ts'

/** A segment within a campaign with everything known of it. */
export interface SegmentSubject {
  readonly campaignId: string
  readonly segmentId: string
  readonly rollup: SegmentRollup | undefined
  readonly current: SegmentDelivery | undefined
  readonly previous: SegmentDelivery | undefined
}

/** Which way a segment moves and what that rests on: counts of two months, a stated trend, or nothing. */
export interface SegmentMomentum {
  readonly direction: Direction
  readonly basis: 'measured' | 'stated' | 'none'
  readonly call: MomentumCall | undefined
  /** Both are known and point in opposite directions. */
  readonly contradicted: boolean
}

export interface SegmentMomentumContext {
  readonly month: string
  readonly asOfOn: string
  readonly policy: Policy
  /** p of each change that the stages before tested; none when left out. */
  readonly testedBefore?: readonly number[]
}

/**
 * Which way does each segment move?
 *
 * Measured, by the test that fits the counts of the month and the one before, where that can be called; otherwise by the sign of the
 * stated trend, marked as stated, since no test can be made of a figure without counts. All measured segments are corrected together, and
 * with every change that the stages before tested: what is scaled or stopped must stand against all that the review looked at.
 *
 * @returns One reading per subject, in the order given.
 */
export function segmentMomentum(
  subjects: readonly SegmentSubject[],
  { month, asOfOn, policy, testedBefore = [] }: SegmentMomentumContext,
): SegmentMomentum[] {
  const measured = callsById(
    subjects.flatMap((subject) => measuredSubject(subject, { month, asOfOn, policy })),
    policy.momentum,
    testedBefore,
  )
  const stated = callsById(
    subjects.flatMap((subject) => statedSubject(subject, asOfOn)),
    { ...policy.momentum, business_minimum: policy.synthesis.stated_trend_minimum },
  )
  return subjects.map((subject) =>
    readingOf(measured.get(idOf(subject)), stated.get(idOf(subject))),
  )
}

function readingOf(
  counted: MomentumCall | undefined,
  stated: MomentumCall | undefined,
): SegmentMomentum {
  const known = counted !== undefined && counted.direction !== 'unknown'
  const basis = basisOf(known, stated)
  // A statement that cannot be read yet does not hide a comparison that was made.
  const call = basis === 'stated' ? stated : (counted ?? stated)
  return {
    direction: call?.direction ?? 'unknown',
    basis,
    call,
    contradicted: known && stated !== undefined && areOpposite(counted.direction, stated.direction),
  }
}

function basisOf(known: boolean, stated: MomentumCall | undefined): SegmentMomentum['basis'] {
  if (known) return 'measured'
  return stated === undefined || stated.direction === 'unknown' ? 'none' : 'stated'
}

function areOpposite(left: Direction, right: Direction): boolean {
  const both = [left, right]
  return both.includes('improving') && both.includes('declining')
}

function callsById(
  subjects: readonly MomentumSubject[],
  policy: Policy['momentum'],
  alongside: readonly number[] = [],
): ReadonlyMap<string, MomentumCall> {
  return new Map(judgeMomentum(subjects, policy, alongside).map((call) => [call.id, call]))
}

/** Conversions per click, and per click whose conversion can be in by now; nothing where either month lacks them. */
function measuredSubject(
  subject: SegmentSubject,
  context: Pick<SegmentMomentumContext, 'month' | 'asOfOn' | 'policy'>,
): MomentumSubject[] {
  const { current, previous } = subject
  if (current === undefined || previous === undefined) return []
  const [before, now] = [proportion(previous), proportion(current)]
  if (before === undefined || now === undefined) return []
  const pending = pendingFigure(context, (shares) => ({
    kind: 'rate',
    previous: matured(before, shares.previous),
    current: matured(now, shares.current),
  }))
  return [
    {
      id: idOf(subject),
      observation: { kind: 'rate', previous: before, current: now },
      betterWhen: 'higher',
      complete: isMonthOver(context.month, context.asOfOn),
      ...(pending === undefined ? {} : { pending }),
    },
  ]
}

function proportion({ conversions, clicks }: SegmentDelivery): Proportion | undefined {
  if (conversions === null || clicks === null || clicks === 0 || conversions > clicks) {
    return undefined
  }
  return { successes: conversions, trials: clicks }
}

/** Conversions of the clicks that could have led to them by now: whole clicks, and no fewer than converted. */
function matured({ successes, trials }: Proportion, share: number): Proportion {
  return { successes, trials: Math.max(successes, Math.round(trials * share)) }
}

function statedSubject(subject: SegmentSubject, asOfOn: string): MomentumSubject[] {
  const { rollup } = subject
  if (rollup === undefined || rollup.trend === null) return []
  return [
    {
      id: idOf(subject),
      observation: { kind: 'stated', change: rollup.trend },
      betterWhen: 'higher',
      complete: rollup.windowEnd < asOfOn,
    },
  ]
}

function idOf(subject: SegmentSubject): string {
  return `segment:${segmentKey(subject)}`
}
