import { z } from 'zod'

import { type PairReading, readPair } from '#rules/experiment/adjustment.ts'
import { type Posterior, posteriorOf, priorOnAbsoluteScale } from '#rules/experiment/bayes.ts'
import { type Effect, effectsOf } from '#rules/experiment/effect.ts'
import { greaterTest, lesserTest, twoSidedTest } from '#rules/experiment/fixed-test.ts'
import { scaledImpact } from '#rules/experiment/scaled-impact.ts'
import { sequentialTest } from '#rules/experiment/sequential.ts'

import type { Reading } from './compare-deep.ts'
import { FileArm, toArm } from './experiment-arms.ts'
import { ends } from './two-proportion-readings.ts'

const FilePrior = z.object({ mean: z.number(), sd: z.number() })

/** The input of one experiment case. */
export const ExperimentInput = z.object({
  control: FileArm,
  treatment: FileArm,
  alpha: z.number().default(0.05),
  priors: z.array(FilePrior).default([]),
  sequential_N: z.array(z.number()).default([5000]),
  inverse: z.boolean().default(false),
  scaled: z
    .object({
      total_users: z.number(),
      traffic_percentage: z.number(),
      phase_length_days: z.number(),
    })
    .optional(),
  weights: z.array(z.number()).optional(),
})
export type ExperimentInput = z.infer<typeof ExperimentInput>

type Readings = Readonly<Record<string, Reading>>

/** What the tool answers for an arm without spread, and for a control at zero, where it states no absolute effect either. */
const NO_SPREAD = 'ZERO_NEGATIVE_VARIANCE'
const NO_BASELINE = 'ZERO_NEGATIVE_BASELINE_VARIATION'

/**
 * The comparison of two arms under the files' names.
 *
 * @param priorNames The names of the priors as the file spells their figures, in the order of the input.
 */
export function readExperiment(input: ExperimentInput, priorNames: readonly string[]): Readings {
  const pair = readPair(toArm(input.control), toArm(input.treatment))
  const result = effectsOf(pair)
  const moments = readMoments(pair)
  if (!result.ok) return { ...refused(NO_SPREAD, priorNames), moments }
  const { absolute, relative } = result.effects
  if (relative === null) return { ...refused(NO_BASELINE, priorNames), moments }
  const users = pair.control.users + pair.treatment.users
  const base = pair.control.plain.mean
  const { scaled } = input
  return {
    frequentist_relative: frequentist(relative, users, input),
    frequentist_absolute: frequentist(absolute, users, input),
    bayesian_relative: bayesian(relative, input, { priorNames, base: 1 }),
    bayesian_absolute: bayesian(absolute, input, { priorNames, base }),
    moments,
    ...(scaled === undefined ? {} : { frequentist_scaled: scaledReading(absolute, input) }),
  }
}

/** What the tool shows where it states no effect. */
function refused(error: string, priorNames: readonly string[]): Readings {
  const frequentistPart = { estimate: 0, standard_error: 0, ci: [0, 0], p_value: 1, error }
  const flat = {
    chance_to_win: 0.5,
    expected: 0,
    posterior_sd: 0,
    ci: [0, 0],
    risk_if_keep_control: 0,
    risk_if_ship_treatment: 0,
    error,
  }
  const bayesianPart = Object.fromEntries(['flat', ...priorNames].map((name) => [name, flat]))
  return {
    frequentist_relative: frequentistPart,
    frequentist_absolute: frequentistPart,
    bayesian_relative: bayesianPart,
    bayesian_absolute: bayesianPart,
  }
}

function frequentist(effect: Effect, users: number, input: ExperimentInput): Readings {
  const test = twoSidedTest(effect, input.alpha)
  const [greater, lesser] = [greaterTest(effect, input.alpha), lesserTest(effect, input.alpha)]
  const sequential = input.sequential_N.map((tunedTo) => {
    const reading = sequentialTest(effect, users, { alpha: input.alpha, tunedTo })
    return [
      String(tunedTo),
      {
        rho: reading.rho,
        n_total: users,
        ci: ends(reading.interval),
        p_value: reading.pValue,
        ln_p_value: reading.logPValue,
      },
    ] as const
  })
  return {
    estimate: effect.estimate,
    standard_error: effect.standardError,
    ci: ends(test.interval),
    p_value: test.pValue,
    error: null,
    df: effect.df,
    t: test.t,
    p_value_tail_accurate: test.pValue,
    one_sided_greater: { ci_lower: greater.bound, p_value: greater.pValue },
    one_sided_lesser: { ci_upper: lesser.bound, p_value: lesser.pValue },
    sequential: Object.fromEntries(sequential),
  }
}

interface Scale {
  readonly priorNames: readonly string[]
  /** |control mean| for the absolute effect, 1 for the relative one. */
  readonly base: number
}

function bayesian(effect: Effect, input: ExperimentInput, { priorNames, base }: Scale): Readings {
  const question = { lowerIsBetter: input.inverse, alpha: input.alpha }
  const named = priorNames.map((name, index) => {
    const prior = priorOnAbsoluteScale(input.priors[index] ?? null, base)
    return [name, posteriorReading(posteriorOf(effect, prior, question))] as const
  })
  return {
    flat: posteriorReading(posteriorOf(effect, null, question)),
    ...Object.fromEntries(named),
  }
}

function posteriorReading(posterior: Posterior): Readings {
  return {
    chance_to_win: posterior.chanceToWin,
    expected: posterior.mean,
    posterior_sd: posterior.sd,
    ci: ends(posterior.interval),
    risk_if_keep_control: posterior.riskIfKept,
    risk_if_ship_treatment: posterior.riskIfShipped,
    error: null,
  }
}

function scaledReading(effect: Effect, { scaled, alpha }: ExperimentInput): Reading {
  if (scaled === undefined) return null
  const { interval, pValue } = twoSidedTest(effect, alpha)
  const impact = scaledImpact(
    { difference: effect.estimate, interval },
    {
      totalUsers: scaled.total_users,
      trafficShare: scaled.traffic_percentage,
      days: scaled.phase_length_days,
    },
  )
  return { estimate: impact.perDay, ci: ends(impact.interval), p_value: pValue, error: null }
}

function readMoments({ control, treatment, theta }: PairReading): Readings {
  const arm = (reading: PairReading['control']): Readings => ({
    n: reading.users,
    mean: reading.mean,
    unadjusted_mean: reading.plain.mean,
    variance: reading.variance,
  })
  return { control: arm(control), treatment: arm(treatment), theta }
}
