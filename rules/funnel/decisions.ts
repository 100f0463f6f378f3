import { compareToPrinted } from '../kernel/printed-decimal.ts'
import type { Decision, Evidence } from '../schema/review.ts'
import { type CellStatus, type CellStep, stepSubject } from './cell-steps.ts'
import type { StageCount } from './cells.ts'
import { claimSubject, type JudgedClaim } from './claimed-drop-offs.ts'
import type { ZeroTest } from './drop-off.ts'
import type { JudgedMotion } from './pace.ts'
import type { FunnelState } from './review-state.ts'
import type { StepTotal } from './step-totals.ts'

const ACTION: Readonly<Record<CellStatus, 'investigate' | 'watch' | 'none'>> = {
  broken: 'investigate',
  more_than_before: 'investigate',
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

function dropOffEvidence(
  { before, after, judged, motion }: CellStep,
  state: FunnelState,
): Evidence {
  const { alpha, floor_conversion: floorConversion } = state.context.policy.funnel
  return {
    entered: countOf(before),
    reached: countOf(after),
    rows: rowsOf(before) + rowsOf(after),
    motion: [...motion.stages],
    rate: judged?.rate ?? null,
    baseline: judged?.baseline ?? null,
    ...zeroEvidence(judged?.zero ?? null, { alpha, floorConversion }),
  }
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
function decideTarget({ id, now, from, to }: StepTotal, state: FunnelState): Decision[] {
  const { target_conversion: targets, min_entries: minEntries } = state.context.policy.funnel
  const target = targets[id]
  if (target === undefined) return []
  const { entered, reached } = now
  const isEnough = entered >= minEntries
  const isMet =
    isEnough && compareToPrinted({ numerator: reached, denominator: entered }, target) >= 0
  const verdict = isMet ? 'met' : 'missed'
  return [
    decide(
      {
        rule: 'target',
        subject: `step:${id}`,
        subjectName: state.names.step({ from, to }),
        action: isEnough ? verdict : 'not_assessed',
        reason: targetReason(isEnough, isMet),
        evidence: { entered, reached, target, minEntries },
      },
      state,
    ),
  ]
}

function targetReason(isEnough: boolean, isMet: boolean): string {
  if (!isEnough) return 'too_few_entries'
  return isMet ? 'at_or_above_target' : 'below_target'
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
  return decide(
    {
      rule: 'pace',
      subject: `motion:${judged.people.motion.id}`,
      subjectName: state.names.stage(judged.people.motion.id),
      action: PACE_ACTION[judged.pace],
      reason: judged.pace,
      evidence: {
        pValue: judged.pValue,
        alpha: state.context.policy.funnel.alpha,
        comparedDays: judged.comparedDays,
        convertedNow: judged.convertedNow,
        convertedBefore: judged.convertedBefore,
        entered: judged.people.current.cohort.entered,
        enteredBefore: judged.people.before.cohort.entered,
      },
    },
    state,
  )
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
