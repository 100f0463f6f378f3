import { invariant } from '../kernel/invariant.ts'

/** A lead whose outcome is settled: its score (or claimed probability) and whether it converted. */
export interface ScoredLead {
  readonly score: number
  readonly converted: boolean
}

/** All leads that share one score. */
export interface ScoreLevel {
  readonly score: number
  readonly total: number
  readonly converted: number
}

/**
 * Leads gathered by score, the highest score first. Every measure of ranking is read from these levels, so tied leads are never ordered by
 * chance.
 *
 * @throws InvariantError when a score is not a finite number (parsed where the data entered).
 */
export function scoreLevels(leads: readonly ScoredLead[]): ScoreLevel[] {
  const byScore = new Map<number, { total: number; converted: number }>()
  for (const { score, converted } of leads) {
    invariant(Number.isFinite(score), `scoreLevels: expected a finite score, got ${score}`)
    const level = byScore.get(score) ?? { total: 0, converted: 0 }
    level.total += 1
    level.converted += converted ? 1 : 0
    byScore.set(score, level)
  }
  return Array.from(byScore, ([score, counts]) => ({ score, ...counts })).toSorted(
    (left, right) => right.score - left.score,
  )
}

/** Leads and converted leads over all levels. */
export function totalsOf(levels: readonly ScoreLevel[]): { total: number; converted: number } {
  let [total, converted] = [0, 0]
  for (const level of levels) {
    total += level.total
    converted += level.converted
  }
  return { total, converted }
}
