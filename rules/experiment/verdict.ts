import type { Interval } from '../kernel/interval.ts'
import { present } from '../kernel/invariant.ts'
import type { ExperimentRules } from './input.ts'
import type { LookLedger } from './looks.ts'
import type { TrafficStatus } from './traffic.ts'
import type { Flaw, Phase } from './trials.ts'

export type Verdict =
  | 'INVALID'
  | 'TOO_EARLY'
  | 'DIRECTIONAL'
  | 'WIN'
  | 'LOSS'
  | 'EQUIVALENT'
  | 'INCONCLUSIVE'
  | 'GUARDRAIL_BREACH'

export const VERDICTS: readonly Verdict[] = [
  'WIN',
  'LOSS',
  'EQUIVALENT',
  'INCONCLUSIVE',
  'DIRECTIONAL',
  'TOO_EARLY',
  'GUARDRAIL_BREACH',
  'INVALID',
]

export type VerdictReason =
  | Flaw
  | 'sample_ratio_mismatch'
  | 'leaked_users'
  | 'not_started'
  | 'too_few_users'
  | 'too_few_days'
  | 'no_conversions'
  | 'no_spread'
  | 'test_excludes_zero'
  | 'below_minimum_lift'
  | 'anytime_excludes_zero'
  | 'still_running'
  | 'stopped_early'
  | 'repeated_looks'
  | 'within_margin'
  | 'underpowered'
  | 'no_difference_shown'
  | 'guardrail_worse'

export interface VerdictCall {
  readonly verdict: Verdict
  readonly reason: VerdictReason
}

/** The quantities a verdict rests on. */
export interface VerdictFacts {
  readonly flaw: Flaw | null
  readonly traffic: TrafficStatus
  readonly phase: Phase
  readonly ledger: Pick<LookLedger, 'looks' | 'peeked'>
  /** Users in the smaller of the two arms, and what an arm would need. */
  readonly users: number
  readonly neededUsers: number | null
  readonly daysRun: number
  /** Conversions of both arms; null for a mean. */
  readonly conversions: number | null
  readonly reading: VerdictReading | null
}

/** What the comparison says; null where there is none. */
export interface VerdictReading {
  /** After correction for the comparisons of the experiment. */
  readonly pValue: number
  readonly anytimeCallable: boolean
  /** Does the difference point the way that is better? */
  readonly favourable: boolean
  readonly lift: number | null
  readonly liftInterval: Interval | null
  /** The interval of the lift that holds at every look; null where there is none. */
  readonly anytimeLiftInterval: Interval | null
}

type Holds<Known> = (known: Known, rules: ExperimentRules) => boolean

/** One row of a table: the call, and when it is made. */
interface Row<Known> extends VerdictCall {
  readonly when: Holds<Known>
}

/** The quantities of a trial whose arms were compared. */
interface ReadFacts extends VerdictFacts {
  readonly reading: VerdictReading
}

const isClosed = ({ phase }: VerdictFacts): boolean => phase === 'completed' || phase === 'stopped'
const tooFewUsers: Holds<VerdictFacts> = ({ users }, rules) => users < rules.min_users_per_arm
const excludesZero: Holds<ReadFacts> = ({ reading }, rules) => reading.pValue <= rules.alpha
const callableAnytime: Holds<ReadFacts> = ({ ledger, reading }, rules) =>
  ledger.peeked && rules.sequential && reading.anytimeCallable
const isDecided: Holds<ReadFacts> = (facts, rules) =>
  !facts.ledger.peeked && excludesZero(facts, rules)
const isSmall: Holds<ReadFacts> = ({ reading: { lift } }, rules) =>
  lift !== null && Math.abs(lift) < rules.min_lift
const lies = (interval: Interval | null, { min_lift: margin }: ExperimentRules): boolean =>
  interval !== null && interval.low > -margin && interval.high < margin
const isWithinMargin: Holds<ReadFacts> = ({ reading }, rules) => lies(reading.liftInterval, rules)
const isEquivalent: Holds<ReadFacts> = (facts, rules) =>
  facts.ledger.peeked
    ? rules.sequential && lies(facts.reading.anytimeLiftInterval, rules)
    : isWithinMargin(facts, rules)

/** What stands before the test: is there a trial to read? The first row that holds decides. */
const SETUP: readonly Row<VerdictFacts>[] = [
  {
    verdict: 'INVALID',
    reason: 'sample_ratio_mismatch',
    when: (facts) => facts.traffic === 'mismatch',
  },
  { verdict: 'INVALID', reason: 'leaked_users', when: (facts) => facts.traffic === 'leak' },
  {
    verdict: 'TOO_EARLY',
    reason: 'not_started',
    when: (facts) => facts.phase === 'not_started',
  },
  {
    verdict: 'INCONCLUSIVE',
    reason: 'too_few_users',
    when: (facts, rules) => isClosed(facts) && tooFewUsers(facts, rules),
  },
  { verdict: 'TOO_EARLY', reason: 'too_few_users', when: tooFewUsers },
  {
    verdict: 'INCONCLUSIVE',
    reason: 'no_conversions',
    when: (facts) => isClosed(facts) && facts.conversions === 0,
  },
  { verdict: 'TOO_EARLY', reason: 'no_conversions', when: (facts) => facts.conversions === 0 },
  {
    verdict: 'TOO_EARLY',
    reason: 'too_few_days',
    when: (facts, rules) => !isClosed(facts) && facts.daysRun < rules.min_days,
  },
]

/** What the test says. The first row that holds decides, the last one always holds. */
const TEST: readonly Row<ReadFacts>[] = [
  {
    verdict: 'WIN',
    reason: 'anytime_excludes_zero',
    when: (facts, rules) => callableAnytime(facts, rules) && facts.reading.favourable,
  },
  { verdict: 'LOSS', reason: 'anytime_excludes_zero', when: callableAnytime },
  {
    verdict: 'WIN',
    reason: 'below_minimum_lift',
    when: (facts, rules) =>
      isDecided(facts, rules) && facts.reading.favourable && isSmall(facts, rules),
  },
  {
    verdict: 'WIN',
    reason: 'test_excludes_zero',
    when: (facts, rules) => isDecided(facts, rules) && facts.reading.favourable,
  },
  { verdict: 'LOSS', reason: 'test_excludes_zero', when: isDecided },
  {
    verdict: 'DIRECTIONAL',
    reason: 'stopped_early',
    when: (facts, rules) => facts.phase === 'stopped' && excludesZero(facts, rules),
  },
  {
    verdict: 'DIRECTIONAL',
    reason: 'repeated_looks',
    when: (facts, rules) => isClosed(facts) && excludesZero(facts, rules),
  },
  { verdict: 'DIRECTIONAL', reason: 'still_running', when: excludesZero },
  { verdict: 'TOO_EARLY', reason: 'still_running', when: (facts) => !isClosed(facts) },
  { verdict: 'EQUIVALENT', reason: 'within_margin', when: isEquivalent },
  {
    verdict: 'INCONCLUSIVE',
    reason: 'stopped_early',
    when: (facts, rules) => facts.phase === 'stopped' && isWithinMargin(facts, rules),
  },
  { verdict: 'INCONCLUSIVE', reason: 'repeated_looks', when: isWithinMargin },
  {
    verdict: 'INCONCLUSIVE',
    reason: 'underpowered',
    when: (facts) => facts.users < (facts.neededUsers ?? 0),
  },
  { verdict: 'INCONCLUSIVE', reason: 'no_difference_shown', when: () => true },
]

/**
 * What may be said of a comparison, and why?
 *
 * A flaw comes first, then whether there is enough to read, then the test: of a trial looked at once, its p value; of any
 * other, only what holds at every look: to win or lose as well as to be equivalent. What a test made for one look shows
 * at another is directional at most.
 */
export function callVerdict(facts: VerdictFacts, rules: ExperimentRules): VerdictCall {
  const { flaw, reading } = facts
  if (flaw !== null) return { verdict: 'INVALID', reason: flaw }
  const setup = SETUP.find(({ when }) => when(facts, rules))
  if (setup !== undefined) return callOf(setup)
  if (reading === null) return { verdict: 'INCONCLUSIVE', reason: 'no_spread' }
  const test = TEST.find(({ when }) => when({ ...facts, reading }, rules))
  return callOf(present(test, 'the last row of the verdict table'))
}

function callOf({ verdict, reason }: VerdictCall): VerdictCall {
  return { verdict, reason }
}
