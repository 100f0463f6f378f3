import { createRandom, type RandomSource } from '#rules/kernel/random.ts'

/** A source of daily counts: negative binomial with the given mean and variance = dispersion × mean, Poisson where that is 1. */
export function clusteredCounts(seed: number): (mean: number, dispersion: number) => number {
  const random = createRandom(seed)
  return (mean, dispersion) => {
    const clusters = dispersion === 1 ? mean : (mean * Math.log(dispersion)) / (dispersion - 1)
    const events = poisson(clusters, random)
    if (dispersion === 1) return events
    let count = 0
    for (let event = 0; event < events; event++) count += clusterSize(1 - 1 / dispersion, random)
    return count
  }
}

/** Waiting times of rate 1 that fit into `mean`. */
function poisson(mean: number, random: RandomSource): number {
  let count = -1
  for (let time = 0; time <= mean; count++) time -= Math.log(1 - random())
  return count
}

/** Logarithmic distribution: P(k) = −pᵏ ÷ (k·ln(1 − p)). A Poisson number of such clusters is negative binomial. */
function clusterSize(p: number, random: RandomSource): number {
  let left = random()
  let size = 1
  for (let mass = -p / Math.log(1 - p); left > mass; size++) {
    left -= mass
    mass *= (p * size) / (size + 1)
  }
  return size
}
