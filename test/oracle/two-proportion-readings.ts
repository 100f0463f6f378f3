import { fisherExactP } from '#rules/kernel/exact-test.ts'
import type { Interval } from '#rules/kernel/interval.ts'
import {
  deltaLiftOfRates,
  fiellerLiftOfRates,
  logRiskRatioLift,
  relativeLift,
} from '#rules/kernel/lift-interval.ts'
import { miettinenNurminenInterval } from '#rules/kernel/miettinen-nurminen.ts'
import { clopperPearsonInterval, rateOf, wilsonInterval } from '#rules/kernel/proportion.ts'
import {
  agrestiCaffoInterval,
  newcombeInterval,
  pooledZTest,
  rateDifference,
  type TwoProportions,
  waldInterval,
} from '#rules/kernel/two-proportions.ts'

import type { Reading } from './compare-deep.ts'

/** Both ends as the files write them; null where there is no interval. */
export function ends(interval: Interval | null): Reading {
  return interval === null ? null : [interval.low, interval.high]
}

/** Everything the files say of two rates, under their names. */
export function readTwoProportions(
  samples: TwoProportions,
  confidence: number,
): Readonly<Record<string, Reading>> {
  const { z, pValue } = pooledZTest(samples)
  return {
    p0: rateOf(samples.control),
    p1: rateOf(samples.treatment),
    diff: rateDifference(samples),
    wilson0: ends(wilsonInterval(samples.control, confidence)),
    wilson1: ends(wilsonInterval(samples.treatment, confidence)),
    clopper_pearson1: ends(clopperPearsonInterval(samples.treatment, confidence)),
    pooled_z: z,
    pooled_z_p: pValue,
    wald_unpooled_ci: ends(waldInterval(samples, confidence)),
    newcombe_ci: ends(newcombeInterval(samples, confidence)),
    agresti_caffo_ci: ends(agrestiCaffoInterval(samples, confidence)),
    score_ci_miettinen_nurminen: ends(miettinenNurminenInterval(samples, confidence)),
    fisher_exact_p: fisherExactP(samples),
    relative_lift: relativeLift(samples),
    fieller_lift_ci: ends(fiellerLiftOfRates(samples, confidence)),
    log_rr_lift_ci: ends(logRiskRatioLift(samples, confidence)),
    delta_lift_ci: ends(deltaLiftOfRates(samples, confidence)),
  }
}
