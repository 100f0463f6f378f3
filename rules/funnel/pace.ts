import { adjustPValues } from '../kernel/multiplicity.ts'
import type { FunnelPolicy } from '../policy/stages.ts'
import type { Cohort } from './cohort.ts'
import { type JudgedHabit, judgeHabits } from './habits.ts'
import type { MotionPeople } from './people.ts'
import { convertedBy, logRank, timeToShare } from './survival.ts'

/** Whether the month's rate may be set beside another month's. */
export type Maturity = 'mature' | 'young' | 'empty'

/** How people came through, against the month before. */
export type Pace = 'better' | 'worse' | 'unchanged' | 'not_comparable'

/** Two months by their whole curves, so that a young month is compared fairly. */
export interface CurveChange {
  readonly pace: Pace
  /** Log-rank test; for steps corrected (Holm) for the number of steps. null when the months cannot be told apart. */
  readonly pValue: number | null
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

/** Months with fewer conversions than this in both together cannot be told apart by a curve. */
const CONVERSIONS_MIN = 5

/**
 * May the month's conversion be read yet, and did people come through faster or in greater number than a month before?
 *
 * A month is mature when at least `min_matured_share` of its entrants had the whole window. Whatever the age, curves are compared by the
 * log-rank test, which counts each person only as long as watched; the sign is that of the shares converted by the time both were watched.
 */
export function judgeMotion(people: MotionPeople, policy: FunnelPolicy): JudgedMotion {
  const { cohort } = people.current
  return {
    people,
    maturity: maturityOf(cohort, policy.min_matured_share),
    maturedShare: cohort.entered === 0 ? null : cohort.matured / cohort.entered,
    change: compareCurves(cohort, people.before.cohort, {
      policy,
      pValue: pValueOf(cohort, people.before.cohort),
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
  const pairs = current.gaps.flatMap((now, step) => {
    const earlier = before.gaps[step]
    return earlier === undefined ? [] : [{ step, now, earlier, pValue: pValueOf(now, earlier) }]
  })
  const tested = pairs.filter((pair) => pair.pValue !== null)
  const adjusted = adjustPValues(
    tested.map((pair) => pair.pValue ?? 1),
    'holm',
  )
  const holm = new Map(tested.map((pair, index) => [pair.step, adjusted[index] ?? 1]))
  return pairs.map(({ step, now, earlier }) => ({
    from: motion.stages[step] ?? '',
    to: motion.stages[step + 1] ?? '',
    now,
    before: earlier,
    change: compareCurves(now, earlier, { policy, pValue: holm.get(step) ?? null }),
  }))
}

function compareCurves(
  now: Cohort,
  before: Cohort,
  { policy, pValue }: { readonly policy: FunnelPolicy; readonly pValue: number | null },
): CurveChange {
  const comparedDays = Math.min(now.curve.followUp, before.curve.followUp, policy.window_days)
  const convertedNow = convertedBy(now.curve, comparedDays)
  const convertedBefore = convertedBy(before.curve, comparedDays)
  return {
    pace: paceOf(pValue, policy.alpha, convertedNow - convertedBefore),
    pValue,
    comparedDays,
    convertedNow,
    convertedBefore,
  }
}

function maturityOf({ entered, matured }: Cohort, minShare: number): Maturity {
  if (entered === 0) return 'empty'
  return matured >= entered * minShare ? 'mature' : 'young'
}

function pValueOf(now: Cohort, before: Cohort): number | null {
  if (now.converted + before.converted < CONVERSIONS_MIN) return null
  return logRank(before.waits, now.waits)?.pValue ?? null
}

function paceOf(pValue: number | null, alpha: number, gain: number): Pace {
  if (pValue === null) return 'not_comparable'
  if (pValue >= alpha || gain === 0) return 'unchanged'
  return gain > 0 ? 'better' : 'worse'
}
