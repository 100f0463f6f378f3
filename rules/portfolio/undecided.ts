import type { MomentumCall } from '../momentum/momentum.ts'
import type { SegmentMomentum } from './momentum.ts'

/** Why counts that were compared give no direction. */
const WHY: Readonly<Partial<Record<MomentumCall['reason'], string>>> = {
  within_chance: 'could be chance',
  too_few_conversions: 'too few conversions to tell',
  size_not_shown: 'beyond chance, its size not shown',
  immature: 'late conversions could turn it',
  incomplete_period: 'the month is not over',
}

/** The comparison of the counts of two months, whatever came of it; undefined where none was made. */
export function comparisonOf({ call }: SegmentMomentum): MomentumCall | undefined {
  return call?.change.p == null ? undefined : call
}

/** Were counts of two months compared, whatever came of it? */
export function isLookedAt(momentum: SegmentMomentum): boolean {
  return comparisonOf(momentum) !== undefined
}

/** Why a comparison that was made leaves the direction open; undefined where it decides, or where none was made. */
export function undecidedWhy(momentum: SegmentMomentum): string | undefined {
  const compared = comparisonOf(momentum)
  return compared === undefined ? undefined : WHY[compared.reason]
}

/** From which day a comparison that late conversions could turn can be judged; undefined for others, and where no day is known. */
export function settledDay(momentum: SegmentMomentum): string | undefined {
  const compared = comparisonOf(momentum)
  return compared?.reason === 'immature' ? (compared.pending?.settledOn ?? undefined) : undefined
}
