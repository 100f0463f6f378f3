import { exp, log, log1p } from '../kernel/elementary.ts'
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

const WORLDS = 32_768
const NORMAL_STEPS = 4096

/**
 * What will a plan change, over worlds in which today's values and elasticities are drawn from what is believed of them?
 *
 * Values are lognormal with the given mean and coefficient of variation, elasticities normal, all independent. The delta method takes the change to
 * be normal; with large steps it is skewed, and this is the check. Worlds are laid out evenly instead of drawn (Kronecker's sequence on square
 * roots of primes), so the same plan always gets the same answer. A line that keeps its spend changes nothing in any world and is left out.
 *
 * @param cost What the change itself costs, in the unit of the value.
 * Source: H. Niederreiter, Random Number Generation and Quasi-Monte Carlo Methods, 1992, §3.1.
 */
export function simulateImpact(lines: readonly ImpactLine[], cost = 0): SimulatedImpact {
  const normals = normalTable()
  const moved = lines.filter((line) => line.to !== line.from)
  const primes = firstPrimes(2 * moved.length)
  const draws = moved.map((line, index) => ({
    slope: log(line.to / line.from),
    logSd: Math.sqrt(log1p(line.valueCv * line.valueCv)),
    line,
    valueStep: Math.sqrt(primes[2 * index] ?? 0),
    slopeStep: Math.sqrt(primes[2 * index + 1] ?? 0),
  }))
  const changes = Array.from({ length: WORLDS }, (_world, world) => {
    let change = 0
    for (const { line, slope, logSd, valueStep, slopeStep } of draws) {
      const value =
        line.value * exp(logSd * normalAt(normals, world, valueStep) - (logSd * logSd) / 2)
      const elasticity = line.elasticity + line.elasticitySe * normalAt(normals, world, slopeStep)
      change += value * (exp(elasticity * slope) - 1)
    }
    return change
  })
  const mean = changes.reduce((sum, change) => sum + change, 0) / WORLDS
  const squares = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0)
  const sorted = ascending(changes)
  return {
    mean,
    sd: Math.sqrt(squares / WORLDS),
    low: sampleQuantile(sorted, 0.05),
    high: sampleQuantile(sorted, 0.95),
    probabilityGain: changes.filter((change) => change > cost).length / WORLDS,
  }
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
