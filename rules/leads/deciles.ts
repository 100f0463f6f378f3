import type { ScoredLead } from './score-levels.ts'

/** One tenth of the leads by score, 1 the highest. With fewer than ten leads the last tenths are empty: what they hold is null, not zero. */
export interface Decile {
  readonly decile: number
  readonly leads: number
  readonly converted: number
  /** converted ÷ leads. */
  readonly rate: number | null
  /** rate ÷ rate of all leads; this and the next two are null while nobody converted. */
  readonly lift: number | null
  /** Share of all converting leads found in this tenth and those above. */
  readonly cumulativeGain: number | null
  /** Rate of this tenth and those above ÷ rate of all leads. */
  readonly cumulativeLift: number | null
  readonly minScore: number | null
  readonly maxScore: number | null
}

/**
 * What share of the conversions does each tenth of the leads hold, best scores first?
 *
 * Leads are sorted by score, ties keep their order; the first (count mod 10) tenths hold one lead more.
 *
 * @param leads In a fixed order (by id), so that ties are cut the same way every time.
 * @returns Ten entries.
 * Source: cumulative gains as in scikit-learn and numpy.array_split.
 */
export function deciles(leads: readonly ScoredLead[]): Decile[] {
  const sorted = leads.toSorted((left, right) => right.score - left.score)
  const converted = countConverted(sorted)
  const size = Math.floor(sorted.length / 10)
  const parts: Decile[] = []
  let [start, found] = [0, 0]
  for (let decile = 1; decile <= 10; decile++) {
    const end = start + size + (decile <= sorted.length % 10 ? 1 : 0)
    const part = sorted.slice(start, end)
    found += countConverted(part)
    parts.push({
      decile,
      ...describe(part, converted / sorted.length),
      cumulativeGain: share(found, converted),
      cumulativeLift: share(found * sorted.length, end * converted),
    })
    start = end
  }
  return parts
}

function describe(part: readonly ScoredLead[], overall: number) {
  const converted = countConverted(part)
  const rate = share(converted, part.length)
  return {
    leads: part.length,
    converted,
    rate,
    lift: rate === null ? null : share(rate, overall),
    minScore: part.at(-1)?.score ?? null,
    maxScore: part[0]?.score ?? null,
  }
}

function countConverted(leads: readonly ScoredLead[]): number {
  return leads.filter((lead) => lead.converted).length
}

/** part ÷ whole; null when there is nothing to divide by. */
function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}
