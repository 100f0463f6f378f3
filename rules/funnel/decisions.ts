import { compareToPrinted } from '../kernel/printed-decimal.ts'
import type { Decision, Evidence } from '../schema/review.ts'
import { type CellStatus, type CellStep, stepSubject } from './cell-steps.ts'
import type { StageCount } from './cells.ts'
import { claimSubject, type JudgedClaim } from './claimed-drop-offs.ts'
import type { Cohort } from './cohort.ts'
import type { ZeroTest } from './drop-off.ts'
import type { CurveChange, JudgedMotion } from './pace.ts'
import { type FunnelState, priorStep } from './review-state.ts'
import type { StepTotal } from './step-totals.ts'

const ACTION: Readonly<Record<CellStatus, 'investigate' | 'watch' | 'none'>> = {
  broken: 'investigate',
  more_than_before: 'investigate',
  far_below: 'investigate',
  missing: 'watch',
  missing_before: 'watch',
  not_enough_traffic: 'watch',
  untested: 'watch',
  no_traffic: 'none',
  ok: 'none',
}

/** What is to be done about each step shown, each target, each motion and each published claim. */
export function funnelDecisions(state: FunnelState): Decision[] {
  return [
    ...state.shown.map((step) => decideDropOff(step, state)),
    ...state.totals.flatMap((total) => decideTarget(total, state)),
    ...state.motions.flatMap((motion) => [
      decideMaturity(motion, state),
      decidePace(motion, state),
      ...decideVelocity(motion, state),
    ]),
    ...state.claims.map((claim) => decideClaim(claim, state)),
  ]
}

type Draft = Omit<Decision, 'id' | 'stage' | 'policyVersion' | 'ruleId'> & { readonly rule: string }

function decide({ rule, subject, ...rest }: Draft, { context }: FunnelState): Decision {
  return {
    id: `funnel.${rule}:${subject.slice(subject.indexOf(':') + 1)}`,
    stage: 'funnel',
    subject,
    ...rest,
    ruleId: `funnel.${rule}`,
    policyVersion: context.policy.version,
  }
}

/** Id of the decision about a step of a cell. */
export function dropOffDecisionId(step: CellStep): string {
  return `funnel.drop_off:${stepSubject(step)}`
}

function decideDropOff(step: CellStep, state: FunnelState): Decision {
  return decide(
    {
      rule: 'drop_off',
      subject: `cell:${stepSubject(step)}`,
      subjectName: `${state.names.cell(step.cell)}: ${state.names.step(step)}`,
      action: ACTION[step.status],
      reason: step.status,
      evidence: dropOffEvidence(step, state),
    },
    state,
  )
}

function dropOffEvidence(step: CellStep, state: FunnelState): Evidence {
  const { before, after, judged, motion } = step
  const { alpha, floor_conversion: floorConversion } = state.context.policy.funnel
  return {
    entered: countOf(before),
    reached: countOf(after),
    rows: rowsOf(before) + rowsOf(after),
    motion: [...motion.stages],
    rate: judged?.rate ?? null,
    baseline: judged?.baseline ?? null,
    ...priorEvidence(step, state),
    ...zeroEvidence(judged?.zero ?? null, { alpha, floorConversion }),
    ...(step.farBelow === null ? {} : { ...step.farBelow, alpha }),
  }
}

function priorEvidence(step: CellStep, state: FunnelState): Evidence {
  const prior = priorStep(state, step)
  return prior === null ? {} : { enteredBefore: prior.entered, reachedBefore: prior.reached }
}

function zeroEvidence(zero: ZeroTest | null, thresholds: Evidence): Evidence {
  if (zero === null) return {}
  return {
    against: zero.against,
    chanceOfZero: zero.pZero,
    chanceOfZeroHolm: zero.pHolm,
    upperRate95: zero.upperRate95,
    rho: zero.rho,
    ...thresholds,
  }
}

function countOf(count: StageCount | undefined): number | null {
  return count?.count ?? null
}

function rowsOf(count: StageCount | undefined): number {
  return count?.rows ?? 0
}

/** A target is compared as printed: reached ÷ entered ≥ target, without rounding. */
function decideTarget(total: StepTotal, state: FunnelState): Decision[] {
  const { target_conversion: targets, min_entries: minEntries } = state.context.policy.funnel
  const target = targets[total.id]
  if (target === undefined) return []
  const { entered, reached } = total.now
  const { action, reason } = judgeTarget(total, target, state)
  return [
    decide(
      {
        rule: 'target',
        subject: `step:${total.id}`,
        subjectName: state.names.step(total),
        action,
        reason,
        evidence: { entered, reached, target, minEntries, isMature: state.isMature },
      },
      state,
    ),
  ]
}

/** Whether a step meets its target; a young month and a thin step are not held against it. */
export function judgeTarget(
  { now: { entered, reached } }: StepTotal,
  target: number,
  { isMature, context }: Pick<FunnelState, 'isMature' | 'context'>,
): { readonly action: 'met' | 'missed' | 'not_assessed'; readonly reason: string } {
  if (entered < context.policy.funnel.min_entries) {
    return { action: 'not_assessed', reason: 'too_few_entries' }
  }
  if (!isMature) return { action: 'not_assessed', reason: 'month_too_young' }
  return compareToPrinted({ numerator: reached, denominator: entered }, target) >= 0
    ? { action: 'met', reason: 'at_or_above_target' }
    : { action: 'missed', reason: 'below_target' }
}

const MATURITY_ACTION = { mature: 'compare', young: 'wait', empty: 'not_assessed' } as const

function decideMaturity(judged: JudgedMotion, state: FunnelState): Decision {
  const { cohort } = judged.people.current
  return decide(
    {
      rule: 'maturity',
      subject: `motion:${judged.people.motion.id}`,
      subjectName: state.names.stage(judged.people.motion.id),
      action: MATURITY_ACTION[judged.maturity],
      reason: judged.maturity,
      evidence: {
        entered: cohort.entered,
        matured: cohort.matured,
        open: cohort.open,
        maturedShare: judged.maturedShare,
        minMaturedShare: state.context.policy.funnel.min_matured_share,
        windowDays: state.context.policy.funnel.window_days,
      },
    },
    state,
  )
}

const PACE_ACTION = {
  better: 'none',
  worse: 'investigate',
  unchanged: 'none',
  not_comparable: 'none',
} as const

function decidePace(judged: JudgedMotion, state: FunnelState): Decision {
  const { people, change } = judged
  return decide(
    {
      rule: 'pace',
      subject: `motion:${people.motion.id}`,
      subjectName: state.names.stage(people.motion.id),
      action: PACE_ACTION[change.pace],
      reason: change.pace,
      evidence: paceEvidence(change, {
        now: people.current.cohort,
        before: people.before.cohort,
        state,
      }),
    },
    state,
  )
}

function decideVelocity({ people, gaps }: JudgedMotion, state: FunnelState): Decision[] {
  return gaps.map((gap) =>
    decide(
      {
        rule: 'velocity',
        subject: `step:${people.motion.id}:${gap.from}>${gap.to}`,
        subjectName: `${state.names.stage(people.motion.id)}: ${state.names.step(gap)}`,
        action: PACE_ACTION[gap.change.pace],
        reason: gap.change.pace,
        evidence: paceEvidence(gap.change, { now: gap.now, before: gap.before, state }),
      },
      state,
    ),
  )
}

function paceEvidence(
  { pValue, excess, comparedDays, convertedNow, convertedBefore }: CurveChange,
  { now, before, state }: { now: Cohort; before: Cohort; state: FunnelState },
): Evidence {
  return {
    pValue,
    alpha: state.context.policy.funnel.alpha,
    conversionsAboveEqualPace: excess,
    comparedDays,
    convertedNow,
    convertedBefore,
    entered: now.entered,
    enteredBefore: before.entered,
  }
}

function decideClaim(judged: JudgedClaim, state: FunnelState): Decision {
  const { claim, verdict } = judged
  return decide(
    {
      rule: 'claimed_drop_off',
      subject: `claim:${claimSubject(claim)}`,
      subjectName: `${state.names.cell(claim)}: ${state.names.stage(claim.stage)}`,
      action: verdict === 'true_zero' ? 'confirm' : 'correct',
      reason: verdict,
      evidence: {
        counted: judged.counted,
        countedBefore: judged.countedBefore,
        rows: judged.rows,
        inMotion: judged.inMotion,
      },
    },
    state,
  )
}
