import { totalsOf, type ScoreLevel } from './score-levels.ts'

/** How well a score puts converting leads first. Each figure is a share of 1. */
export interface Ranking {
  /** P(a converting lead outscores another) + ½ P(tie). */
  readonly auc: number
  /** DeLong standard error of the AUC; no more than a lower bound where a class has one member, so nothing may be decided on it there. */
  readonly aucStandardError: number
  /** Σ (recall_k − recall_{k−1}) · precision_k, without interpolation. */
  readonly averagePrecision: number
  /** Area under the precision–recall line; optimistic, kept for comparison with tools that print it. */
  readonly precisionRecallTrapezoid: number
  /** Largest distance between the shares of converting and other leads reached by any threshold. */
  readonly ks: number
}

/**
 * Does the score rank leads that convert above those that do not?
 *
 * auc = Σ over levels of converted · (others below + ½ others tied) ÷ (converted · others). Its standard error takes the spread of each
 * lead's own share of wins over the other class; the spread of a class with one member counts as zero, so the error is then a lower bound.
 *
 * Scores 0.35 and 0.8 converted, 0.1 and 0.4 did not: of the four pairs three are won, AUC 0.75. Shares won ½ and 1, and 1 and ½, each with a
 * variance of 1/8, so its error is √(1/8 ÷ 2 + 1/8 ÷ 2) = 0.35. Average precision ½ · 1 + ½ · 2/3 = 0.83; largest distance ½.
 *
 * @param levels Distinct scores, highest first (scoreLevels).
 * @returns null unless both converting and other leads are present.
 * Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44; average precision as scikit-learn defines it.
 */
export function measureRanking(levels: readonly ScoreLevel[]): Ranking | null {
  const { total, converted } = totalsOf(levels)
  const others = total - converted
  if (converted === 0 || others === 0) return null
  const { auc, aucStandardError } = areaUnderCurve(levels, converted, others)
  return { auc, aucStandardError, ...sweep(levels, converted, others) }
}

/** A lead's share of wins over the other class, held by `count` leads alike. */
interface Placement {
  readonly value: number
  readonly count: number
}

function areaUnderCurve(levels: readonly ScoreLevel[], converted: number, others: number) {
  const ofConverted: Placement[] = []
  const ofOthers: Placement[] = []
  let [convertedAbove, othersAbove] = [0, 0]
  for (const level of levels) {
    const misses = level.total - level.converted
    const othersBelow = others - othersAbove - misses
    ofConverted.push({ value: (othersBelow + misses / 2) / others, count: level.converted })
    ofOthers.push({
      value: (convertedAbove + level.converted / 2) / converted,
      count: misses,
    })
    convertedAbove += level.converted
    othersAbove += misses
  }
  const auc = ofConverted.reduce((sum, { value, count }) => sum + value * count, 0) / converted
  const variance =
    spread(ofConverted, auc, converted) / converted + spread(ofOthers, auc, others) / others
  return { auc, aucStandardError: Math.sqrt(variance) }
}

/** Sample variance of the placements around their common mean, the AUC. */
function spread(placements: readonly Placement[], mean: number, size: number): number {
  if (size === 1) return 0
  const squares = placements.reduce((sum, { value, count }) => {
    const deviation = value - mean
    return sum + count * deviation * deviation
  }, 0)
  return squares / (size - 1)
}

/** Walks the thresholds from the highest score down. */
function sweep(levels: readonly ScoreLevel[], converted: number, others: number) {
  let [hits, misses, averagePrecision, trapezoid, ks] = [0, 0, 0, 0, 0]
  let [recall, precision] = [0, 1]
  for (const level of levels) {
    hits += level.converted
    misses += level.total - level.converted
    const nextRecall = hits / converted
    const nextPrecision = hits / (hits + misses)
    averagePrecision += (nextRecall - recall) * nextPrecision
    trapezoid += ((nextRecall - recall) * (nextPrecision + precision)) / 2
    ks = Math.max(ks, Math.abs(nextRecall - misses / others))
    recall = nextRecall
    precision = nextPrecision
  }
  return { averagePrecision, precisionRecallTrapezoid: trapezoid, ks }
}
