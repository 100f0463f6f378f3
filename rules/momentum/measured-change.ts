import { exp } from '../kernel/elementary.ts'
import type { Interval } from '../kernel/interval.ts'
import type { Momentum } from '../policy/momentum.ts'
import { compareClusteredCounts, isClustered } from './clustered-counts.ts'
import { compareCounts } from './counts.ts'
import type { Observation } from './observation.ts'
import { compareRates } from './rates.ts'
import { compareRatios } from './ratio-metric.ts'
import { compareRepeatedRatios } from './repeated-ratio.ts'
import { compareRevenue } from './revenue.ts'

/** A change with the test that fits its kind. */
export interface MeasuredChange {
  readonly test:
    | 'score'
    | 'exact'
    | 'conditional_binomial'
    | 'quasi_poisson'
    | 'linearised_ratio'
    | 'welch'
    | 'stated'
    | 'none'
  /** Rate, count per day, ratio or mean amount; null where it is not defined or not given. */
  readonly previous: number | null
  readonly current: number | null
  /** current ÷ previous − 1; null from a zero. */
  readonly relativeChange: number | null
  /** Sign of current − previous. */
  readonly direction: -1 | 0 | 1
  /** null where nothing can be tested. */
  readonly p: number | null
  /** 95 %: of the difference for rates and amounts, of the relative change for counts and ratios. */
  readonly interval: Interval | null
  /** Conversions, events, units or deals in both periods together; null for a stated change. */
  readonly support: number | null
  /** Only for revenue: the change disappears or turns when the bootstrap or the largest deal is looked at. */
  readonly fragile: 'none' | 'bootstrap' | 'one_deal'
}

/**
 * How large is the change, and how surprising if nothing had changed?
 *
 * @throws InvariantError on impossible counts (parsed where the data entered).
 */
export function measureChange(observation: Observation, policy: Momentum): MeasuredChange {
  if (observation.kind === 'rate') return fromRates(observation, policy.thin_below)
  if (observation.kind === 'count') return fromCounts(observation)
  if (observation.kind === 'ratio' || observation.kind === 'repeated_ratio') {
    return fromRatios(observation)
  }
  if (observation.kind === 'revenue') return fromRevenue(observation, policy)
  return fromStatement(observation.change)
}

type Of<Kind extends Observation['kind']> = Extract<Observation, { readonly kind: Kind }>

const NOTHING: MeasuredChange = {
  test: 'none',
  previous: null,
  current: null,
  relativeChange: null,
  direction: 0,
  p: null,
  interval: null,
  support: 0,
  fragile: 'none',
}

function fromRates({ previous, current }: Of<'rate'>, thinBelow: number): MeasuredChange {
  const support = previous.successes + current.successes
  if (previous.trials === 0 || current.trials === 0) return { ...NOTHING, support }
  const { test, p, interval, previousRate, currentRate } = compareRates(
    previous,
    current,
    thinBelow,
  )
  return {
    ...changeBetween(previousRate, currentRate),
    test,
    p,
    interval,
    support,
    fragile: 'none',
  }
}

function fromCounts({ previous, current, daily }: Of<'count'>): MeasuredChange {
  const { previousRate, currentRate, test } = compareCounts(previous, current)
  const support = previous.count + current.count
  if (test === null) return NOTHING
  const base = { ...changeBetween(previousRate, currentRate), support, fragile: 'none' as const }
  const clusters = daily && compareClusteredCounts(daily.previous, daily.current)
  if (clusters && isClustered(clusters)) {
    const { p, ratioInterval, logRatio } = clusters
    return {
      ...base,
      relativeChange: exp(logRatio) - 1,
      test: 'quasi_poisson',
      p,
      interval: asChange(ratioInterval),
    }
  }
  return {
    ...base,
    test: 'conditional_binomial',
    p: test.pExact,
    interval: Number.isFinite(test.ratioExact.high) ? asChange(test.ratioExact) : null,
  }
}

function fromRatios(observation: Of<'ratio' | 'repeated_ratio'>): MeasuredChange {
  const { previous, current } = observation
  const hasBase = [previous, current].every((units) => units.some((unit) => unit.denominator > 0))
  const support = previous.length + current.length
  if (!hasBase) return { ...NOTHING, support }
  const { ratios, p, liftInterval } = ratioTest(observation)
  return {
    ...changeBetween(...ratios),
    test: p === null ? 'none' : 'linearised_ratio',
    p,
    interval: liftInterval,
    support,
    fragile: 'none',
  }
}

function ratioTest(observation: Of<'ratio' | 'repeated_ratio'>) {
  if (observation.kind === 'ratio') {
    const { previous, current, p, liftInterval } = compareRatios(
      observation.previous,
      observation.current,
    )
    return { ratios: [previous.ratio, current.ratio] as const, p, liftInterval }
  }
  const found = compareRepeatedRatios(observation.previous, observation.current)
  return { ...found, ratios: [found.previousRatio, found.currentRatio] as const }
}

function fromRevenue({ previous, current }: Of<'revenue'>, policy: Momentum): MeasuredChange {
  const support = previous.length + current.length
  if (previous.length < 2 || current.length < 2) return { ...NOTHING, support }
  const { welch, bootstrap, differenceWithoutLargest } = compareRevenue(previous, current, {
    seed: policy.bootstrap_seed,
    resamples: policy.bootstrap_resamples,
  })
  const turned =
    differenceWithoutLargest !== null &&
    Math.sign(differenceWithoutLargest) !== Math.sign(welch.difference)
  const spansZero = bootstrap.difference.low <= 0 && bootstrap.difference.high >= 0
  const doubt = spansZero ? 'bootstrap' : 'none'
  return {
    ...changeBetween(welch.previousMean, welch.currentMean),
    test: welch.p === null ? 'none' : 'welch',
    p: welch.p,
    interval: welch.interval,
    support,
    fragile: turned ? 'one_deal' : doubt,
  }
}

function fromStatement(change: number): MeasuredChange {
  return {
    ...NOTHING,
    test: 'stated',
    relativeChange: change,
    direction: signOf(change),
    support: null,
  }
}

/** What moved from one period to the next, and which way. */
function changeBetween(previous: number, current: number) {
  return {
    previous,
    current,
    relativeChange: previous === 0 ? null : current / previous - 1,
    direction: signOf(current - previous),
  }
}

function signOf(value: number): -1 | 0 | 1 {
  if (value === 0) return 0
  return value > 0 ? 1 : -1
}

function asChange({ low, high }: Interval): Interval {
  return { low: low - 1, high: high - 1 }
}
