import type { MomentumCall } from '../momentum/momentum.ts'
import type { SegmentMomentum } from './momentum.ts'

/** Why counts that were compared give no direction. */
const WHY: Readonly<Partial<Record<MomentumCall['reason'], string>>> = {
  within_chance: 'could be chance',
  too_few_conversions: 'too few conversions to tell',
  incomplete_period: 'the month is not over',
}

/** Were counts of two months compared, whatever came of it? */
export function isLookedAt({ call }: SegmentMomentum): boolean {
  return call?.change.p != null
}

/** Why a comparison that was made leaves the direction open; undefined where it decides, or where none was made. */
export function undecidedWhy(momentum: SegmentMomentum): string | undefined {
  return isLookedAt(momentum) && momentum.call !== undefined ? WHY[momentum.call.reason] : undefined
}
