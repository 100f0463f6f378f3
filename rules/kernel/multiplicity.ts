import { expm1, log1p } from './elementary.ts'
import { invariant } from './invariant.ts'

/**
 * How p values of several tests are corrected. The last two hold the false discovery rate, the expected share of false
 * ones among the tests that count; all before them the family-wise error rate, the chance that a single false one counts.
 */
export type Correction =
  | 'bonferroni'
  | 'sidak'
  | 'holm'
  | 'holm_sidak'
  | 'hommel'
  | 'benjamini_hochberg'
  | 'benjamini_yekutieli'

/**
 * p values adjusted for how many were looked at, in the order given; a test counts when its adjusted value is ≤ α.
 * Equal p values get equal adjusted values.
 *
 * Three tests with p 0.01, 0.02 and 0.04, ranked from the smallest: Holm takes them × 3, × 2 and × 1, none below the one
 * before: 0.03, 0.04 and 0.04. Benjamini–Hochberg takes them × 3 ÷ rank, none above the one after: 0.03, 0.03 and 0.04.
 *
 * @param pValues Each in [0, 1].
 * @throws InvariantError on a p value outside [0, 1].
 * Source: S. Holm, Scandinavian Journal of Statistics 6 (1979), 65–70; Y. Benjamini and Y. Hochberg, JRSS B 57
 * (1995), 289–300; statsmodels `multipletests`.
 */
export function adjustPValues(pValues: readonly number[], correction: Correction): number[] {
  invariant(
    pValues.every((p) => p >= 0 && p <= 1),
    'adjustPValues: expected p values in [0, 1]',
  )
  const order = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p)
  const adjusted = CORRECTIONS[correction](order.map((entry) => entry.p))
  return order
    .map(({ index }, rank) => ({ index, value: Math.min(1, adjusted[rank] ?? 1) }))
    .toSorted((a, b) => a.index - b.index)
    .map((entry) => entry.value)
}

type Adjust = (ascending: readonly number[]) => number[]

const CORRECTIONS: Readonly<Record<Correction, Adjust>> = {
  bonferroni: (ps) => ps.map((p) => p * ps.length),
  sidak: (ps) => ps.map((p) => atLeastOne(p, ps.length)),
  holm: (ps) => risingMaximum(ps.map((p, rank) => p * (ps.length - rank))),
  holm_sidak: (ps) => risingMaximum(ps.map((p, rank) => atLeastOne(p, ps.length - rank))),
  hommel,
  benjamini_hochberg: (ps) => stepUp(ps, 1),
  benjamini_yekutieli: (ps) =>
    stepUp(
      ps,
      ps.reduce((total, _p, rank) => total + 1 / (rank + 1), 0),
    ),
}

/** Probability of at least one p value this small among `tests` independent ones: 1 − (1 − p)^tests. */
function atLeastOne(p: number, tests: number): number {
  return -expm1(tests * log1p(-p))
}

/** Each value, or the largest before it where that is larger. */
function risingMaximum(values: readonly number[]): number[] {
  let highest = 0
  return values.map((value) => (highest = Math.max(highest, value)))
}

/** Each value, or the smallest after it where that is smaller; none above 1. */
function fallingMinimum(values: readonly number[]): number[] {
  let lowest = 1
  return values
    .map((_, index) => (lowest = Math.min(lowest, values.at(-1 - index) ?? 1)))
    .toReversed()
}

/**
 * p · factor · tests ÷ rank, made rising from the largest down. Divided by the share rank ÷ tests, so that the largest
 * stays as it is, to the last digit: it is compared with α.
 */
function stepUp(ps: readonly number[], factor: number): number[] {
  return fallingMinimum(ps.map((p, rank) => (p * factor) / ((rank + 1) / ps.length)))
}

/** Source: G. Hommel, Biometrika 75 (1988), 383–386, in the form of S. P. Wright, Biometrics 48 (1992), appendix. */
function hommel(ps: readonly number[]): number[] {
  let adjusted = [...ps]
  for (let size = ps.length; size > 1; size--) {
    const largest = ps.slice(ps.length - size)
    const critical = Math.min(...largest.map((p, index) => (size * p) / (index + 1)))
    adjusted = adjusted.map((value, rank) =>
      Math.max(value, Math.min(critical, size * (ps[rank] ?? 1))),
    )
  }
  return adjusted
}
