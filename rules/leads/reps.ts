import type { Interval } from '../kernel/interval.ts'
import { sortByText } from '../kernel/order.ts'
import { distinctPart } from '../kernel/text-id.ts'
import { priorByLikelihood } from '../momentum/likelihood-prior.ts'
import { shrinkRate } from '../momentum/shrinkage.ts'
import type { LeadPolicy } from '../policy/leads.ts'
import type { Decision } from '../schema/review.ts'
import type { RepCounts } from './input.ts'

const RULE_ID = 'lead_scoring.rep_acceptance'

/** One rep's acceptance, drawn towards that of all reps. */
interface RepAcceptance {
  readonly owner: string
  readonly decided: number
  readonly accepted: number
  readonly raw: number
  readonly shrunken: number
  /** 90 % credible range. */
  readonly range: Interval
}

/** Reps by drawn acceptance, lowest first, beside the rate of all. */
export interface RepReading {
  readonly mean: number
  readonly reps: readonly RepAcceptance[]
}

/** Two reps cannot show how reps differ. */
const MIN_REPS = 3

/**
 * Which reps accept unusually few or many MQLs?
 *
 * A rep with three answers is not 0 % or 100 %: each rate is drawn towards the rate of all by as much as reps are seen to differ.
 *
 * @returns null unless at least three reps answered, with at least min_feedback answers in all and both answers among them.
 */
export function readReps(
  reps: readonly RepCounts[],
  { min_feedback }: Pick<LeadPolicy, 'min_feedback'>,
): RepReading | null {
  const answered = reps.filter((rep) => rep.decided > 0)
  const answers = answered.reduce((sum, rep) => sum + rep.decided, 0)
  if (answered.length < MIN_REPS || answers < min_feedback) return null
  const prior = priorByLikelihood(
    answered.map((rep) => ({ successes: rep.accepted, trials: rep.decided })),
  )
  if (prior === null) return null
  const read = answered.map((rep) => ({
    ...rep,
    ...shrinkRate({ successes: rep.accepted, trials: rep.decided }, prior),
  }))
  return {
    mean: prior.mean,
    reps: sortByText(read, (rep) => rep.owner).toSorted(
      (left, right) => left.shrunken - right.shrunken,
    ),
  }
}

/** One decision for each rep whose whole range lies on one side of the rate of all. */
export function judgeReps(reading: RepReading, policyVersion: string): Decision[] {
  const { mean } = reading
  return reading.reps
    .filter(({ range }) => range.high < mean || range.low > mean)
    .map(({ owner, decided, accepted, shrunken, range }) => ({
      id: `${RULE_ID}:${distinctPart(owner)}`,
      stage: 'lead_scoring' as const,
      subject: `rep:${owner}`,
      subjectName: owner,
      action: 'align_with_rep',
      reason: range.high < mean ? 'accepts_less_than_peers' : 'accepts_more_than_peers',
      ruleId: RULE_ID,
      policyVersion,
      evidence: {
        decided,
        accepted,
        shrunken,
        rangeLow: range.low,
        rangeHigh: range.high,
        meanOfReps: mean,
      },
    }))
}
