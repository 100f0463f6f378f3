import { present } from '../kernel/invariant.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import type { FunnelPolicy } from '../policy/stages.ts'
import type { Cohort } from './cohort.ts'
import { type JudgedHabit, judgeHabits } from './habits.ts'
import type { MotionPeople } from './people.ts'
import { convertedBy, type LogRank, logRank, timeToShare } from './survival.ts'

/** Whether the month's rate may be set beside another month's. */
export type Maturity = 'mature' | 'young' | 'empty'

/** How people came through, against the month before. */
export type Pace = 'better' | 'worse' | 'unchanged' | 'not_comparable'

/** Two months by their whole curves, so that a young month is compared fairly. */
export interface CurveChange {
  readonly pace: Pace
  /** Log-rank test; for steps corrected (Holm) for the number of steps. null when the months cannot be told apart. */
  readonly pValue: number | null
  /** Conversions of this month above those expected if both months went at one pace, by the same test. */
  readonly excess: number | null
  /** Days at which the two curves are set side by side: the shorter follow-up, at most the window. */
  readonly comparedDays: number
  readonly convertedNow: number
  readonly convertedBefore: number
}

/** A step of a motion with its two months. */
export interface JudgedGap {
  readonly from: string
  readonly to: string
  readonly now: Cohort
  readonly before: Cohort
  readonly change: CurveChange
}

/** What the people of a motion tell. */
export interface JudgedMotion {
  readonly people: MotionPeople
  readonly maturity: Maturity
  /** Matured ÷ entered. */
  readonly maturedShare: number | null
  readonly change: CurveChange
  readonly gaps: readonly JudgedGap[]
  readonly habits: readonly JudgedHabit[]
}

type PaceTest = Pick<LogRank, 'excess' | 'pValue'>

/** Months with fewer conversions than this in both together cannot be told apart by a curve. */
const CONVERSIONS_MIN = 5

/**
 * May the month's conversion be read yet, and did people come through faster or in greater number than a month before?
 *
 * A month is mature when at least `min_matured_share` of its entrants had the whole window. Whatever the age, curves are compared by the
 * log-rank test, which counts each person only as long as watched. Its sign is the direction: a month in which as many came through, but
 * later, is worse.
 */
export function judgeMotion(people: MotionPeople, policy: FunnelPolicy): JudgedMotion {
  const { cohort } = people.current
  return {
    people,
    maturity: maturityOf(cohort, policy.min_matured_share),
    maturedShare: cohort.entered === 0 ? null : cohort.matured / cohort.entered,
    change: compareCurves(cohort, people.before.cohort, {
      policy,
      test: testPace(cohort, people.before.cohort),
    }),
    gaps: judgeGaps(people, policy),
    habits: judgeHabits(people.current.habits, policy.alpha),
  }
}

/** Days in which a cohort goes on; null where the curve never gets there. */
export interface Velocity {
  /** Until half of all who entered went on. */
  readonly medianDays: number | null
  /** Until nine in ten of all who entered went on. */
  readonly p90Days: number | null
  /** Until half of those went on who do so within the window. */
  readonly typicalDays: number | null
}

/** How long does it take to go on? Quantiles of the Kaplan–Meier curve: who is still open counts as long as watched. */
export function velocity({ curve }: Cohort, windowDays: number): Velocity {
  const within = convertedBy(curve, windowDays)
  return {
    medianDays: timeToShare(curve, 0.5),
    p90Days: timeToShare(curve, 0.9),
    typicalDays: within === 0 ? null : timeToShare(curve, within / 2),
  }
}

function judgeGaps({ motion, current, before }: MotionPeople, policy: FunnelPolicy): JudgedGap[] {
  const pairs = current.gaps.map((now, step) => {
    const earlier = present(before.gaps[step], 'the same step of the month before')
    return { now, earlier, test: testPace(now, earlier) }
  })
  const adjusted = adjustPValues(
    pairs.flatMap(({ test }) => test?.pValue ?? []),
    'holm',
  ).values()
  return pairs.map(({ now, earlier, test }, step) => ({
    from: motion.stages[step] ?? '',
    to: motion.stages[step + 1] ?? '',
    now,
    before: earlier,
    change: compareCurves(now, earlier, {
      policy,
      test: test === null ? null : { ...test, pValue: adjusted.next().value ?? 1 },
    }),
  }))
}

function compareCurves(
  now: Cohort,
  before: Cohort,
  { policy, test }: { readonly policy: FunnelPolicy; readonly test: PaceTest | null },
): CurveChange {
  const comparedDays = Math.min(now.curve.followUp, before.curve.followUp, policy.window_days)
  return {
    pace: paceOf(test, policy.alpha),
    pValue: test?.pValue ?? null,
    excess: test?.excess ?? null,
    comparedDays,
    convertedNow: convertedBy(now.curve, comparedDays),
    convertedBefore: convertedBy(before.curve, comparedDays),
  }
}

function maturityOf({ entered, matured }: Cohort, minShare: number): Maturity {
  if (entered === 0) return 'empty'
  return matured >= entered * minShare ? 'mature' : 'young'
}

function testPace(now: Cohort, before: Cohort): PaceTest | null {
  if (now.converted + before.converted < CONVERSIONS_MIN) return null
  const test = logRank(before.waits, now.waits)
  return test === null ? null : { pValue: test.pValue, excess: 0 - test.excess }
}

function paceOf(test: PaceTest | null, alpha: number): Pace {
  if (test === null) return 'not_comparable'
  if (test.pValue >= alpha) return 'unchanged'
  return test.excess > 0 ? 'better' : 'worse'
}
