import { exp, expm1, log, log1p } from '../kernel/elementary.ts'
import { normalQuantile } from '../kernel/normal.ts'
import { ascending, sampleQuantile } from '../kernel/sample-quantile.ts'
import type { ImpactLine } from './impact.ts'

/** Change of value over many equally likely worlds; low and high bound 90 %. */
export interface SimulatedImpact {
  readonly mean: number
  readonly sd: number
  readonly low: number
  readonly high: number
  /** Share of worlds in which the plan gains more than its change costs. */
  readonly probabilityGain: number
}

/** Few lines need more worlds: of many, no single draw matters. */
const WORLDS_OF_FEW = 65_536
const WORLDS_OF_MANY = 32_768
const FEW_LINES = 16
const NORMAL_STEPS = 4096

/**
 * What will a plan change, over worlds in which today's values and elasticities are drawn from what is believed of them?
 *
 * Values are lognormal with the given mean and coefficient of variation, elasticities normal, all independent. The delta method takes the change to
 * be normal; with large steps it is skewed, and this is the check. Worlds are laid out evenly instead of drawn (Kronecker's sequence on logarithms
 * of primes, which no whole numbers add up to 0), so the same plan always gets the same answer. A line that keeps its spend changes nothing in
 * any world and is left out.
 *
 * Mean and standard deviation have a closed form, with s = ln(to ÷ from) and growth g = e^(b·s + (se_b·s)²/2): mean = Σ value·(g − 1), variance =
 * Σ value²·((1 + cv²)·g²·(e^((se_b·s)²) − 1) + cv²·(g − 1)²). The worlds are shifted and stretched to have just these, and give the form.
 *
 * @param cost What the change itself costs, in the unit of the value.
 * Source: H. Niederreiter, Random Number Generation and Quasi-Monte Carlo Methods, 1992, §3.1.
 */
export function simulateImpact(lines: readonly ImpactLine[], cost = 0): SimulatedImpact {
  const normals = normalTable()
  const moved = lines.filter((line) => line.to !== line.from)
  const worlds = moved.length > FEW_LINES ? WORLDS_OF_MANY : WORLDS_OF_FEW
  const primes = firstPrimes(2 * moved.length)
  const draws = moved.map((line, index) => ({
    slope: log(line.to / line.from),
    logSd: Math.sqrt(log1p(line.valueCv * line.valueCv)),
    line,
    valueStep: log(primes[2 * index] ?? 0),
    slopeStep: log(primes[2 * index + 1] ?? 0),
  }))
  const changes = Array.from({ length: worlds }, (_world, world) => {
    let change = 0
    for (const { line, slope, logSd, valueStep, slopeStep } of draws) {
      const value =
        line.value * exp(logSd * normalAt(normals, world, valueStep) - (logSd * logSd) / 2)
      const elasticity = line.elasticity + line.elasticitySe * normalAt(normals, world, slopeStep)
      change += value * (exp(elasticity * slope) - 1)
    }
    return change
  })
  const { mean, sd } = momentsOf(moved)
  const sorted = ascending(matched(changes, { mean, sd }))
  return {
    mean,
    sd,
    low: sampleQuantile(sorted, 0.05),
    high: sampleQuantile(sorted, 0.95),
    probabilityGain: sorted.filter((change) => change > cost).length / worlds,
  }
}

interface Moments {
  readonly mean: number
  readonly sd: number
}

/** Mean and standard deviation of the change, over all worlds there could be. */
function momentsOf(lines: readonly ImpactLine[]): Moments {
  let [mean, variance] = [0, 0]
  for (const line of lines) {
    const slope = log(line.to / line.from)
    const slopeVariance = (line.elasticitySe * slope) ** 2
    const growth = exp(line.elasticity * slope + slopeVariance / 2)
    const valueVariance = line.valueCv * line.valueCv
    const bySlope = (1 + valueVariance) * growth * growth * expm1(slopeVariance)
    mean += line.value * (growth - 1)
    variance += line.value * line.value * (bySlope + valueVariance * (growth - 1) ** 2)
  }
  return { mean, sd: Math.sqrt(variance) }
}

/** The changes, shifted and stretched to the given mean and standard deviation. */
function matched(changes: readonly number[], { mean, sd }: Moments): readonly number[] {
  const center = changes.reduce((sum, change) => sum + change, 0) / changes.length
  const squares = changes.reduce((sum, change) => sum + (change - center) ** 2, 0)
  // Worlds that do not differ have nothing to stretch, and what rounding makes of them is not to be.
  const stretch = sd > 0 ? sd / Math.sqrt(squares / changes.length) : 0
  return changes.map((change) => mean + stretch * (change - center))
}

/** Normal quantiles at the middles of equally likely steps. */
function normalTable(): Float64Array {
  return Float64Array.from({ length: NORMAL_STEPS }, (_value, step) =>
    normalQuantile((step + 0.5) / NORMAL_STEPS),
  )
}

function normalAt(normals: Float64Array, world: number, step: number): number {
  const place = (world + 0.5) * step
  return normals[Math.floor((place - Math.floor(place)) * NORMAL_STEPS)] ?? 0
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = []
  for (let value = 2; primes.length < count; value++) {
    if (isPrime(value)) primes.push(value)
  }
  return primes
}

function isPrime(value: number): boolean {
  for (let factor = 2; factor * factor <= value; factor++) {
    if (value % factor === 0) return false
  }
  return true
}
