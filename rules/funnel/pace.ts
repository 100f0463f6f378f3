import type { FunnelPolicy } from '../policy/stages.ts'
import type { Cohort } from './cohort.ts'
import type { MotionPeople } from './people.ts'
import { convertedBy, logRank, timeToShare } from './survival.ts'

/** Whether the month's rate may be set beside another month's. */
export type Maturity = 'mature' | 'young' | 'empty'

/** How a motion moved against the month before, by whole curves, so that a young month is compared fairly. */
export type Pace = 'better' | 'worse' | 'unchanged' | 'not_comparable'

/** What the people of a motion tell. */
export interface JudgedMotion {
  readonly people: MotionPeople
  readonly maturity: Maturity
  /** Matured ÷ entered. */
  readonly maturedShare: number | null
  readonly pace: Pace
  readonly pValue: number | null
  /** Time at which the two curves are set side by side: the shorter follow-up, at most the window. */
  readonly comparedDays: number
  readonly convertedNow: number
  readonly convertedBefore: number
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
  const comparedDays = Math.min(
    cohort.curve.followUp,
    people.before.cohort.curve.followUp,
    policy.window_days,
  )
  const convertedNow = convertedBy(cohort.curve, comparedDays)
  const convertedBefore = convertedBy(people.before.cohort.curve, comparedDays)
  const test = logRank(people.before.cohort.waits, cohort.waits)
  const pValue = areComparable(cohort, people.before.cohort) ? (test?.pValue ?? null) : null
  return {
    people,
    maturity: maturityOf(cohort, policy.min_matured_share),
    maturedShare: cohort.entered === 0 ? null : cohort.matured / cohort.entered,
    pace: paceOf({ pValue, alpha: policy.alpha, gain: convertedNow - convertedBefore }),
    pValue,
    comparedDays,
    convertedNow,
    convertedBefore,
  }
}

/** Median and ninth-decile days of a curve; null where the curve never gets there. */
export function velocity({ curve }: Cohort): {
  readonly medianDays: number | null
  readonly p90Days: number | null
} {
  return { medianDays: timeToShare(curve, 0.5), p90Days: timeToShare(curve, 0.9) }
}

function maturityOf({ entered, matured }: Cohort, minShare: number): Maturity {
  if (entered === 0) return 'empty'
  return matured >= entered * minShare ? 'mature' : 'young'
}

function areComparable(now: Cohort, before: Cohort): boolean {
  return (
    now.entered > 0 && before.entered > 0 && now.converted + before.converted >= CONVERSIONS_MIN
  )
}

function paceOf({
  pValue,
  alpha,
  gain,
}: {
  pValue: number | null
  alpha: number
  gain: number
}): Pace {
  if (pValue === null) return 'not_comparable'
  if (pValue >= alpha || gain === 0) return 'unchanged'
  return gain > 0 ? 'better' : 'worse'
}
