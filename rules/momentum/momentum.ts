import { present } from '../kernel/invariant.ts'
import { adjustPValues } from '../kernel/multiplicity.ts'
import type { Momentum } from '../policy/momentum.ts'
import { isBeyondMinimum, isWithinMinimum } from './equivalence.ts'
import { measureChange, type MeasuredChange } from './measured-change.ts'
import type { MomentumSubject } from './observation.ts'
import type { Pending } from './reporting-lag.ts'
import { shrunkenChanges, type ShrunkenChange } from './shrunken-change.ts'

/**
 * Which way a figure moves. `stable`: what moved is shown to be smaller than is worth acting on. `undecided`: tested, and the data bear neither
 * a move nor that there was none. `unknown`: nothing could be tested. Neither of the last two is ever read as stable.
 */
export type Direction = 'improving' | 'declining' | 'stable' | 'undecided' | 'unknown'

/** Why a direction was called. */
type MomentumReason =
  | 'incomplete_period'
  | 'not_comparable'
  | 'too_few_conversions'
  | 'too_few_units'
  | 'within_chance'
  | 'within_business_minimum'
  | 'below_business_minimum'
  | 'size_not_shown'
  | 'shown_beyond_minimum'
  | 'carried_by_one_deal'
  | 'immature'
  | 'significant_change'
  | 'stated_change'

/** One subject's direction with the quantities compared. */
export interface MomentumCall {
  readonly id: string
  readonly direction: Direction
  readonly reason: MomentumReason
  readonly change: MeasuredChange
  /** p after the correction for how many subjects the review looked at; null where nothing was tested. */
  readonly adjustedP: number | null
  /** Rates drawn towards those of the other subjects; null unless rates of at least three subjects are compared. */
  readonly shrunken: ShrunkenChange | null
  /** The relative change held against the business minimum: the shrunken one where there is one. */
  readonly comparedChange: number | null
  /** Where conversions are still expected: the change with them counted in, the share missing and the day they no longer matter. */
  readonly pending: (Omit<Pending, 'observation'> & { readonly change: MeasuredChange }) | null
}

/**
 * Which way does each subject move?
 *
 * First match wins:
 * - the period still runs, or there is no base to compare with: unknown (`incomplete_period`, `not_comparable`);
 * - a change stated without counts: by its size alone (`stated_change`, `below_business_minimum`);
 * - fewer conversions than `min_conversions`, of a ratio fewer units: unknown (`too_few_conversions`, `too_few_units`);
 * - corrected p above `alpha`, or a bootstrap range that holds zero: stable where the 95 % interval lies within ± the business minimum
 *   (`within_business_minimum`), undecided otherwise (`within_chance`);
 * - a difference that turns without the largest deal: undecided (`carried_by_one_deal`);
 * - a compared size of at least the business minimum: improving or declining (`significant_change`);
 * - a smaller one, by the change's own interval: within the minimum stable (`below_business_minimum`), wholly beyond it improving or declining
 *   (`shown_beyond_minimum`), across it undecided (`size_not_shown`).
 *
 * A subject with conversions still expected is judged as it stands and as it will stand when they are in; where the two directions differ it is
 * undecided (`immature`).
 *
 * At a minimum of 5 %: 200 of 10,000 and then 150 fall by 25 %, p = 0.007, declining. 20 of 1,000 and then 15 fall by 25 % too, p = 0.39, and
 * may have risen by a third: undecided, not stable. 200,000 of a million and then 201,000 lie within 1.1 % with p = 0.08: stable.
 *
 * @param subjects All subjects asked about here: the correction counts every test.
 * @param alongside p of changes that other stages of the same review tested, counted by the correction as well.
 * @returns One call for each subject, in the order given.
 * Source: Benjamini and Hochberg (1995) for the correction; see measured-change.ts for the tests.
 */
export function judgeMomentum(
  subjects: readonly MomentumSubject[],
  policy: Momentum,
  alongside: readonly number[] = [],
): MomentumCall[] {
  const asReported = judgeAsReported(subjects, policy, alongside)
  if (subjects.every(({ pending }) => pending === undefined)) return asReported
  const matured = subjects.map((subject) => ({
    ...subject,
    observation: subject.pending?.observation ?? subject.observation,
  }))
  const asExpected = judgeAsReported(matured, policy, alongside)
  return asReported.map((call, index) => {
    const expected = present(asExpected[index], 'a call with what is expected')
    return settle(call, expected, subjects[index]?.pending)
  })
}

/** A direction stands only where the conversions still expected leave it as it is. */
function settle(
  call: MomentumCall,
  expected: MomentumCall,
  pending: Pending | undefined,
): MomentumCall {
  if (pending === undefined || call.direction === 'unknown') return call
  const { missingShare, settledOn } = pending
  const known = { ...call, pending: { missingShare, settledOn, change: expected.change } }
  return call.direction === expected.direction
    ? known
    : { ...known, direction: 'undecided', reason: 'immature' }
}

function judgeAsReported(
  subjects: readonly MomentumSubject[],
  policy: Momentum,
  alongside: readonly number[],
): MomentumCall[] {
  const changes = subjects.map(({ observation }) => measureChange(observation, policy))
  const shrunken = shrunkenChanges(subjects)
  const tested = testedP(subjects, changes, policy)
  const adjusted = correct(tested, alongside, policy)
  return subjects.map((subject, index) => {
    const change = present(changes[index], 'the change of a subject')
    const drawn = shrunken[index] ?? null
    const found = {
      change,
      adjustedP: adjusted[index] ?? null,
      shrunken: drawn,
      comparedChange: drawn === null ? change.relativeChange : drawn.relativeChange,
    }
    return { id: subject.id, ...callOf(subject, found, policy), ...found, pending: null }
  })
}

type Found = Pick<MomentumCall, 'change' | 'adjustedP' | 'comparedChange'>
type Call = Pick<MomentumCall, 'direction' | 'reason'>

function callOf(subject: MomentumSubject, found: Found, policy: Momentum): Call {
  const { change, adjustedP } = found
  if (!subject.complete) return { direction: 'unknown', reason: 'incomplete_period' }
  if (change.test === 'none') return { direction: 'unknown', reason: 'not_comparable' }
  if (change.test === 'stated') return bySize(subject, found, policy)
  if ((change.support ?? 0) < policy.min_conversions) return tooFew(change)
  if (adjustedP === null || adjustedP > policy.alpha || change.fragile === 'bootstrap') {
    return withinChance(change, policy)
  }
  if (change.fragile === 'one_deal') {
    return { direction: 'undecided', reason: 'carried_by_one_deal' }
  }
  return bySize(subject, found, policy)
}

/** The error of a ratio comes from its units differing, so it is their number that counts, however many clicks they have. */
function tooFew({ test }: MeasuredChange): Call {
  const reason = test === 'linearised_ratio' ? 'too_few_units' : 'too_few_conversions'
  return { direction: 'unknown', reason }
}

/** Not significant is not the same as not there: only an interval within the business minimum shows that. */
function withinChance(change: MeasuredChange, policy: Momentum): Call {
  return isWithinMinimum(change, policy.business_minimum)
    ? { direction: 'stable', reason: 'within_business_minimum' }
    : { direction: 'undecided', reason: 'within_chance' }
}

/** A change from zero has no relative size; beyond chance, it is larger than any minimum. A drawn change of the other sign is none. */
function bySize(subject: MomentumSubject, found: Found, policy: Momentum): Call {
  const { change, comparedChange } = found
  const isStated = change.test === 'stated'
  const size = comparedChange === null ? Infinity : comparedChange * change.direction
  if (change.direction !== 0 && size >= policy.business_minimum) {
    return moves(subject, change, isStated ? 'stated_change' : 'significant_change')
  }
  if (isStated || isWithinMinimum(change, policy.business_minimum)) {
    return { direction: 'stable', reason: 'below_business_minimum' }
  }
  // Few trials among very many are drawn to nothing however clear their own change is: a small drawn size alone shows no small change.
  return isBeyondMinimum(change, policy.business_minimum)
    ? moves(subject, change, 'shown_beyond_minimum')
    : { direction: 'undecided', reason: 'size_not_shown' }
}

function moves(
  { betterWhen }: MomentumSubject,
  { direction }: MeasuredChange,
  reason: MomentumReason,
): Call {
  const improves = direction > 0 === (betterWhen === 'higher')
  return { direction: improves ? 'improving' : 'declining', reason }
}

/** Only tests that may lead to a call are counted: an incomplete period or a thin subject is not looked at. */
function testedP(
  subjects: readonly MomentumSubject[],
  changes: readonly MeasuredChange[],
  policy: Momentum,
): (number | null)[] {
  return changes.map(({ p, support }, index) => {
    const looked = subjects[index]?.complete === true && (support ?? 0) >= policy.min_conversions
    return looked ? p : null
  })
}

function correct(
  tested: readonly (number | null)[],
  alongside: readonly number[],
  { correction }: Momentum,
): (number | null)[] {
  if (correction === 'none') return [...tested]
  const own = tested.filter((p) => p !== null)
  const adjusted = adjustPValues([...own, ...alongside], correction)
  let next = 0
  return tested.map((p) => (p === null ? null : (adjusted[next++] ?? p)))
}
