import { chiSquareSurvival } from '../kernel/chi-square.ts'
import { binomialTwoSided } from '../kernel/exact-test.ts'
import { invariant } from '../kernel/invariant.ts'

/** Users seen in an arm against the share of traffic it was planned to get (any positive scale; 0: none). */
export interface ArmTraffic {
  readonly users: number
  readonly weight: number
}

/** Did the traffic split as planned? */
export interface SampleRatio {
  readonly chiSquare: number
  readonly df: number
  readonly pValue: number
  /** Exact p value, where exactly two arms have a planned share and users came; else null. */
  readonly exactPValue: number | null
  /** Users planned, and users seen ÷ planned (null where none are planned), for the arms with a planned share. */
  readonly expected: readonly number[]
  readonly ratios: readonly (number | null)[]
  /** Users seen in arms that should get none: a fault of its own, which the test above does not count. */
  readonly leakedUsers: number
}

/**
 * Chi-square test of the traffic split, over the arms with a planned share only: an arm of weight 0 adds neither
 * users nor degrees of freedom. A mismatch means that the arms hold different people, so no effect can be read.
 *
 * @throws InvariantError when no arm has a planned share.
 * Source: A. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019.
 */
export function testSampleRatio(arms: readonly ArmTraffic[]): SampleRatio {
  const active = arms.filter((arm) => arm.weight > 0)
  invariant(active.length > 0, 'testSampleRatio: expected an arm with a planned share')
  const users = active.reduce((total, arm) => total + arm.users, 0)
  const weight = active.reduce((total, arm) => total + arm.weight, 0)
  const expected = active.map((arm) => (arm.weight / weight) * users)
  const chiSquare = active.reduce((total, arm, index) => {
    const planned = expected[index] ?? 0
    return planned === 0 ? total : total + (arm.users - planned) ** 2 / planned
  }, 0)
  const df = active.length - 1
  return {
    chiSquare,
    df,
    pValue: df === 0 ? 1 : chiSquareSurvival(chiSquare, df),
    exactPValue: exactPValue(active, weight),
    expected,
    ratios: active.map((arm, index) => ratio(arm.users, expected[index] ?? 0)),
    leakedUsers: arms.reduce((total, arm) => total + (arm.weight > 0 ? 0 : arm.users), 0),
  }
}

function ratio(users: number, planned: number): number | null {
  return planned === 0 ? null : users / planned
}

function exactPValue(active: readonly ArmTraffic[], weight: number): number | null {
  const [first, second] = active
  if (first === undefined || second === undefined || active.length > 2) return null
  const trials = first.users + second.users
  if (trials === 0) return null
  return binomialTwoSided({ successes: first.users, trials }, first.weight / weight)
}
