import type { Interval } from '../kernel/interval.ts'
import { present } from '../kernel/invariant.ts'
import { normalTwoSided } from '../kernel/normal.ts'
import { wilsonInterval } from '../kernel/proportion.ts'

/** Leads whose score lies in one band, and how many of them converted. */
export interface ScoreBand {
  /** 0 is the lowest band. */
  readonly band: number
  readonly leads: number
  readonly converted: number
  /** null in a band without a lead. */
  readonly rate: number | null
  /** Wilson, 95 %. */
  readonly interval: Interval | null
}

export interface BandTrend {
  /** Cochran–Armitage z over the band numbers, with its two-sided p; null when nothing varies. */
  readonly z: number | null
  readonly p: number | null
  /** True when no band converts worse than a lower one, by the raw rates. */
  readonly isMonotone: boolean
}

/** The band a score falls into: how many of the ascending edges it reaches. */
export function bandOf(score: number, edges: readonly number[]): number {
  return edges.filter((edge) => score >= edge).length
}

/**
 * How does each band convert?
 *
 * @param leads Score and outcome; the outcome may be any later stage.
 * @param edges Ascending lower bounds of the bands above the lowest.
 */
export function scoreBands(
  leads: readonly { readonly score: number; readonly converted: boolean }[],
  edges: readonly number[],
): ScoreBand[] {
  const counts = Array.from({ length: edges.length + 1 }, () => ({ leads: 0, converted: 0 }))
  for (const { score, converted } of leads) {
    const count = present(counts[bandOf(score, edges)], 'the band of a score')
    count.leads += 1
    count.converted += converted ? 1 : 0
  }
  return counts.map((count, band) => ({
    band,
    ...count,
    rate: count.leads === 0 ? null : count.converted / count.leads,
    interval:
      count.leads === 0
        ? null
        : wilsonInterval({ successes: count.converted, trials: count.leads }, 0.95),
  }))
}

/**
 * Do higher bands convert better?
 *
 * z = Σ t·(x − n·p) ÷ √(p(1 − p)·(Σ n·t² − (Σ n·t)² ÷ N)), t the band number, p the rate of all.
 *
 * Source: Cochran (1954), Biometrics 10; Armitage (1955), Biometrics 11.
 */
export function bandTrend(bands: readonly ScoreBand[]): BandTrend {
  const rates = bands.flatMap(({ rate }) => rate ?? [])
  const isMonotone = rates.every((rate, index) => rate >= (rates[index - 1] ?? 0))
  const total = sumOf(bands, ({ leads }) => leads)
  const share = sumOf(bands, ({ converted }) => converted) / total
  const first = sumOf(bands, ({ leads, band }) => leads * band)
  const second = sumOf(bands, ({ leads, band }) => leads * band * band)
  const variance = share * (1 - share) * (second - (first * first) / total)
  if (!(variance > 0)) return { z: null, p: null, isMonotone }
  const score = sumOf(bands, ({ leads, converted, band }) => band * (converted - leads * share))
  const z = score / Math.sqrt(variance)
  return { z, p: normalTwoSided(z), isMonotone }
}

function sumOf(bands: readonly ScoreBand[], part: (band: ScoreBand) => number): number {
  return bands.reduce((sum, band) => sum + part(band), 0)
}
