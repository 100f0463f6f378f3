import { invariant } from '../kernel/invariant.ts'
import { kaplanMeier, type SurvivalCurve, type Waiting } from './survival.ts'

/** One member of an entry cohort. Days may be fractions; days since entry. */
export interface CohortMember {
  /** How long the member had been in when the review looked. */
  readonly elapsedDays: number
  /** When the member converted, null while open; later than `elapsedDays` counts as open. */
  readonly convertedAfterDays: number | null
}

/** What is known of those who entered in one period. */
export interface Cohort {
  readonly entered: number
  /** Converted so far; divided by `entered` it is biased low for a young cohort. */
  readonly converted: number
  /** Members who had the whole horizon to convert … */
  readonly matured: number
  /** … and of those, how many did within it. */
  readonly maturedConverted: number
  /** Members still inside the horizon who have not converted. */
  readonly open: number
  readonly waits: readonly Waiting[]
  readonly curve: SurvivalCurve
}

/** Collects a cohort member by member. */
export interface CohortTally {
  readonly enter: (member: CohortMember) => void
  readonly finish: () => Cohort
}

/**
 * How well does an entry cohort convert, whatever its age? The matured rate looks only at members who had the whole horizon; the
 * Kaplan–Meier curve uses all of them, each as long as watched. Memory grows with the number of different times, not of members.
 *
 * @param horizonDays Days within which a conversion counts, both ends included.
 * @throws InvariantError from `enter` on negative days.
 * Source: cohort maturity as in Braun and Roth, "Delayed feedback", after Kaplan and Meier (1958).
 */
export function createCohortTally(horizonDays: number): CohortTally {
  const converted = new Map<number, number>()
  const stillOpen = new Map<number, number>()
  const counts = { matured: 0, maturedConverted: 0, open: 0 }
  return {
    enter: ({ elapsedDays, convertedAfterDays }) => {
      invariant(
        elapsedDays >= 0 && (convertedAfterDays ?? 0) >= 0,
        'cohort: expected days of at least 0',
      )
      const isConverted = convertedAfterDays !== null && convertedAfterDays <= elapsedDays
      if (isConverted) increase(converted, convertedAfterDays)
      else increase(stillOpen, elapsedDays)
      if (elapsedDays >= horizonDays) {
        counts.matured++
        if (isConverted && convertedAfterDays <= horizonDays) counts.maturedConverted++
      } else if (!isConverted) counts.open++
    },
    finish: () => {
      const waits = [
        ...[...converted].map(([time, count]) => ({ time, converted: count, open: 0 })),
        ...[...stillOpen].map(([time, count]) => ({ time, converted: 0, open: count })),
      ]
      const curve = kaplanMeier(waits)
      return { ...counts, entered: curve.entered, converted: curve.converted, waits, curve }
    },
  }
}

function increase(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
